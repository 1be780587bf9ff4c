//! A doc that says all that a project asks for: where the case belongs, what it costs to get it wrong, how it is shown.
//!
//! A part is a line that begins with its name and a colon, or a heading of that name, and what follows.

use super::super::finding::{Finding, Rule};
use super::Subject;
use crate::source::attributes::docs;

pub(super) fn check(subject: &Subject<'_, '_>) -> Option<Finding> {
    let wanted = &subject.settings.structured_doc;
    let docs = docs(subject.function.attributes);
    let missing: Vec<String> = wanted
        .iter()
        .filter(|part| part_of(&docs, part, wanted).is_none())
        .map(|part| format!("`{part}`"))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let name = subject.function.name();
    let message = format!("the doc of `{name}` does not say {}", missing.join(", "));
    let remedy = format!("add a line for each, as {}: …", missing[0]);
    Some(subject.finding(Rule::StructuredDoc, message, remedy))
}

/// What a doc says in one of its parts.
pub(crate) fn part_of(docs: &str, part: &str, parts: &[String]) -> Option<String> {
    let mut lines = docs.lines().skip_while(|line| begins(line, part).is_none());
    let first = begins(lines.next()?, part)?;
    let rest = lines.take_while(|line| {
        !line.starts_with('#') && parts.iter().all(|other| begins(line, other).is_none())
    });
    let text: Vec<&str> = std::iter::once(first).chain(rest).collect();
    let text = text.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// What follows the name of a part in its line.
fn begins<'l>(line: &'l str, part: &str) -> Option<&'l str> {
    let marks: &[char] = &['#', '-', '*', '_', ' '];
    let bare = line.trim_start_matches(marks);
    let (name, rest) = bare.split_at_checked(part.len())?;
    if !name.eq_ignore_ascii_case(part) {
        return None;
    }
    let rest = rest.trim_start_matches(['*', '_']);
    match rest.strip_prefix(':') {
        Some(text) => Some(text.trim_start_matches(['*', '_'])),
        None => (line.trim_start().starts_with('#') && rest.trim().is_empty()).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::part_of;

    fn parts() -> Vec<String> {
        ["Scope", "Success criteria"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_part_is_a_line_a_list_item_or_a_section() {
        for docs in [
            "Promise.\n\nScope: the cache\nSuccess criteria: none",
            "- **Scope**: the cache\n- **Success criteria:** none",
            "# Scope\nthe cache\n\n# Success criteria\nnone",
            "scope:\n  the cache\n",
        ] {
            assert_eq!(
                part_of(docs, "Scope", &parts()).as_deref(),
                Some("the cache"),
                "{docs}"
            );
        }
    }

    #[test]
    fn a_part_without_a_word_is_none() {
        for docs in [
            "",
            "Scope:\nSuccess criteria: all",
            "# Scope\n# Other\ntext",
            "The scope is wide.",
        ] {
            assert_eq!(part_of(docs, "Scope", &parts()), None, "{docs}");
        }
    }
}
