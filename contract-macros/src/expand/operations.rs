//! The operations of a contract, and what they are answered: an enum of each, with a variant a method.
//!
//! What can be done with them is decided in the runtime, which is told the methods as plain data and sees the arguments
//! one by one.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::{drive, intercepted, outcomes};
use crate::model::{Contract, Driven, Driving, Field, Form, Objects, Owning, Receiver, Role};
use crate::names;

/// What the emitters of a contract's operations share.
pub(super) struct Operations<'c> {
    pub(super) contract: &'c Contract,
    pub(super) driving: Driving<'c>,
    pub(super) private: TokenStream,
    pub(super) operation: Ident,
    pub(super) outcome: Ident,
}

/// Nothing for a trait that is generic: its operations would be as well, and no check could choose its types.
pub(super) fn operations(contract: &Contract) -> TokenStream {
    if !contract.has_operations() {
        return TokenStream::new();
    }
    let operations = Operations {
        contract,
        driving: Driving::new(contract),
        private: names::private(contract.krate.as_ref()),
        operation: names::operation(contract.ident()),
        outcome: names::outcome(contract.ident()),
    };
    let own = operations.own();
    let outcomes = outcomes::outcomes(&operations);
    let drive = drive::drive(&operations);
    let intercepted = intercepted::intercepted(&operations);
    quote!(#own #outcomes #drive #intercepted)
}

impl Operations<'_> {
    /// An arm a driven method.
    pub(super) fn arms(&self, arm: impl Fn(usize, &Driven<'_>) -> TokenStream) -> TokenStream {
        let arms = self
            .driving
            .driven
            .iter()
            .enumerate()
            .map(|(index, driven)| {
                let (cfgs, arm) = (&driven.method.cfgs, arm(index, driven));
                quote!(#(#cfgs)* #arm,)
            });
        arms.collect()
    }

    /// `match self { … }`, which has no arm where no method can be driven.
    pub(super) fn matched(&self, arms: &TokenStream) -> TokenStream {
        if self.driving.driven.is_empty() {
            quote!(match *self {})
        } else {
            quote!(match self { #arms })
        }
    }

    fn own(&self) -> TokenStream {
        let Self {
            private, operation, ..
        } = self;
        let (vis, contract) = (&self.contract.item.vis, self.contract.ident());
        let doc = format!("A call of a method of [`{contract}`], with its arguments.");
        let variants = self.driving.driven.iter().map(|driven| {
            let variant = &driven.variant;
            let doc = format!("[`{contract}::{}`].", driven.method.signature.ident);
            let fields = driven.fields.iter().map(|field| {
                let (name, ty) = (&field.name, self.kept(field));
                quote!(#name: #ty)
            });
            quote!(#[doc = #doc] #variant { #(#fields),* })
        });
        let implementation = self.implementation();
        quote! {
            #[doc = #doc]
            #[allow(missing_docs, private_interfaces, dead_code, clippy::large_enum_variant)]
            #[derive(::core::clone::Clone)]
            #vis enum #operation { #(#variants),* }

            impl ::core::fmt::Debug for #operation {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #private::operation::fmt_operation(self, f)
                }
            }
            impl #private::serde::Serialize for #operation {
                fn serialize<S: #private::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                    #private::operation::serialize(self, serializer)
                }
            }
            impl<'de> #private::serde::Deserialize<'de> for #operation {
                fn deserialize<D: #private::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                    #private::operation::deserialize(deserializer)
                }
            }
            #implementation
        }
    }

    fn implementation(&self) -> TokenStream {
        let Self {
            private,
            operation,
            outcome,
            ..
        } = self;
        let contract = self.about();
        let method = self.matched(&self.arms(|index, driven| {
            let (variant, index) = (&driven.variant, Literal::usize_unsuffixed(index));
            quote!(Self::#variant { .. } => #index)
        }));
        let build = self.arms(|index, driven| self.built(index, driven));
        let visit = self.matched(&self.arms(|index, driven| self.visited(index, driven)));
        let key = self.matched(&self.arms(|_, driven| self.keyed(driven)));
        quote! {
            #[automatically_derived]
            #[allow(unused_variables, clippy::match_single_binding, clippy::match_same_arms)]
            impl #private::operation::Operation for #operation {
                type Outcome = #outcome;
                const CONTRACT: &'static #private::operation::Contract = &#contract;
                fn method(&self) -> usize { #method }
                fn build<B: #private::operation::Build>(method: usize, build: &mut B) -> ::core::result::Result<Self, B::Error> {
                    match method {
                        #build
                        _ => ::core::unreachable!("there is no such method"),
                    }
                }
                fn visit(&self, visit: &mut dyn FnMut(&'static #private::operation::Parameter, &dyn #private::operation::Field)) { #visit }
                fn visit_mut(&mut self, visit: &mut dyn FnMut(&'static #private::operation::Parameter, &mut dyn #private::operation::Slot)) { #visit }
                fn key(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> { #key }
            }
        }
    }

    /// The methods as plain data.
    fn about(&self) -> TokenStream {
        let (private, driving) = (&self.private, &self.driving);
        let name = self.contract.ident().to_string();
        let methods = self.driving.driven.iter().map(|driven| self.method(driven));
        let undriven = driving.undriven.iter().map(|undriven| {
            let (method, why, remedy, declared) = (
                &undriven.method,
                &undriven.why,
                &undriven.remedy,
                undriven.declared,
            );
            quote!(#private::operation::Undriven { method: #method, why: #why, remedy: #remedy, declared: #declared })
        });
        let (shared, objects) = (driving.shared, self.contract.objects() != Objects::Never);
        quote! {
            #private::operation::Contract {
                name: #name,
                methods: &[#(#methods),*],
                undriven: &[#(#undriven),*],
                shared: #shared,
                objects: #objects,
            }
        }
    }

    fn method(&self, driven: &Driven<'_>) -> TokenStream {
        let private = &self.private;
        let name = plain(&driven.method.signature.ident);
        let parameters = driven.fields.iter().map(|field| self.parameter(field));
        let (read, idempotent, infallible) = (
            driven.markers.read,
            driven.markers.idempotent,
            driven.markers.infallible,
        );
        let (fallible, asynchronous) = (driven.answer.fallible, driven.is_async());
        let (keyed, makes) = (driven.key().is_some(), driven.markers.makes.is_some());
        let exclusive = driven.method.receiver == Receiver::Mut;
        let intercepted = driven.answer.owning == Owning::AsItIs;
        let errors = driven.markers.errors.iter().map(plain);
        quote! {
            #private::operation::Method {
                name: #name,
                parameters: &[#(#parameters),*],
                read: #read,
                idempotent: #idempotent,
                infallible: #infallible,
                errors: &[#(#errors),*],
                fallible: #fallible,
                asynchronous: #asynchronous,
                keyed: #keyed,
                makes: #makes,
                exclusive: #exclusive,
                intercepted: #intercepted,
            }
        }
    }

    fn parameter(&self, field: &Field) -> TokenStream {
        let private = &self.private;
        let (name, ty) = (plain(&field.name), &field.written);
        let role = match field.role {
            Role::Plain => quote!(Plain),
            Role::Key if field.is_list() => quote!(Keys),
            Role::Key => quote!(Key),
            Role::Ttl => quote!(Ttl),
            Role::Made => quote!(Made),
        };
        let form = match field.form {
            Form::Owned => quote!(Owned),
            Form::Borrowed | Form::BorrowedItems => quote!(Borrowed),
            Form::OptionBorrowed => quote!(OptionBorrowed),
            Form::OptionRef => quote!(OptionRef),
        };
        quote! {
            #private::operation::Parameter {
                name: #name,
                ty: #ty,
                role: #private::operation::Role::#role,
                form: #private::operation::Form::#form,
            }
        }
    }

    /// The `parameter`-th parameter of the `method`-th method, as plain data.
    fn parameter_of(&self, method: usize, parameter: usize) -> TokenStream {
        let private = &self.private;
        let (method, parameter) = (
            Literal::usize_unsuffixed(method),
            Literal::usize_unsuffixed(parameter),
        );
        quote!(&<Self as #private::operation::Operation>::CONTRACT.methods[#method].parameters[#parameter])
    }

    /// The type of an argument as an operation keeps it.
    fn kept(&self, field: &Field) -> TokenStream {
        let (private, ty) = (&self.private, &field.ty);
        match field.role {
            Role::Made => quote!(#private::operation::Bound<#ty>),
            _ => ty.to_token_stream(),
        }
    }

    fn codec(&self, field: &Field) -> TokenStream {
        let private = &self.private;
        match &field.strategy {
            _ if field.role == Role::Made => quote!(#private::operation::ByBinding),
            // A type that is no argument is blamed where it is written.
            None => located(quote!(#private::operation::ByType), field.span),
            Some(strategy) => quote!(#private::operation::by_strategy(|| #strategy)),
        }
    }

    fn built(&self, index: usize, driven: &Driven<'_>) -> TokenStream {
        let (variant, private) = (&driven.variant, &self.private);
        let fields = driven.fields.iter().enumerate().map(|(nth, field)| {
            let (name, parameter, codec) = (
                &field.name,
                self.parameter_of(index, nth),
                self.codec(field),
            );
            quote!(#name: #private::operation::Build::argument(build, #parameter, #codec)?)
        });
        let index = Literal::usize_unsuffixed(index);
        quote!(#index => ::core::result::Result::Ok(Self::#variant { #(#fields),* }))
    }

    fn visited(&self, index: usize, driven: &Driven<'_>) -> TokenStream {
        let variant = &driven.variant;
        let names = driven.fields.iter().map(|field| &field.name);
        let bindings = names.clone().map(bound);
        let visits = driven.fields.iter().enumerate().map(|(nth, field)| {
            let (bound, parameter, codec) = (
                bound(&field.name),
                self.parameter_of(index, nth),
                self.codec(field),
            );
            quote!(visit(#parameter, &mut (#bound, #codec));)
        });
        quote!(Self::#variant { #(#names: #bindings),* } => { #(#visits)* })
    }

    fn keyed(&self, driven: &Driven<'_>) -> TokenStream {
        let (variant, private) = (&driven.variant, &self.private);
        let Some(key) = driven.key() else {
            return quote!(Self::#variant { .. } => ::core::option::Option::None);
        };
        let (name, codec) = (&key.name, self.codec(key));
        quote! {
            Self::#variant { #name: __key, .. } =>
                ::core::option::Option::Some(#private::operation::Codec::key(&#codec, __key))
        }
    }
}

/// The same tokens, blamed where `span` is.
fn located(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    tokens.collect()
}

/// The name of the binding for a field, which meets none of the names around it.
pub(super) fn bound(field: &Ident) -> Ident {
    format_ident!("__{}", field)
}

/// The name without the mark of a raw identifier.
pub(super) fn plain(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}
