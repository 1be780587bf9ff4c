//! A backend that the suite itself is judged by: `reference`, `coverage`, and what each leaves aside.

use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token};

use crate::errors::Errors;
use crate::parse::Arguments;

/// What the suite is asked on a backend.
#[derive(Default)]
pub(crate) struct Reference {
    /// What has to notice saboteurs, where that is asked.
    pub(crate) strength: Option<Demand>,
    pub(crate) survivors: Vec<Allowed>,
    /// Whether every answer has to be seen.
    pub(crate) coverage: bool,
    pub(crate) gaps: Vec<Allowed>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    Suite,
    Checks,
}

/// Something that may be missing, by its name, and why.
pub(crate) struct Allowed {
    pub(crate) name: LitStr,
    pub(crate) reason: LitStr,
}

impl Parse for Allowed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: LitStr = input.parse().map_err(|error: syn::Error| {
            syn::Error::new(
                error.span(),
                "expected `\"name\" = \"reason\"`, the name as the report has it",
            )
        })?;
        let owed = || {
            syn::Error::new(
                name.span(),
                format!("why? Write `{:?} = \"reason\"`", name.value()),
            )
        };
        input.parse::<Token![=]>().map_err(|_| owed())?;
        let reason: LitStr = input.parse().map_err(|_| owed())?;
        if reason.value().trim().is_empty() {
            return Err(owed());
        }
        Ok(Self { name, reason })
    }
}

impl Reference {
    pub(crate) fn is_asked(&self) -> bool {
        self.strength.is_some() || self.coverage
    }

    /// Takes its options. `reference` and `coverage` stand alone, as suites do, which such words are not taken for.
    pub(crate) fn take(arguments: &mut Arguments, errors: &mut Errors) -> Self {
        let strength = flag(arguments, "reference");
        let coverage = flag(arguments, "coverage");
        let demand = demand(arguments, errors);
        let reference = Self {
            strength: demand.or(strength.as_ref().map(|_| Demand::Suite)),
            survivors: allowed(arguments, "survivors", errors),
            coverage: coverage.is_some(),
            gaps: allowed(arguments, "gaps", errors),
        };
        reference.check(arguments, strength.or(coverage), errors);
        reference
    }

    fn check(&self, arguments: &Arguments, asked: Option<Ident>, errors: &mut Errors) {
        let named = |name: &str| arguments.option(name).map(|option| option.name.clone());
        if let (Some(survivors), None) = (named("survivors"), self.strength) {
            errors.on(
                survivors,
                "saboteurs live or not where they are tried: add `reference`",
            );
        }
        if let (Some(gaps), false) = (named("gaps"), self.coverage) {
            errors.on(
                gaps,
                "answers are seen or not where that is looked at: add `coverage`",
            );
        }
        let asked = asked.or(named("reference"));
        if let (Some(asked), false) = (asked, cfg!(any(feature = "check", test))) {
            errors.on(&asked, format!("`{asked}` needs contrait's feature `check`: turn it on where the backend is, `contrait = {{ …, features = [\"check\"] }}`"));
        }
    }
}

/// The word, where it stands alone.
fn flag(arguments: &mut Arguments, name: &str) -> Option<Ident> {
    let is = |path: &syn::Path| path.is_ident(name);
    let at = arguments
        .positional
        .iter()
        .position(|positional| is(&positional.path) && positional.alias.is_none())?;
    let path = arguments.positional.remove(at).path;
    path.get_ident().cloned()
}

fn demand(arguments: &Arguments, errors: &mut Errors) -> Option<Demand> {
    let form =
        "`reference`, or `reference = checks` where it is enough that a generated check notices";
    let word = arguments.word("reference", form, errors)?;
    if word == "checks" {
        return Some(Demand::Checks);
    }
    errors.on(word, format!("expected {form}"));
    None
}

fn allowed(arguments: &Arguments, name: &str, errors: &mut Errors) -> Vec<Allowed> {
    let Some(option) = arguments.option(name) else {
        return Vec::new();
    };
    let form = format!("`{name}(\"name\" = \"reason\", …)`");
    errors
        .keep(option.list_with_own_errors(&form))
        .unwrap_or_default()
}
