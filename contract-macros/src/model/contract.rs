//! A trait under contract.

use proc_macro2::TokenStream;
use syn::{Attribute, Ident, ItemTrait, Path, TraitItem, Type, TypeParamBound};

use super::kind_of_item;
use super::marker::{self, MethodMarkers};
use super::method::{Method, Receiver};
use crate::errors::Errors;
use crate::parse::Arguments;

const OPTIONS: &[&str] = &["remote", "arguments", "crate"];

/// A trait under contract.
pub(crate) struct Contract {
    pub(crate) krate: Option<Path>,
    /// The trait of another crate that this one is a copy of.
    pub(crate) remote: Option<Path>,
    pub(crate) item: ItemTrait,
    /// The attribute that rewrites async methods, and that impls need as well.
    pub(crate) async_trait: Option<Attribute>,
    pub(crate) methods: Vec<Method>,
    /// What is said of each method beyond its signature.
    pub(crate) markers: Vec<MethodMarkers>,
    /// Whether anything is said so: the trait is then no longer as it was written.
    pub(crate) marked: bool,
    /// The user's own types that are arguments.
    pub(crate) arguments: Vec<Type>,
}

/// Whether there can be objects of a trait.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Objects {
    Never,
    Unclear,
    Surely,
}

/// Supertraits that rule objects out.
const NEVER_OBJECTS: &[&str] = &[
    "Sized",
    "Clone",
    "Copy",
    "Default",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
];
/// Supertraits that objects can have.
const OBJECTS_AS_WELL: &[&str] = &["Send", "Sync", "Unpin", "Debug", "Display", "Error", "Any"];

/// Attributes of a trait that leave it as it is, and those of which it is known what they make of it.
const KNOWN_ATTRIBUTES: &[&str] = &[
    "allow",
    "async_trait",
    "automock",
    "cfg",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "forbid",
    "must_use",
    "on_unimplemented",
    "warn",
];

impl Contract {
    /// Nothing, where the item is no trait. With errors, it may hold less than the trait does.
    pub(crate) fn new(
        arguments: TokenStream,
        item: &TokenStream,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Ok(mut item) = syn::parse2::<ItemTrait>(item.clone()) else {
            let (kind, blamed) = kind_of_item(item);
            // What does not parse at all is the compiler's to explain.
            errors.on(
                blamed,
                format!("`#[contract]` goes on a trait, and this is {kind}"),
            );
            return None;
        };
        let arguments = errors.keep(syn::parse2::<Arguments>(arguments));
        let (mut krate, mut remote, mut own) = (None, None, Vec::new());
        if let Some(arguments) = arguments {
            arguments.check_names(OPTIONS, errors);
            for positional in &arguments.positional {
                errors.on(
                    &positional.path,
                    "`#[contract]` takes no path: a trait of another crate is `remote = path`",
                );
            }
            krate = arguments.path("crate", errors);
            remote = arguments.path("remote", errors);
            if let Some(option) = arguments.option("arguments") {
                let list = option.list("`arguments(Type, …)`, the types that implement `Argument`");
                own = errors.keep(list).unwrap_or_default();
            }
        }
        let (markers, marked) = marker::take_all(&mut item, errors);
        let contract = Self {
            async_trait: item
                .attrs
                .iter()
                .find(|attribute| is_named(attribute, "async_trait"))
                .cloned(),
            methods: methods(&item),
            markers,
            marked,
            arguments: own,
            krate,
            remote,
            item,
        };
        contract.check(errors);
        Some(contract)
    }

    pub(crate) fn ident(&self) -> &Ident {
        &self.item.ident
    }

    /// The supertraits, without lifetimes.
    pub(crate) fn supertraits(&self) -> impl Iterator<Item = &TypeParamBound> {
        self.item.supertraits.iter()
    }

    /// Whether `&T` and `Arc<T>` can stand for `T`.
    pub(crate) fn can_be_shared(&self) -> bool {
        self.forwarded()
            .all(|method| matches!(method.receiver, Receiver::Ref | Receiver::None))
            && self.can_be_forwarded()
    }

    /// Whether `Box<T>` can stand for `T`.
    pub(crate) fn can_be_boxed(&self) -> bool {
        self.can_be_forwarded()
    }

    /// The methods that a wrapper of anything passes on; the others run their default.
    pub(crate) fn forwarded(&self) -> impl Iterator<Item = &Method> {
        let unsized_too = self.objects() != Objects::Never;
        self.methods.iter().filter(move |method| {
            !method.has_default
                || (method.obstacle().is_none() && !(unsized_too && method.for_sized))
        })
    }

    /// The methods that a wrapper of something whose size is known passes on.
    pub(crate) fn forwarded_by_sized(&self) -> impl Iterator<Item = &Method> {
        self.methods
            .iter()
            .filter(|method| !method.has_default || method.obstacle().is_none())
    }

    /// The methods that a wrapper of a trait object has to have; those that need a size are there in name alone.
    pub(crate) fn forwarded_by_object(&self) -> impl Iterator<Item = &Method> {
        self.forwarded()
            .filter(|method| !method.has_default || !method.needs_sized())
    }

    /// Whether wrappers need to know the size of what they wrap.
    pub(crate) fn needs_sized(&self) -> bool {
        self.forwarded().any(Method::needs_sized)
    }

    /// Whether there can be objects of the trait, as far as one can see without its supertraits.
    pub(crate) fn objects(&self) -> Objects {
        let boxing = self.async_trait.is_some();
        let items = &self.item.items;
        let never = items.iter().any(|item| matches!(item, TraitItem::Const(_)))
            || self
                .methods
                .iter()
                .any(|method| !method.suits_objects(boxing))
            || self
                .supertraits()
                .any(|bound| is_one_of(bound, NEVER_OBJECTS));
        // An object has to name the associated types; and no body stands for an opaque type.
        let unclear = items.iter().any(|item| matches!(item, TraitItem::Type(_)))
            || self.methods.iter().any(Method::returns_opaque)
            || !self
                .supertraits()
                .all(|bound| is_one_of(bound, OBJECTS_AS_WELL));
        match (never, unclear) {
            (true, _) => Objects::Never,
            (false, true) => Objects::Unclear,
            (false, false) => Objects::Surely,
        }
    }

    /// The method for which there are surely no objects of the trait, in words; nothing where that is not certain.
    pub(crate) fn why_no_objects(&self) -> Option<String> {
        if self.remote.is_some() || is_rewritten(&self.item.attrs) {
            return None;
        }
        let boxing = self.async_trait.is_some();
        self.methods.iter().find_map(|method| {
            let why = method.why_no_objects(boxing)?;
            Some(format!("`{}` {why}", method.signature.ident))
        })
    }

    /// Whether what implements it must borrow nothing.
    pub(crate) fn outlives_all(&self) -> bool {
        self.supertraits().any(|bound| {
            matches!(bound, TypeParamBound::Lifetime(_))
                || matches!(bound, TypeParamBound::Trait(_)) && is_one_of(bound, &["Any"])
        })
    }

    /// A forwarding impl has no wrapper to put on a result or to take off an argument.
    fn can_be_forwarded(&self) -> bool {
        self.remote.is_none()
            && self.can_be_wrapped()
            && self.forwarded().all(|method| !method.mentions_self())
    }

    /// Whether every call can be passed on. Where it cannot, there is an error that says so.
    pub(crate) fn can_be_wrapped(&self) -> bool {
        self.item.unsafety.is_none()
            && !self.has_macros()
            && self.forwarded().all(|method| method.obstacle().is_none())
    }

    /// Whether there is more in the trait than can be seen.
    pub(crate) fn has_macros(&self) -> bool {
        let is_macro = |item: &TraitItem| matches!(item, TraitItem::Macro(_));
        self.item.items.iter().any(is_macro)
    }

    fn check(&self, errors: &mut Errors) {
        if let Some(token) = &self.item.unsafety {
            errors.on(token, "an unsafe trait cannot be put under contract: no wrapper could promise what it asks for");
        }
        for (item, method) in self.functions().zip(&self.methods) {
            if let (false, Some((blamed, why))) = (method.has_default, method.obstacle()) {
                errors.on(blamed, why);
            }
            if let Some(lifetime) = item
                .sig
                .generics
                .lifetimes()
                .find(|l| l.lifetime.ident == "async_trait")
            {
                errors.on(lifetime, "`#[contract]` stands above `#[async_trait]`, which has rewritten this method already");
                return;
            }
            if let (Some(_), Some(body)) = (&self.remote, &item.default) {
                errors.on(
                    body,
                    "a copy of a remote trait has signatures alone: end the method with `;`",
                );
            }
        }
        for item in &self.item.items {
            if let TraitItem::Macro(item) = item {
                errors.on(
                    item,
                    "`#[contract]` cannot see what this macro adds to the trait: write it out",
                );
            }
        }
    }

    fn functions(&self) -> impl Iterator<Item = &syn::TraitItemFn> {
        self.item.items.iter().filter_map(|item| match item {
            TraitItem::Fn(item) => Some(item),
            _ => None,
        })
    }
}

fn methods(item: &ItemTrait) -> Vec<Method> {
    let functions = item.items.iter().filter_map(|item| match item {
        TraitItem::Fn(item) => Some(item),
        _ => None,
    });
    functions.map(Method::new).collect()
}

/// Whether a macro may rewrite the trait that is not known here.
pub(super) fn is_rewritten(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let name = attribute.path().segments.last();
        !name.is_some_and(|name| KNOWN_ATTRIBUTES.iter().any(|known| name.ident == known))
    })
}

fn is_named(attribute: &Attribute, name: &str) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|last| last.ident == name)
}

/// Whether a bound is a lifetime or one of the well-known traits.
pub(super) fn is_one_of(bound: &TypeParamBound, names: &[&str]) -> bool {
    match bound {
        TypeParamBound::Lifetime(_) => names == OBJECTS_AS_WELL,
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| names.iter().any(|name| last.ident == name)),
        _ => false,
    }
}
