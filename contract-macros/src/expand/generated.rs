//! The checks that a suite with a model has beside its cases: rows of its table as the cases are, and told to backends as
//! they are, so that each is a test of its own.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, parse_quote};

use crate::model::{Cancellation, GENERATED, Subject, Suite};
use crate::names;
use crate::parse::CaseEntry;

/// A generated check.
struct Check {
    name: &'static str,
    promise: &'static str,
    timeout_ms: u64,
    /// Its future, of the runs, and of what the suite says of itself.
    call: fn(&Suite, &TokenStream, &TokenStream) -> TokenStream,
    /// Why it cannot be made on the suite's subjects, where it cannot.
    ignored: fn(&Suite) -> Option<&'static str>,
    /// Whether it means anything for the suite's contract.
    applies: fn(&Suite) -> bool,
}

const CHECKS: &[Check] = &[
    Check {
        name: "lockstep",
        promise: "Whatever is called in whatever order, the answers are those of the model.",
        timeout_ms: 120_000,
        call: |_, private, arguments| quote!(#private::generated::lockstep(#arguments)),
        ignored: |_| None,
        applies: |_| true,
    },
    Check {
        name: "linearizable",
        promise: "Whatever several clients call at once, the answers are those of the model to one call at a time.",
        timeout_ms: 120_000,
        call: |suite, private, arguments| {
            let several = several_handles(suite, private);
            quote!(#private::linearizable!(#arguments, #several))
        },
        ignored: |suite| {
            let one = suite.groups.is_empty() && !suite.has_several_handles();
            (one && suite.has_mutable_handles()).then_some(NO_CLIENTS)
        },
        applies: |_| true,
    },
    Check {
        name: "cancellation",
        promise: "A call that is dropped before it returns does no more than is declared of it.",
        timeout_ms: 120_000,
        call: |suite, private, arguments| {
            let declared = match suite.cancellation {
                None | Some(Cancellation::None) => quote!(None),
                Some(Cancellation::Atomic) => quote!(Some(#private::Cancellation::Atomic)),
                Some(Cancellation::MayLand) => quote!(Some(#private::Cancellation::MayLand)),
                Some(Cancellation::NoEffect) => quote!(Some(#private::Cancellation::NoEffect)),
            };
            quote!(#private::cancellation!(#arguments, ::core::option::Option::#declared))
        },
        ignored: |_| None,
        // Where no case waits for anything, there is hardly a call that does.
        applies: |suite| match suite.cancellation {
            Some(Cancellation::None) => false,
            Some(_) => true,
            None => suite.has_async_cases() || !suite.groups.is_empty(),
        },
    },
];

const NO_CLIENTS: &str = "no two clients can have one subject: the cases take it as `&mut`, and none takes several of one namespace";

/// What backends are told of the checks.
pub(super) fn entries(suite: &Suite) -> Vec<CaseEntry> {
    let Some(model) = &suite.model else {
        return Vec::new();
    };
    let named = |name: &str| Ident::new(name, model.span());
    let entry = |check: &Check| CaseEntry {
        groups: vec![named(GENERATED)],
        name: named(check.name),
        // A backend can lack a check, as it can lack anything.
        needs: vec![named(check.name)],
        attributes: (check.ignored)(suite)
            .into_iter()
            .map(|reason| parse_quote!(#[ignore = #reason]))
            .collect(),
    };
    checks(suite).map(entry).collect()
}

/// The checks that mean anything for the suite.
fn checks(suite: &Suite) -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().filter(|check| (check.applies)(suite))
}

/// The function that hands out the table of the checks. It stands beside the module, where the expression of the model
/// means what it means to the user.
pub(super) fn table(suite: &Suite) -> Option<TokenStream> {
    let model = suite.model.as_ref()?;
    let private = names::private(suite.krate.as_ref());
    let table = names::checks(&suite.module.ident);
    let (generics, handle) = handle(suite);
    let rows = checks(suite).map(|check| row(suite, model, check, &private, &generics, &handle));
    let nothing_dropped = nothing_can_be_dropped(suite, &private);
    Some(quote! {
        #[doc(hidden)]
        #[allow(private_bounds, private_interfaces, unreachable_pub)]
        pub const fn #table #generics() -> &'static #private::Group<#handle> {
            #nothing_dropped
            const { &#private::Group { cases: &[#(#rows),*], groups: &[] } }
        }
    })
}

/// Whether a case takes several handles of one namespace: of those of other suites their tables tell.
fn several_handles(suite: &Suite, private: &TokenStream) -> TokenStream {
    if suite.groups.is_empty() || suite.has_several_handles() {
        let several = suite.has_several_handles();
        return quote!(#several);
    }
    let table = names::table();
    let others = (0..suite.groups.len()).map(|index| {
        let other = names::group_alias(&suite.module.ident, index);
        quote!(#other::#table())
    });
    quote!(#private::generated::have_several_handles(__runs, &[#(#others),*]))
}

/// That no method of the contract is async, where the suite says so.
fn nothing_can_be_dropped(suite: &Suite, private: &TokenStream) -> Option<TokenStream> {
    let declared = suite.cancellation == Some(Cancellation::None);
    let operations = operations(suite, private);
    let message = format!(
        "`cancellation = none`, and a method of `{}` is async: say what a call may have done that is dropped",
        suite.contract.segments.last()?.ident
    );
    declared.then(|| {
        quote! {
            const _: () = ::core::assert!(!#private::generated::is_asynchronous(#operations), #message);
        }
    })
}

/// The operations of the contract, which a type stands for.
fn operations(suite: &Suite, private: &TokenStream) -> TokenStream {
    let mut alias = names::contract_alias(&suite.module.ident);
    alias.set_span(alias.span().located_at(names::end_of(&suite.contract)));
    quote!(#private::operations_of::<(), _, _>(#alias))
}

/// The type of the handles, seen from beside the module, and what it is generic over.
pub(super) fn handle(suite: &Suite) -> (TokenStream, TokenStream) {
    let module = &suite.module.ident;
    match suite.subject {
        Subject::Object => {
            let ty = names::handle_type(module, &suite.contract);
            (TokenStream::new(), quote!(#ty))
        }
        Subject::Generic => {
            let subject = names::subject_trait(module);
            (quote!(<H: #subject>), quote!(H))
        }
    }
}

/// How to come to the subject in a handle, and to the model beside it.
pub(super) fn modelled(
    suite: &Suite,
    model: &Expr,
    private: &TokenStream,
    handle: &TokenStream,
) -> TokenStream {
    let operations = operations(suite, private);
    let subject = match suite.subject {
        Subject::Object => quote!(|handle: &mut #handle| &mut **handle),
        Subject::Generic => quote!(|handle: &mut #handle| handle),
    };
    let known = Ident::new("known", place(model));
    quote!(#private::modelled!(#known, #operations, #subject, #model))
}

/// Where it is said that what the expression makes is no model: on its type, as far as that can be seen.
fn place(model: &Expr) -> Span {
    match model {
        Expr::Closure(closure) => closure.body.span(),
        other => other.span(),
    }
}

fn row(
    suite: &Suite,
    model: &Expr,
    check: &Check,
    private: &TokenStream,
    generics: &TokenStream,
    handle: &TokenStream,
) -> TokenStream {
    let Check {
        name,
        promise,
        timeout_ms,
        call,
        ..
    } = check;
    let operations = operations(suite, private);
    let path = format!("{GENERATED}::{name}");
    let modelled = modelled(suite, model, private, handle);
    let call = call(suite, private, &quote!(__runs, #modelled));
    let place = quote_spanned!(model.span()=> file: ::core::file!(), line: ::core::line!());
    quote! {
        #private::Case {
            promise: #private::Promise {
                name: #path,
                promise: #promise,
                needs: &[#name],
                tags: &[#GENERATED],
                timeout: ::core::time::Duration::from_millis(#timeout_ms),
                should_panic: ::core::option::Option::None,
                handles: &[],
                #place
            },
            body: {
                fn __prove #generics(__runs: &#private::Runs<#handle>) -> #private::LocalFuture<'_, #private::Returned> {
                    ::std::boxed::Box::pin(#call)
                }
                #private::Body::Check(#private::Check {
                    asynchronous: #private::generated::is_asynchronous(#operations),
                    run: __prove,
                })
            },
        }
    }
}
