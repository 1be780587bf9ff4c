//! What a contract without objects leaves beside it: a macro of its name, which a suite calls that takes trait objects.
//!
//! Suites find it wherever they find the trait, since macros and traits are told apart, and else find one that does nothing.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;
use crate::model::Contract;
use crate::names;
use crate::seen;

pub(super) fn refusal(contract: &Contract) -> Option<TokenStream> {
    let why = contract.why_no_objects();
    let (vis, ident) = (&contract.item.vis, contract.ident());
    seen::note(ident, why.is_some());
    let message = format!(
        "there are no objects of `{ident}`, since {}: write `impl {ident}` for `dyn {ident}` in every case",
        why?
    );
    let private = names::private(contract.krate.as_ref());
    let exported = names::exported_macro("objects", ident);
    Some(quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #exported {
            ($object:tt) => { #private::__refused! { #message $object } };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        #vis use #exported as #ident;
    })
}

/// `refused! { "message" token }`: the message, on the token.
pub(crate) fn refused(input: TokenStream) -> TokenStream {
    let parse = |input: ParseStream<'_>| {
        let (message, token): (LitStr, TokenStream) = (input.parse()?, input.parse()?);
        Ok((message.value(), token))
    };
    match parse.parse2(input) {
        Ok((message, token)) => {
            let mut errors = Errors::default();
            errors.on(token, message);
            quote!(#errors)
        }
        Err(error) => error.to_compile_error(),
    }
}
