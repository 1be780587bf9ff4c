//! The tests of a backend: a three-line `#[test]` a case, in modules as the suite has them.
//!
//! Every token of a test has the place of its case's name, as if it had been written there by the user: only so does an
//! IDE that shows what can be run, as rust-analyzer does, show it at the case.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, LitStr, Meta, Path};

use crate::errors::Errors;
use crate::names;
use crate::parse::{Arguments, BackendCases, CaseEntry, SuiteCases};

const OPTIONS: &[&str] = &["crate"];

/// `contract_tests!`: asks the backend's macro for its cases.
pub(crate) fn contract_tests(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(arguments) = errors.keep(syn::parse2::<Arguments>(input)) else {
        return quote!(#errors);
    };
    arguments.check_names(OPTIONS, &mut errors);
    let krate = arguments.path("crate", &mut errors);
    let private = names::private(krate.as_ref());
    if arguments.positional.is_empty() {
        errors.push(syn::Error::new(
            Span::call_site(),
            "name the backend: `contract_tests!(path::backend)`",
        ));
    }
    if !errors.is_empty() {
        return quote!(#errors);
    }
    let asked = arguments.positional.iter().map(|backend| {
        let path = &backend.path;
        let name = backend
            .alias
            .as_ref()
            .unwrap_or_else(|| &path.segments.last().expect("a path has a segment").ident);
        quote! { #path! { { #private::__tests } { #name #path } } }
    });
    quote!(#(#asked)*)
}

/// What the backend's macro calls back.
pub(crate) fn tests_with_cases(input: TokenStream) -> TokenStream {
    tests_of_backend
        .parse2(input)
        .unwrap_or_else(|error| error.to_compile_error())
}

fn tests_of_backend(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let state;
    syn::braced!(state in input);
    let (name, path): (Ident, Path) = (state.parse()?, state.parse()?);
    let backend: BackendCases = input.parse()?;
    let alias = names::backend_alias(&name);
    let modules = modules(&backend, &alias, name.span());
    // A backend with errors has no suites, and they are said already.
    let import = (!backend.suites.is_empty()).then(|| quote!(use #path as #alias;));
    Ok(quote! {
        #import
        #[allow(clippy::ignore_without_reason, clippy::should_panic_without_expect, clippy::tests_outside_test_module)]
        mod #name { #modules }
    })
}

/// What stands in a module of tests. `alias` is the module of the backend, seen from beside it.
fn modules(backend: &BackendCases, alias: &Ident, user: Span) -> TokenStream {
    let suites = backend.suites.iter().map(|(name, cases)| match name {
        None => tests(cases, &quote!(super::#alias::), user),
        Some(name) => {
            let tests = tests(cases, &quote!(super::super::#alias::#name::), user);
            quote!(mod #name { #tests })
        }
    });
    quote!(#(#suites)*)
}

/// The tests of a suite. `place` leads to `conformance()` from the module that they stand in, and `user` is the span of
/// something that the user wrote.
pub(super) fn tests(cases: &SuiteCases, place: &TokenStream, user: Span) -> TokenStream {
    let cases: Vec<&CaseEntry> = cases.cases.iter().collect();
    level(&cases, 0, place, user)
}

/// The tests and the groups that stand `depth` groups deep.
fn level(cases: &[&CaseEntry], depth: usize, place: &TokenStream, user: Span) -> TokenStream {
    let (own, grouped): (Vec<&CaseEntry>, Vec<&CaseEntry>) =
        cases.iter().partition(|case| case.groups.len() == depth);
    let tests = own.into_iter().map(|case| test(case, place, user));
    let mut groups: Vec<(&Ident, Vec<&CaseEntry>)> = Vec::new();
    for case in grouped {
        let group = &case.groups[depth];
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, cases)) => cases.push(case),
            None => groups.push((group, vec![case])),
        }
    }
    let groups = groups.into_iter().map(|(group, cases)| {
        let tests = level(&cases, depth + 1, &quote!(super::#place), user);
        quote!(mod #group { #tests })
    });
    quote!(#(#tests)* #(#groups)*)
}

fn test(case: &CaseEntry, place: &TokenStream, user: Span) -> TokenStream {
    let here = case.name.span().resolved_at(user);
    let mut name = case.name.clone();
    name.set_span(here);
    let path = LitStr::new(&case.path(), here);
    let place = moved(place.clone(), here);
    let attributes = case
        .attributes
        .iter()
        .map(|attribute| moved(attribute.to_token_stream(), here));
    let check = match should_panic(case) {
        None => {
            let mut check = names::check();
            check.set_span(here);
            quote_spanned!(here=> #check(#path))
        }
        Some(attribute) => {
            let expected = moved(expected(attribute), here);
            quote_spanned!(here=> conformance().check_panics(#path, #expected))
        }
    };
    quote_spanned! {here=>
        #[::core::prelude::v1::test]
        #(#attributes)*
        fn #name() {
            #place #check;
        }
    }
}

/// The same tokens, all at one place of the source.
fn moved(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), moved(group.stream(), span)).into();
        }
        token.set_span(span);
        token
    };
    tokens.into_iter().map(moved).collect()
}

fn should_panic(case: &CaseEntry) -> Option<&Attribute> {
    case.attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("should_panic"))
}

/// The text that the harness waits for.
fn expected(attribute: &Attribute) -> TokenStream {
    let value = match &attribute.meta {
        Meta::NameValue(pair) => Some(pair.value.clone()),
        Meta::List(list) => list
            .parse_args::<syn::MetaNameValue>()
            .ok()
            .map(|pair| pair.value),
        Meta::Path(_) => None,
    };
    value.map_or_else(|| quote!(""), |value| quote!(#value))
}

#[cfg(test)]
mod places {
    use proc_macro2::{LineColumn, TokenStream, TokenTree};

    /// All places of tokens within groups called `ttl`.
    fn within_ttl(tokens: TokenStream, is_within: bool, places: &mut Vec<LineColumn>) {
        let mut is_named = false;
        for token in tokens {
            if is_within {
                places.push(token.span().start());
            }
            if let TokenTree::Group(group) = &token {
                within_ttl(group.stream(), is_within || is_named, places);
            }
            is_named = token.to_string() == "ttl";
        }
    }

    #[test]
    fn a_test_stands_at_the_name_of_its_case() {
        let input: TokenStream = "{ elsewhere backends::memcached } suite {}
            case { ttl
                expires } needs {} attributes { #[ignore = \"whole seconds\"] }
            case { ttl
                expires } needs {} attributes { #[should_panic(expected = \"why\")] }"
            .parse()
            .expect("tokens");
        let mut places = Vec::new();
        within_ttl(super::tests_with_cases(input), false, &mut places);
        let mut lines: Vec<_> = places
            .iter()
            .map(|place| (place.line, place.column))
            .collect();
        lines.dedup();
        assert_eq!(lines, [(3, 16), (5, 16)]);
    }
}
