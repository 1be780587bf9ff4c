//! `#[contract_suite]`: the module as written with its tables, the type of its handles, and its macro.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, PathArguments};

use super::{suite_macro, table};
use crate::errors::Errors;
use crate::model::{Subject, Suite};
use crate::names;

pub(crate) fn contract_suite(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !cfg!(feature = "suite") {
        errors.on(first_token(&item), "`#[contract_suite]` needs contrait's feature `suite`: put the module behind a feature of this crate that turns it on, `#[cfg(feature = \"suite\")]` with `suite = [\"contrait/suite\"]`");
        return quote!(#errors);
    }
    let mut suite = match Suite::new(arguments, item, &mut errors) {
        Ok(suite) => suite,
        // The module stays, so that its uses are no errors as well.
        Err(module) => return quote!(#module #errors),
    };
    table::add_tables(&mut suite);
    let handles = handles(&suite);
    let exported = suite_macro::suite_macro(&suite);
    re_export(&mut suite);
    let module = &suite.module;
    quote!(#module #handles #exported)
}

/// `#[case]` by itself.
pub(crate) fn stray_case(item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    errors.on(
        name_of(item),
        "a `#[case]` stands in a module with `#[contract_suite(Trait)]`, which makes it a case",
    );
    quote!(#item #errors)
}

/// What turns a backend's subject into a handle. It stands beside the module, where the path of the trait means what
/// it means to the user; it is public, since the module re-exports it to wherever the module itself is seen.
fn handles(suite: &Suite) -> TokenStream {
    let (contract, module) = (&suite.contract, &suite.module.ident);
    let private = names::private(suite.krate.as_ref());
    let constructor = without_arguments(contract);
    let make = names::handle_maker(module);
    let hidden = quote!(#[doc(hidden)] #[allow(non_camel_case_types, non_snake_case, missing_docs, private_bounds, private_interfaces, unreachable_pub, dead_code)]);
    match suite.subject {
        Subject::Object => {
            let handle = names::handle_type(module);
            // A trait that cannot be a trait object is said so on the user's own path.
            let object = quote_spanned!(contract.span()=> dyn #contract);
            quote! {
                #hidden
                pub type #handle = ::std::boxed::Box<#object>;
                #hidden
                pub fn #make<S: #contract + 'static>(subject: S, log: #private::Log) -> #handle {
                    let subject: #handle = ::std::boxed::Box::new(subject);
                    ::std::boxed::Box::new(#constructor(subject, log))
                }
            }
        }
        Subject::Generic => {
            let subject = names::subject_trait(module);
            quote! {
                #hidden
                pub trait #subject: #contract + 'static {}
                #[automatically_derived]
                impl<S: #contract + 'static> #subject for S {}
                #hidden
                pub fn #make<S: #contract + 'static>(subject: S, log: #private::Log) -> impl #contract + 'static {
                    #constructor(::std::boxed::Box::new(subject), log)
                }
            }
        }
    }
}

/// Has the module hand out what stands beside it, so that a backend finds all of a suite under one path.
fn re_export(suite: &mut Suite) {
    let make = names::handle_maker(&suite.module.ident);
    let (_, items) = suite.module.content.as_mut().expect("a suite has a body");
    items.push(syn::Item::Verbatim(quote! {
        #[doc(hidden)]
        #[allow(unused_imports, unreachable_pub)]
        pub use super::#make as __contrait_handle;
        #[doc(hidden)]
        pub const __CONTRAIT_PATH: &str = ::core::module_path!();
    }));
}

/// The path of the function that has the trait's name.
fn without_arguments(path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.arguments = PathArguments::None;
    }
    path
}

fn first_token(tokens: &TokenStream) -> TokenStream {
    tokens.clone().into_iter().take(1).collect()
}

/// The name of a function, or its first token.
fn name_of(item: &TokenStream) -> TokenStream {
    match syn::parse2::<syn::ItemFn>(item.clone()) {
        Ok(function) => {
            let ident: Ident = function.sig.ident;
            quote!(#ident)
        }
        Err(_) => first_token(item),
    }
}
