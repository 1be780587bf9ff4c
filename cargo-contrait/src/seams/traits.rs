//! Traits as seams: which types implement one, which packages meet at it, and which suites hold it together.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use syn::TypeParamBound;
use syn::visit::{self, Visit};

use super::gap::{Gap, GapKind};
use super::priority::Priority;
use super::running::running;
use crate::source::attributes::docs;
use crate::source::{Backend, Crate, Facts, ModuleId, Place, Suite, Trait};

/// A trait that is a seam.
#[derive(Debug, Serialize)]
pub(crate) struct TraitSeam {
    /// Of a trait of another crate: its path there.
    #[serde(rename = "trait")]
    pub(crate) path: String,
    pub(crate) priority: Priority,
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) suites: Vec<String>,
    pub(crate) implementations: Vec<ImplementationSeam>,
    /// The packages that use it, beside the one that it stands in.
    pub(crate) used_by: Vec<String>,
    /// The package that it stands in, where that is one of the workspace.
    #[serde(skip)]
    home: Option<String>,
}

/// A type that implements it.
#[derive(Debug, Serialize)]
pub(crate) struct ImplementationSeam {
    #[serde(rename = "type")]
    pub(crate) subject: String,
    /// Where the impl stands; where another crate has it, where the backend does.
    #[serde(flatten)]
    pub(crate) place: Place,
    /// Whether it is there for tests alone.
    pub(crate) test_code: bool,
    /// The backends that run a suite on it.
    pub(crate) backends: BTreeSet<String>,
}

/// All traits that are seams, those with a suite first.
pub(super) fn find(facts: &Facts<'_>) -> Vec<TraitSeam> {
    let running = running(facts);
    let users = users(facts);
    let own = facts
        .traits
        .iter()
        .filter(|item| is_considered(facts, item));
    let mut seams: Vec<TraitSeam> = own
        .map(|item| seam(facts, item))
        .chain(foreign(facts))
        .map(|seam| seam.filled_in(facts, &running, &users))
        .filter(TraitSeam::is_one)
        .collect();
    seams.sort_by_key(|seam| (seam.suites.is_empty(), seam.priority, seam.place.clone()));
    seams
}

/// Not what tests have for themselves, and not what has nothing to promise.
fn is_considered(facts: &Facts<'_>, item: &Trait<'_>) -> bool {
    let has_methods = item
        .item
        .items
        .iter()
        .any(|item| matches!(item, syn::TraitItem::Fn(_)));
    let hidden = item.item.attrs.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|word| word == "hidden")
    });
    has_methods && !hidden && !facts.sources.is_test_code(item.module)
}

/// What is known of a trait by itself.
fn seam(facts: &Facts<'_>, item: &Trait<'_>) -> TraitSeam {
    let path = facts.same_contract(item.path.clone());
    let mut suites: Vec<&Suite<'_>> = facts
        .suites
        .iter()
        .filter(|suite| suite.contract == path)
        .collect();
    // Where a library has no suite of its own trait, its tests may have one.
    if suites
        .iter()
        .any(|suite| !facts.sources.is_test_code(suite.module))
    {
        suites.retain(|suite| !facts.sources.is_test_code(suite.module));
    }
    TraitSeam {
        path,
        priority: Priority::in_docs(&docs(&item.item.attrs)).unwrap_or_default(),
        place: item.place.clone(),
        suites: suites.iter().map(|suite| suite.path.clone()).collect(),
        implementations: Vec::new(),
        used_by: Vec::new(),
        home: Some(facts.sources.package_of(item.module).name.clone()),
    }
}

/// The traits of other crates whose suites are run here. Neither is read: the trait is what a backend's type implements of the
/// suite's crate.
fn foreign(facts: &Facts<'_>) -> Vec<TraitSeam> {
    let mut seams: BTreeMap<&str, TraitSeam> = BTreeMap::new();
    let krate = |path: &str| path.split("::").next().unwrap_or_default().to_owned();
    for backend in &facts.backends {
        for suite in &backend.suites {
            let own = |krate_of: &Crate| krate_of.name == krate(suite);
            if facts.sources.crates.iter().any(own) {
                continue;
            }
            let implemented = facts.implementations.iter().filter(|implementation| {
                backend.subjects.contains(&implementation.subject)
                    && krate(&implementation.contract) == krate(suite)
            });
            for implementation in implemented {
                let path = implementation.contract.as_str();
                let seam = seams.entry(path).or_insert_with(|| TraitSeam {
                    path: path.to_owned(),
                    priority: Priority::default(),
                    place: backend.function.place.clone(),
                    suites: Vec::new(),
                    implementations: Vec::new(),
                    used_by: Vec::new(),
                    home: None,
                });
                if !seam.suites.contains(suite) {
                    seam.suites.push(suite.clone());
                }
            }
        }
    }
    seams.into_values().collect()
}

/// The types that implement a trait: by an `impl` in the workspace, or as what a backend makes.
fn implementations(
    facts: &Facts<'_>,
    path: &str,
    suites: &[String],
    running: &[&Backend<'_>],
) -> Vec<ImplementationSeam> {
    let mut found: BTreeMap<String, ImplementationSeam> = BTreeMap::new();
    let of_trait = facts
        .implementations
        .iter()
        .filter(|implementation| facts.same_contract(implementation.contract.clone()) == path);
    for implementation in of_trait.filter(|implementation| is_own(facts, &implementation.subject)) {
        let seam = ImplementationSeam {
            subject: implementation.subject.clone(),
            place: implementation.place.clone(),
            test_code: facts.sources.is_test_code(implementation.module),
            backends: BTreeSet::new(),
        };
        found.entry(seam.subject.clone()).or_insert(seam);
    }
    let runs = |backend: &Backend<'_>| {
        let ours = |suite: &String| {
            suites.contains(suite)
                || facts
                    .suites
                    .iter()
                    .any(|known| known.path == *suite && known.contract == path)
        };
        backend.suites.iter().any(ours)
    };
    for backend in running.iter().filter(|backend| runs(backend)) {
        let name = backend.function.name();
        let mut known = false;
        for subject in &backend.subjects {
            if let Some(seam) = found.get_mut(subject) {
                seam.backends.insert(name.clone());
                known = true;
            }
        }
        if let (false, [subject]) = (known, &backend.subjects[..]) {
            found.insert(
                subject.clone(),
                ImplementationSeam {
                    subject: subject.clone(),
                    place: backend.function.place.clone(),
                    test_code: facts.sources.is_test_code(backend.function.module),
                    backends: BTreeSet::from([name]),
                },
            );
        }
    }
    let mut found: Vec<ImplementationSeam> = found.into_values().collect();
    for seam in &mut found {
        seam.subject = facts.sources.public_path(&seam.subject);
    }
    found
}

/// Whether a type is of the workspace. What a trait says of others' types sorts them, and hides nothing behind it.
fn is_own(facts: &Facts<'_>, subject: &str) -> bool {
    let first = subject.split("::").next().unwrap_or_default();
    subject.contains("::") && facts.sources.crates.iter().any(|krate| krate.name == first)
}

/// The packages whose code, but for tests, is bound to a trait or imports it.
fn users(facts: &Facts<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for id in (0..facts.sources.modules.len()).map(ModuleId) {
        if facts.sources.is_test_code(id) {
            continue;
        }
        let mut bounds = Bounds(Vec::new());
        facts
            .sources
            .module(id)
            .items
            .iter()
            .for_each(|item| bounds.visit_item(item));
        for path in bounds.0 {
            let path = facts.same_contract(facts.sources.resolve(id, &path));
            users
                .entry(path)
                .or_default()
                .insert(facts.sources.package_of(id).name.clone());
        }
    }
    users
}

/// The traits that types are bound to: `dyn Trait`, `impl Trait`, `T: Trait`.
struct Bounds(Vec<syn::Path>);

impl Visit<'_> for Bounds {
    fn visit_type_param_bound(&mut self, bound: &TypeParamBound) {
        if let TypeParamBound::Trait(bound) = bound {
            self.0.push(bound.path.clone());
        }
        visit::visit_type_param_bound(self, bound);
    }
}

impl TraitSeam {
    /// With who implements it and who uses it.
    fn filled_in(
        mut self,
        facts: &Facts<'_>,
        running: &[&Backend<'_>],
        users: &BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        self.implementations = implementations(facts, &self.path, &self.suites, running);
        let used_by = users.get(&self.path).into_iter().flatten();
        self.used_by = used_by
            .filter(|package| self.home.as_ref() != Some(package))
            .cloned()
            .collect();
        // As users write them.
        self.path = facts.sources.public_path(&self.path);
        for suite in &mut self.suites {
            *suite = facts.sources.public_path(suite);
        }
        self
    }

    /// Whether anything comes apart at it.
    fn is_one(&self) -> bool {
        self.implementations.len() > 1 || !self.used_by.is_empty() || !self.suites.is_empty()
    }

    /// Where it is open.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let gap = |place: &Place, kind, message: String, remedy: &str| Gap {
            priority: self.priority,
            place: place.clone(),
            kind,
            seam: self.path.clone(),
            implementation: None,
            message,
            remedy: remedy.to_owned(),
        };
        let path = &self.path;
        let count = self.implementations.len();
        if self.suites.is_empty() {
            let remedy = "put it under contract with `#[contract]`, and write what its callers rely on as a suite: `#[contract_suite(…)]`";
            let message = match count {
                0 | 1 => {
                    let users = self.used_by.join("`, `");
                    return vec![gap(
                        &self.place,
                        GapKind::NoSuiteAcrossPackages,
                        format!(
                            "`{path}` is relied on in `{users}`, and no suite says what it promises there"
                        ),
                        remedy,
                    )];
                }
                _ => format!(
                    "`{path}` has {count} implementations, and no suite proves that they behave alike"
                ),
            };
            return vec![gap(&self.place, GapKind::NoSuite, message, remedy)];
        }
        let runs_nothing = self
            .implementations
            .iter()
            .all(|one| one.backends.is_empty());
        if runs_nothing {
            let message = format!("`{path}` has a suite, and nothing runs it");
            return vec![gap(
                &self.place,
                GapKind::SuiteNotRun,
                message,
                "declare a backend: a function with `#[backend(…::suite)]`",
            )];
        }
        let not_run = self
            .implementations
            .iter()
            .filter(|one| one.backends.is_empty());
        not_run
            .map(|one| {
                let message = format!("`{}` implements `{path}`, and runs no suite of it", one.subject);
                let remedy = "declare it as a backend: a function with `#[backend(…::suite)]` that makes one";
                Gap {
                    implementation: Some(one.subject.clone()),
                    ..gap(&one.place, GapKind::NotRun, message, remedy)
                }
            })
            .collect()
    }
}
