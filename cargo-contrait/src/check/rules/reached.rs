//! What neither a case nor a function that it calls may do: sleep, and change what all tests share.

use super::super::finding::{Finding, Rule};
use super::Subject;
use crate::source::{Call, Facts, Function, Place, calls};

const SLEEPS: [&str; 5] = [
    "sleep",
    "sleep_ms",
    "sleep_until",
    "park_timeout",
    "delay_for",
];
const CHANGES: [&str; 3] = ["set_var", "remove_var", "set_current_dir"];

pub(super) fn check<'a>(subject: &Subject<'_, 'a>, facts: &Facts<'a>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let krate = |function: &Function<'_>| facts.sources.module(function.module).krate;
    // Functions of the same crate are part of the case, wherever they stand; methods are what it is about.
    let is_helper =
        |function: &Function<'_>| !function.method && krate(function) == krate(subject.function);
    for function in facts.reached(subject.function, is_helper) {
        calls(function.body, &mut |call| {
            let place = Place::new(function.place.file.clone(), call.span());
            findings.extend(judge(subject, &call, place));
        });
    }
    findings
}

/// What a call is, where it should not be.
fn judge(subject: &Subject<'_, '_>, call: &Call<'_>, place: Place) -> Option<Finding> {
    let name = call.name();
    let by_path = matches!(call, Call::Path(_) | Call::Word(..));
    let kind = subject.kind();
    if by_path && SLEEPS.contains(&name.as_str()) {
        let message = format!(
            "`{name}` hopes that something has happened by then: it is too long on one machine and too short on another"
        );
        let remedy = "let time pass with `clock.advance(…)`, or wait for what is to happen: `clock.eventually(…)`, `network.until(…)`, `fault.reached(n)`";
        return Some(subject.finding_at(place, Rule::Sleep, message, remedy));
    }
    if by_path && CHANGES.contains(&name.as_str()) {
        let message =
            format!("`{name}` changes what all tests of the process share, while they run");
        let remedy =
            format!("hand the value in: have what the {kind} is about take it as an argument");
        return Some(subject.finding_at(place, Rule::Environment, message, remedy));
    }
    None
}
