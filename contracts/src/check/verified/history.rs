//! What a mock was asked and what it said, for whoever reads why that is impossible.

use std::fmt::Write;
use std::time::Duration;

use super::possible::Refusal;
use crate::check::model::Effect;
use crate::check::operation::{Operation, Outcome, call_source};

/// The calls of a mock, as text.
#[derive(Default)]
pub(super) struct History {
    lines: Vec<Line>,
    now: Duration,
}

struct Line {
    id: u64,
    call: String,
    answer: Option<String>,
}

/// Less of it passes between two calls anyway.
const WORTH_TELLING: Duration = Duration::from_millis(1);

impl History {
    pub(super) fn given<O: Operation>(&mut self, operation: &O) {
        self.push(0, format!("given {}", call_source(operation)));
    }

    pub(super) fn begin<O: Operation>(&mut self, id: u64, operation: &O, now: Duration) {
        let passed = now.saturating_sub(self.now);
        if passed >= WORTH_TELLING {
            self.push(0, format!("{passed:?} pass"));
        }
        self.now = now;
        self.push(id, call_source(operation));
    }

    pub(super) fn answered(&mut self, id: u64, answer: &impl Outcome, effect: Option<Effect>) {
        let open = match effect {
            Some(Effect::Unknown) => ", carried out or not",
            _ => "",
        };
        if let Some(line) = self.line(id) {
            line.answer = Some(format!("{answer:?}{open}"));
        }
    }

    pub(super) fn never_answered(&mut self, id: u64) {
        if let Some(line) = self.line(id) {
            line.answer = Some("no answer, carried out or not".to_owned());
        }
    }

    fn push(&mut self, id: u64, call: String) {
        let answer = None;
        self.lines.push(Line { id, call, answer });
    }

    fn line(&mut self, id: u64) -> Option<&mut Line> {
        self.lines.iter_mut().rev().find(|line| line.id == id)
    }

    /// Why the answer of the call `id` is refused.
    pub(super) fn refusal<O: Operation>(&self, id: u64, method: &str, refusal: &Refusal) -> String {
        let contract = O::CONTRACT.name;
        let mut text = match refusal {
            Refusal::Impossible(_) => {
                format!("a mock of `{contract}` answers what no implementation could\n")
            }
            Refusal::TooMany => format!(
                "too many calls of a mock of `{contract}` were answered without saying whether they were carried out\n"
            ),
        };
        let width = self
            .lines
            .iter()
            .map(|line| line.call.chars().count())
            .max();
        let width = width.unwrap_or(0).min(60);
        for line in &self.lines {
            let mark = if line.id == id { '>' } else { ' ' };
            let answer = line.answer.as_deref().unwrap_or_default();
            let written = format!("  {mark} {:width$}  {answer}", line.call);
            text.push_str(written.trim_end());
            text.push('\n');
        }
        if let Refusal::Impossible(allowed) = refusal {
            let allowed = allowed.join(" or ");
            let _ = writeln!(text, "    {:width$}  the model allows {allowed}", "");
            let _ = write!(
                text,
                "correct what the expectation of `{method}` returns, or tell with `given` what the mock takes for granted"
            );
        }
        text
    }
}
