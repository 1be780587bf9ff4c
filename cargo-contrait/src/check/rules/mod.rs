//! The rules, one a file: each looks at a case and says what is wrong with it.

mod assertion;
mod early_return;
mod ignored;
mod promise;
mod reached;
mod structured_doc;

use super::finding::{Finding, Rule};
use super::settings::Settings;
use crate::source::{Facts, Function, Place};

/// What is looked at.
pub(crate) struct Subject<'f, 'a> {
    /// Of a case, with the suite that it stands in.
    pub(crate) path: String,
    pub(crate) function: &'f Function<'a>,
    /// Or a test, which owes no promise.
    pub(crate) is_case: bool,
    pub(crate) settings: Settings,
}

impl Subject<'_, '_> {
    /// A finding where the name stands.
    fn finding(
        &self,
        rule: Rule,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        self.finding_at(self.function.place.clone(), rule, message, remedy)
    }

    fn finding_at(
        &self,
        place: Place,
        rule: Rule,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        Finding {
            place,
            rule,
            case: self.path.clone(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// What it is called.
    fn kind(&self) -> &'static str {
        match self.is_case {
            true => "case",
            false => "test",
        }
    }
}

/// What the rules say of all of them.
pub(crate) fn apply<'f, 'a>(facts: &'f Facts<'a>, subjects: &[Subject<'f, 'a>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for subject in subjects {
        findings.extend(ignored::check(subject));
        if !subject.is_case && ignored::is_ignored(subject) {
            // It may be no test at all, but what another one starts.
            continue;
        }
        findings.extend(promise::check(subject));
        findings.extend(assertion::check(subject, facts));
        findings.extend(reached::check(subject, facts));
        findings.extend(early_return::check(subject));
        findings.extend(structured_doc::check(subject));
    }
    findings
}
