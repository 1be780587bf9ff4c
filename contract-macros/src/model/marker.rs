//! What a user says of a method or a parameter beyond its signature: `#[read]`, `#[key]`, …
//!
//! They mean something to `#[contract]` alone, and are taken off the trait before anybody else sees it.

use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, FnArg, Ident, ItemTrait, LitStr, Meta, Token, TraitItem, TraitItemFn, Type,
};

use super::contract::is_rewritten;
use crate::errors::{Errors, slip_of};

/// What is said of a method.
#[derive(Clone, Default)]
pub(crate) struct MethodMarkers {
    pub(crate) read: bool,
    pub(crate) idempotent: bool,
    pub(crate) infallible: bool,
    /// The kinds of the errors that it can answer.
    pub(crate) errors: Vec<Ident>,
    /// The function that compares two of its results.
    pub(crate) compare: Option<Expr>,
    /// Whether what it answers holds values that the implementation makes up.
    pub(crate) makes: Option<Makes>,
    /// Why no check is to call it.
    pub(crate) undriven: Option<LitStr>,
    /// Those of its parameters, without the receiver.
    pub(crate) parameters: Vec<ParameterMarkers>,
}

/// How the values are found that an implementation makes up.
#[derive(Clone)]
pub(crate) enum Makes {
    /// By the type of the answer.
    ByType,
    /// By this function.
    With(Box<Expr>),
}

/// What is said of a parameter.
#[derive(Clone, Default)]
pub(crate) struct ParameterMarkers {
    pub(crate) role: Role,
    /// The strategy of proptest that makes arguments.
    pub(crate) strategy: Option<Expr>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Role {
    #[default]
    Plain,
    Key,
    Ttl,
    /// An earlier answer made it up.
    Made,
}

const ON_METHODS: &[&str] = &[
    "read",
    "idempotent",
    "infallible",
    "errors",
    "compare",
    "makes",
    "undriven",
];
const ON_PARAMETERS: &[&str] = &["key", "ttl", "made", "strategy"];

/// Takes the markers off all methods, in the order of the methods, and says whether there were any.
pub(super) fn take_all(item: &mut ItemTrait, errors: &mut Errors) -> (Vec<MethodMarkers>, bool) {
    let mut any = false;
    let mut made = None;
    let unread = !is_rewritten(&item.attrs);
    let functions = item.items.iter_mut().filter_map(|item| match item {
        TraitItem::Fn(function) => Some(function),
        _ => None,
    });
    let markers: Vec<_> = functions
        .map(|function| take(function, unread, &mut any, &mut made, errors))
        .collect();
    if let (Some(made), true) = (made, markers.iter().all(|method| method.makes.is_none())) {
        errors.on(
            made,
            "no method makes up such a value: mark those that do `#[makes]`",
        );
    }
    (markers, any)
}

/// `unread` says that nobody else reads the attributes of the methods, and `made` becomes the first `#[made]` there is.
fn take(
    function: &mut TraitItemFn,
    unread: bool,
    any: &mut bool,
    made: &mut Option<Attribute>,
    errors: &mut Errors,
) -> MethodMarkers {
    let mut markers = MethodMarkers::default();
    if unread {
        *any |= take_slips(&mut function.attrs, ON_METHODS, errors);
    }
    for attribute in taken(&mut function.attrs, ON_METHODS) {
        *any = true;
        markers.note(&attribute, errors);
    }
    for input in &mut function.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        if unread {
            *any |= take_slips(&mut input.attrs, ON_PARAMETERS, errors);
        }
        let mut parameter = ParameterMarkers::default();
        for attribute in taken(&mut input.attrs, ON_PARAMETERS) {
            *any = true;
            parameter.note(&attribute, &input.ty, errors);
            if parameter.role == Role::Made {
                made.get_or_insert(attribute);
            }
        }
        markers.parameters.push(parameter);
    }
    markers
}

/// Takes off what was meant as a marker of ours, or stands on the wrong side of a parenthesis, and says whether there was any.
fn take_slips(attributes: &mut Vec<Attribute>, here: &[&str], errors: &mut Errors) -> bool {
    let before = attributes.len();
    attributes.retain(|attribute| {
        let Some(written) = attribute.path().get_ident().map(ToString::to_string) else {
            return true;
        };
        let known = |names: &[&str]| names.contains(&written.as_str());
        let message = if known(here) {
            return true;
        } else if known(ON_METHODS) {
            format!("`#[{written}]` goes on a method")
        } else if known(ON_PARAMETERS) {
            format!("`#[{written}]` goes on a parameter")
        } else if let Some(meant) = slip_of(&written, here) {
            format!("unknown attribute `{written}` (did you mean `{meant}`?)")
        } else {
            return true;
        };
        errors.on(attribute.path(), message);
        false
    });
    attributes.len() < before
}

/// The attributes of these names, which are taken off.
fn taken(attributes: &mut Vec<Attribute>, names: &[&str]) -> Vec<Attribute> {
    let is_one =
        |attribute: &mut Attribute| names.iter().any(|name| attribute.path().is_ident(name));
    attributes.extract_if(.., is_one).collect()
}

impl MethodMarkers {
    fn note(&mut self, attribute: &Attribute, errors: &mut Errors) {
        let path = attribute.path();
        if path.is_ident("compare") {
            self.compare = errors.keep(with(attribute));
        } else if path.is_ident("makes") {
            self.makes = match attribute.meta {
                Meta::Path(_) => Some(Makes::ByType),
                _ => errors
                    .keep(makes_with(attribute))
                    .map(Box::new)
                    .map(Makes::With),
            };
        } else if path.is_ident("undriven") {
            self.undriven = errors.keep(reason(attribute));
        } else if path.is_ident("errors") {
            self.errors = errors.keep(kinds(attribute)).unwrap_or_default();
        } else if plain(attribute, errors) {
            self.read |= path.is_ident("read");
            self.idempotent |= path.is_ident("idempotent");
            self.infallible |= path.is_ident("infallible");
        }
    }
}

impl ParameterMarkers {
    fn note(&mut self, attribute: &Attribute, ty: &Type, errors: &mut Errors) {
        let path = attribute.path();
        if path.is_ident("strategy") {
            let expected = "expected `#[strategy(expression)]`, a strategy of proptest";
            self.strategy = errors.keep(
                attribute
                    .parse_args()
                    .map_err(|_| syn::Error::new_spanned(attribute, expected)),
            );
            return;
        }
        if !plain(attribute, errors) {
            return;
        }
        let role = if path.is_ident("key") {
            Role::Key
        } else if path.is_ident("ttl") {
            Role::Ttl
        } else {
            Role::Made
        };
        if self.role != Role::Plain {
            errors.on(
                attribute,
                "a parameter is a `#[key]`, a `#[ttl]` or `#[made]`, and once",
            );
        } else if role == Role::Made && !is_one_value(ty) {
            errors.on(
                attribute,
                "what is `#[made]` is one value of an earlier answer: `T` or `&T`",
            );
        } else if role == Role::Ttl && !is_duration(ty) {
            errors.on(
                attribute,
                "a `#[ttl]` is a `Duration` or an `Option<Duration>`",
            );
        }
        self.role = role;
    }
}

/// Notes an error where the attribute has arguments.
fn plain(attribute: &Attribute, errors: &mut Errors) -> bool {
    let plain = matches!(attribute.meta, Meta::Path(_));
    if !plain {
        let name = attribute.path().get_ident().map(ToString::to_string);
        let name = name.unwrap_or_default();
        errors.on(attribute, format!("`#[{name}]` takes no arguments"));
    }
    plain
}

/// The function of `#[compare(with = function)]`.
fn with(attribute: &Attribute) -> syn::Result<Expr> {
    function(
        attribute,
        "expected `#[compare(with = function)]`, a function of two results, by reference, and a `Duration`",
    )
}

/// The function of `#[makes(with = function)]`.
fn makes_with(attribute: &Attribute) -> syn::Result<Expr> {
    function(
        attribute,
        "expected `#[makes]`, or `#[makes(with = function)]`, a function of the result, by `&mut`, and of whom to show the values",
    )
}

/// The function of `#[marker(with = function)]`.
fn function(attribute: &Attribute, expected: &str) -> syn::Result<Expr> {
    let wrong = || syn::Error::new_spanned(attribute, expected);
    let pair: syn::MetaNameValue = attribute.parse_args().map_err(|_| wrong())?;
    if pair.path.is_ident("with") {
        Ok(pair.value)
    } else {
        Err(wrong())
    }
}

/// The kinds of `#[errors(Kind, …)]`.
fn kinds(attribute: &Attribute) -> syn::Result<Vec<Ident>> {
    let parser = Punctuated::<Ident, Token![,]>::parse_terminated;
    let kinds = attribute.parse_args_with(parser);
    match kinds {
        Ok(kinds) if !kinds.is_empty() => Ok(kinds.into_iter().collect()),
        _ => Err(syn::Error::new_spanned(
            attribute,
            "expected `#[errors(Kind, …)]`, the kinds of the errors that the method can answer",
        )),
    }
}

/// The text of `#[undriven = "reason"]`.
fn reason(attribute: &Attribute) -> syn::Result<LitStr> {
    let wrong = || {
        syn::Error::new_spanned(
            attribute,
            "expected `#[undriven = \"why no check is to call it\"]`",
        )
    };
    let Meta::NameValue(pair) = &attribute.meta else {
        return Err(wrong());
    };
    match &pair.value {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) if !text.value().trim().is_empty() => Ok(text.clone()),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

fn is_one_value(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.mutability.is_none() && !matches!(*reference.elem, Type::Slice(_))
        }
        ty => super::method::generic_argument(ty, "Option").is_none(),
    }
}

fn is_duration(ty: &Type) -> bool {
    let named = |ty: &Type, name: &str| matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name));
    let within = super::method::generic_argument(ty, "Option");
    named(within.unwrap_or(ty), "Duration")
}
