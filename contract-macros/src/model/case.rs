//! A case: what its attribute, its docs and its parameters say.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, ItemFn, Lit, LitStr, Meta, ReturnType, Safety, Type};

use super::parameter::{Parameter, parameters};
use crate::errors::Errors;
use crate::parse::{Argument, Arguments};

const OPTIONS: &[&str] = &["needs", "timeout", "tags"];
const NEEDS: &str = "`needs(capability, …)`";
const TAGS: &str = "`tags(name, …)`";
const TIMEOUT: &str = "`timeout = \"5s\"`, a whole number of `ms`, `s` or `m` above zero";

/// A case.
pub(crate) struct Case {
    pub(crate) ident: Ident,
    pub(crate) promise: String,
    pub(crate) needs: Vec<Ident>,
    pub(crate) tags: Vec<Ident>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) is_async: bool,
    /// The type that it returns.
    pub(crate) returns: TokenStream,
    /// Where an error about what it returns stands.
    pub(crate) output: Span,
    /// Whether it returns `!`.
    pub(crate) diverges: bool,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ignore: Option<Attribute>,
    /// `#[cfg_attr(…, contrait_ignore = "reason")]` of each `ignore` on a condition.
    pub(crate) ignored_if: Vec<Attribute>,
    pub(crate) should_panic: Option<Attribute>,
}

impl Case {
    /// The case that a function with the attribute is. Our own attributes are taken off the function.
    pub(crate) fn new(
        attribute: &Attribute,
        function: &mut ItemFn,
        contract: Option<&Ident>,
        errors: &mut Errors,
    ) -> Self {
        check_signature(function, errors);
        check_attributes(function, errors);
        let ignored_if = take_conditions(function, errors);
        let parameters = parameters(function, contract, errors);
        let (mut needs, tags, timeout_ms) = options(attribute, errors);
        add_needs_of(&parameters, function, &mut needs);
        let promise = promise(&function.attrs);
        if promise.is_empty() {
            let name = &function.sig.ident;
            errors.on(name, format!("`{name}` owes its promise: say in a doc comment what every implementation keeps"));
        }
        let find = |name| {
            function
                .attrs
                .iter()
                .find(|attribute| attribute.path().is_ident(name))
                .cloned()
        };
        let case = Self {
            ident: function.sig.ident.clone(),
            promise,
            needs,
            tags,
            timeout_ms,
            parameters,
            is_async: function.sig.asyncness.is_some(),
            returns: match &function.sig.output {
                ReturnType::Type(_, ty) => quote!(#ty),
                ReturnType::Default => quote!(()),
            },
            output: match &function.sig.output {
                ReturnType::Type(_, ty) => ty.span(),
                ReturnType::Default => function.sig.ident.span(),
            },
            diverges: matches!(&function.sig.output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_))),
            cfgs: cfgs(&function.attrs),
            ignore: find("ignore"),
            ignored_if,
            should_panic: find("should_panic"),
        };
        // They belong to the tests, and rustc warns of them on anything else.
        function.attrs.retain(|attribute| {
            !["ignore", "should_panic"]
                .iter()
                .any(|name| attribute.path().is_ident(name))
        });
        case
    }

    pub(crate) fn handles(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters
            .iter()
            .filter_map(|parameter| match parameter {
                Parameter::Handle {
                    name, namespace, ..
                } => Some((name.as_str(), namespace.as_str())),
                _ => None,
            })
    }

    /// The text that the panic of a case with `#[should_panic]` holds.
    pub(crate) fn expected_panic(&self) -> Option<String> {
        let attribute = self.should_panic.as_ref()?;
        let text = |expr: &Expr| match expr {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        };
        let expected = match &attribute.meta {
            Meta::NameValue(pair) => text(&pair.value),
            Meta::List(list) => list
                .parse_args::<syn::MetaNameValue>()
                .ok()
                .and_then(|pair| text(&pair.value)),
            Meta::Path(_) => None,
        };
        Some(expected.unwrap_or_default())
    }
}

/// Adds what a backend must have for what the case asks for.
fn add_needs_of(parameters: &[Parameter], function: &ItemFn, needs: &mut Vec<Ident>) {
    for parameter in parameters {
        if let Parameter::Shared(shared) = parameter
            && let Some(capability) = shared.needs()
            && !needs.iter().any(|named| named == capability)
        {
            needs.push(Ident::new(capability, function.sig.ident.span()));
        }
    }
}

pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .cloned()
        .collect()
}

/// The doc comment, without the blank that follows `///`.
fn promise(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value().trim().to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Notes attributes that a case cannot have, and takes them off, so that they make no errors of their own.
fn check_attributes(function: &mut ItemFn, errors: &mut Errors) {
    function.attrs.retain(|attribute| {
        let name = attribute
            .path()
            .segments
            .last()
            .map(|last| last.ident.to_string());
        let message = match name.as_deref() {
            Some("test") => {
                "a case is no test: each backend makes one of it; take this attribute away"
            }
            Some("namespace") => {
                "`#[namespace]` goes on a handle: `#[namespace(\"name\")] handle: …`"
            }
            _ => return true,
        };
        errors.on(attribute, message);
        false
    });
}

/// Takes off what is there on a condition, of which a test can be ignored alone.
fn take_conditions(function: &mut ItemFn, errors: &mut Errors) -> Vec<Attribute> {
    let mut ignored_if = Vec::new();
    function.attrs.retain(|attribute| {
        let Some((condition, attributes)) = conditional(attribute) else {
            return true;
        };
        let is = |meta: &Meta, name: &str| meta.path().is_ident(name);
        let mut ours = attributes.iter().filter(|meta| is(meta, "ignore") || is(meta, "should_panic"));
        let Some(meta) = ours.next() else { return true };
        if is(meta, "should_panic") || attributes.len() > 1 {
            errors.on(attribute, "on a condition, a case can be ignored alone: `#[cfg_attr(condition, ignore = \"reason\")]`; for all else write two cases, each with a `#[cfg]`");
        } else {
            let reason = match meta {
                Meta::NameValue(pair) => pair.value.to_token_stream(),
                _ => TokenStream::new(),
            };
            ignored_if.push(syn::parse_quote!(#[cfg_attr(#condition, contrait_ignore(#reason))]));
        }
        false
    });
    ignored_if
}

/// The condition of a `cfg_attr`, and what is there on it.
pub(crate) fn conditional(attribute: &Attribute) -> Option<(TokenStream, Vec<Meta>)> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    let parse = |input: ParseStream<'_>| {
        let condition: Meta = input.parse()?;
        input.parse::<Option<syn::Token![,]>>()?;
        let attributes = Punctuated::<Meta, syn::Token![,]>::parse_terminated(input)?;
        Ok((quote!(#condition), attributes.into_iter().collect()))
    };
    attribute.parse_args_with(parse).ok()
}

fn check_signature(function: &ItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    let type_parameters = signature
        .generics
        .params
        .iter()
        .filter(|p| !matches!(p, syn::GenericParam::Lifetime(_)));
    for parameter in type_parameters {
        errors.on(parameter, "a case cannot be generic: a backend has no types to give it; take a handle of the contract");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        errors.on(
            token,
            "a case cannot be unsafe: nobody could promise what it asks for",
        );
    }
    if let Some(abi) = &signature.abi {
        errors.on(abi, "a case is a plain Rust function");
    }
    if let Some(token) = &signature.constness {
        errors.on(token, "a case cannot be `const`: it runs against a backend");
    }
}

type Options = (Vec<Ident>, Vec<Ident>, Option<u64>);

fn options(attribute: &Attribute, errors: &mut Errors) -> Options {
    let arguments = match &attribute.meta {
        Meta::Path(_) => return Options::default(),
        Meta::List(list) => list.parse_args::<Arguments>(),
        Meta::NameValue(_) => Err(syn::Error::new_spanned(
            attribute,
            "expected `#[case]` or `#[case(needs(…))]`",
        )),
    };
    let Some(arguments) = errors.keep(arguments) else {
        return Options::default();
    };
    arguments.check_names(OPTIONS, errors);
    for positional in &arguments.positional {
        let known = OPTIONS.join("`, `");
        errors.on(
            &positional.path,
            format!("`#[case]` takes options alone: there are `{known}`"),
        );
    }
    let mut names = |option: &str, form: &str| {
        let list = arguments
            .option(option)
            .map(|option| option.list::<Ident>(form));
        list.and_then(|list| errors.keep(list)).unwrap_or_default()
    };
    let (needs, tags) = (names("needs", NEEDS), names("tags", TAGS));
    for list in [&needs, &tags] {
        for (index, name) in list.iter().enumerate() {
            if list[..index].contains(name) {
                errors.on(name, format!("`{name}` stands here twice"));
            }
        }
    }
    let timeout = arguments
        .option("timeout")
        .and_then(|option| errors.keep(timeout(option)));
    (needs, tags, timeout)
}

fn timeout(option: &Argument) -> syn::Result<u64> {
    let text = option.equals(TIMEOUT, <LitStr as syn::parse::Parse>::parse)?;
    let value = text.value();
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = value.split_at(digits);
    let factor = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        _ => None,
    };
    let number: Option<u64> = number.parse().ok().filter(|number| *number > 0);
    number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .ok_or_else(|| syn::Error::new_spanned(&text, format!("expected {TIMEOUT}")))
}
