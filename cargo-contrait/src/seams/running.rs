//! Which backends are run: by tests of their own, by `contract_tests!` elsewhere, or by name.

use std::collections::BTreeSet;

use crate::source::{Backend, Call, Facts, calls};

/// The backends that something runs.
pub(super) fn running<'f, 'a>(facts: &'f Facts<'a>) -> Vec<&'f Backend<'a>> {
    let by_name = run_by_name(facts);
    let runs = |backend: &&Backend<'_>| {
        let path = &backend.function.path;
        backend.tests || facts.run_elsewhere.contains(path) || by_name.contains(path)
    };
    facts.backends.iter().filter(runs).collect()
}

/// The backends whose `conformance()` is called, and with it their cases by name.
fn run_by_name(facts: &Facts<'_>) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    for function in &facts.functions {
        calls(function.body, &mut |call| {
            if let Call::Path(path) = &call
                && path.segments.len() > 1
                && call.name() == "conformance"
            {
                called.insert(facts.sources.resolve(function.module, path));
            }
        });
    }
    let is_called = |path: &String| {
        let within = format!("{path}::");
        called.iter().any(|called| called.starts_with(&within))
    };
    let paths = facts
        .backends
        .iter()
        .map(|backend| backend.function.path.clone());
    paths.filter(is_called).collect()
}
