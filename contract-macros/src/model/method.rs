//! A method of a contract, as a wrapper has to see it: how to pass a call on, and what comes back.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Pat, PathArguments, ReceiverKind, ReturnType,
    Safety, Signature, TraitItemFn, Type, TypeParamBound, WherePredicate,
};

use super::same_tokens;

/// A method, and how a wrapper passes it on.
pub(crate) struct Method {
    /// As in the trait, but that each argument has a name.
    pub(crate) signature: Signature,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) receiver: Receiver,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) returns: Returns,
    pub(crate) result: Passing,
    /// Whether the trait has a body for it.
    pub(crate) has_default: bool,
    /// Whether it is only there for sized implementations.
    pub(crate) for_sized: bool,
}

/// An argument by its name.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) passing: Passing,
}

/// How a value goes through a wrapper.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// As it is.
    Plain,
    /// It is `Self`, so the wrapper is put on or taken off.
    Own,
    /// It is `&Self`.
    OwnRef,
    /// It is `&mut Self`.
    OwnMut,
    /// It is a `Result<Self, …>` or an `Option<Self>`.
    OwnWithin,
    /// It has `Self` somewhere else in it, where no wrapper can reach.
    Unreachable,
}

/// How a method takes its subject.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receiver {
    None,
    Ref,
    Mut,
    Value,
    Boxed,
    Other,
}

/// When the result is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    /// With the return.
    Now,
    /// It is an `async fn`.
    Async,
    /// It is an `impl Future`.
    Future,
    /// It is a boxed future.
    BoxedFuture,
}

impl Method {
    pub(crate) fn new(item: &TraitItemFn) -> Self {
        let mut signature = item.sig.clone();
        let mut arguments = Vec::new();
        for (index, input) in signature.inputs.iter_mut().enumerate() {
            if let FnArg::Typed(argument) = input {
                let name = name_argument(&mut argument.pat, index);
                arguments.push(Argument {
                    name,
                    passing: argument_passing(&argument.ty),
                });
            }
        }
        let (returns, result) = result_of(&signature);
        Self {
            receiver: receiver(&signature),
            cfgs: cfgs(&item.attrs),
            arguments,
            returns,
            result,
            has_default: item.default.is_some(),
            for_sized: is_for_sized(&signature),
            signature,
        }
    }

    /// Why no wrapper can pass the method on, and the tokens to blame.
    pub(crate) fn obstacle(&self) -> Option<(TokenStream, &'static str)> {
        if let Safety::Unsafe(token) = self.signature.safety {
            return Some((
                token.to_token_stream(),
                "an unsafe method cannot be passed on by a wrapper: make it safe",
            ));
        }
        if self.receiver == Receiver::Other {
            let receiver = self.signature.receiver().to_token_stream();
            return Some((
                receiver,
                "a wrapper cannot pass this receiver on: take `&self`, `&mut self`, `self` or `self: Box<Self>`, or give the method a default body",
            ));
        }
        let unreachable = |passing: Passing| passing == Passing::Unreachable;
        const REMEDY: &str = "a wrapper cannot reach the `Self` in this type: use `Self`, `&Self`, `&mut Self`, `Result<Self, _>` or `Option<Self>`, or give the method a default body";
        let typed = self
            .signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(argument) => Some(&argument.ty),
                FnArg::Receiver(_) => None,
            });
        for (argument, ty) in self.arguments.iter().zip(typed) {
            if unreachable(argument.passing) {
                return Some((ty.to_token_stream(), REMEDY));
            }
        }
        if unreachable(self.result) || matches!(self.result, Passing::OwnRef | Passing::OwnMut) {
            return Some((self.signature.output.to_token_stream(), REMEDY));
        }
        None
    }

    /// Whether `Self` stands in its arguments or its result.
    pub(crate) fn mentions_self(&self) -> bool {
        self.result != Passing::Plain
            || self
                .arguments
                .iter()
                .any(|argument| argument.passing != Passing::Plain)
    }

    /// Whether passing it on needs the implementation's size to be known.
    pub(crate) fn needs_sized(&self) -> bool {
        let by_value = |passing| matches!(passing, Passing::Own | Passing::OwnWithin);
        self.for_sized
            || self.receiver == Receiver::Value
            || by_value(self.result)
            || self
                .arguments
                .iter()
                .any(|argument| by_value(argument.passing))
    }

    /// Whether a trait object can have it, as far as its signature tells. `boxing` is whether async-trait rewrites it.
    pub(crate) fn suits_objects(&self, boxing: bool) -> bool {
        if self.for_sized {
            return true;
        }
        let lifetimes_alone = self
            .signature
            .generics
            .params
            .iter()
            .all(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
        let native = self.returns == Returns::Async && !boxing;
        !matches!(self.receiver, Receiver::None | Receiver::Other)
            && !self.mentions_self()
            && lifetimes_alone
            && !self.takes_opaque()
            && !native
            && !self.returns_opaque()
    }

    /// What of its signature no trait object can have for certain, in words. `boxing` is whether async-trait rewrites it.
    pub(crate) fn why_no_objects(&self, boxing: bool) -> Option<&'static str> {
        let generic = self.signature.generics.type_params().next().is_some();
        if self.for_sized || !self.cfgs.is_empty() {
            None
        } else if self.returns == Returns::Async && !boxing {
            Some("is an `async fn`")
        } else if generic {
            Some("is generic")
        } else if self.takes_opaque() {
            Some("takes an `impl Trait`")
        } else if self.returns_opaque() {
            Some("returns an `impl Trait`")
        } else {
            None
        }
    }

    /// Whether an argument is an `impl Trait`.
    fn takes_opaque(&self) -> bool {
        self.signature.inputs.iter().any(
            |input| matches!(input, FnArg::Typed(argument) if matches!(&*argument.ty, Type::ImplTrait(_))),
        )
    }

    /// Whether its result is an `impl Trait`.
    pub(crate) fn returns_opaque(&self) -> bool {
        matches!(&self.signature.output, ReturnType::Type(_, ty) if matches!(&**ty, Type::ImplTrait(_)))
    }
}

fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .cloned()
        .collect()
}

/// The name of an argument; one that has none is given one.
fn name_argument(pattern: &mut Pat, index: usize) -> Ident {
    if let Pat::Ident(named) = pattern
        && named.subpat.is_none()
    {
        // A wrapper changes no argument.
        named.mutability = None;
        named.by_ref = None;
        return named.ident.clone();
    }
    let name = format_ident!("argument_{}", index);
    *pattern = syn::parse_quote!(#name);
    name
}

fn receiver(signature: &Signature) -> Receiver {
    let Some(receiver) = signature.receiver() else {
        return Receiver::None;
    };
    match &receiver.kind {
        ReceiverKind::Value => Receiver::Value,
        ReceiverKind::Reference(_, _, None) => Receiver::Ref,
        ReceiverKind::Reference(_, _, Some(_)) => Receiver::Mut,
        ReceiverKind::Typed(_, ty) => match argument_passing(ty) {
            Passing::Own => Receiver::Value,
            Passing::OwnRef => Receiver::Ref,
            Passing::OwnMut => Receiver::Mut,
            _ if generic_argument(ty, "Box").is_some_and(is_self) => Receiver::Boxed,
            _ => Receiver::Other,
        },
        _ => Receiver::Other,
    }
}

fn argument_passing(ty: &Type) -> Passing {
    match ty {
        _ if !mentions_bare_self(ty.to_token_stream()) => Passing::Plain,
        _ if is_self(ty) => Passing::Own,
        Type::Reference(reference) if is_self(&reference.elem) => match reference.mutability {
            None => Passing::OwnRef,
            Some(_) => Passing::OwnMut,
        },
        _ => Passing::Unreachable,
    }
}

fn result_of(signature: &Signature) -> (Returns, Passing) {
    let ReturnType::Type(_, ty) = &signature.output else {
        let returns = if signature.asyncness.is_some() {
            Returns::Async
        } else {
            Returns::Now
        };
        return (returns, Passing::Plain);
    };
    if signature.asyncness.is_some() {
        return (Returns::Async, result_passing(ty));
    }
    match awaited_output(ty) {
        Some(output) if matches!(&**ty, Type::ImplTrait(_)) => {
            (Returns::Future, result_passing(output))
        }
        Some(output) => (Returns::BoxedFuture, result_passing(output)),
        None => (Returns::Now, result_passing(ty)),
    }
}

/// What a future yields that is written as one: boxed, or as `impl Future`.
pub(super) fn awaited_output(ty: &Type) -> Option<&Type> {
    let boxed = generic_argument(ty, "Pin").and_then(|pinned| generic_argument(pinned, "Box"));
    if let Some(Type::TraitObject(object)) = boxed
        && let Some(output) = future_output(&object.bounds)
    {
        return Some(output);
    }
    if let Type::ImplTrait(opaque) = ty {
        return future_output(&opaque.bounds);
    }
    generic_argument(ty, "BoxFuture").or_else(|| generic_argument(ty, "LocalBoxFuture"))
}

fn result_passing(ty: &Type) -> Passing {
    let within = generic_argument(ty, "Result").or_else(|| generic_argument(ty, "Option"));
    match within {
        Some(inner) if is_self(inner) => Passing::OwnWithin,
        _ => argument_passing(ty),
    }
}

/// The `T` of a bound `Future<Output = T>`.
fn future_output<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> Option<&'a Type> {
    bounds.into_iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let segment = bound
            .path
            .segments
            .last()
            .filter(|segment| segment.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
            _ => None,
        })
    })
}

/// The first type argument of a type whose last segment is `name`.
pub(super) fn generic_argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("Self"))
}

/// Whether `Self` stands for itself somewhere, and not for one of its associated items, which wrappers share:
/// `Self::Item` or `<Self as Trait>::Item`.
fn mentions_bare_self(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Group(group) => mentions_bare_self(group.stream()),
        TokenTree::Ident(ident) if ident == "Self" => match tokens.get(index + 1) {
            Some(TokenTree::Punct(next)) => next.as_char() != ':',
            Some(TokenTree::Ident(next)) => next != "as",
            _ => true,
        },
        _ => false,
    })
}

fn is_for_sized(signature: &Signature) -> bool {
    let Some(clause) = &signature.generics.where_clause else {
        return false;
    };
    let sized: Ident = Ident::new("Sized", Span::call_site());
    clause.predicates.iter().any(|predicate| match predicate {
        WherePredicate::Type(predicate) if is_self(&predicate.bounded_ty) => predicate.bounds.iter().any(
            |bound| matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| same_tokens(&last.ident, &sized))),
        ),
        _ => false,
    })
}
