//! Calls that are values, made: on an implementation, and on a model.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{FnArg, ReturnType, Signature, parse_quote};

use super::operations::{Operations, bound};
use crate::model::{Driven, Field, Form, Owning, Receiver, Role};
use crate::names;

pub(super) fn drive(operations: &Operations<'_>) -> TokenStream {
    let exclusive = driven_on(operations, &Way::exclusive());
    let shared = operations
        .driving
        .shared
        .then(|| driven_on(operations, &Way::shared()));
    let reading = operations
        .driving
        .some_only_read()
        .then(|| driven_on(operations, &Way::reading()));
    let model = model(operations);
    quote!(#exclusive #shared #reading #model)
}

/// How a subject is taken.
struct Way {
    driver: TokenStream,
    drive: TokenStream,
    mutability: Option<TokenStream>,
}

impl Way {
    fn exclusive() -> Self {
        Self {
            driver: quote!(Drive),
            drive: quote!(drive),
            mutability: Some(quote!(mut)),
        }
    }

    fn shared() -> Self {
        Self {
            driver: quote!(DriveShared),
            drive: quote!(drive_shared),
            mutability: None,
        }
    }

    /// Of those methods that a reference is enough for, where there are others.
    fn reading() -> Self {
        Self {
            driver: quote!(DriveReading),
            drive: quote!(drive_reading),
            mutability: None,
        }
    }
}

fn driven_on(operations: &Operations<'_>, way: &Way) -> TokenStream {
    let Operations {
        contract,
        driving,
        private,
        operation,
        outcome,
    } = operations;
    let Way {
        driver,
        drive,
        mutability,
    } = way;
    let ident = contract.ident();
    let answered = operations.matched(&operations.arms(|_, driven| {
        if mutability.is_none() && driven.method.receiver == Receiver::Mut {
            let variant = &driven.variant;
            return quote!(Self::#variant { .. } => ::core::unreachable!("it takes `&mut self`"));
        }
        let call = call(driven, &quote!(<__S as #ident>), &quote!(subject));
        let wait = driven.is_async().then(|| quote!(.await));
        answered(operations, driven, &quote!(#call #wait))
    }));
    // Where they can be, since some callers have to.
    let send = driving
        .futures_are_send(contract)
        .then(|| quote!(+ ::core::marker::Send));
    let (future, driven) = if driving.asynchronous {
        (
            quote!(::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = #outcome> #send + 'a>>),
            quote!(::std::boxed::Box::pin(async move { #answered })),
        )
    } else {
        (
            quote!(::core::future::Ready<#outcome>),
            quote!(::core::future::ready(#answered)),
        )
    };
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_variables, unreachable_code)]
        impl<__S: #ident + ?::core::marker::Sized> #private::operation::#driver<__S> for #operation {
            type Driven<'a> = #future where __S: 'a;
            fn #drive<'a>(&'a self, subject: &'a #mutability __S) -> Self::Driven<'a> { #driven }
        }
    }
}

/// An arm: the call, its answer owned, in its variant.
fn answered(operations: &Operations<'_>, driven: &Driven<'_>, call: &TokenStream) -> TokenStream {
    let (outcome, variant) = (&operations.outcome, &driven.variant);
    let names = driven.fields.iter().map(|field| &field.name);
    let bindings = names.clone().map(bound);
    let owned = match driven.answer.owning {
        Owning::AsItIs => quote!(#call),
        Owning::ToOwned => quote!(::std::borrow::ToOwned::to_owned(#call)),
        Owning::MapToOwned => quote!(#call.map(::std::borrow::ToOwned::to_owned)),
    };
    quote!(Self::#variant { #(#names: #bindings),* } => #outcome::#variant(#owned))
}

/// `path::method(subject, arguments…)`.
fn call(driven: &Driven<'_>, path: &TokenStream, subject: &TokenStream) -> TokenStream {
    let method = &driven.method.signature.ident;
    let arguments = driven.fields.iter().map(passed);
    quote!(#path::#method(#subject #(, #arguments)*))
}

/// An owned argument as the method takes it.
fn passed(field: &Field) -> TokenStream {
    let name = bound(&field.name);
    if field.role == Role::Made {
        return match field.form {
            Form::Owned => quote!(::core::clone::Clone::clone(#name.value())),
            _ => quote!(#name.value()),
        };
    }
    match field.form {
        Form::Owned => quote!(::core::clone::Clone::clone(#name)),
        Form::Borrowed => quote!(#name),
        Form::BorrowedItems => {
            quote!(&#name.iter().map(|item| &**item).collect::<::std::vec::Vec<_>>())
        }
        Form::OptionBorrowed => quote!(#name.as_deref()),
        Form::OptionRef => quote!(#name.as_ref()),
    }
}

/// What a model of the contract is, and how operations are made on one.
fn model(operations: &Operations<'_>) -> TokenStream {
    let Operations {
        contract,
        driving,
        private,
        operation,
        outcome,
    } = operations;
    let contract_ident = contract.ident();
    let (declared, model, extra) = if driving.asynchronous {
        let model = names::model(contract_ident);
        (
            Some(model_trait(operations, &model)),
            model,
            TokenStream::new(),
        )
    } else {
        (
            None,
            contract_ident.clone(),
            quote!(+ #private::operation::Model),
        )
    };
    let answered = operations.matched(&operations.arms(|_, driven| {
        let call = call(driven, &quote!(<__M as #model>), &quote!(model));
        answered(operations, driven, &call)
    }));
    quote! {
        #declared
        #[automatically_derived]
        #[allow(deprecated, unused_variables, unreachable_code)]
        impl<__M: #model #extra> #private::operation::ModelledBy<__M> for #operation {
            fn on_model(&self, model: &mut __M) -> #outcome { #answered }
        }
    }
}

/// The methods of the contract without the waiting.
fn model_trait(operations: &Operations<'_>, model: &Ident) -> TokenStream {
    let Operations {
        contract, private, ..
    } = operations;
    let (vis, ident) = (&contract.item.vis, contract.ident());
    let doc =
        format!("The methods of [`{ident}`] as its model has them: sync, and with `&mut self`.");
    let methods = operations.driving.driven.iter().map(|driven| {
        let signature = model_signature(driven);
        let doc = format!("As [`{ident}::{}`].", driven.method.signature.ident);
        quote!(#[doc = #doc] #signature;)
    });
    let (message, note) = (
        format!("`{{Self}}` is no model of the contract `{ident}`"),
        format!("implement `contrait::check::Model` and `{model}` for it"),
    );
    quote! {
        #[doc = #doc]
        #[diagnostic::on_unimplemented(message = #message, note = #note)]
        #[allow(clippy::missing_errors_doc, clippy::too_many_arguments, clippy::wrong_self_convention)]
        #vis trait #model: #private::operation::Model { #(#methods)* }
    }
}

fn model_signature(driven: &Driven<'_>) -> Signature {
    let mut signature = driven.method.signature.clone();
    signature.asyncness = None;
    if let Some(output) = driven.method.output() {
        signature.output = parse_quote!(-> #output);
    } else {
        signature.output = ReturnType::Default;
    }
    if let Some(FnArg::Receiver(receiver)) = signature.inputs.first_mut() {
        *receiver = parse_quote!(&mut self);
    }
    signature
}
