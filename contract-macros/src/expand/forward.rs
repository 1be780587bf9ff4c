//! Impls of a contract for pointers to its implementations, so that a `&T`, a `Box<dyn Trait>` or an `Arc<T>` is one.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Ident, Lifetime, TraitItem, parse_quote};

use crate::model::{Contract, Method, Receiver, Returns};

/// A type that implements the contract by what it wraps.
pub(super) struct Wrapper {
    pub(super) ty: TokenStream,
    pub(super) subject: Wrapped,
}

/// What is wrapped: anything, which is called `__T`, or an object of the trait.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapped {
    Any,
    Sized,
    Object,
}

/// The impls that the trait's receivers allow.
pub(super) fn all(contract: &Contract) -> TokenStream {
    let mut impls = TokenStream::new();
    if contract.can_be_shared() {
        impls.extend(forwarding(contract, quote!(&'__a __T)));
        impls.extend(forwarding(contract, quote!(::std::sync::Arc<__T>)));
    }
    if contract.can_be_boxed() {
        impls.extend(forwarding(contract, quote!(::std::boxed::Box<__T>)));
    }
    impls
}

fn forwarding(contract: &Contract, pointer: TokenStream) -> TokenStream {
    let subject = if contract.needs_sized() {
        Wrapped::Sized
    } else {
        Wrapped::Any
    };
    let wrapper = Wrapper {
        ty: pointer,
        subject,
    };
    let methods = contract
        .forwarded()
        .map(|method| forwarded(contract, &wrapper, method));
    wrapper.implementation(contract, &methods.collect())
}

impl Wrapper {
    /// `impl Trait for #wrapper`.
    pub(super) fn implementation(&self, contract: &Contract, methods: &TokenStream) -> TokenStream {
        let (ident, ty) = (contract.ident(), &self.ty);
        let (_, arguments, _) = contract.item.generics.split_for_impl();
        let generics = self.generics(contract);
        let (parameters, _, clause) = generics.split_for_impl();
        let (async_trait, unsafety) = (&contract.async_trait, &contract.item.unsafety);
        let associated = contract
            .item
            .items
            .iter()
            .filter_map(|item| self.associated(contract, item));
        quote! {
            #async_trait
            #[automatically_derived]
            #[allow(deprecated)]
            #unsafety impl #parameters #ident #arguments for #ty #clause {
                #(#associated)*
                #methods
            }
        }
    }

    /// The trait's own generics and `__T`, with all that the wrapper has to be.
    fn generics(&self, contract: &Contract) -> Generics {
        let (ident, ty) = (contract.ident(), &self.ty);
        let (_, arguments, _) = contract.item.generics.split_for_impl();
        let mut generics = contract.item.generics.clone();
        for parameter in &mut generics.params {
            match parameter {
                GenericParam::Type(parameter) => parameter.default = None,
                GenericParam::Const(parameter) => parameter.default = None,
                GenericParam::Lifetime(_) => {}
            }
        }
        // The lifetimes of a reference, and of an object that may borrow.
        let text = ty.to_string();
        let lifetimes = ["'__a", "'__s"].map(|name| Lifetime::new(name, Span::call_site()));
        for lifetime in lifetimes {
            if text.contains(&lifetime.to_string()) {
                generics.params.insert(0, parse_quote!(#lifetime));
            }
        }
        generics
            .params
            .extend::<Option<GenericParam>>(match self.subject {
                Wrapped::Any => Some(parse_quote!(__T: #ident #arguments + ?::core::marker::Sized)),
                Wrapped::Sized => Some(parse_quote!(__T: #ident #arguments)),
                // An object is all that its trait asks for, which need not be said.
                Wrapped::Object => return generics,
            });
        let supertraits: Vec<_> = contract.supertraits().collect();
        if !supertraits.is_empty() {
            let clause = generics.make_where_clause();
            clause.predicates.push(parse_quote!(#ty: #(#supertraits)+*));
        }
        generics
    }

    /// An associated type or constant: that of what is wrapped.
    fn associated(&self, contract: &Contract, item: &TraitItem) -> Option<TokenStream> {
        let subject = self.subject(contract);
        match item {
            TraitItem::Type(item) => {
                let (ident, generics) = (&item.ident, &item.generics);
                let (parameters, arguments, clause) = generics.split_for_impl();
                let cfgs = cfgs(&item.attrs);
                // The trait's bounds on the type are not repeated in an impl.
                Some(
                    quote!(#(#cfgs)* type #ident #parameters = #subject::#ident #arguments #clause;),
                )
            }
            TraitItem::Const(item) => {
                let (ident, ty) = (&item.ident, &item.ty);
                let cfgs = cfgs(&item.attrs);
                Some(quote!(#(#cfgs)* const #ident: #ty = #subject::#ident;))
            }
            _ => None,
        }
    }

    /// `<__T as Trait>::method(subject, arguments…)`. `arguments` are those that are not passed on by their name.
    pub(super) fn call(
        &self,
        contract: &Contract,
        method: &Method,
        subject: &TokenStream,
        arguments: &[(Ident, TokenStream)],
    ) -> TokenStream {
        let path = self.subject(contract);
        let ident = &method.signature.ident;
        let turbofish = turbofish(&method.signature.generics);
        let passed = method.arguments.iter().map(|argument| {
            let other = arguments.iter().find(|(name, _)| *name == argument.name);
            other.map_or_else(
                || argument.name.to_token_stream(),
                |(_, tokens)| tokens.clone(),
            )
        });
        let subject = (method.receiver != Receiver::None).then_some(quote!(#subject,));
        quote!(#path::#ident #turbofish(#subject #(#passed),*))
    }

    fn subject(&self, contract: &Contract) -> TokenStream {
        let ident = contract.ident();
        let (_, arguments, _) = contract.item.generics.split_for_impl();
        match self.subject {
            Wrapped::Any | Wrapped::Sized => quote!(<__T as #ident #arguments>),
            Wrapped::Object => quote!(<dyn #ident #arguments as #ident #arguments>),
        }
    }
}

fn cfgs(attributes: &[syn::Attribute]) -> impl Iterator<Item = &syn::Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
}

fn forwarded(contract: &Contract, wrapper: &Wrapper, method: &Method) -> TokenStream {
    let subject = match method.receiver {
        Receiver::Value | Receiver::Boxed => quote!(*self),
        Receiver::Mut => quote!(&mut **self),
        _ => quote!(&**self),
    };
    let call = wrapper.call(contract, method, &subject, &[]);
    let wait = (method.returns == Returns::Async).then(|| quote!(.await));
    let (cfgs, signature) = (&method.cfgs, &method.signature);
    quote!(#(#cfgs)* #signature { #call #wait })
}

/// The type and constant parameters of a method, which its arguments may not tell.
fn turbofish(generics: &Generics) -> Option<TokenStream> {
    let parameters: Vec<_> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!parameters.is_empty()).then(|| quote!(::<#(#parameters),*>))
}
