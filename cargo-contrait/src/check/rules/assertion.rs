//! A case can fail by what it finds.

use super::super::finding::{Finding, Rule};
use super::Subject;
use crate::source::{Facts, asserts};

pub(super) fn check(subject: &Subject<'_, '_>, facts: &Facts<'_>) -> Option<Finding> {
    if asserts(facts, subject.function) {
        return None;
    }
    let name = subject.function.name();
    let message = format!("`{name}` asserts nothing: whatever it is answered, it passes");
    let remedy = "look at an answer with `assert_eq!`, or at an error with `expect_err`; a `?` only says that there was no error";
    Some(subject.finding(Rule::Assertion, message, remedy))
}
