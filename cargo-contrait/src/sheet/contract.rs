//! What there is to write of a contract: its methods, and its cases under the methods that they are about.

use std::collections::{BTreeMap, BTreeSet};

use syn::{TraitItem, TraitItemFn};

use crate::error::{Error, Kind};
use crate::source::{Case, Facts, Suite, Trait, attributes, methods_called};

/// A contract with its suites.
pub(super) struct Contract<'f, 'a> {
    pub(super) item: &'f Trait<'a>,
    pub(super) suites: Vec<&'f Suite<'a>>,
    pub(super) cases: Vec<Entry<'f, 'a>>,
}

/// A case with what it calls.
pub(super) struct Entry<'f, 'a> {
    pub(super) suite: &'f Suite<'a>,
    pub(super) case: &'f Case<'a>,
    pub(super) called: BTreeSet<String>,
    /// Those of the called methods that it is about, or none where it is about the whole.
    pub(super) about: BTreeSet<String>,
}

impl<'f, 'a> Contract<'f, 'a> {
    /// The contract of a name, or the only one.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub(super) fn find(facts: &'f Facts<'a>, name: Option<&str>) -> Result<Self, Error> {
        let known: Vec<&Trait<'_>> = facts.traits.iter().filter(|item| item.contract).collect();
        let mut found = known.clone();
        found.retain(|item| name.is_none_or(|name| is_named(facts, item, name)));
        // Tests may have a trait of the same name, and nobody means it.
        if name.is_none()
            || found
                .iter()
                .any(|item| !facts.sources.is_test_code(item.module))
        {
            found.retain(|item| !facts.sources.is_test_code(item.module));
        }
        match found[..] {
            [item] => Ok(Self::new(facts, item)),
            [] => Err(unknown(name, &known)),
            _ => {
                let message = format!("which contract? There are {}", paths(&found));
                Err(Error::new(Kind::Usage, message)
                    .remedy("name one, by as much of its path as tells it from the others"))
            }
        }
    }

    fn new(facts: &'f Facts<'a>, item: &'f Trait<'a>) -> Self {
        let path = facts.same_contract(item.path.clone());
        let is_test = |suite: &Suite<'_>| facts.sources.is_test_code(suite.module);
        let mut suites: Vec<_> = facts
            .suites
            .iter()
            .filter(|suite| suite.contract == path)
            .collect();
        // A library promises what its own suites say; suites of tests promise it where there are no others.
        if suites.iter().any(|suite| !is_test(suite)) {
            suites.retain(|suite| !is_test(suite));
        }
        // What is promised most comes first.
        suites.sort_by_key(|suite| std::cmp::Reverse(suite.cases.len()));
        let mut contract = Self {
            item,
            suites,
            cases: Vec::new(),
        };
        contract.add_cases(facts, &path);
        contract
    }

    fn add_cases(&mut self, facts: &Facts<'a>, path: &str) {
        let names: BTreeSet<String> = self
            .methods()
            .iter()
            .map(|m| m.sig.ident.to_string())
            .collect();
        for suite in self.suites.clone() {
            self.cases.extend(suite.cases.iter().map(|case| Entry {
                suite,
                case,
                called: methods_called(facts, &case.function, path, &names),
                about: BTreeSet::new(),
            }));
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for name in self.cases.iter().flat_map(|entry| &entry.called) {
            *counts.entry(name.clone()).or_default() += 1;
        }
        for method in self.methods() {
            // It is asked for what the cases go by, and few are about it.
            if attributes::find(&method.attrs, "infallible").is_some() {
                counts.insert(method.sig.ident.to_string(), usize::MAX);
            }
        }
        for entry in &mut self.cases {
            entry.about = about(entry.case, &entry.called, &counts, names.len());
        }
    }

    pub(super) fn name(&self) -> String {
        self.item.item.ident.to_string()
    }

    pub(super) fn methods(&self) -> Vec<&'a TraitItemFn> {
        let method = |item: &'a TraitItem| match item {
            TraitItem::Fn(method) => Some(method),
            _ => None,
        };
        self.item.item.items.iter().filter_map(method).collect()
    }
}

/// The methods that a case is about: those that its name or its promise names; else the one that the fewest cases call, since
/// the others are there to bring it about or to look at it. A case of half of all methods is about none of them.
fn about(
    case: &Case<'_>,
    called: &BTreeSet<String>,
    counts: &BTreeMap<String, usize>,
    methods: usize,
) -> BTreeSet<String> {
    let mut named = named_in(&case.name, called);
    let promise = case.promise();
    let quoted = promise.split('`').skip(1).step_by(2);
    named.extend(
        called
            .iter()
            .filter(|name| quoted.clone().any(|text| text.starts_with(name.as_str())))
            .cloned(),
    );
    if !named.is_empty() {
        return named;
    }
    if called.len() >= 4 && called.len() * 2 >= methods {
        return BTreeSet::new();
    }
    let rarest = called.iter().min_by_key(|name| counts[*name]);
    rarest.into_iter().cloned().collect()
}

/// The methods whose names stand in a name, word by word; of `get_many`, that is not `get`.
fn named_in(name: &str, methods: &BTreeSet<String>) -> BTreeSet<String> {
    let mut rest = format!("_{}_", name.replace("::", "_"));
    let mut longest_first: Vec<&String> = methods.iter().collect();
    longest_first.sort_by_key(|method| std::cmp::Reverse(method.len()));
    let mut named = BTreeSet::new();
    for method in longest_first {
        let word = format!("_{method}_");
        if rest.contains(&word) {
            named.insert(method.clone());
            rest = rest.replace(&word, "__");
        }
    }
    named
}

/// Whether a name is that of a trait: the end of its path, or a path that leads to it by re-exports.
fn is_named(facts: &Facts<'_>, item: &Trait<'_>, name: &str) -> bool {
    let names: Vec<String> = name.split("::").map(str::to_owned).collect();
    item.path == name
        || item.path.ends_with(&format!("::{name}"))
        || facts.sources.resolve_names(item.module, &names) == item.path
}

fn unknown(name: Option<&str>, known: &[&Trait<'_>]) -> Error {
    if known.is_empty() {
        return Error::new(
            Kind::Nothing,
            "no trait of this workspace is under contract",
        )
        .remedy("put `#[contract]` above one");
    }
    let message = match name {
        Some(name) => format!("no trait `{name}` is under contract"),
        None => "no trait is under contract outside of tests".to_owned(),
    };
    Error::new(Kind::Usage, message).remedy(format!("there are {}", paths(known)))
}

fn paths(traits: &[&Trait<'_>]) -> String {
    let paths: Vec<String> = traits
        .iter()
        .map(|item| format!("`{}`", item.path))
        .collect();
    paths.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_names_whole_words_and_the_longest() {
        let methods = ["get", "get_many", "set"].map(str::to_owned).into();
        let named = |name: &str| named_in(name, &methods).into_iter().collect::<Vec<_>>();
        assert_eq!(named("batches::get_many_of_none"), ["get_many"]);
        assert_eq!(named("set_then_get"), ["get", "set"]);
        assert_eq!(named("offset_forgets"), [""; 0]);
    }
}
