//! Outcomes that are errors, made from errors.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::operations::Operations;
use crate::model::Driven;

/// The functions of `Outcome` that make them.
pub(super) fn failing(operations: &Operations<'_>) -> TokenStream {
    let private = &operations.private;
    let types = arms(operations, |driven| {
        let ty = &driven.answer.ty;
        quote!(::core::option::Option::Some(#private::operation::ErrorType::of_answer::<#ty>()))
    });
    let made = arms(operations, |driven| {
        let variant = &driven.variant;
        quote!(#private::operation::failed(error).map(Self::#variant))
    });
    quote! {
        fn error_type(method: usize) -> ::core::option::Option<#private::operation::ErrorType> {
            match method { #types _ => ::core::option::Option::None }
        }
        fn of_error(method: usize, error: ::std::boxed::Box<dyn ::core::any::Any>) -> ::core::option::Option<Self> {
            match method { #made _ => ::core::option::Option::None }
        }
    }
}

/// An arm a method that can fail.
fn arms(operations: &Operations<'_>, arm: impl Fn(&Driven<'_>) -> TokenStream) -> TokenStream {
    let driven = operations.driving.driven.iter().enumerate();
    let arms = driven
        .filter(|(_, driven)| driven.answer.fallible)
        .map(|(index, driven)| {
            let (index, arm) = (Literal::usize_unsuffixed(index), arm(driven));
            quote!(#index => #arm,)
        });
    arms.collect()
}
