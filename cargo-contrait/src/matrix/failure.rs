//! The parts of what a failed case says: what was expected, what came, and a case to paste.

use schemars::JsonSchema;
use serde::Serialize;

/// What comes before the case that a generated check prints.
pub(crate) const AS_A_CASE: &str = "as a case:";
/// What comes after it.
const KEPT: &str = "kept in ";

/// The parts of a reason, as far as it has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Failure {
    /// The right side of an `assert_eq!`, or what the model answers.
    pub(crate) expected: Option<String>,
    /// The left side of an `assert_eq!`, or what the implementation answered.
    pub(crate) actual: Option<String>,
    /// A case that shows the failure.
    pub(crate) paste: Option<String>,
}

impl Failure {
    pub(crate) fn of(reason: &str) -> Self {
        let (expected, actual) = match (side(reason, "right:"), side(reason, "left:")) {
            (None, None) => answers(reason).unzip(),
            sides => sides,
        };
        Self {
            expected,
            actual,
            paste: paste(reason),
        }
    }
}

/// One side of a failed assertion, which may take several lines where it is printed with `{:#?}`.
fn side(reason: &str, name: &str) -> Option<String> {
    let is_side = |line: &str| line.starts_with("left:") || line.starts_with("right:");
    let mut lines = reason
        .lines()
        .skip_while(|line| !line.trim_start().starts_with(name));
    let first = lines.next()?.trim_start().strip_prefix(name)?.trim();
    let mut side = first.to_owned();
    for line in lines.take_while(|line| !is_side(line.trim_start())) {
        side.push('\n');
        side.push_str(line);
    }
    Some(side)
}

/// What the model answers, and what the implementation did: the line with the mark, and the one below it.
fn answers(reason: &str) -> Option<(String, String)> {
    let mut lines = reason.lines();
    let marked = lines.find(|line| line.trim_start().starts_with("> "))?;
    let (expected, _) = lines.next()?.split_once("  is what the model answers")?;
    // The answers stand below each other.
    let column = expected.chars().take_while(|char| *char == ' ').count();
    let actual: String = marked.chars().skip(column).collect();
    Some((expected.trim().to_owned(), actual.trim().to_owned()))
}

fn paste(reason: &str) -> Option<String> {
    let (_, after) = reason.split_once(AS_A_CASE)?;
    let case = after
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .take_while(|line| !line.trim_start().starts_with(KEPT));
    let lines: Vec<&str> = case.collect();
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let indent = filled
        .map(|line| line.len() - line.trim_start().len())
        .min()?;
    let cut: Vec<&str> = lines
        .iter()
        .map(|line| line.get(indent..).unwrap_or(""))
        .collect();
    Some(cut.join("\n").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn the_sides_of_an_assertion() {
        let failure =
            Failure::of("panicked: assertion `left == right` failed\n  left: [1]\n right: [2]");
        assert_eq!(failure.actual.as_deref(), Some("[1]"));
        assert_eq!(failure.expected.as_deref(), Some("[2]"));
        assert_eq!(failure.paste, None);
    }

    #[test]
    fn what_lockstep_says() {
        let reason = "answers otherwise than the model\n    add(\"a\", 0)  0\n  > value(\"a\")   None\n                 Some(0)  is what the model answers\nas a case:\n\n/// Found.\n#[case]\nfn found() {\n    let _ = 1;\n}\nkept in there, and replayed";
        let failure = Failure::of(reason);
        assert_eq!(failure.actual.as_deref(), Some("None"));
        assert_eq!(failure.expected.as_deref(), Some("Some(0)"));
        let case = "/// Found.\n#[case]\nfn found() {\n    let _ = 1;\n}";
        assert_eq!(failure.paste.as_deref(), Some(case));
    }

    #[test]
    fn a_reason_without_parts() {
        assert_eq!(Failure::of("timed out after 5s"), Failure::default());
    }
}
