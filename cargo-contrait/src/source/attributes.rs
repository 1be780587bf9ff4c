//! Attributes, also where they stand on a condition.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Path, Token};

/// The attribute of a name, whatever path it goes by, also within a `#[cfg_attr]`.
pub(crate) fn find(attributes: &[Attribute], name: &str) -> Option<Meta> {
    all(attributes).find(|meta| is_named(meta, name))
}

/// All attributes, also those within a `#[cfg_attr]`.
pub(crate) fn all(attributes: &[Attribute]) -> impl Iterator<Item = Meta> {
    attributes.iter().flat_map(|attribute| {
        if attribute.path().is_ident("cfg_attr") {
            conditional(attribute)
        } else {
            vec![attribute.meta.clone()]
        }
    })
}

/// What a `#[cfg_attr]` adds.
fn conditional(attribute: &Attribute) -> Vec<Meta> {
    let parse = |input: ParseStream<'_>| {
        input.parse::<Meta>()?;
        input.parse::<Option<Token![,]>>()?;
        Punctuated::<Meta, Token![,]>::parse_terminated(input)
    };
    let found = attribute.parse_args_with(parse);
    found
        .map(|metas| metas.into_iter().collect())
        .unwrap_or_default()
}

pub(crate) fn is_named(meta: &Meta, name: &str) -> bool {
    last(meta.path()) == name
}

/// The last name of a path.
pub(crate) fn last(path: &Path) -> String {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

/// The doc comment, without the blank that follows `///`.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        if !pair.path.is_ident("doc") {
            return None;
        }
        let text = text(&pair.value)?;
        Some(text.strip_prefix(' ').map(str::to_owned).unwrap_or(text))
    };
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The text of `name = "text"`.
pub(crate) fn value(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) => text(&pair.value),
        _ => None,
    }
}

pub(crate) fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an item may be left out.
pub(crate) fn is_conditional(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr"))
}

/// Whether there is a `#[cfg(test)]`, by itself or within `all(…)`.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    fn says_test(meta: &Meta) -> bool {
        match meta {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(list) if list.path.is_ident("cfg") || list.path.is_ident("all") => list
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .is_ok_and(|metas| metas.iter().any(says_test)),
            _ => false,
        }
    }
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && says_test(&attribute.meta))
}

/// The arguments of an attribute, as they stand between commas.
pub(crate) struct Arguments(Vec<Vec<TokenTree>>);

impl Arguments {
    pub(crate) fn of(meta: &Meta) -> Self {
        match meta {
            Meta::List(list) => Self::split(list.tokens.clone()),
            _ => Self(Vec::new()),
        }
    }

    pub(crate) fn split(tokens: TokenStream) -> Self {
        let mut arguments = vec![Vec::new()];
        for token in tokens {
            match &token {
                TokenTree::Punct(comma) if comma.as_char() == ',' => arguments.push(Vec::new()),
                _ => arguments.last_mut().expect("there is one").push(token),
            }
        }
        arguments.retain(|argument| !argument.is_empty());
        Self(arguments)
    }

    /// The paths that stand by themselves.
    pub(crate) fn paths(&self) -> Vec<Path> {
        let path = |argument: &Vec<TokenTree>| {
            let tokens: TokenStream = argument.iter().cloned().collect();
            // A path may be given a name.
            let parser = |input: ParseStream<'_>| {
                let path = Path::parse_mod_style(input)?;
                input.parse::<TokenStream>().map(|_| path)
            };
            parser.parse2(tokens).ok()
        };
        let by_itself = |argument: &&Vec<TokenTree>| {
            let separator = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '=');
            let list = matches!(argument.last(), Some(TokenTree::Group(_)));
            !argument.iter().any(separator) && !list
        };
        self.0.iter().filter(by_itself).filter_map(path).collect()
    }

    /// What stands after `name =`.
    pub(crate) fn value(&self, name: &str) -> Option<TokenStream> {
        self.0.iter().find_map(|argument| match &argument[..] {
            [
                TokenTree::Ident(ident),
                TokenTree::Punct(equals),
                value @ ..,
            ] if ident == name && equals.as_char() == '=' => Some(value.iter().cloned().collect()),
            _ => None,
        })
    }

    /// The names of `name(a, b)`, or of `name(a = …, b = …)`.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let first = |argument: &Vec<TokenTree>| argument[0].to_token_stream().to_string();
        self.list(name).0.iter().map(first).collect()
    }

    /// The paths of `name(a::b, c)`.
    pub(crate) fn paths_in(&self, name: &str) -> Vec<Path> {
        self.list(name).paths()
    }

    /// What stands in the parentheses after `name`.
    fn list(&self, name: &str) -> Self {
        let list = self.0.iter().find_map(|argument| match &argument[..] {
            [TokenTree::Ident(ident), TokenTree::Group(list)] if ident == name => {
                Some(list.stream())
            }
            _ => None,
        });
        Self::split(list.unwrap_or_default())
    }
}
