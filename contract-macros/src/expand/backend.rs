//! `#[backend]`: the function as written, `conformance()` for each of its suites, their tests, and a macro that tells
//! other crates the cases.
//!
//! The attribute cannot know the cases: it asks the macros of the suites, one after the other, and writes the rest
//! when the last one has answered.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, ItemFn, Path, Signature, Token, Visibility, parse_quote};

use super::{reference, tests};
use crate::errors::Errors;
use crate::model::{Backend, BackendFn, Flavor, Lack, SuitePath};
use crate::names;
use crate::parse::{BackendCases, CaseEntry, SuiteCases};

pub(crate) fn backend(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let function = BackendFn::new(item, &mut errors);
    let blamed = name_of(item);
    if !super::with_suites() {
        errors.on(&blamed, "`#[backend]` needs contrait's feature `suite`: put the function behind a feature of this crate that turns it on, `#[cfg(feature = \"suite\")]` with `suite = [\"contrait/suite\"]`");
    }
    let declared = Backend::new(arguments.clone(), &blamed, &mut errors);
    let (Some(_), Some(declared), true) = (function, &declared, errors.is_empty()) else {
        // The function stays, so that its uses are no errors as well.
        let krate = declared
            .as_ref()
            .and_then(|declared| declared.krate.as_ref());
        let broken = broken(item, krate);
        return quote!(#item #broken #errors);
    };
    let asked = ask(
        declared,
        &State {
            arguments,
            item: signature_of(item),
            told: Vec::new(),
            groups: Vec::new(),
        },
    );
    quote!(#item #asked)
}

/// What is handed from macro to macro until all suites have told their cases.
struct State {
    arguments: TokenStream,
    /// The function, without its body.
    item: TokenStream,
    told: Vec<SuiteCases>,
    /// The suites that are groups of the one that told last, and have still to be asked.
    groups: Vec<Path>,
}

impl State {
    /// The suite that is asked next.
    fn next<'s>(&'s self, declared: &'s Backend) -> &'s Path {
        match self.groups.first() {
            Some(group) => group,
            None => &declared.suites[self.told.len()].path,
        }
    }

    /// Takes what the suite has told that was asked.
    fn take(&mut self, asked: &Path, mut answer: SuiteCases) {
        let within = |group: Ident| -> Path { parse_quote!(#asked::#group) };
        let groups: Vec<Path> = std::mem::take(&mut answer.groups)
            .into_iter()
            .map(within)
            .collect();
        match self.told.last_mut() {
            Some(told) if !self.groups.is_empty() => {
                told.add(answer);
                self.groups.splice(..1, groups);
            }
            _ => {
                self.told.push(answer);
                self.groups = groups;
            }
        }
    }
}

impl Parse for State {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (arguments, item);
        syn::bracketed!(arguments in input);
        syn::bracketed!(item in input);
        let mut state = Self {
            arguments: arguments.parse()?,
            item: item.parse()?,
            told: Vec::new(),
            groups: Vec::new(),
        };
        let groups;
        syn::parenthesized!(groups in input);
        while !groups.is_empty() {
            state.groups.push(groups.parse()?);
            groups.parse::<Option<Token![,]>>()?;
        }
        while !input.is_empty() {
            let told;
            syn::bracketed!(told in input);
            state.told.push(told.parse()?);
        }
        Ok(state)
    }
}

/// Asks the next suite for its cases.
fn ask(declared: &Backend, state: &State) -> TokenStream {
    let private = names::private(declared.krate.as_ref());
    let path = state.next(declared);
    let State {
        arguments,
        item,
        told,
        groups,
    } = state;
    quote! { #path! { { #private::__backend } { [#arguments] [#item] (#(#groups),*) #([#told])* } } }
}

/// What the macro of a suite calls back.
pub(crate) fn backend_with_cases(input: TokenStream) -> TokenStream {
    let answered = |input: ParseStream<'_>| {
        let state;
        syn::braced!(state in input);
        let state: State = state.parse()?;
        Ok((state, input.parse()?))
    };
    match answered.parse2(input) {
        Ok((state, answer)) => told(state, answer),
        Err(error) => error.to_compile_error(),
    }
}

fn told(mut state: State, answer: SuiteCases) -> TokenStream {
    let mut errors = Errors::default();
    let function = BackendFn::new(&state.item, &mut errors);
    let declared = Backend::new(state.arguments.clone(), &name_of(&state.item), &mut errors);
    let (Some(function), Some(declared)) = (function, declared) else {
        return quote!(#errors);
    };
    let asked = state.next(&declared).clone();
    state.take(&asked, answer);
    if state.told.len() < declared.suites.len() || !state.groups.is_empty() {
        return ask(&declared, &state);
    }
    if state.told.iter().any(|suite| suite.broken) {
        return broken(&state.item, declared.krate.as_ref());
    }
    let needed = state
        .told
        .iter()
        .flat_map(|suite| suite.cases.iter().flat_map(|case| &case.needs));
    Backend::check_capabilities(&declared.lacks, needed, &mut errors);
    let cases = cases(&declared, &state.told);
    let aliases = aliases(&declared, &function.item.sig.ident);
    let module = module(&declared, &function, &cases);
    let exported = exported(&function.item, &cases);
    quote!(#(#aliases)* #module #exported #errors)
}

/// Names for the suites: from within the backend's module their paths would mean something else.
fn aliases(declared: &Backend, backend: &Ident) -> Vec<TokenStream> {
    let alias = |(index, suite): (usize, &SuitePath)| {
        let (path, mut alias) = (&suite.path, names::suite_alias(backend, index));
        alias.set_span(alias.span().located_at(names::end_of(path)));
        quote!(#[doc(hidden)] use #path as #alias;)
    };
    declared.suites.iter().enumerate().map(alias).collect()
}

/// The cases as this backend is to be tested with: those that need what it lacks are ignored, with the reason.
fn cases(declared: &Backend, told: &[SuiteCases]) -> BackendCases {
    let several = declared.suites.len() > 1;
    let suites = declared.suites.iter().zip(told).map(|(suite, told)| {
        let cases = told.cases.iter().map(|case| owed(case, &declared.lacks));
        let judging = reference::entries(&declared.reference, &suite.path);
        let cases = SuiteCases {
            cases: cases.chain(judging).collect(),
            ..SuiteCases::default()
        };
        (several.then(|| suite.name.clone()), cases)
    });
    BackendCases {
        suites: suites.collect(),
    }
}

fn owed(case: &CaseEntry, lacks: &[Lack]) -> CaseEntry {
    let mut case = case.clone();
    if let Some(lack) = lacks
        .iter()
        .find(|lack| case.needs.contains(&lack.capability))
    {
        let reason = &lack.reason;
        let ignore: Attribute = parse_quote!(#[ignore = #reason]);
        case.attributes = vec![ignore];
    }
    case
}

fn module(declared: &Backend, function: &BackendFn, cases: &BackendCases) -> TokenStream {
    let (vis, ident) = (&function.item.vis, &function.item.sig.ident);
    let doc = format!("The suites that the backend `{ident}` runs, and their tests.");
    let suites = cases
        .suites
        .iter()
        .enumerate()
        .map(|(index, (name, cases))| {
            let up = if name.is_some() {
                quote!(super::super::)
            } else {
                quote!(super::)
            };
            let conformance = conformance(declared, function, index, &up);
            let tests = if declared.tests {
                tests::tests(cases, &TokenStream::new(), ident.span())
            } else {
                TokenStream::new()
            };
            match name {
                None => quote!(#conformance #tests),
                Some(name) => {
                    let doc = format!("The suite `{name}` on this backend.");
                    quote!(#[doc = #doc] pub mod #name { #conformance #tests })
                }
            }
        });
    // The module reaches as far as the function: where the name is taken, the compiler says that of one place, and once.
    let mut body = Group::new(Delimiter::Brace, quote!(#(#suites)*));
    body.set_span(function.item.block.brace_token.span.join());
    let module = quote_spanned!(first_of(&function.item.sig)=> mod);
    quote! {
        #[doc = #doc]
        #[allow(dead_code, unreachable_pub, clippy::ignore_without_reason, clippy::should_panic_without_expect, clippy::tests_outside_test_module)]
        #vis #module #ident #body
    }
}

/// The span of the first token.
fn first_of(signature: &Signature) -> Span {
    let first = signature.to_token_stream().into_iter().next();
    first.map_or_else(Span::call_site, |token| token.span())
}

fn conformance(
    declared: &Backend,
    function: &BackendFn,
    index: usize,
    up: &TokenStream,
) -> TokenStream {
    let private = names::private(declared.krate.as_ref());
    let ident = &function.item.sig.ident;
    let (suite, table) = (names::suite_alias(ident, index), names::table());
    let name = ident.to_string();
    let clock = if declared.virtual_clock {
        quote!(Virtual)
    } else {
        quote!(Real)
    };
    let flavor = match declared.flavor {
        Flavor::CurrentThread => quote!(CurrentThread),
        Flavor::MultiThread => quote!(MultiThread),
    };
    let lacks = declared.lacks.iter().map(|lack| {
        let (capability, reason) = (lack.capability.to_string(), &lack.reason);
        quote!(#private::Lack { capability: #capability, reason: #reason })
    });
    let make = make(&private, function, &suite, up);
    let check = names::check();
    let judged = reference::judged(declared, &private, &quote!(#up #suite));
    let new = if judged.is_some() {
        quote!(of_reference)
    } else {
        quote!(new)
    };
    quote! {
        /// The suite on this backend.
        pub fn conformance() -> #private::Conformance {
            #private::Conformance::#new(
                &#private::BackendInfo {
                    name: #name,
                    suite: #up #suite::__CONTRAIT_PATH,
                    package: ::core::env!("CARGO_PKG_NAME"),
                    clock: #private::ClockKind::#clock,
                    flavor: #private::Flavor::#flavor,
                    lacks: &[#(#lacks),*],
                },
                #up #suite::#table(),
                #make,
                #judged
            )
        }
        #[doc(hidden)]
        pub fn #check(case: &::core::primitive::str) {
            conformance().check(case);
        }
    }
}

/// The function that makes a handle. What is wrong with the subject's type is said on the type, once.
fn make(
    private: &TokenStream,
    function: &BackendFn,
    suite: &Ident,
    up: &TokenStream,
) -> TokenStream {
    let ident = &function.item.sig.ident;
    let context = function.takes_context.then(|| quote!(__context));
    let is_async = function.item.sig.asyncness.is_some();
    let wait = is_async.then(|| quote!(.await));
    let made = quote!(#up #ident(#context) #wait);
    // What is wrong with the type of the subject, or of the error, is said on that type.
    let subject = Ident::new("__subject", function.subject.span());
    let convert = function.error.as_ref().map(|error| {
        let (made, convert) = (
            Ident::new("__made", error.span()),
            Ident::new("made", error.span()),
        );
        quote!(let #made = #subject; let #subject = #private::#convert(#made)?;)
    });
    let handle = quote!({
        let #subject = #made;
        #convert
        ::core::result::Result::Ok(#up #suite::__contrait_handle(#subject, __context.log()))
    });
    if is_async {
        quote!(#private::Make::Async(|__context| ::std::boxed::Box::pin(async move #handle)))
    } else {
        quote!(#private::Make::Sync(|__context| #handle))
    }
}

/// A public backend has a macro of its own for the tests in other crates.
fn exported(item: &ItemFn, cases: &BackendCases) -> TokenStream {
    let (vis, ident) = (&item.vis, &item.sig.ident);
    if matches!(vis, Visibility::Inherited) {
        return TokenStream::new();
    }
    let exported = names::exported_macro("backend", ident);
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #exported {
            ({ $($callback:tt)* } { $($state:tt)* }) => { $($callback)* ! { { $($state)* } #cases } };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        #vis use #exported as #ident;
    }
}

/// What stands beside the function, where an error elsewhere keeps it from being a backend.
fn broken(item: &TokenStream, krate: Option<&Path>) -> TokenStream {
    let Ok(item) = syn::parse2::<ItemFn>(item.clone()) else {
        return TokenStream::new();
    };
    let (vis, ident) = (&item.vis, &item.sig.ident);
    let exported = exported(&item, &BackendCases { suites: Vec::new() });
    let conformance = super::with_suites().then(|| {
        let private = names::private(krate);
        quote!(pub fn conformance() -> #private::Conformance { ::core::unreachable!() })
    });
    quote! {
        #[allow(missing_docs, dead_code, unreachable_pub)]
        #vis mod #ident { #conformance }
        #exported
    }
}

/// The function without its body, which nobody has to hand around.
fn signature_of(item: &TokenStream) -> TokenStream {
    let Ok(ItemFn {
        vis, sig, block, ..
    }) = syn::parse2(item.clone())
    else {
        return item.clone();
    };
    let mut body = Group::new(Delimiter::Brace, TokenStream::new());
    body.set_span(block.brace_token.span.join());
    quote!(#vis #sig #body)
}

/// The name of the function, or some name where the item is none.
fn name_of(item: &TokenStream) -> Ident {
    let function = syn::parse2::<ItemFn>(item.clone()).map(|function| function.sig.ident);
    function.unwrap_or_else(|_| {
        let ident = item.clone().into_iter().find_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        });
        ident.unwrap_or_else(|| format_ident!("backend"))
    })
}
