//! What the operations of a contract are answered.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::making;
use super::operations::Operations;
use crate::model::Driven;

pub(super) fn outcomes(operations: &Operations<'_>) -> TokenStream {
    let Operations {
        contract,
        private,
        outcome,
        ..
    } = operations;
    let (vis, name) = (&contract.item.vis, contract.ident());
    let doc = format!("What a call of a method of [`{name}`] is answered.");
    let variants = operations.arms(|_, driven| {
        let (variant, ty) = (&driven.variant, &driven.answer.ty);
        let doc = format!(
            "The answer of [`{name}::{}`].",
            driven.method.signature.ident
        );
        quote!(#[doc = #doc] #variant(#ty))
    });
    let method = operations.matched(&operations.arms(|index, driven| {
        let (variant, index) = (&driven.variant, Literal::usize_unsuffixed(index));
        quote!(Self::#variant(..) => #index)
    }));
    let debug = operations.matched(&operations.arms(|_, driven| {
        let variant = &driven.variant;
        quote!(Self::#variant(answer) => f.write_str(&#private::show!(answer)))
    }));
    let compare = compare(operations);
    let shape = operations.matched(&operations.arms(|_, driven| shape(operations, driven)));
    let is_error = operations.matched(&operations.arms(|_, driven| {
        let variant = &driven.variant;
        if driven.answer.fallible {
            quote!(Self::#variant(answer) => answer.is_err())
        } else {
            quote!(Self::#variant(..) => false)
        }
    }));
    let source = operations.matched(&operations.arms(|_, driven| source(operations, driven)));
    let parts = operations.matched(&operations.arms(|_, driven| parts(operations, driven)));
    let types = operations.arms(|index, driven| types(operations, index, driven));
    let of_parts = operations.arms(|index, driven| of_parts(operations, index, driven));
    let making = making::making(operations);
    quote! {
        #[doc = #doc]
        #[allow(private_interfaces, dead_code, clippy::large_enum_variant)]
        #vis enum #outcome { #variants }

        impl ::core::fmt::Debug for #outcome {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { #debug }
        }
        #[automatically_derived]
        #[allow(unused_variables, clippy::unit_arg)]
        impl #private::operation::Outcome for #outcome {
            fn method(&self) -> usize { #method }
            fn compare(&self, other: &Self, slack: ::core::time::Duration) -> #private::operation::Comparison { #compare }
            fn shape(&self) -> ::std::string::String { #shape }
            fn is_error(&self) -> bool { #is_error }
            fn source(&self) -> ::core::option::Option<::std::string::String> { #source }
            fn parts(&self) -> ::core::result::Result<&dyn ::core::any::Any, &dyn ::core::any::Any> { #parts }
            fn types(method: usize) -> #private::operation::Types {
                match method {
                    #types
                    _ => ::core::unreachable!("there is no such method"),
                }
            }
            fn of_parts(
                method: usize,
                parts: ::core::result::Result<#private::operation::Value, #private::operation::Value>,
            ) -> ::core::option::Option<Self> {
                match method {
                    #of_parts
                    _ => ::core::option::Option::None,
                }
            }
            #making
        }
    }
}

fn parts(operations: &Operations<'_>, driven: &Driven<'_>) -> TokenStream {
    let (private, variant) = (&operations.private, &driven.variant);
    if driven.answer.fallible {
        quote!(Self::#variant(answer) => #private::operation::within(answer))
    } else {
        quote!(Self::#variant(answer) => ::core::result::Result::Ok(answer))
    }
}

fn types(operations: &Operations<'_>, index: usize, driven: &Driven<'_>) -> TokenStream {
    let (private, ty) = (&operations.private, &driven.answer.ty);
    let index = Literal::usize_unsuffixed(index);
    let result = driven.answer.fallible.then(|| quote!(Result:));
    quote!(#index => #private::types!(#result #ty))
}

fn of_parts(operations: &Operations<'_>, index: usize, driven: &Driven<'_>) -> TokenStream {
    let (private, variant) = (&operations.private, &driven.variant);
    let index = Literal::usize_unsuffixed(index);
    let made = if driven.answer.fallible {
        quote!(around)
    } else {
        quote!(plain)
    };
    quote!(#index => #private::operation::#made(parts).map(Self::#variant))
}

fn compare(operations: &Operations<'_>) -> TokenStream {
    let private = &operations.private;
    let arms = operations.arms(|_, driven| {
        let variant = &driven.variant;
        let compared = match &driven.markers.compare {
            Some(with) => quote!(#private::operation::Comparison::new((#with)(one, other, slack), #private::operation::By::Value)),
            None if driven.answer.fallible => quote! {
                match (one, other) {
                    (::core::result::Result::Ok(one), ::core::result::Result::Ok(other)) => #private::compare!(one, other),
                    (::core::result::Result::Err(one), ::core::result::Result::Err(other)) => #private::compare_kinds!(one, other),
                    _ => #private::operation::Comparison::different(),
                }
            },
            None => quote!(#private::compare!(one, other)),
        };
        quote!((Self::#variant(one), Self::#variant(other)) => #compared)
    });
    quote! {
        match (self, other) {
            #arms
            #[allow(unreachable_patterns)]
            _ => #private::operation::Comparison::different(),
        }
    }
}

fn shape(operations: &Operations<'_>, driven: &Driven<'_>) -> TokenStream {
    let (private, variant) = (&operations.private, &driven.variant);
    let shape = if driven.answer.fallible {
        quote! {
            match answer {
                ::core::result::Result::Ok(answer) => #private::operation::shape_within("Ok", &#private::shape!(answer)),
                ::core::result::Result::Err(error) => #private::operation::shape_within("Err", &#private::kind!(error)),
            }
        }
    } else {
        quote!(#private::shape!(answer))
    };
    quote!(Self::#variant(answer) => #shape)
}

fn source(operations: &Operations<'_>, driven: &Driven<'_>) -> TokenStream {
    let (private, variant) = (&operations.private, &driven.variant);
    if driven.answer.fallible {
        quote!(Self::#variant(answer) => answer.as_ref().ok().and_then(|answer| #private::source!(answer)))
    } else {
        quote!(Self::#variant(answer) => #private::source!(answer))
    }
}
