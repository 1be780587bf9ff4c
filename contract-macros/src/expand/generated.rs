//! The checks that a suite with a model has beside its cases: rows of its table as the cases are, and told to backends as
//! they are, so that each is a test of its own.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use crate::model::{GENERATED, Subject, Suite};
use crate::names;
use crate::parse::CaseEntry;

/// A generated check.
struct Check {
    name: &'static str,
    promise: &'static str,
    timeout_ms: u64,
}

const CHECKS: &[Check] = &[Check {
    name: "lockstep",
    promise: "Whatever is called in whatever order, the answers are those of the model.",
    timeout_ms: 120_000,
}];

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
        attributes: Vec::new(),
    };
    CHECKS.iter().map(entry).collect()
}

/// The function that hands out the table of the checks. It stands beside the module, where the expression of the model
/// means what it means to the user.
pub(super) fn table(suite: &Suite) -> Option<TokenStream> {
    let model = suite.model.as_ref()?;
    let private = names::private(suite.krate.as_ref());
    let table = names::checks(&suite.module.ident);
    let (generics, handle) = handle(suite);
    let rows = CHECKS
        .iter()
        .map(|check| row(suite, model, check, &private, &generics, &handle));
    Some(quote! {
        #[doc(hidden)]
        #[allow(private_bounds, private_interfaces, unreachable_pub)]
        pub const fn #table #generics() -> &'static #private::Group<#handle> {
            const { &#private::Group { cases: &[#(#rows),*], groups: &[] } }
        }
    })
}

/// The type of the handles, seen from beside the module, and what it is generic over.
fn handle(suite: &Suite) -> (TokenStream, TokenStream) {
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
    } = check;
    let mut alias = names::contract_alias(&suite.module.ident);
    alias.set_span(alias.span().located_at(names::end_of(&suite.contract)));
    let operations = quote!(#private::operations_of::<(), _, _>(#alias));
    let subject = match suite.subject {
        Subject::Object => quote!(|handle| &mut **handle),
        Subject::Generic => quote!(|handle| handle),
    };
    let path = format!("{GENERATED}::{name}");
    let run = Ident::new(name, Span::call_site());
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
                    ::std::boxed::Box::pin(#private::generated::#run(#operations, __runs, #subject, #model))
                }
                #private::Body::Check(#private::Check {
                    asynchronous: #private::generated::is_asynchronous(#operations),
                    run: __prove,
                })
            },
        }
    }
}
