//! Why cases are lacking or did not run, gathered by backend and reason.

use crate::matrix::{State, Suite};

/// Cases that a backend does not show for one reason.
pub(super) struct Reason<'m> {
    pub(super) backend: &'m str,
    pub(super) state: State,
    pub(super) why: &'m str,
    pub(super) cases: Vec<&'m str>,
}

pub(super) fn reasons<'m>(suite: &'m Suite<'_>) -> Vec<Reason<'m>> {
    let mut reasons: Vec<Reason<'m>> = Vec::new();
    for at in suite.cases.iter().flat_map(|case| suite.row(case)) {
        if !matches!(at.cell.state, State::Lacking | State::NotRun) {
            continue;
        }
        let why = at.cell.reason.as_deref().unwrap_or_default();
        let key = (&*at.backend.name, at.cell.state, why);
        match reasons
            .iter_mut()
            .find(|known| (known.backend, known.state, known.why) == key)
        {
            Some(known) => known.cases.push(&at.case.name),
            None => reasons.push(Reason {
                backend: &at.backend.name,
                state: at.cell.state,
                why,
                cases: vec![&at.case.name],
            }),
        }
    }
    reasons
}
