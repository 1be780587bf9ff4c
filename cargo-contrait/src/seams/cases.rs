//! Cases with a priority that are not run somewhere.

use super::gap::{Gap, GapKind};
use super::priority::Priority;
use super::running::running;
use crate::source::{Backend, Case, Facts, Suite, attributes};

/// Where a case that has a priority is ignored, or is lacking on a backend.
pub(super) fn gaps(facts: &Facts<'_>) -> Vec<Gap> {
    let running = running(facts);
    let mut gaps = Vec::new();
    for suite in &facts.suites {
        for case in &suite.cases {
            let promise = case.promise();
            let Some(priority) =
                Priority::in_tags(&case.tags).or_else(|| Priority::in_docs(&promise))
            else {
                continue;
            };
            gaps.extend(not_run(suite, case, &running).map(|message| Gap {
                priority,
                place: case.function.place.clone(),
                kind: GapKind::CaseNotRun,
                seam: format!("{}::{}", suite.path, case.name),
                implementation: None,
                message,
                remedy: "have it run everywhere, or take the priority off: what may be missing is not urgent".to_owned(),
            }));
        }
    }
    gaps
}

fn not_run(suite: &Suite<'_>, case: &Case<'_>, running: &[&Backend<'_>]) -> Option<String> {
    let name = &case.name;
    if attributes::find(case.function.attributes, "ignore").is_some() {
        return Some(format!("`{name}` is ignored"));
    }
    let lacks = |backend: &&&Backend<'_>| {
        backend.suites.contains(&suite.path)
            && backend.lacks.iter().any(|lack| case.needs.contains(lack))
    };
    let without: Vec<String> = running
        .iter()
        .filter(lacks)
        .map(|backend| format!("`{}`", backend.function.name()))
        .collect();
    (!without.is_empty()).then(|| format!("`{name}` is not run on {}", without.join(", ")))
}
