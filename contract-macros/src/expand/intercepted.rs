//! The decorator of a contract that lets somebody decide about calls.
//!
//! Each method turns its arguments into an operation, hands it on, and takes the answer out of the outcome. What cannot
//! be driven goes straight to the subject.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::forward::{Wrapped, Wrapper};
use super::operations::Operations;
use crate::model::{Driven, Field, Form, Method, Objects, Owning, Receiver, Returns};

/// Nothing where there are no objects of the trait: it is objects that are decorated, without anybody knowing.
pub(super) fn intercepted(operations: &Operations<'_>) -> TokenStream {
    let contract = operations.contract;
    let with_size = contract.forwarded_by_sized().any(Method::needs_sized);
    // Futures can be sent where the subject can.
    let driving = &operations.driving;
    let unsent = driving.some_have_to_be_sent(contract) && !driving.futures_are_send(contract);
    let nothing = driving.driven.is_empty();
    if contract.objects() != Objects::Surely || with_size || unsent || nothing {
        return TokenStream::new();
    }
    let own = contract
        .remote
        .as_ref()
        .map(|_| format_ident!("{}Intercepted", contract.ident()));
    let decorator = Decorator { operations, own };
    let (own_type, call, implementation, object) = (
        decorator.own_type(),
        decorator.calls(),
        decorator.implementation(),
        decorator.object(),
    );
    quote! {
        #own_type
        const _: () = {
            #call
            #implementation
            #object
        };
    }
}

struct Decorator<'o, 'c> {
    operations: &'o Operations<'c>,
    /// The type of a remote contract's own.
    own: Option<Ident>,
}

impl Decorator<'_, '_> {
    fn ty(&self, subject: &TokenStream) -> TokenStream {
        let (private, operation) = (&self.operations.private, &self.operations.operation);
        self.own.as_ref().map_or_else(
            || quote!(#private::Intercepted<#subject, #operation>),
            |own| quote!(#own<#subject>),
        )
    }

    /// The functions that carry a call out, whichever method it is of: one for those that take the subject as the others
    /// do, and one for those that a reference is enough for, where others take `&mut self`.
    fn calls(&self) -> TokenStream {
        let driving = &self.operations.driving;
        let reading = || {
            self.call(
                &quote!(__call_reading),
                None,
                &quote!(DriveReading::drive_reading),
            )
        };
        if driving.shared {
            return self.call(&quote!(__call), None, &quote!(DriveShared::drive_shared));
        }
        let exclusive = self.call(&quote!(__call), Some(&quote!(mut)), &quote!(Drive::drive));
        let reading = driving.some_only_read().then(reading);
        quote!(#exclusive #reading)
    }

    fn call(
        &self,
        name: &TokenStream,
        mutability: Option<&TokenStream>,
        drive: &TokenStream,
    ) -> TokenStream {
        let Operations {
            contract,
            driving,
            private,
            operation,
            outcome,
        } = self.operations;
        let ident = contract.ident();
        let subject = if mutability.is_some() {
            quote!(subject_mut)
        } else {
            quote!(subject)
        };
        let carried_out = quote! {
            #private::intercept!(
                intercepted,
                operation,
                #private::operation::#drive,
                #private::Intercepted::#subject
            )
        };
        let send = driving
            .futures_are_send(contract)
            .then(|| quote!(+ ::core::marker::Send));
        let (returns, body) = if driving.asynchronous {
            (
                quote!(::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = #outcome> #send + '_>>),
                quote!(::std::boxed::Box::pin(async move { #carried_out })),
            )
        } else {
            (
                quote!(#outcome),
                quote!(#private::intercepted_now(async move { #carried_out })),
            )
        };
        quote! {
            fn #name(
                intercepted: & #mutability #private::Intercepted<dyn #ident, #operation>,
                operation: #operation,
            ) -> #returns {
                #body
            }
        }
    }

    /// The field that holds the runtime's decorator, where there is a type around it.
    fn field(&self) -> Option<TokenStream> {
        self.own.as_ref().map(|_| quote!(.0))
    }

    fn own_type(&self) -> Option<TokenStream> {
        let own = self.own.as_ref()?;
        let (private, operation) = (&self.operations.private, &self.operations.operation);
        let vis = &self.operations.contract.item.vis;
        let doc = format!(
            "A [`{}`] whose calls somebody decides about.",
            self.operations.contract.ident()
        );
        Some(quote! {
            #[doc = #doc]
            #[allow(private_interfaces, dead_code)]
            #vis struct #own<T: ?::core::marker::Sized>(#private::Intercepted<T, #operation>);

            impl<T: ::core::fmt::Debug + ?::core::marker::Sized> ::core::fmt::Debug for #own<T> {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(&self.0, f)
                }
            }
        })
    }

    fn implementation(&self) -> TokenStream {
        let contract = self.operations.contract;
        let wrapper = self.wrapper();
        let methods = contract.forwarded_by_object().map(|method| {
            let driven = self
                .operations
                .driving
                .driven
                .iter()
                .find(|driven| std::ptr::eq(driven.method, method));
            match driven.filter(|driven| driven.answer.owning == Owning::AsItIs) {
                Some(driven) => self.method(driven),
                None => self.passed_on(&wrapper, method),
            }
        });
        wrapper.implementation(contract, &methods.collect())
    }

    fn wrapper(&self) -> Wrapper {
        let ident = self.operations.contract.ident();
        Wrapper {
            ty: self.ty(&quote!(dyn #ident)),
            subject: Wrapped::Object,
        }
    }

    fn method(&self, driven: &Driven<'_>) -> TokenStream {
        let Operations {
            private,
            operation,
            outcome,
            driving,
            ..
        } = self.operations;
        let (signature, variant) = (&driven.method.signature, &driven.variant);
        let fields = driven.fields.iter().map(|field| {
            let (name, value) = (&field.name, owned(field));
            quote!(#name: #value)
        });
        let (call, mutability) = match (driving.shared, driven.method.receiver) {
            (true, _) => (quote!(__call), None),
            (false, Receiver::Ref) => (quote!(__call_reading), None),
            (false, _) => (quote!(__call), Some(quote!(mut))),
        };
        let called = match self.field() {
            None => quote!(#call(self, __operation)),
            Some(field) => quote!(#call(& #mutability self #field, __operation)),
        };
        let taken = |call: TokenStream| {
            quote! {
                match #call {
                    #outcome::#variant(__answer) => __answer,
                    #[allow(unreachable_patterns)]
                    _ => ::core::unreachable!("an operation is answered by its own outcome"),
                }
            }
        };
        let body = match driven.method.returns {
            Returns::Now if driving.asynchronous => {
                taken(quote!(#private::intercepted_now(#called)))
            }
            Returns::Now => taken(called),
            Returns::Async => taken(quote!(#called.await)),
            Returns::Future => {
                let taken = taken(quote!(#called.await));
                quote!(async move { #taken })
            }
            Returns::BoxedFuture => {
                let taken = taken(quote!(#called.await));
                quote!(::std::boxed::Box::pin(async move { #taken }))
            }
        };
        quote! {
            #signature {
                let __operation = #operation::#variant { #(#fields),* };
                #body
            }
        }
    }

    fn passed_on(&self, wrapper: &Wrapper, method: &Method) -> TokenStream {
        let (private, field) = (&self.operations.private, self.field());
        let subject = match method.receiver {
            Receiver::Mut if field.is_none() => {
                quote!(#private::Intercepted::subject_mut(self))
            }
            Receiver::Mut => quote!(#private::Intercepted::subject_mut(&mut self #field)),
            Receiver::Boxed => quote!(#private::Intercepted::into_subject((*self) #field)),
            _ if field.is_none() => quote!(#private::Intercepted::subject(self)),
            _ => quote!(#private::Intercepted::subject(&self #field)),
        };
        let call = wrapper.call(self.operations.contract, method, &subject, &[]);
        let wait = (method.returns == Returns::Async).then(|| quote!(.await));
        let (cfgs, signature) = (&method.cfgs, &method.signature);
        quote!(#(#cfgs)* #signature { #call #wait })
    }

    fn object(&self) -> TokenStream {
        let Operations {
            contract,
            private,
            operation,
            ..
        } = self.operations;
        let ident = contract.ident();
        let made = quote!(#private::Intercepted::new(subject, interceptor));
        let made = match &self.own {
            None => made,
            Some(own) => quote!(#own(#made)),
        };
        quote! {
            #[automatically_derived]
            impl #private::Intercept for #operation {
                type Object = dyn #ident;
                fn intercept(
                    subject: ::std::boxed::Box<dyn #ident>,
                    interceptor: ::std::sync::Arc<dyn #private::Interceptor<Self>>,
                ) -> ::std::boxed::Box<dyn #ident> {
                    ::std::boxed::Box::new(#made)
                }
            }
        }
    }
}

/// An argument, owned.
fn owned(field: &Field) -> TokenStream {
    let name = &field.name;
    match field.form {
        Form::Owned => quote!(#name),
        Form::Borrowed => quote!(::std::borrow::ToOwned::to_owned(#name)),
        Form::BorrowedItems => {
            quote!(#name.iter().map(|item| ::std::borrow::ToOwned::to_owned(*item)).collect())
        }
        Form::OptionBorrowed => quote!(#name.map(::std::borrow::ToOwned::to_owned)),
    }
}
