//! A case that does not run says why.

use syn::Meta;

use super::super::finding::{Finding, Rule};
use super::Subject;
use crate::source::attributes::{find, value};

pub(super) fn is_ignored(subject: &Subject<'_, '_>) -> bool {
    find(subject.function.attributes, "ignore").is_some()
}

pub(super) fn check(subject: &Subject<'_, '_>) -> Option<Finding> {
    let meta = find(subject.function.attributes, "ignore")?;
    let reason = value(&meta).unwrap_or_default();
    if !reason.trim().is_empty() {
        return None;
    }
    let written = match meta {
        Meta::NameValue(_) => "the reason is empty",
        _ => "there is no reason",
    };
    let name = subject.function.name();
    let message = format!("`{name}` is ignored, and {written}");
    let remedy = "`#[ignore = \"why, and until when\"]`; what one backend cannot do is `needs(…)` and `lacks(… = \"reason\")`";
    Some(subject.finding(Rule::Ignore, message, remedy))
}
