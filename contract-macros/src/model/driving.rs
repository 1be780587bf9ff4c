//! Which methods of a contract checks can call, and how: the operation and the outcome that stand for a call.
//!
//! An operation owns its arguments, so a borrowed parameter is kept as what it borrows from. What has no owned form, or
//! is of a type that nobody knows how to generate, keeps its method from being called, which is told with the remedy.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Expr, FnArg, GenericArgument, GenericParam, Meta, PathArguments, ReturnType, TraitItem, Type,
};

use super::contract::{Contract, is_one_of};
use super::marker::{MethodMarkers, Role};
use super::method::{Method, Passing, Receiver, Returns, generic_argument};
use super::same_tokens;

/// The methods of a contract, sorted by whether they can be driven.
pub(crate) struct Driving<'c> {
    pub(crate) driven: Vec<Driven<'c>>,
    pub(crate) undriven: Vec<Undriven>,
    /// Whether all driven methods take `&self`.
    pub(crate) shared: bool,
    /// Whether some driven method is async.
    pub(crate) asynchronous: bool,
}

/// A method that can be driven.
pub(crate) struct Driven<'c> {
    pub(crate) method: &'c Method,
    pub(crate) markers: &'c MethodMarkers,
    pub(crate) variant: Ident,
    pub(crate) fields: Vec<Field>,
    pub(crate) answer: Answer,
}

/// A parameter as an operation keeps it.
pub(crate) struct Field {
    pub(crate) name: Ident,
    /// The owned type.
    pub(crate) ty: Type,
    /// The type as it is written, and where.
    pub(crate) written: String,
    pub(crate) span: Span,
    pub(crate) role: Role,
    pub(crate) form: Form,
    pub(crate) strategy: Option<Expr>,
}

/// How an owned argument is passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Owned,
    Borrowed,
    /// A slice of references: `&[&str]`.
    BorrowedItems,
    /// `Option<&str>`, of what derefs to it.
    OptionBorrowed,
    /// `Option<&T>`, of a `T`.
    OptionRef,
}

/// What a method answers, as an outcome keeps it.
pub(crate) struct Answer {
    /// The owned type.
    pub(crate) ty: TokenStream,
    pub(crate) owning: Owning,
    /// Whether it is a `Result`.
    pub(crate) fallible: bool,
}

/// How an answer is made owned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owning {
    AsItIs,
    ToOwned,
    /// Within an `Option` or a `Result`.
    MapToOwned,
}

/// A method that cannot be driven.
pub(crate) struct Undriven {
    pub(crate) method: String,
    pub(crate) why: String,
    pub(crate) remedy: String,
    pub(crate) declared: bool,
}

type Obstacle = (String, String);

impl<'c> Driving<'c> {
    pub(crate) fn new(contract: &'c Contract) -> Self {
        let (mut driven, mut undriven) = (Vec::new(), Vec::new());
        for (method, markers) in contract.methods.iter().zip(&contract.markers) {
            match Driven::new(contract, method, markers) {
                Ok(method) => driven.push(method),
                Err((why, remedy)) => undriven.push(Undriven {
                    method: method.signature.ident.unraw().to_string(),
                    why,
                    remedy,
                    declared: markers.undriven.is_some(),
                }),
            }
        }
        Self {
            shared: driven
                .iter()
                .all(|driven| driven.method.receiver == Receiver::Ref),
            asynchronous: driven.iter().any(Driven::is_async),
            driven,
            undriven,
        }
    }
}

impl Driving<'_> {
    /// Whether its futures can be sent, whatever implements the contract.
    pub(crate) fn futures_are_send(&self, contract: &Contract) -> bool {
        let is = |name: &str| {
            contract
                .supertraits()
                .any(|bound| is_one_of(bound, &[name]))
        };
        let mut futures = self.driven.iter().filter(|driven| driven.is_async());
        is("Send") && is("Sync") && futures.all(|driven| driven.has_to_be_sent(contract))
    }

    /// Whether some methods take `&self` and others do not.
    pub(crate) fn some_only_read(&self) -> bool {
        let mut methods = self.driven.iter();
        !self.shared && methods.any(|driven| driven.method.receiver == Receiver::Ref)
    }

    /// Whether some future has to be one that can be sent.
    pub(crate) fn some_have_to_be_sent(&self, contract: &Contract) -> bool {
        self.driven
            .iter()
            .any(|driven| driven.has_to_be_sent(contract))
    }
}

impl<'c> Driven<'c> {
    fn new(
        contract: &Contract,
        method: &'c Method,
        markers: &'c MethodMarkers,
    ) -> Result<Self, Obstacle> {
        if let Some(reason) = &markers.undriven {
            return Err(("is not to be called".to_owned(), reason.value()));
        }
        check_shape(method)?;
        let answer = answer(method)?;
        let types = method
            .signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(input) => Some(&*input.ty),
                FnArg::Receiver(_) => None,
            });
        let mut fields = Vec::new();
        for ((argument, ty), marker) in method.arguments.iter().zip(types).zip(&markers.parameters)
        {
            let own = marker.strategy.is_some() || marker.role == Role::Made;
            let (owned, form) = owned(ty, &|ty| own || contract.is_argument(ty))
                .ok_or_else(|| unknown(&argument.name, ty))?;
            fields.push(Field {
                name: argument.name.clone(),
                ty: owned,
                written: text(ty),
                span: span_of(ty),
                role: marker.role,
                form,
                strategy: marker.strategy.clone(),
            });
        }
        Ok(Self {
            variant: variant(&method.signature.ident),
            method,
            markers,
            fields,
            answer,
        })
    }

    pub(crate) fn is_async(&self) -> bool {
        self.method.returns != Returns::Now
    }

    /// Whether the trait asks for a future that can be sent.
    fn has_to_be_sent(&self, contract: &Contract) -> bool {
        match self.method.returns {
            Returns::Now => false,
            Returns::Async => contract
                .async_trait
                .as_ref()
                .is_some_and(|attribute| matches!(attribute.meta, Meta::Path(_))),
            Returns::Future | Returns::BoxedFuture => mentions(
                self.method.signature.output.to_token_stream(),
                &["Send", "BoxFuture"],
            ),
        }
    }

    /// The only key, where it is no list.
    pub(crate) fn key(&self) -> Option<&Field> {
        let mut keys = self.fields.iter().filter(|field| field.role == Role::Key);
        let (key, None) = (keys.next()?, keys.next()) else {
            return None;
        };
        (!key.is_list()).then_some(key)
    }
}

impl Field {
    /// Whether it holds several values: bytes are one.
    pub(crate) fn is_list(&self) -> bool {
        generic_argument(&self.ty, "Vec").is_some_and(|item| text(item) != "u8")
    }
}

fn check_shape(method: &Method) -> Result<(), Obstacle> {
    let obstacle = |why: &str, remedy: &str| Err((why.to_owned(), remedy.to_owned()));
    if !matches!(method.receiver, Receiver::Ref | Receiver::Mut) {
        return obstacle(
            "takes neither `&self` nor `&mut self`",
            "mark it `#[undriven = \"…\"]`",
        );
    }
    if method.for_sized || method.mentions_self() {
        return obstacle(
            "is only there for some implementations",
            "mark it `#[undriven = \"…\"]`",
        );
    }
    if !method.cfgs.is_empty() {
        return obstacle(
            "is only there on a condition",
            "take its `#[cfg]` away, or mark it `#[undriven = \"…\"]`",
        );
    }
    let mut parameters = method.signature.generics.params.iter();
    if parameters.any(|parameter| !matches!(parameter, GenericParam::Lifetime(_))) {
        return obstacle(
            "is generic",
            "give it one type, or mark it `#[undriven = \"…\"]`",
        );
    }
    Ok(())
}

fn unknown(name: &Ident, ty: &Type) -> Obstacle {
    (
        format!("nobody knows how to generate `{name}: {}`", text(ty)),
        "name the type in `#[contract(arguments(…))]` and implement `contrait::check::Argument` for it, mark the parameter `#[strategy(…)]`, or mark the method `#[undriven = \"…\"]`".to_owned(),
    )
}

/// The span of the type that is behind references, in a list or an option.
fn span_of(ty: &Type) -> Span {
    match ty {
        Type::Reference(reference) => span_of(&reference.elem),
        Type::Slice(slice) => span_of(&slice.elem),
        Type::Path(path) => match generic_argument(ty, "Option").or(generic_argument(ty, "Vec")) {
            Some(inner) => span_of(inner),
            None => path
                .path
                .segments
                .last()
                .map_or_else(Span::call_site, |last| last.ident.span()),
        },
        ty => ty.span(),
    }
}

/// `GetMany` for `get_many`.
fn variant(method: &Ident) -> Ident {
    let mut name = String::new();
    for word in method.unraw().to_string().split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.extend(letters);
    }
    if name == "Self" || name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
        name.insert(0, '_');
    }
    format_ident!("{}", name, span = method.span())
}

/// The type that owns what `ty` borrows, and how it is passed. `is_argument` knows the user's own types.
fn owned(ty: &Type, is_argument: &dyn Fn(&Type) -> bool) -> Option<(Type, Form)> {
    if let Type::Reference(reference) = ty {
        if reference.mutability.is_some() {
            return None;
        }
        if let Type::Slice(slice) = &*reference.elem
            && let Type::Reference(item) = &*slice.elem
        {
            let item = behind(&item.elem, is_argument)?;
            return Some((
                syn::parse_quote!(::std::vec::Vec<#item>),
                Form::BorrowedItems,
            ));
        }
        return Some((behind(&reference.elem, is_argument)?, Form::Borrowed));
    }
    if let Some(Type::Reference(reference)) = generic_argument(ty, "Option") {
        let inner = behind(&reference.elem, is_argument)?;
        let option = syn::parse_quote!(::core::option::Option<#inner>);
        let form = if same_tokens(&inner, &reference.elem) {
            Form::OptionRef
        } else {
            Form::OptionBorrowed
        };
        return reference.mutability.is_none().then_some((option, form));
    }
    is_known(ty, is_argument).then(|| (ty.clone(), Form::Owned))
}

/// The owned type of what stands behind a reference.
fn behind(ty: &Type, is_argument: &dyn Fn(&Type) -> bool) -> Option<Type> {
    match ty {
        Type::Slice(slice) => {
            let item = &slice.elem;
            is_known(item, is_argument).then(|| syn::parse_quote!(::std::vec::Vec<#item>))
        }
        Type::Path(path) if path.path.is_ident("str") => {
            Some(syn::parse_quote!(::std::string::String))
        }
        ty => is_known(ty, is_argument).then(|| ty.clone()),
    }
}

const KNOWN: &[&str] = &[
    "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
    "isize", "f32", "f64", "String", "Duration", "Bytes",
];
const CONTAINERS: &[&str] = &["Option", "Vec", "Box", "BTreeMap", "BTreeSet"];

/// Whether a type is an argument, as far as its name tells.
fn is_known(ty: &Type, is_argument: &dyn Fn(&Type) -> bool) -> bool {
    if is_argument(ty) {
        return true;
    }
    match ty {
        Type::Paren(inner) => is_known(&inner.elem, is_argument),
        Type::Tuple(tuple) => {
            tuple.elems.len() <= 4 && tuple.elems.iter().all(|ty| is_known(ty, is_argument))
        }
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return false;
            };
            let is_one = |names: &[&str]| names.iter().any(|name| last.ident == name);
            match &last.arguments {
                PathArguments::None => is_one(KNOWN),
                PathArguments::AngleBracketed(arguments) => {
                    is_one(CONTAINERS)
                        && arguments.args.iter().all(|argument| {
                            matches!(argument, GenericArgument::Type(ty) if is_known(ty, is_argument))
                        })
                }
                PathArguments::Parenthesized(_) => false,
            }
        }
        _ => false,
    }
}

/// What the method answers.
fn answer(method: &Method) -> Result<Answer, Obstacle> {
    let Some(ty) = method.output() else {
        return Ok(Answer {
            ty: quote!(()),
            owning: Owning::AsItIs,
            fallible: false,
        });
    };
    let fallible = last_is(ty, "Result");
    let (ty, owning) = match ty {
        Type::Reference(reference) if reference.mutability.is_none() => {
            let elem = &reference.elem;
            (
                quote!(<#elem as ::std::borrow::ToOwned>::Owned),
                Owning::ToOwned,
            )
        }
        _ => match within_reference(ty) {
            Some(owned) => (owned, Owning::MapToOwned),
            None => (ty.to_token_stream(), Owning::AsItIs),
        },
    };
    let borrows = borrows(&ty);
    if borrows || method.result != Passing::Plain {
        return Err((
            format!(
                "its result, `{}`, cannot be kept",
                ty.to_string().replace(' ', "")
            ),
            "return an owned value, or mark it `#[undriven = \"…\"]`".to_owned(),
        ));
    }
    Ok(Answer {
        ty,
        owning,
        fallible,
    })
}

/// `Option<String>` for `Option<&str>`, and the same for a `Result`.
fn within_reference(ty: &Type) -> Option<TokenStream> {
    let inner = generic_argument(ty, "Option").or_else(|| generic_argument(ty, "Result"))?;
    let Type::Reference(reference) = inner else {
        return None;
    };
    if reference.mutability.is_some() {
        return None;
    }
    let elem = &reference.elem;
    let mut owned = ty.clone();
    if let Type::Path(path) = &mut owned
        && let Some(last) = path.path.segments.last_mut()
        && let PathArguments::AngleBracketed(arguments) = &mut last.arguments
        && let Some(first) = arguments.args.first_mut()
    {
        *first = syn::parse_quote!(<#elem as ::std::borrow::ToOwned>::Owned);
    }
    Some(owned.to_token_stream())
}

/// Whether one of the names stands in what is written.
fn mentions(tokens: TokenStream, names: &[&str]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.iter().any(|name| ident == name),
        TokenTree::Group(group) => mentions(group.stream(), names),
        _ => false,
    })
}

/// Whether what is written borrows, or is of no type that can be named.
fn borrows(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
        TokenTree::Ident(ident) => ident == "impl" || ident == "dyn",
        TokenTree::Group(group) => borrows(&group.stream()),
        TokenTree::Literal(_) => false,
    })
}

fn last_is(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let mut text = text
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace("& ", "&");
    for (spaced, close) in [
        ("< ", "<"),
        (" :: ", "::"),
        ("[ ", "["),
        (" ]", "]"),
        (" ,", ","),
    ] {
        text = text.replace(spaced, close);
    }
    text
}

impl Contract {
    /// Whether calls of it can stand as values: one enum cannot hold those of a generic trait.
    pub(crate) fn has_operations(&self) -> bool {
        let generic = !self.item.generics.params.is_empty();
        let associated =
            |item: &TraitItem| matches!(item, TraitItem::Type(_) | TraitItem::Const(_));
        !generic && !self.item.items.iter().any(associated) && self.can_be_wrapped()
    }

    /// Whether the user says that the type is an argument.
    fn is_argument(&self, ty: &Type) -> bool {
        self.arguments.iter().any(|known| same_tokens(known, ty))
    }
}

impl Method {
    /// The type that is answered in the end, where there is one.
    pub(crate) fn output(&self) -> Option<&Type> {
        let ReturnType::Type(_, ty) = &self.signature.output else {
            return None;
        };
        match self.returns {
            Returns::Now | Returns::Async => Some(ty),
            Returns::Future | Returns::BoxedFuture => super::method::awaited_output(ty),
        }
    }
}
