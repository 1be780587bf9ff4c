//! Why cases are lacking or did not run, gathered by reason.

use crate::matrix::{State, Suite};

/// Cases that backends do not show for one reason.
pub(super) struct Reason<'m> {
    pub(super) backends: Vec<&'m str>,
    pub(super) state: State,
    pub(super) why: &'m str,
    pub(super) cases: Vec<&'m str>,
}

/// Backends that say the same of the same cases are told together.
pub(super) fn reasons<'m>(suite: &'m Suite<'_>) -> Vec<Reason<'m>> {
    let mut told: Vec<Reason<'m>> = Vec::new();
    for reason in by_backend(suite) {
        let alike = |other: &&mut Reason<'m>| {
            (other.state, other.why, &other.cases) == (reason.state, reason.why, &reason.cases)
        };
        match told.iter_mut().find(alike) {
            Some(known) => known.backends.extend(reason.backends),
            None => told.push(reason),
        }
    }
    told
}

fn by_backend<'m>(suite: &'m Suite<'_>) -> Vec<Reason<'m>> {
    let mut reasons: Vec<Reason<'m>> = Vec::new();
    for at in suite.cases.iter().flat_map(|case| suite.row(case)) {
        if !matches!(at.cell.state, State::Lacking | State::NotRun) {
            continue;
        }
        let why = at.cell.reason.as_deref().unwrap_or_default();
        let key = ([&*at.backend.name], at.cell.state, why);
        match reasons
            .iter_mut()
            .find(|known| (&*known.backends, known.state, known.why) == (&key.0[..], key.1, key.2))
        {
            Some(known) => known.cases.push(&at.case.name),
            None => reasons.push(Reason {
                backends: vec![&at.backend.name],
                state: at.cell.state,
                why,
                cases: vec![&at.case.name],
            }),
        }
    }
    reasons
}
