//! A method: its signature as a reader wants it, and what its markers say in words.

use syn::{Attribute, File, FnArg, Item, ItemTrait, TraitItem, TraitItemFn, token};

use crate::source::attributes::{self, Arguments};

/// The signature, as rustfmt would write it, without attributes and without a default.
pub(super) fn signature(method: &TraitItemFn) -> String {
    let mut method = method.clone();
    method.attrs.clear();
    method.default = None;
    method.semi_token = Some(token::Semi::default());
    for input in &mut method.sig.inputs {
        match input {
            FnArg::Receiver(receiver) => receiver.attrs.clear(),
            FnArg::Typed(input) => input.attrs.clear(),
        }
    }
    let text = within_a_trait(vec![TraitItem::Fn(method)]);
    let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    lines.collect::<Vec<_>>().join("\n")
}

/// The head of a trait, with its associated types and constants.
pub(super) fn head(item: &ItemTrait) -> String {
    let mut head = item.clone();
    head.attrs.clear();
    head.items
        .retain(|item| matches!(item, TraitItem::Type(_) | TraitItem::Const(_)));
    for item in &mut head.items {
        match item {
            TraitItem::Type(item) => item.attrs.clear(),
            TraitItem::Const(item) => item.attrs.clear(),
            _ => {}
        }
    }
    let text = unparse(head);
    text.trim().trim_end_matches("{}").trim().to_owned()
}

fn within_a_trait(items: Vec<TraitItem>) -> String {
    let mut wrapper: ItemTrait = syn::parse_quote!(
        trait Wrapper {}
    );
    wrapper.items = items;
    unparse(wrapper)
}

fn unparse(item: ItemTrait) -> String {
    let file = File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![Item::Trait(item)],
    };
    prettyplease::unparse(&file)
}

/// What the markers of a method say.
pub(super) fn markers(method: &TraitItemFn) -> Vec<String> {
    let mut said = Vec::new();
    let has = |name: &str| attributes::find(&method.attrs, name);
    if has("read").is_some() {
        said.push("changes nothing".to_owned());
    }
    if has("idempotent").is_some() {
        said.push("may be repeated".to_owned());
    }
    if has("infallible").is_some() {
        said.push("never fails".to_owned());
    }
    if method.default.is_some() {
        said.push("has a default".to_owned());
    }
    if let Some(errors) = has("errors") {
        let kinds: Vec<String> = Arguments::of(&errors)
            .paths()
            .iter()
            .map(|kind| format!("`{}`", attributes::last(kind)))
            .collect();
        said.push(format!("errors of its own: {}", kinds.join(", ")));
    }
    said
}

/// The parameters with a marker, each with what it is.
pub(super) fn roles(method: &TraitItemFn) -> Vec<String> {
    let role = |attributes: &[Attribute]| {
        let of = |name: &str| attributes::find(attributes, name).is_some();
        match () {
            () if of("key") => Some("key"),
            () if of("ttl") => Some("time to live"),
            () if of("made") => Some("from an earlier answer"),
            () => None,
        }
    };
    let inputs = method.sig.inputs.iter();
    inputs
        .filter_map(|input| match input {
            FnArg::Typed(input) => {
                let pattern = &input.pat;
                let name = quote::quote!(#pattern);
                role(&input.attrs).map(|role| format!("{role}: `{name}`"))
            }
            FnArg::Receiver(_) => None,
        })
        .collect()
}
