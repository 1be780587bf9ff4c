//! The tests of a backend: a three-line `#[test]` a case, in modules as the suite has them. What they have in common is
//! written by the runtime's macro `tests!`.
//!
//! A test's name keeps the span of its case, by which an IDE goes from the one to the other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Meta, Path, Token};

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
        quote! { #path! { { #private::__tests } { #name #path, #private } } }
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
    state.parse::<Token![,]>()?;
    let private: TokenStream = state.parse()?;
    let backend: BackendCases = input.parse()?;
    let alias = names::backend_alias(&name);
    let modules = modules(&backend, &alias, &private);
    // A backend with errors has no suites, and they are said already.
    let import = (!backend.suites.is_empty()).then(|| quote!(use #path as #alias;));
    Ok(quote! {
        #import
        #[allow(clippy::ignore_without_reason, clippy::should_panic_without_expect)]
        mod #name { #modules }
    })
}

/// What stands in a module of tests. `alias` is the module of the backend, seen from beside it.
fn modules(backend: &BackendCases, alias: &Ident, private: &TokenStream) -> TokenStream {
    let suites = backend.suites.iter().map(|(name, cases)| match name {
        None => tests(cases, &quote!(super::#alias::), private),
        Some(name) => {
            let tests = tests(cases, &quote!(super::super::#alias::#name::), private);
            quote!(mod #name { #tests })
        }
    });
    quote!(#(#suites)*)
}

/// The tests of a suite. `place` leads to `conformance()` from the module that they stand in.
pub(super) fn tests(cases: &SuiteCases, place: &TokenStream, private: &TokenStream) -> TokenStream {
    let cases: Vec<&CaseEntry> = cases.cases.iter().collect();
    level(&cases, 0, place, private)
}

/// The tests and the groups that stand `depth` groups deep.
fn level(
    cases: &[&CaseEntry],
    depth: usize,
    place: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let (own, grouped): (Vec<&CaseEntry>, Vec<&CaseEntry>) =
        cases.iter().partition(|case| case.groups.len() == depth);
    let tests = tests_of(&own, place, private);
    let mut groups: Vec<(&Ident, Vec<&CaseEntry>)> = Vec::new();
    for case in grouped {
        let group = &case.groups[depth];
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, cases)) => cases.push(case),
            None => groups.push((group, vec![case])),
        }
    }
    let groups = groups.into_iter().map(|(group, cases)| {
        let tests = level(&cases, depth + 1, &quote!(super::#place), private);
        quote!(mod #group { #tests })
    });
    quote!(#tests #(#groups)*)
}

/// The tests that stand in one module.
fn tests_of(cases: &[&CaseEntry], place: &TokenStream, private: &TokenStream) -> TokenStream {
    // Token by token: to put one stream into another is two calls of the compiler.
    let mut alike = TokenStream::new();
    let mut panicking = TokenStream::new();
    for case in cases {
        let name = name_of_test(case);
        let path = case.path();
        match should_panic(case) {
            None => {
                alike.append_all(&case.attributes);
                name.to_tokens(&mut alike);
                path.to_tokens(&mut alike);
            }
            Some(attribute) => {
                let (attributes, expected) = (&case.attributes, expected(attribute));
                panicking.extend(quote! {
                    #[::core::prelude::v1::test]
                    #(#attributes)*
                    fn #name() {
                        #place conformance().check_panics(#path, #expected);
                    }
                });
            }
        }
    }
    if alike.is_empty() {
        return panicking;
    }
    let check = names::check();
    quote! {
        #private::tests! { #place #check; #alike }
        #panicking
    }
}

fn name_of_test(case: &CaseEntry) -> Ident {
    let mut name = case.name.clone();
    name.set_span(name.span().resolved_at(Span::call_site()));
    name
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
