//! The decorator of a contract that lets somebody decide about calls.
//!
//! Each method turns its arguments into an operation, hands it on, and takes the answer out of the outcome. What cannot
//! be driven goes straight to the subject.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::forward::{Wrapped, Wrapper};
use super::operations::{Operations, plain};
use crate::model::{Driven, Field, Form, Method, Objects, Owning, Receiver, Returns, Role};

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
    let decorator = Decorator {
        operations,
        own,
        scoped: !contract.outlives_all(),
    };
    let (own_type, calls, implementation, object) = (
        decorator.own_type(),
        decorator.calls(),
        decorator.implementation(),
        decorator.object(),
    );
    quote! {
        #own_type
        const _: () = {
            #calls
            #implementation
            #object
        };
    }
}

struct Decorator<'o, 'c> {
    operations: &'o Operations<'c>,
    /// The type of a remote contract's own.
    own: Option<Ident>,
    /// Whether the objects may borrow.
    scoped: bool,
}

/// How a call takes its subject.
struct Way {
    call: Ident,
    mutability: Option<TokenStream>,
    run: TokenStream,
    subject: TokenStream,
}

impl Decorator<'_, '_> {
    fn ty(&self, subject: &TokenStream) -> TokenStream {
        let (private, operation) = (&self.operations.private, &self.operations.operation);
        self.own.as_ref().map_or_else(
            || quote!(#private::Intercepted<#subject, #operation>),
            |own| quote!(#own<#subject>),
        )
    }

    /// The object, which may borrow for `lifetime`.
    fn object_type(&self, lifetime: &TokenStream) -> TokenStream {
        let ident = self.operations.contract.ident();
        if self.scoped {
            quote!(dyn #ident + #lifetime)
        } else {
            quote!(dyn #ident)
        }
    }

    fn shared(&self) -> Way {
        let private = &self.operations.private;
        let run = if self.operations.driving.shared {
            quote!(DriveShared::drive_shared)
        } else {
            quote!(DriveReading::drive_reading)
        };
        Way {
            call: format_ident!("__call"),
            mutability: None,
            run: quote!(#private::operation::#run),
            subject: quote!(subject),
        }
    }

    fn exclusive(&self) -> Way {
        let private = &self.operations.private;
        Way {
            call: format_ident!("__call_mut"),
            mutability: Some(quote!(mut)),
            run: quote!(#private::operation::Drive::drive),
            subject: quote!(subject_mut),
        }
    }

    /// The functions that carry a call out, whichever method it is of.
    fn calls(&self) -> TokenStream {
        let driving = &self.operations.driving;
        let takes = |receiver| {
            let mut driven = driving.driven.iter();
            driven.any(|driven| is_intercepted(driven) && driven.method.receiver == receiver)
        };
        let shared = takes(Receiver::Ref).then(|| self.call(&self.shared()));
        let exclusive = takes(Receiver::Mut).then(|| self.call(&self.exclusive()));
        quote!(#shared #exclusive)
    }

    fn call(&self, way: &Way) -> TokenStream {
        let Operations {
            contract,
            driving,
            private,
            operation,
            outcome,
        } = self.operations;
        let Way {
            call,
            mutability,
            run,
            subject,
        } = way;
        let carried_out = quote! {
            #private::intercept!(intercepted, operation, #run, #private::Intercepted::#subject, blocking)
        };
        let send = driving
            .futures_are_send(contract)
            .then(|| quote!(+ ::core::marker::Send));
        let (returns, body) = if driving.asynchronous {
            (
                quote!(::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = #outcome> #send + 'c>>),
                quote!(::std::boxed::Box::pin(async move { #carried_out })),
            )
        } else {
            (
                quote!(#outcome),
                quote!(#private::intercepted_now(async move { #carried_out })),
            )
        };
        let object = self.object_type(&quote!('s));
        let scope = self.scoped.then(|| quote!(, 's: 'c));
        quote! {
            fn #call<'c #scope>(
                intercepted: &'c #mutability #private::Intercepted<#object, #operation>,
                operation: #operation,
                blocking: bool,
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
            match driven.filter(|driven| is_intercepted(driven)) {
                Some(driven) => self.method(driven),
                None => self.passed_on(&wrapper, method),
            }
        });
        let implementation = wrapper.implementation(contract, &methods.collect());
        // Nobody who lacks an implementation wants this one.
        quote!(#[diagnostic::do_not_recommend] #implementation)
    }

    fn wrapper(&self) -> Wrapper {
        Wrapper {
            ty: self.ty(&self.object_type(&quote!('__s))),
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
            match field.role {
                Role::Made => quote!(#name: #private::operation::Bound::Value(#value)),
                _ => quote!(#name: #value),
            }
        });
        let way = match driven.method.receiver {
            Receiver::Mut => self.exclusive(),
            _ => self.shared(),
        };
        let Way {
            call, mutability, ..
        } = &way;
        let subject = match self.field() {
            None => quote!(self),
            Some(field) => quote!(& #mutability self #field),
        };
        let blocking = !driven.is_async();
        let called = quote!(#call(#subject, __operation, #blocking));
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
        let name = plain(&method.signature.ident);
        let subject = match method.receiver {
            Receiver::Mut if field.is_none() => {
                quote!(#private::Intercepted::passed_on_mut(self, #name))
            }
            Receiver::Mut => quote!(#private::Intercepted::passed_on_mut(&mut self #field, #name)),
            Receiver::Boxed => {
                quote!(#private::Intercepted::passed_on_whole((*self) #field, #name))
            }
            _ if field.is_none() => quote!(#private::Intercepted::passed_on(self, #name)),
            _ => quote!(#private::Intercepted::passed_on(&self #field, #name)),
        };
        let call = wrapper.call(self.operations.contract, method, &subject, &[]);
        let wait = (method.returns == Returns::Async).then(|| quote!(.await));
        let (cfgs, signature) = (&method.cfgs, &method.signature);
        quote!(#(#cfgs)* #signature { #call #wait })
    }

    fn object(&self) -> TokenStream {
        let Operations {
            private, operation, ..
        } = self.operations;
        let object = self.object_type(&quote!('s));
        let made = quote!(#private::Intercepted::new(subject, interceptor));
        let made = match &self.own {
            None => made,
            Some(own) => quote!(#own(#made)),
        };
        quote! {
            #[automatically_derived]
            impl #private::Intercept for #operation {
                type Object<'s> = #object;
                fn decorated<'s>(
                    subject: ::core::option::Option<::std::boxed::Box<Self::Object<'s>>>,
                    interceptor: ::std::sync::Arc<dyn #private::Interceptor<Self>>,
                ) -> ::std::boxed::Box<Self::Object<'s>> {
                    ::std::boxed::Box::new(#made)
                }
            }
        }
    }
}

/// Whether an interceptor can answer it: nobody can borrow from an outcome.
fn is_intercepted(driven: &Driven<'_>) -> bool {
    driven.answer.owning == Owning::AsItIs
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
        Form::OptionBorrowed | Form::OptionRef => {
            quote!(#name.map(::std::borrow::ToOwned::to_owned))
        }
    }
}
