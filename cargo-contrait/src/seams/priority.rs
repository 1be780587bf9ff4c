//! How much depends on a seam. It is noted in the doc of what it is about, as a line `Priority: P0`, or of a case as a tag,
//! `#[case(tags(P0))]`, which its records then have as well.

use serde::Serialize;

/// How much depends on it; the most urgent first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum,
)]
pub(crate) enum Priority {
    /// Nothing goes without it
    #[value(name = "P0")]
    P0,
    /// Much depends on it
    #[value(name = "P1")]
    P1,
    /// What nobody has said anything of
    #[default]
    #[value(name = "P2")]
    P2,
}

impl Priority {
    /// What a doc says.
    pub(super) fn in_docs(docs: &str) -> Option<Self> {
        docs.lines().find_map(|line| {
            let bare = line.trim().trim_matches(['*', '_', '-', ' ']);
            let value = bare.strip_prefix("Priority:")?;
            Self::named(
                value
                    .trim_start_matches(['*', '_'])
                    .split_whitespace()
                    .next()?,
            )
        })
    }

    /// What tags say.
    pub(super) fn in_tags(tags: &[String]) -> Option<Self> {
        tags.iter().find_map(|tag| Self::named(tag))
    }

    fn named(name: &str) -> Option<Self> {
        let name = name.trim_end_matches(['.', ',', ';', ':']);
        [("P0", Self::P0), ("P1", Self::P1), ("P2", Self::P2)]
            .into_iter()
            .find_map(|(known, priority)| known.eq_ignore_ascii_case(name).then_some(priority))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_is_a_line_of_its_own() {
        for docs in [
            "Stores.\n\nPriority: P0",
            "**Priority:** p0, since all is lost",
            "- Priority: P0.",
        ] {
            assert_eq!(Priority::in_docs(docs), Some(Priority::P0), "{docs}");
        }
        for docs in ["", "Its priority is P0", "Priority: high"] {
            assert_eq!(Priority::in_docs(docs), None, "{docs}");
        }
    }
}
