//! What is known of an input once it has been found right: facts, with the spans that errors stand on.

mod backend;
mod case;
mod contract;
mod driving;
mod marker;
mod method;
mod parameter;
mod reference;
mod suite;

pub(crate) use backend::{Backend, BackendFn, Flavor, Lack, SuitePath};
pub(crate) use case::Case;
pub(crate) use contract::{Contract, Objects};
pub(crate) use driving::{Driven, Driving, Field, Form, Owning};
pub(crate) use marker::{Makes, Role};
pub(crate) use method::{Method, Passing, Receiver, Returns};
pub(crate) use parameter::{Parameter, Shared};
pub(crate) use reference::{Allowed, Demand, Reference};
pub(crate) use suite::{Cancellation, GENERATED, Group, NoSuite, Subject, Suite};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Item;

/// Whether two pieces of syntax are written alike.
pub(crate) fn same_tokens(one: &impl ToTokens, other: &impl ToTokens) -> bool {
    text(one) == text(other)
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

/// The kind of an item and the token to blame, for "goes on a trait, and this is a struct".
pub(crate) fn kind_of_item(item: &TokenStream) -> (&'static str, TokenStream) {
    let Ok(item) = syn::parse2::<Item>(item.clone()) else {
        return ("something else", item.clone());
    };
    let (kind, blamed): (_, &dyn ToTokens) = match &item {
        Item::Const(item) => ("a constant", &item.ident),
        Item::Enum(item) => ("an enum", &item.ident),
        Item::Fn(item) => ("a function", &item.sig.ident),
        Item::Impl(item) => ("an impl", &item.self_ty),
        Item::Macro(item) => ("a macro", &item.mac.path),
        Item::Mod(item) => ("a module", &item.ident),
        Item::Static(item) => ("a static", &item.ident),
        Item::Struct(item) => ("a struct", &item.ident),
        Item::Trait(item) => ("a trait", &item.ident),
        Item::TraitAlias(item) => ("a trait alias", &item.ident),
        Item::Type(item) => ("a type alias", &item.ident),
        Item::Union(item) => ("a union", &item.ident),
        Item::Use(item) => ("an import", &item.tree),
        other => ("something else", other),
    };
    (kind, blamed.to_token_stream())
}
