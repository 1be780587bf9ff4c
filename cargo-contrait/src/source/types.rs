//! Types as they are written, as far as their form tells what they are.

use syn::visit::Visit;
use syn::{Block, GenericArgument, PathArguments, Type};

/// A type without what points to it.
pub(super) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => bare(&reference.elem),
        Type::Paren(paren) => bare(&paren.elem),
        Type::Group(group) => bare(&group.elem),
        Type::Path(path) => {
            let last = path.path.segments.last();
            let pointer =
                last.filter(|last| ["Arc", "Box", "Rc"].iter().any(|name| last.ident == name));
            pointer
                .and_then(|last| first_type(&last.arguments))
                .map_or(ty, bare)
        }
        _ => ty,
    }
}

/// The type of what a `Result` holds, or the type itself.
pub(super) fn first_argument_of_result(ty: &Type) -> &Type {
    match ty {
        Type::Path(path) => {
            let result = path
                .path
                .segments
                .last()
                .filter(|last| last.ident == "Result");
            result
                .and_then(|last| first_type(&last.arguments))
                .unwrap_or(ty)
        }
        _ => ty,
    }
}

fn first_type(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The types that a body constructs, as far as their names tell: `Type::new()`, `Type { … }`, `Type(…)`.
pub(super) fn types_named_in(body: &Block) -> Vec<syn::Path> {
    struct Types(Vec<syn::Path>);
    impl Visit<'_> for Types {
        fn visit_path(&mut self, path: &syn::Path) {
            let is_type = |name: &syn::Ident| name.to_string().starts_with(char::is_uppercase);
            let last = path
                .segments
                .iter()
                .rposition(|segment| is_type(&segment.ident));
            if let Some(last) = last {
                let mut path = path.clone();
                path.segments = path.segments.into_iter().take(last + 1).collect();
                self.0.push(path);
            }
        }
    }
    let mut types = Types(Vec::new());
    types.visit_block(body);
    types.0
}
