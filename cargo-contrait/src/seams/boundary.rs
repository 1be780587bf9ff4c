//! The boundaries of applications: routes, consumers, scheduled jobs.

use serde::Serialize;

use super::detect::{self, Found, What};
use super::gap::{Gap, GapKind};
use super::outside_in::Tests;
use super::priority::Priority;
use super::settings::Settings;
use crate::error::Error;
use crate::source::attributes::docs;
use crate::source::{CrateKind, Facts, Function, Place};

/// Where the world comes in.
#[derive(Debug, Serialize)]
pub(crate) struct Boundary {
    pub(crate) kind: BoundaryKind,
    /// `GET /orders/{id}`, a topic, or the function.
    pub(crate) name: String,
    pub(crate) priority: Priority,
    #[serde(flatten)]
    pub(crate) place: Place,
    /// The tests that go through it.
    pub(crate) tests: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BoundaryKind {
    Route,
    Consumer,
    Job,
}

impl BoundaryKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Consumer => "consumer",
            Self::Job => "job",
        }
    }
}

/// All boundaries.
///
/// # Errors
/// The settings cannot be understood.
pub(super) fn find(facts: &Facts<'_>) -> Result<Vec<Boundary>, Error> {
    let tests = Tests::of(facts);
    let mut boundaries: Vec<Boundary> = Vec::new();
    for function in &facts.functions {
        if facts.sources.is_test_code(function.module) || function.is_test() {
            continue;
        }
        for found in detect::boundaries(function) {
            // A library has timers and subscriptions for itself; a route is a boundary wherever it stands.
            if !matches!(found.what, What::Route { .. }) && !is_application(facts, function)? {
                continue;
            }
            let boundary = boundary(facts, function, &found, &tests);
            // A file that is read for two targets has its boundaries twice.
            let is_known = |known: &Boundary| {
                known.place == boundary.place
                    && (known.kind != BoundaryKind::Route || known.name == boundary.name)
            };
            if !boundaries.iter().any(is_known) {
                boundaries.push(boundary);
            }
        }
    }
    boundaries.sort_by_key(|boundary| (boundary.priority, boundary.place.clone()));
    Ok(boundaries)
}

/// Whether a package is an application: it has a program, or says so.
fn is_application(facts: &Facts<'_>, function: &Function<'_>) -> Result<bool, Error> {
    let package = facts.sources.crate_of(function.module).package;
    let said = Settings::of(&facts.sources.packages[package])?.application;
    let has_program = || {
        let mut crates = facts.sources.crates.iter();
        crates.any(|krate| krate.package == package && krate.kind == CrateKind::Program)
    };
    Ok(said.unwrap_or_else(has_program))
}

fn boundary(facts: &Facts<'_>, function: &Function<'_>, found: &Found, tests: &Tests) -> Boundary {
    let handler = found
        .handler
        .as_ref()
        .map(|path| facts.sources.resolve(function.module, path));
    let worker = handler.and_then(|path| {
        facts
            .functions
            .iter()
            .find(|function| function.path == path)
    });
    let worker = worker.unwrap_or(function);
    let path = &worker.path;
    let (kind, name, through) = match &found.what {
        What::Route { verb, path } => {
            let method = verb.as_deref().unwrap_or("any").to_uppercase();
            let through = tests.through_route(verb.as_deref(), path);
            (BoundaryKind::Route, format!("{method} {path}"), through)
        }
        What::Consumer(topic) => {
            let name = topic.clone().unwrap_or_else(|| path.clone());
            (
                BoundaryKind::Consumer,
                name,
                tests.through_consumer(topic.as_deref(), path),
            )
        }
        What::Job(schedule) => {
            let name = match schedule {
                Some(schedule) => format!("{path} ({schedule})"),
                None => path.clone(),
            };
            (BoundaryKind::Job, name, tests.through_function(path))
        }
    };
    let mut covered = tests.that_say(&name);
    covered.extend(through);
    covered.sort();
    covered.dedup();
    let noted = [worker, function]
        .into_iter()
        .find_map(|noted| Priority::in_docs(&docs(noted.attributes)));
    Boundary {
        kind,
        name,
        priority: noted.unwrap_or_default(),
        place: Place::new(function.place.file.clone(), found.span),
        tests: covered,
    }
}

impl Boundary {
    pub(super) fn gap(&self) -> Option<Gap> {
        if !self.tests.is_empty() {
            return None;
        }
        let (kind, name) = (self.kind.name(), &self.name);
        let remedy = match self.kind {
            BoundaryKind::Route => "write a test that makes the request and looks at the response",
            BoundaryKind::Consumer => {
                "write a test that sends a message and looks at what has come of it"
            }
            BoundaryKind::Job => "write a test that runs the job and looks at what has come of it",
        };
        Some(Gap {
            priority: self.priority,
            place: self.place.clone(),
            kind: GapKind::NoOutsideInTest,
            seam: name.clone(),
            implementation: None,
            message: format!("no test goes through the {kind} `{name}` from the outside"),
            remedy: format!("{remedy}; one that is not recognised says `Seam: {name}` in its doc"),
        })
    }
}
