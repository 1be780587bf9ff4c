//! The recorder of a contract: an impl that logs every call and passes it on.
//!
//! For a trait of this crate it is an impl for the runtime's `Recorded<T>`, so that a supertrait that is a contract
//! itself is recorded as well. A trait of another crate cannot be implemented for that type: it gets one of its own.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::forward::{Wrapped, Wrapper};
use crate::model::{Contract, Method, Objects, Passing, Receiver, Returns};
use crate::names;

/// The type that records, and how to come to the runtime's recorder in it.
struct Recorder {
    private: TokenStream,
    /// The type of a remote contract's own.
    own: Option<Ident>,
    /// Whether it cannot pass calls on. What is wrong is said already, and suites are to have no errors of their own.
    in_name_alone: bool,
}

pub(super) fn recorder(contract: &Contract, checks: bool) -> TokenStream {
    let private = names::private(contract.krate.as_ref());
    let own = contract
        .remote
        .as_ref()
        .map(|_| format_ident!("{}Recorder", contract.ident()));
    let recorder = Recorder {
        private,
        own,
        in_name_alone: !contract.can_be_wrapped(),
    };
    let implementations = recorder.implementations(contract);
    let own_type = recorder.own_type(contract);
    let constructor = recorder.constructor(contract, checks);
    let of_objects = recorder.of_objects(contract);
    quote!(#own_type #implementations #constructor #of_objects)
}

impl Recorder {
    fn ty(&self) -> TokenStream {
        let private = &self.private;
        self.own
            .as_ref()
            .map_or_else(|| quote!(#private::Recorded), |own| quote!(#own))
    }

    /// Methods that need a size are passed on to what has one; objects have them in name alone.
    fn implementations(&self, contract: &Contract) -> TokenStream {
        let of = |subject| self.implementation(contract, subject);
        let with_size = contract.forwarded_by_sized().any(Method::needs_sized);
        match contract.objects() {
            _ if !with_size || self.in_name_alone => of(Wrapped::Any),
            Objects::Never => of(Wrapped::Sized),
            Objects::Unclear if contract.needs_sized() => of(Wrapped::Sized),
            Objects::Unclear => of(Wrapped::Any),
            Objects::Surely => [Wrapped::Sized, Wrapped::Object]
                .into_iter()
                .map(of)
                .collect(),
        }
    }

    fn implementation(&self, contract: &Contract, subject: Wrapped) -> TokenStream {
        let (recorder, ident) = (self.ty(), contract.ident());
        let (_, arguments, _) = contract.item.generics.split_for_impl();
        let wrapped = match subject {
            Wrapped::Any | Wrapped::Sized => quote!(__T),
            Wrapped::Object => quote!(dyn #ident #arguments),
        };
        let wrapper = Wrapper {
            ty: quote!(#recorder<#wrapped>),
            subject,
        };
        let method = |method| self.method(contract, &wrapper, method);
        let methods: TokenStream = match subject {
            Wrapped::Any => contract.forwarded().map(method).collect(),
            Wrapped::Sized => contract.forwarded_by_sized().map(method).collect(),
            Wrapped::Object => contract.forwarded_by_object().map(method).collect(),
        };
        wrapper.implementation(contract, &methods)
    }

    fn own_type(&self, contract: &Contract) -> Option<TokenStream> {
        let (own, private, vis) = (self.own.as_ref()?, &self.private, &contract.item.vis);
        let doc = format!("A [`{}`] whose calls are logged.", contract.ident());
        let shown = ["Debug", "Display"].map(|name| format_ident!("{name}"));
        Some(quote! {
            #[doc = #doc]
            #vis struct #own<T: ?::core::marker::Sized>(#private::Recorded<T>);

            impl<T: ::core::clone::Clone> ::core::clone::Clone for #own<T> {
                fn clone(&self) -> Self {
                    Self(::core::clone::Clone::clone(&self.0))
                }
            }

            impl<T: ::std::error::Error + ?::core::marker::Sized> ::std::error::Error for #own<T> {
                fn source(&self) -> ::core::option::Option<&(dyn ::std::error::Error + 'static)> {
                    ::std::error::Error::source(&self.0)
                }
            }

            #(
                impl<T: ::core::fmt::#shown + ?::core::marker::Sized> ::core::fmt::#shown for #own<T> {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        ::core::fmt::#shown::fmt(&self.0, f)
                    }
                }
            )*
        })
    }

    /// A function with the name of the trait, which suites find wherever they find the trait: a name may stand for a
    /// type and for a value.
    fn constructor(&self, contract: &Contract, checks: bool) -> TokenStream {
        let (private, ty, vis, ident) = (
            &self.private,
            self.ty(),
            &contract.item.vis,
            contract.ident(),
        );
        let made = self.wrap(&quote!(subject), &quote!(log));
        // The operations are found by the same name.
        let operations = if checks && contract.has_operations() {
            names::operation(ident).into_token_stream()
        } else {
            quote!(#private::NoOperations)
        };
        quote! {
            #[doc(hidden)]
            #[allow(non_snake_case, dead_code)]
            #vis fn #ident<T: ?::core::marker::Sized>(subject: ::std::boxed::Box<T>, log: #private::Log) -> #private::Contracted<#ty<T>, #operations> {
                #private::Contracted::new(#made)
            }
        }
    }

    /// A function that nobody calls: for it the recorder of objects is compiled with the trait, once, and every crate of
    /// tests takes it from there.
    fn of_objects(&self, contract: &Contract) -> Option<TokenStream> {
        let is_one = contract.item.generics.params.is_empty();
        if self.in_name_alone || !is_one || contract.objects() != Objects::Surely {
            return None;
        }
        let (private, vis, ident) = (&self.private, &contract.item.vis, contract.ident());
        let name = names::recorder_of_objects(ident);
        let recorded = self.wrap(&quote!(subject), &quote!(log));
        Some(quote! {
            #[doc(hidden)]
            #[allow(non_snake_case, dead_code)]
            #vis fn #name(subject: ::std::boxed::Box<dyn #ident>, log: #private::Log) -> ::std::boxed::Box<dyn #ident> {
                ::std::boxed::Box::new(#recorded)
            }
        })
    }

    fn wrap(&self, subject: &TokenStream, log: &TokenStream) -> TokenStream {
        let private = &self.private;
        let recorded = quote!(#private::Recorded::new(#subject, #log));
        self.own
            .as_ref()
            .map_or_else(|| recorded.clone(), |own| quote!(#own(#recorded)))
    }

    /// `#value` as the runtime's recorder, behind whatever reference or box it stands.
    fn field(&self) -> Option<TokenStream> {
        self.own.as_ref().map(|_| quote!(.0))
    }

    fn method(&self, contract: &Contract, wrapper: &Wrapper, method: &Method) -> TokenStream {
        let (cfgs, signature) = (&method.cfgs, &method.signature);
        let for_objects = wrapper.subject == Wrapped::Object && method.needs_sized();
        if self.in_name_alone || for_objects {
            let why = format!("`{}` is not there for trait objects", signature.ident);
            return quote!(#(#cfgs)* #[allow(unused_variables)] #signature { ::core::unreachable!(#why) });
        }
        let body = self.body(contract, wrapper, method);
        quote!(#(#cfgs)* #signature { #body })
    }

    fn body(&self, contract: &Contract, wrapper: &Wrapper, method: &Method) -> TokenStream {
        let private = &self.private;
        let unwrapped = method.arguments.iter().filter_map(|argument| {
            let name = &argument.name;
            Some((name.clone(), self.unwrap(name, argument.passing)?))
        });
        let unwrapped: Vec<_> = unwrapped.collect();
        let call = wrapper.call(contract, method, &quote!(__subject), &unwrapped);
        if method.receiver == Receiver::None {
            return self.result(method, &call, &quote!(#private::Log::detached()));
        }
        let (name, field) = (method.signature.ident.to_string(), self.field());
        let arguments = method.arguments.iter().map(|argument| &argument.name);
        let subject = self.subject(method.receiver);
        // For what the method makes of the subject's own type, as the subject may be consumed.
        let log = matches!(method.result, Passing::Own | Passing::OwnWithin)
            .then(|| quote!(let __log = #private::Recorded::log(&self #field).clone();));
        let ended = match method.returns {
            Returns::Now => self.ended(method, &call),
            Returns::Async => self.ended(method, &quote!(#call.await)),
            Returns::Future => self.ended_later(method, &call),
            Returns::BoxedFuture => {
                let later = self.ended_later(method, &call);
                quote!(::std::boxed::Box::pin(#later))
            }
        };
        quote! {
            #log
            let __call = #private::call!(#private::Recorded::log(&self #field), #name #(, #arguments)*);
            let __subject = #subject;
            #ended
        }
    }

    fn ended(&self, method: &Method, outcome: &TokenStream) -> TokenStream {
        let private = &self.private;
        if method.result == Passing::Plain {
            return quote!(#private::returned!(__call, #outcome));
        }
        // The subject itself shows in the log, and not its recorder.
        let wrapped = self.result(method, &quote!(__outcome), &quote!(__log));
        quote! {
            let __outcome = #private::returned!(__call, #outcome);
            #wrapped
        }
    }

    fn ended_later(&self, method: &Method, call: &TokenStream) -> TokenStream {
        let ended = self.ended(method, &quote!(__future.await));
        // The call itself happens now: what it does before its first poll is part of the contract.
        quote! {{
            let __future = #call;
            async move { #ended }
        }}
    }

    /// Puts the recorder on a result that is, or holds, the subject's own type.
    fn result(&self, method: &Method, outcome: &TokenStream, log: &TokenStream) -> TokenStream {
        match method.result {
            Passing::Own => self.wrap(&quote!(::std::boxed::Box::new(#outcome)), log),
            Passing::OwnWithin => {
                let wrapped = self.wrap(&quote!(::std::boxed::Box::new(own)), log);
                quote!(#outcome.map(|own| #wrapped))
            }
            _ => outcome.clone(),
        }
    }

    fn subject(&self, receiver: Receiver) -> TokenStream {
        let (private, field) = (&self.private, self.field());
        match receiver {
            Receiver::Mut if field.is_none() => quote!(#private::Recorded::subject_mut(self)),
            Receiver::Mut => quote!(#private::Recorded::subject_mut(&mut self #field)),
            Receiver::Value => quote!(*#private::Recorded::into_subject(self #field)),
            Receiver::Boxed => quote!(#private::Recorded::into_subject((*self) #field)),
            _ => quote!(#private::Recorded::subject(&self #field)),
        }
    }

    /// An argument with the recorder taken off, where it has one.
    fn unwrap(&self, name: &Ident, passing: Passing) -> Option<TokenStream> {
        let (private, field) = (&self.private, self.field());
        match passing {
            Passing::Own => Some(quote!(*#private::Recorded::into_subject(#name #field))),
            Passing::OwnRef => Some(quote!(#private::Recorded::subject(&#name #field))),
            Passing::OwnMut if field.is_none() => {
                Some(quote!(#private::Recorded::subject_mut(#name)))
            }
            Passing::OwnMut => Some(quote!(#private::Recorded::subject_mut(&mut #name #field))),
            _ => None,
        }
    }
}
