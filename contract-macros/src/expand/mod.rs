//! From facts to tokens: one emitter a file.

mod backend;
mod contract;
mod drive;
mod forward;
mod generated;
mod intercepted;
mod judges;
mod making;
mod means;
mod operations;
mod outcomes;
mod recorder;
mod reference;
mod refusal;
mod suite;
mod suite_macro;
mod table;
mod tests;

/// Whether there is what suites need; the unit tests look at all that there can be.
fn with_suites() -> bool {
    cfg!(any(feature = "suite", test))
}

/// The same, for what checks need.
fn with_checks() -> bool {
    cfg!(any(feature = "check", test))
}

pub(crate) use backend::{backend, backend_with_cases};
pub(crate) use contract::contract;
pub(crate) use refusal::refused;
pub(crate) use suite::{contract_suite, stray_case};
pub(crate) use suite_macro::suite_macro_of_live_cases;
pub(crate) use tests::{contract_tests, tests_with_cases};
