//! `#[contract]`: the trait as written, its forwarding impls, and its recorder.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{forward, operations, recorder, refusal};
use crate::errors::Errors;
use crate::model::Contract;
use crate::names;

/// `checks` is whether operations are to be written as well.
pub(crate) fn contract(arguments: TokenStream, item: TokenStream, checks: bool) -> TokenStream {
    let mut errors = Errors::default();
    let contract = Contract::new(arguments, &item, &mut errors);
    let Some(contract) = contract else {
        return quote!(#item #errors);
    };
    // The trait stays with all that it can have, so that its uses are no errors as well.
    let item = if contract.marked {
        contract.item.to_token_stream()
    } else {
        item
    };
    let name = declaration(&contract, item);
    let forwards = forward::all(&contract);
    let recorder = if super::with_suites() && !contract.has_macros() {
        recorder::recorder(&contract, checks)
    } else {
        TokenStream::new()
    };
    let refusal = super::with_suites()
        .then(|| refusal::refusal(&contract))
        .flatten();
    // Where something is wrong, what checks would add only repeats it.
    let operations = if checks && errors.is_empty() {
        operations::operations(&contract)
    } else {
        TokenStream::new()
    };
    quote!(#name #forwards #recorder #refusal #operations #errors)
}

/// The trait itself, or an alias of the remote one.
fn declaration(contract: &Contract, item: TokenStream) -> TokenStream {
    let Some(remote) = &contract.remote else {
        return item;
    };
    let (vis, mut ident) = (&contract.item.vis, contract.ident().clone());
    // A path that leads nowhere is underlined by itself.
    ident.set_span(ident.span().located_at(names::end_of(remote)));
    let docs = contract
        .item
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    quote! {
        #(#docs)*
        #vis use #remote as #ident;
    }
}
