//! A backend: its function, its suites, and what it declares.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    FnArg, GenericArgument, Ident, ItemFn, LitBool, LitStr, Path, PathArguments, ReturnType,
    Safety, Token, Type,
};

use super::reference::Reference;
use super::{kind_of_item, same_tokens};
use crate::errors::{Errors, slip_of, suggestion};
use crate::parse::{Arguments, Positional};

const OPTIONS: &[&str] = &[
    "lacks",
    "clock",
    "flavor",
    "tests",
    "reference",
    "survivors",
    "coverage",
    "gaps",
    "crate",
];
/// How each option is written, and what it is that two of its values stand for.
const FORMS: &[(&str, &str)] = &[
    ("lacks", LACKS),
    ("clock", "clock = virtual"),
    ("virtual", "clock = virtual"),
    ("flavor", "flavor = multi_thread"),
    ("multi_thread", "flavor = multi_thread"),
    ("tests", "tests = false"),
    ("reference", "reference"),
    ("survivors", "survivors(\"name\" = \"reason\", …)"),
    ("coverage", "coverage"),
    ("gaps", "gaps(\"name\" = \"reason\", …)"),
];
const LACKS: &str = "lacks(capability = \"reason\", …)";

/// What the attribute says.
pub(crate) struct Backend {
    pub(crate) krate: Option<Path>,
    pub(crate) suites: Vec<SuitePath>,
    pub(crate) lacks: Vec<Lack>,
    pub(crate) virtual_clock: bool,
    pub(crate) flavor: Flavor,
    pub(crate) tests: bool,
    pub(crate) reference: Reference,
}

/// A suite, and the name of the module of its tests where there are several.
pub(crate) struct SuitePath {
    pub(crate) path: Path,
    pub(crate) name: Ident,
}

/// A capability that is lacking, and why.
pub(crate) struct Lack {
    pub(crate) capability: Ident,
    pub(crate) reason: LitStr,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
}

/// What the function is.
pub(crate) struct BackendFn {
    pub(crate) item: ItemFn,
    pub(crate) takes_context: bool,
    /// The type of the subject, which errors about it stand on.
    pub(crate) subject: Type,
    /// The type of the error, where it returns a `Result`; or that alias of a `Result`, which has it.
    pub(crate) error: Option<Type>,
}

impl syn::parse::Parse for Lack {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let capability: Ident = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), format!("expected `{LACKS}`")))?;
        let owed = |span| {
            syn::Error::new(
                span,
                format!(
                    "why is `{capability}` lacking? Write `{capability} = \"reason\"`, which its cases are ignored with"
                ),
            )
        };
        if !input.peek(Token![=]) {
            return Err(owed(capability.span()));
        }
        input.parse::<Token![=]>()?;
        let reason: LitStr = input
            .parse()
            .map_err(|error: syn::Error| owed(error.span()))?;
        if reason.value().trim().is_empty() {
            return Err(owed(reason.span()));
        }
        Ok(Self { capability, reason })
    }
}

impl Backend {
    pub(crate) fn new(arguments: TokenStream, blamed: &Ident, errors: &mut Errors) -> Option<Self> {
        let mut arguments = errors.keep(syn::parse2::<Arguments>(arguments))?;
        arguments.check_names(OPTIONS, errors);
        let reference = Reference::take(&mut arguments, errors);
        check_words(&arguments.positional, errors);
        if arguments.positional.is_empty() {
            errors.on(
                blamed,
                "name the suite that this backend runs: `#[backend(path::suite)]`",
            );
        }
        let virtual_clock = choice(&arguments, "clock", &["real", "virtual"], errors)
            .is_some_and(|word| word == "virtual");
        let flavor = choice(
            &arguments,
            "flavor",
            &["current_thread", "multi_thread"],
            errors,
        );
        if let Some(flavor) = flavor
            .as_ref()
            .filter(|flavor| virtual_clock && *flavor == "multi_thread")
        {
            errors.on(flavor, "tokio pauses the clock of a current-thread runtime alone: choose `clock = virtual` or `flavor = multi_thread`");
        }
        let multi_thread = flavor.filter(|word| word == "multi_thread");
        if let (Some(word), false) = (&multi_thread, cfg!(any(feature = "multi-thread", test))) {
            errors.on(word, "`multi_thread` needs contrait's feature `multi-thread`: turn it on where the backend is, `contrait = { …, features = [\"multi-thread\"] }`");
        }
        let backend = Self {
            krate: arguments.path("crate", errors),
            lacks: lacks(&arguments, errors),
            tests: tests(&arguments, errors),
            reference,
            virtual_clock,
            flavor: if multi_thread.is_some() {
                Flavor::MultiThread
            } else {
                Flavor::CurrentThread
            },
            suites: arguments
                .positional
                .into_iter()
                .map(SuitePath::new)
                .collect(),
        };
        backend.check_suites(errors);
        Some(backend)
    }

    fn check_suites(&self, errors: &mut Errors) {
        for (index, suite) in self.suites.iter().enumerate() {
            let earlier = &self.suites[..index];
            if earlier
                .iter()
                .any(|earlier| same_tokens(&earlier.path, &suite.path))
            {
                errors.on(&suite.path, "this suite stands here twice");
            } else if earlier.iter().any(|earlier| earlier.name == suite.name) {
                let name = &suite.name;
                errors.on(&suite.path, format!("the tests of two suites would stand in a module `{name}`: name this one with `as`"));
            }
        }
    }

    /// Notes capabilities that no case of the suites needs.
    pub(crate) fn check_capabilities<'a>(
        lacks: &[Lack],
        needed: impl Iterator<Item = &'a Ident>,
        errors: &mut Errors,
    ) {
        let mut known: Vec<String> = needed.map(ToString::to_string).collect();
        known.sort();
        known.dedup();
        for Lack { capability, .. } in lacks {
            let name = capability.to_string();
            if !known.contains(&name) {
                let suggested = suggestion(&name, &known);
                let there = if known.is_empty() {
                    "none needs any".to_owned()
                } else {
                    format!("they need `{}`", known.join("`, `"))
                };
                errors.on(
                    capability,
                    format!("no case of the suite needs `{name}`{suggested}; {there}"),
                );
            }
        }
    }
}

/// Notes words behind the first suite that were hardly meant as another one. Of a suite that is not there the compiler
/// only says that there is no macro.
fn check_words(positional: &[Positional], errors: &mut Errors) {
    let names: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
    for positional in positional.iter().skip(1) {
        let (Some(word), None) = (positional.path.get_ident(), &positional.alias) else {
            continue;
        };
        let written = word.to_string();
        let form = FORMS
            .iter()
            .find(|(name, _)| *name == written || slip_of(&written, &names) == Some(name));
        if let Some((_, form)) = form {
            errors.on(word, format!("did you mean `{form}`? A suite that is called `{written}` is written `self::{written}`"));
        }
    }
}

impl SuitePath {
    fn new(positional: Positional) -> Self {
        let Positional { path, alias } = positional;
        // A suite is mostly called `suite`: the module around it tells it from others.
        let mut names = path
            .segments
            .iter()
            .rev()
            .map(|segment| segment.ident.clone());
        let own = names.next().expect("a path has a segment");
        let outer = names.next().filter(|name| {
            own == "suite" && !["crate", "self", "super"].iter().any(|word| name == word)
        });
        Self {
            name: alias.or(outer).unwrap_or(own),
            path,
        }
    }
}

impl BackendFn {
    /// The function, where the item is one.
    pub(crate) fn new(item: &TokenStream, errors: &mut Errors) -> Option<Self> {
        let Ok(item) = syn::parse2::<ItemFn>(item.clone()) else {
            let (kind, blamed) = kind_of_item(item);
            errors.on(blamed, format!("`#[backend]` goes on a function that makes an implementation, and this is {kind}"));
            return None;
        };
        check_signature(&item, errors);
        let takes_context = takes_context(&item, errors);
        let output = match &item.sig.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => {
                errors.on(
                    &item.sig.ident,
                    "a backend returns the implementation that the suite is run on",
                );
                return None;
            }
        };
        if takes_context {
            check_borrows(&output, errors);
        }
        let (subject, error) = subject_and_error(output);
        Some(Self {
            takes_context,
            subject,
            error,
            item,
        })
    }
}

/// Splits a `Result`, by whatever path it goes.
fn subject_and_error(output: Type) -> (Type, Option<Type>) {
    let last = match &output {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let Some(result) = last.filter(|last| last.ident == "Result") else {
        return (output, None);
    };
    let PathArguments::AngleBracketed(arguments) = &result.arguments else {
        return (output.clone(), Some(output));
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    let subject = types.next().unwrap_or_else(|| output.clone());
    let error = types.next().unwrap_or(output);
    (subject, Some(error))
}

/// A subject cannot borrow from the context. The compiler finds that out as well, but in the expansion.
fn check_borrows(output: &Type, errors: &mut Errors) {
    let tokens: Vec<TokenTree> = output.to_token_stream().into_iter().collect();
    let elided = tokens.windows(2).any(|pair| matches!(pair, [TokenTree::Punct(tick), TokenTree::Ident(name)] if tick.as_char() == '\'' && name == "_"))
        || matches!(output, Type::Reference(reference) if reference.lifetime.is_none());
    let word = |word: &str| {
        tokens
            .iter()
            .any(|token| matches!(token, TokenTree::Ident(ident) if ident == word))
    };
    if elided {
        errors.on(output, "the implementation outlives this function, so it cannot borrow from the `&Context`: have it own what it needs, or hold a clone of the context");
    } else if word("impl") && !word("use") {
        errors.on(output, "an `impl Trait` borrows from the `&Context`, and the implementation outlives it: write `impl Trait + use<>`");
    }
}

fn check_signature(item: &ItemFn, errors: &mut Errors) {
    if let Some(parameter) = item.sig.generics.params.first() {
        errors.on(
            parameter,
            "a backend cannot be generic: it is one implementation; write a function for each",
        );
    }
    if let Safety::Unsafe(token) = &item.sig.safety {
        errors.on(token, "a backend cannot be unsafe: the tests call it");
    }
    for attribute in &item.attrs {
        if attribute
            .path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "test")
        {
            errors.on(
                attribute,
                "a backend is no test: it makes the subject of many; take this attribute away",
            );
        }
    }
}

fn takes_context(item: &ItemFn, errors: &mut Errors) -> bool {
    for (index, input) in item.sig.inputs.iter().enumerate() {
        let context = match input {
            FnArg::Typed(input) => match &*input.ty {
                Type::Reference(reference) => {
                    reference.mutability.is_none() && is_context(&reference.elem)
                }
                _ => false,
            },
            FnArg::Receiver(_) => false,
        };
        if !context || index > 0 {
            errors.on(input, "a backend takes a `&Context`, or nothing");
        }
    }
    !item.sig.inputs.is_empty()
}

fn is_context(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Context"))
}

fn choice(arguments: &Arguments, name: &str, known: &[&str], errors: &mut Errors) -> Option<Ident> {
    let form = format!("`{name} = {}`", known.join("` or `"));
    let word = arguments.word(name, &form, errors)?;
    if known.iter().any(|known| word == known) {
        return Some(word);
    }
    let suggested = suggestion(&word.to_string(), known);
    errors.on(&word, format!("expected {form}{suggested}"));
    None
}

fn lacks(arguments: &Arguments, errors: &mut Errors) -> Vec<Lack> {
    let Some(option) = arguments.option("lacks") else {
        return Vec::new();
    };
    let lacks = errors
        .keep(option.list_with_own_errors::<Lack>(&format!("`{LACKS}`")))
        .unwrap_or_default();
    for (index, lack) in lacks.iter().enumerate() {
        if lacks[..index]
            .iter()
            .any(|earlier| earlier.capability == lack.capability)
        {
            errors.on(
                &lack.capability,
                format!("`{}` stands here twice", lack.capability),
            );
        }
    }
    lacks
}

fn tests(arguments: &Arguments, errors: &mut Errors) -> bool {
    let option = arguments.option("tests");
    let value = option
        .map(|option| option.equals("`tests = false`", <LitBool as syn::parse::Parse>::parse));
    value
        .and_then(|value| errors.keep(value))
        .is_none_or(|value| value.value)
}
