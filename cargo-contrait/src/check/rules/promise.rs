//! A case says what it promises, and says more than its name does.

use super::super::finding::{Finding, Rule};
use super::Subject;
use crate::source::attributes::docs;

pub(super) fn check(subject: &Subject<'_, '_>) -> Option<Finding> {
    if !subject.is_case {
        return None;
    }
    let name = subject.function.name();
    let promise = docs(subject.function.attributes);
    let message = if promise.trim().is_empty() {
        format!("`{name}` does not say what it promises")
    } else if words(&promise) == words(&name) {
        format!("the promise of `{name}` is its name once more")
    } else {
        return None;
    };
    let remedy =
        "say in a doc comment what every implementation keeps, so that its caller could rely on it";
    Some(subject.finding(Rule::Promise, message, remedy))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_sentence_has_the_words_of_a_name() {
        assert_eq!(words("Set, then get."), words("set_then_get"));
        assert_ne!(words("What was set is got."), words("set_then_get"));
    }
}
