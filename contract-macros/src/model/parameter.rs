//! What a case asks for, by the types of its parameters.

use syn::{Attribute, FnArg, Ident, ItemFn, LitStr, Pat, Token, Type, TypeParamBound};

use super::suite::Subject;
use crate::errors::{Errors, slip_of};
use crate::seen;

/// What a case asks for.
pub(crate) enum Parameter {
    /// One of the backend's subjects, in a namespace.
    Handle {
        name: String,
        namespace: String,
        mutable: bool,
        subject: Subject,
        /// Where it is written as a trait object.
        object: Option<Token![dyn]>,
    },
    Shared(Shared),
}

/// What a case asks for beside handles, which all of it share.
#[derive(Clone, Copy)]
pub(crate) enum Shared {
    Clock,
    Context,
    Network,
    Server,
}

impl Shared {
    fn named(name: &Ident) -> Option<Self> {
        match name.to_string().as_str() {
            "Clock" => Some(Self::Clock),
            "Context" => Some(Self::Context),
            "Network" => Some(Self::Network),
            "Server" => Some(Self::Server),
            _ => None,
        }
    }

    /// The capability without which a backend cannot give it.
    pub(crate) fn needs(self) -> Option<&'static str> {
        match self {
            Self::Clock | Self::Context => None,
            Self::Network => Some("network"),
            Self::Server => Some("server"),
        }
    }
}

/// What is wrong and right with a parameter's type.
enum Asked {
    Handle { mutable: bool, subject: Subject },
    Shared(Shared),
}

/// What the parameters of a case ask for. Our own attributes are taken off them.
pub(super) fn parameters(
    function: &mut ItemFn,
    contract: Option<&Ident>,
    errors: &mut Errors,
) -> Vec<Parameter> {
    if let Some(receiver) = function.sig.receiver() {
        errors.on(
            receiver,
            "a case is a free function: there is no `self` to call it on",
        );
        // The compiler would say it once more.
        let inputs = std::mem::take(&mut function.sig.inputs);
        function.sig.inputs = inputs.into_iter().skip(1).collect();
    }
    let generics: Vec<_> = function
        .sig
        .generics
        .type_params()
        .map(|parameter| parameter.ident.clone())
        .collect();
    let mut parameters = Vec::new();
    for input in &mut function.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        let namespace = take_namespace(&mut input.attrs, errors);
        match asked(&input.ty, contract) {
            Ok(Asked::Handle { mutable, subject }) => {
                let object = written_as_object(&input.ty);
                let subject = match contract {
                    Some(contract) if object.is_some() && seen::without_objects(contract) => {
                        as_generic(&mut input.ty);
                        Subject::Generic
                    }
                    _ => subject,
                };
                let name = match &*input.pat {
                    Pat::Ident(named) => named.ident.to_string(),
                    _ => contract.map(ToString::to_string).unwrap_or_default(),
                };
                let namespace = namespace.map(|(_, name)| name).unwrap_or_default();
                parameters.push(Parameter::Handle {
                    name,
                    namespace,
                    mutable,
                    subject,
                    object,
                });
            }
            Ok(Asked::Shared(shared)) => {
                if let Some((attribute, _)) = namespace {
                    errors.on(attribute, "`#[namespace]` goes on a handle");
                }
                if let (Shared::Network, false) = (shared, cfg!(any(feature = "network", test))) {
                    errors.on(&input.ty, "`&Network` needs contrait's feature `network`: turn it on where the suite is, `contrait = { …, features = [\"network\"] }`");
                }
                parameters.push(Parameter::Shared(shared));
            }
            // That it is generic is said already.
            Err(_) if is_parameter(&input.ty, &generics) => {}
            Err(message) => {
                errors.on(&input.ty, message);
                // What lacks the `dyn` alone is no second error of the compiler's.
                if let Type::Reference(reference) = &mut *input.ty
                    && let Type::Path(path) = &*reference.elem
                    && path.path.segments.last().map(|last| &last.ident) == contract
                {
                    *reference.elem = syn::parse_quote!(dyn #path);
                }
            }
        }
    }
    let asks_for_handle = parameters
        .iter()
        .any(|parameter| matches!(parameter, Parameter::Handle { .. }));
    if !asks_for_handle && errors.is_empty() {
        let name = &function.sig.ident;
        errors.on(
            name,
            format!(
                "`{name}` takes no handle, so it proves nothing: ask for one with `&dyn {}`",
                contract.map_or("Trait".to_owned(), ToString::to_string)
            ),
        );
    }
    parameters
}

/// The `dyn` of a handle.
fn written_as_object(ty: &Type) -> Option<Token![dyn]> {
    match ty {
        Type::Reference(reference) => written_as_object(&reference.elem),
        Type::Paren(inner) => written_as_object(&inner.elem),
        Type::TraitObject(object) => object.dyn_token,
        _ => None,
    }
}

/// Writes a handle as an `impl Trait`.
fn as_generic(ty: &mut Type) {
    match ty {
        Type::Reference(reference) => as_generic(&mut reference.elem),
        Type::Paren(inner) => as_generic(&mut inner.elem),
        Type::TraitObject(object) => {
            let bounds = &object.bounds;
            *ty = syn::parse_quote!(impl #bounds);
        }
        _ => {}
    }
}

fn take_namespace(
    attributes: &mut Vec<Attribute>,
    errors: &mut Errors,
) -> Option<(Attribute, String)> {
    check_misspelt_namespace(attributes, errors);
    let position = attributes
        .iter()
        .position(|attribute| attribute.path().is_ident("namespace"))?;
    let attribute = attributes.remove(position);
    let name = attribute
        .parse_args::<LitStr>()
        .ok()
        .map(|name| name.value())
        .filter(|name| !name.is_empty());
    if name.is_none() {
        errors.on(
            &attribute,
            "expected `#[namespace(\"name\")]`, with a name that is not empty",
        );
    }
    Some((attribute, name.unwrap_or_default()))
}

/// Notes what was meant to be `#[namespace]`, and takes it off.
fn check_misspelt_namespace(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let written = attribute.path().get_ident().map(ToString::to_string);
        let slip = written.filter(|written| slip_of(written, &["namespace"]).is_some());
        if let Some(written) = &slip {
            errors.on(
                attribute.path(),
                format!("unknown attribute `{written}` (did you mean `namespace`?)"),
            );
        }
        slip.is_none()
    });
}

fn is_parameter(ty: &Type, generics: &[Ident]) -> bool {
    let ty = match ty {
        Type::Reference(reference) => &reference.elem,
        ty => ty,
    };
    matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|ident| generics.contains(ident)))
}

/// What a parameter asks for; without a known contract, any trait passes for it.
fn asked(ty: &Type, contract: Option<&Ident>) -> Result<Asked, String> {
    let name = contract.map_or("Trait".to_owned(), ToString::to_string);
    let remedy = format!(
        "a case can ask for handles (`&dyn {name}`, or `&impl {name}` where it cannot be a trait object), `&Clock`, `&Network`, `&Server` and `&Context`"
    );
    let is_contract = |ident: &Ident| contract.is_none_or(|contract| ident == contract);
    let Type::Reference(reference) = ty else {
        return Err(remedy);
    };
    let mutable = reference.mutability.is_some();
    let elem = match &*reference.elem {
        Type::Paren(inner) => &inner.elem,
        elem => elem,
    };
    let (bounds, subject) = match elem {
        Type::TraitObject(object) => (&object.bounds, Subject::Object),
        Type::ImplTrait(opaque) => (&opaque.bounds, Subject::Generic),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last().map(|last| &last.ident) else {
                return Err(remedy);
            };
            return match Shared::named(last) {
                // A contract may have the name of one of ours.
                _ if contract == Some(last) => {
                    Err(format!("write `&dyn {name}` or `&impl {name}`"))
                }
                Some(_) if mutable => Err(format!("it is shared by all: write `&{last}`")),
                Some(shared) => Ok(Asked::Shared(shared)),
                None => Err(remedy),
            };
        }
        _ => return Err(remedy),
    };
    let mut traits = bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    });
    match (traits.next(), traits.next()) {
        (Some(only), None) if is_contract(&only.ident) => Ok(Asked::Handle { mutable, subject }),
        (Some(_), Some(_)) => Err(format!(
            "a handle is of `{name}` alone, whose supertraits say what else it is: write `&dyn {name}` or `&impl {name}`"
        )),
        (Some(other), None) => Err(format!(
            "this suite is that of `{name}`, and this is a handle of `{}`; {remedy}",
            other.ident
        )),
        (None, _) => Err(remedy),
    }
}
