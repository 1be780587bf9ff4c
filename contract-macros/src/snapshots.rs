//! The expansions of typical inputs, kept as files that a reader can follow: `tests/expansions/<name>/`.
//!
//! `BLESS=1 cargo test -p contrait-macros` writes what the macros expand to now.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Item, Meta};

use crate::expand;

/// What a suite would answer that a backend asks.
fn suite_answers() -> TokenStream {
    quote! {
        case { set_then_get } needs {} attributes {}
        case { ttl expires } needs { ttl } attributes {}
        case { ttl never_negative } needs {} attributes { #[should_panic(expected = "negative")] }
    }
}

/// What a backend would answer that tests elsewhere ask.
fn backend_answers() -> TokenStream {
    quote! {
        suite {}
        case { set_then_get } needs {} attributes {}
        case { ttl expires } needs { ttl } attributes { #[ignore = "keeps whole seconds"] }
    }
}

#[test]
fn contract_of_async_trait() {
    check("contract-of-async-trait", expand_item);
}

#[test]
fn contract_of_generic_native_async() {
    check("contract-of-generic-native-async", expand_item);
}

#[test]
fn contract_with_operations() {
    check("contract-with-operations", |item| {
        let Item::Trait(mut item) = item else {
            panic!("a trait");
        };
        item.attrs.remove(0);
        expand::contract(TokenStream::new(), item.into_token_stream(), true)
    });
}

#[test]
fn suite_with_a_model() {
    check("suite-with-a-model", expand_item);
}

#[test]
fn suite_with_a_group() {
    check("suite-with-a-group", expand_item);
}

#[test]
fn suite_with_groups_elsewhere() {
    check("suite-with-groups-elsewhere", expand_item);
}

#[test]
fn backend_with_lacks() {
    check("backend-with-lacks", |input| {
        let asked = expand_item(input);
        let function: TokenStream = asked
            .clone()
            .into_iter()
            .take_while(|token| !is_braces(token))
            .collect();
        assert!(!function.is_empty(), "the function stays");
        expand::backend_with_cases(answer(asked, &suite_answers()))
    });
}

#[test]
fn tests_elsewhere() {
    check("tests-elsewhere", |input| {
        let asked = expand_item(input);
        expand::tests_with_cases(answer(asked, &backend_answers()))
    });
}

/// The expansion of the attribute, or of the macro, that an item begins with.
fn expand_item(mut item: Item) -> TokenStream {
    let attributes = match &mut item {
        Item::Trait(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Macro(item) => return expand::contract_tests(item.mac.tokens.clone()),
        _ => panic!("an input is a trait, a module, a function or a macro"),
    };
    let attribute = attributes.remove(0);
    let arguments = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    match attribute.path().to_token_stream().to_string().as_str() {
        "contract" => expand::contract(arguments, item.into_token_stream(), false),
        "contract_suite" => expand::contract_suite(arguments, item.into_token_stream()),
        "backend" => expand::backend(arguments, &item.into_token_stream()),
        other => panic!("`{other}` is none of the macros"),
    }
}

/// What the macro that is asked last, `path! { { callback } { state } }`, calls back with.
fn answer(asked: TokenStream, answers: &TokenStream) -> TokenStream {
    let Some(TokenTree::Group(call)) = asked.into_iter().last() else {
        panic!("a call comes last");
    };
    let state = call.stream().into_iter().last().expect("a state");
    quote!(#state #answers)
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn check(name: &str, expand: impl FnOnce(Item) -> TokenStream) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expansions")
        .join(name);
    let input = fs::read_to_string(folder.join("input.rs")).expect("an input");
    let mut items = syn::parse_file(&input).expect("Rust").items;
    let expanded = expand(items.pop().expect("an item"));
    let file = syn::parse2(expanded).expect("the expansion is Rust");
    let expanded = prettyplease::unparse(&file);
    let output = folder.join("output.rs");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&output, &expanded).expect("can be written");
    }
    let expected = fs::read_to_string(&output).unwrap_or_default();
    assert!(
        expected == expanded,
        "{} is another one now; look at it with `BLESS=1` and `git diff`:\n{expanded}",
        output.display()
    );
}
