//! A violation as people read it: what is impossible, what was possible just before, and who was doing what then.

use std::fmt::{self, Debug, Display, Formatter};

use super::history::{By, End, Entry, History};
use super::specification::Specification;
use super::timeline::Timeline;
use super::verdict::Violation;
use crate::report::counted;

/// So many operations before the impossible one are shown, and all that overlap with it.
const BEFORE: usize = 12;
/// So many states are shown.
const STATES: usize = 8;

/// What a violation looks like: as text by [`Display`], as a page by [`html`](Report::html).
#[derive(Clone, Debug)]
pub struct Report {
    /// What is impossible, in a sentence.
    pub headline: String,
    /// The states that were possible just before, as the model shows them.
    pub states: Vec<String>,
    /// How many more there were, where that is known to be at least this.
    pub more_states: usize,
    /// How many operations came before those that are shown.
    pub earlier: usize,
    pub(super) timeline: Timeline,
}

impl Report {
    /// The report of a violation of `specification` in `history`: a window of the history that ends with the first
    /// impossible return.
    pub fn new<S: Specification>(
        specification: &S,
        history: &History<S::Operation, S::Outcome>,
        violation: &Violation<S::State>,
    ) -> Self {
        let entries = history.entries();
        let culprit = &entries[violation.entry];
        let at = culprit.end.moment().unwrap_or(culprit.from);
        let mut shown: Vec<usize> = (0..entries.len())
            .filter(|index| entries[*index].from <= at)
            .filter(|index| {
                let part = specification.partition(&entries[*index].operation);
                violation.partition.is_none() || part.as_deref() == violation.partition.as_deref()
            })
            .collect();
        shown.sort_by_key(|index| entries[*index].from);
        let earlier = cut(&mut shown, |index| &entries[index], culprit);
        Self {
            headline: headline(culprit, violation.partition.as_deref()),
            states: violation
                .states
                .iter()
                .take(STATES)
                .map(|it| format!("{it:?}"))
                .collect(),
            more_states: violation.states.len().saturating_sub(STATES)
                + usize::from(violation.more_states),
            earlier,
            timeline: Timeline::new(history, &shown, violation.entry),
        }
    }

    fn possible(&self) -> String {
        let mut text = self.states.join("  or  ");
        if self.more_states > 0 {
            text += &format!("  or {} more", self.more_states);
        }
        text
    }
}

/// Keeps what overlaps with the culprit and a few before; answers how many were cut.
fn cut<'e, O: 'e, R: 'e>(
    shown: &mut Vec<usize>,
    entry: impl Fn(usize) -> &'e Entry<O, R>,
    culprit: &Entry<O, R>,
) -> usize {
    let overlaps = |index: &usize| {
        let end = &entry(*index).end;
        matches!(end, End::Returned { .. } | End::Due { .. })
            && end.moment().is_some_and(|end| end >= culprit.from)
    };
    let first = shown.iter().position(overlaps).unwrap_or(0);
    // What overlaps may have begun long ago.
    let start = first
        .max(shown.len().saturating_sub(4 * BEFORE))
        .saturating_sub(BEFORE);
    let mut cut = 0;
    let mut position = 0;
    shown.retain(|index| {
        position += 1;
        let stays = position > start || overlaps(index);
        cut += usize::from(!stays);
        stays
    });
    cut
}

fn headline<O: Debug, R: Debug>(entry: &Entry<O, R>, partition: Option<&str>) -> String {
    let who = match entry.by {
        By::Client(client) => format!("client {client}"),
        By::System => "the system".to_owned(),
    };
    let place = partition
        .map(|name| format!(" on {name:?}"))
        .unwrap_or_default();
    match &entry.end {
        End::Returned { at, outcome } => format!(
            "not linearizable{place}: {who} was answered {outcome:?} to {:?} at {at}, which no order explains",
            entry.operation
        ),
        _ => format!("not linearizable{place}: {:?} of {who}", entry.operation),
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline)?;
        writeln!(f, "possible just before: {}", self.possible())?;
        if self.earlier > 0 {
            writeln!(f, "after {}:", counted(self.earlier, "earlier operation"))?;
        }
        writeln!(f)?;
        write!(f, "{}", self.timeline)
    }
}

impl Report {
    /// A page that shows the same, in one file that needs no other.
    pub fn html(&self) -> String {
        let mut page = String::from(HEAD);
        page += &format!("<h1>{}</h1>\n", escaped(&self.headline));
        page += &format!(
            "<p>Possible just before: <b>{}</b></p>\n",
            escaped(&self.possible())
        );
        if self.earlier > 0 {
            page += &format!(
                "<p>After {}:</p>\n",
                counted(self.earlier, "earlier operation")
            );
        }
        self.timeline.push_html(&mut page);
        page += "</body>\n</html>\n";
        page
    }
}

/// Text, as HTML takes it.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            letter => escaped.push(letter),
        }
    }
    escaped
}

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Not linearizable</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }
h1 { font-size: 1.2rem }
.timeline { display: grid; gap: 2px 10px; justify-content: start; font-family: ui-monospace, monospace }
.client { font-weight: bold; position: sticky; top: 0; background: #fff }
.moment { color: #888; text-align: right }
.call { background: #dbe9f6; border-left: 4px solid #3b7dbf; padding: 0 6px; display: flex;
        flex-direction: column; justify-content: space-between }
.unknown { background: #f4f4f4; border-left: 4px dashed #888 }
.system { background: #fdf3d8; border-left-color: #c99a1c }
.impossible { background: #fbdcdc; border-left-color: #c22 }
</style>
</head>
<body>
"#;
