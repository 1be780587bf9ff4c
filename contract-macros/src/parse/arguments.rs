//! The arguments of an attribute: paths by position, and options `name`, `name = value` and `name(…)`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Path, Token, token};

use crate::errors::{Errors, suggestion};

/// All arguments, in their order.
pub(crate) struct Arguments {
    pub(crate) positional: Vec<Positional>,
    pub(crate) options: Vec<Argument>,
}

/// A path, with the name it is given, if any.
pub(crate) struct Positional {
    pub(crate) path: Path,
    pub(crate) alias: Option<Ident>,
}

/// An option.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// The value of an option.
pub(crate) enum Value {
    /// What stands after `=`.
    Equals(TokenStream),
    /// What stands in parentheses.
    List(TokenStream, Span),
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Self {
            positional: Vec::new(),
            options: Vec::new(),
        };
        while !input.is_empty() {
            if is_option(input) {
                arguments.options.push(input.parse()?);
            } else {
                arguments.positional.push(input.parse()?);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

impl Parse for Positional {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_virtual = Ident::parse_any(&input.fork()).is_ok_and(|word| word == "virtual");
        let remedy = if is_virtual {
            ": did you mean `clock = virtual`?"
        } else if input.peek(LitStr) {
            ": write it without quotes"
        } else {
            ""
        };
        let expected = |error: syn::Error| {
            syn::Error::new(
                error.span(),
                format!("expected a path or an option{remedy}"),
            )
        };
        let path = input.parse().map_err(expected)?;
        let alias = if input.peek(Token![as]) {
            input.parse::<Token![as]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self { path, alias })
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // `crate` and `virtual` are keywords, and options all the same.
        let name = Ident::parse_any(input)?;
        if input.peek(token::Paren) {
            let content;
            let parentheses = syn::parenthesized!(content in input);
            return Ok(Self {
                name,
                value: Value::List(content.parse()?, parentheses.span.join()),
            });
        }
        input.parse::<Token![=]>()?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.extend([input.parse::<TokenTree>()?]);
        }
        if value.is_empty() {
            return Err(input.error(format!("expected a value for `{name}`")));
        }
        Ok(Self {
            name,
            value: Value::Equals(value),
        })
    }
}

impl Arguments {
    /// Notes options that are not among `known`, or are there twice.
    pub(crate) fn check_names(&self, known: &[&str], errors: &mut Errors) {
        for (index, option) in self.options.iter().enumerate() {
            let name = option.name.to_string();
            if !known.contains(&name.as_str()) {
                let suggested = suggestion(&name, known);
                let are = if known.len() == 1 { "is" } else { "are" };
                let known = known.join("`, `");
                errors.on(
                    &option.name,
                    format!("unknown option `{name}`{suggested}; there {are} `{known}`"),
                );
            } else if self.options[..index]
                .iter()
                .any(|earlier| earlier.name == name)
            {
                errors.on(&option.name, format!("`{name}` is given twice"));
            }
        }
    }

    pub(crate) fn option(&self, name: &str) -> Option<&Argument> {
        self.options.iter().find(|option| option.name == name)
    }

    /// The path of `name = path`.
    pub(crate) fn path(&self, name: &str, errors: &mut Errors) -> Option<Path> {
        let option = self.option(name)?;
        errors.keep(option.equals(&format!("`{name} = path`"), Path::parse_mod_style))
    }

    /// The word of `name = word`, which may be a keyword.
    pub(crate) fn word(&self, name: &str, form: &str, errors: &mut Errors) -> Option<Ident> {
        let option = self.option(name)?;
        errors.keep(option.equals(form, Ident::parse_any))
    }
}

impl Argument {
    /// The value after `=`; `form` says how the option is written.
    pub(crate) fn equals<T>(
        &self,
        form: &str,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    ) -> syn::Result<T> {
        match &self.value {
            Value::Equals(tokens) => syn::parse::Parser::parse2(parser, tokens.clone())
                .map_err(|_| syn::Error::new_spanned(tokens, format!("expected {form}"))),
            Value::List(..) => Err(syn::Error::new_spanned(
                &self.name,
                format!("expected {form}"),
            )),
        }
    }

    /// The list in parentheses; `form` says how the option is written.
    pub(crate) fn list<T: Parse>(&self, form: &str) -> syn::Result<Vec<T>> {
        self.list_or(form, |error| {
            syn::Error::new(error.span(), format!("expected {form}"))
        })
    }

    /// [`Argument::list`] of what says better what is wrong with it.
    pub(crate) fn list_with_own_errors<T: Parse>(&self, form: &str) -> syn::Result<Vec<T>> {
        self.list_or(form, |error| error)
    }

    fn list_or<T: Parse>(
        &self,
        form: &str,
        wrong: impl FnOnce(syn::Error) -> syn::Error,
    ) -> syn::Result<Vec<T>> {
        let Value::List(tokens, span) = &self.value else {
            return Err(syn::Error::new_spanned(
                &self.name,
                format!("expected {form}"),
            ));
        };
        let parser = syn::punctuated::Punctuated::<T, Token![,]>::parse_terminated;
        let list = syn::parse::Parser::parse2(parser, tokens.clone()).map_err(wrong)?;
        if list.is_empty() {
            return Err(syn::Error::new(
                *span,
                format!("expected {form}, and this list is empty"),
            ));
        }
        Ok(list.into_iter().collect())
    }
}

fn is_option(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    Ident::parse_any(&ahead).is_ok() && (ahead.peek(Token![=]) || ahead.peek(token::Paren))
}
