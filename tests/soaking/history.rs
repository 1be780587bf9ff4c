//! What was called and answered in one window, and whether any order of the calls explains it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use contrait::check::linearizability::{
    Budget, Checker, End, Entry, History, Report, Specification, Step, Verdict,
};

/// What a caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Get,
    GetMany,
    Set(i64),
    SetMany(i64),
    Add(i64),
    Replace(i64),
    Delete,
    Take,
    Increment(i64),
    /// What the window before has left.
    Known(Option<i64>),
    /// What the window leaves.
    Audit,
    /// The server lost all that it had.
    Wipe,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) key: String,
    pub(crate) call: Call,
}

impl Operation {
    pub(crate) fn audit(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            call: Call::Audit,
        }
    }

    /// Of all keys.
    pub(crate) fn wipe() -> Self {
        Self {
            key: String::new(),
            call: Call::Wipe,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Value(Option<i64>),
    Done,
    Whether(bool),
    Sum(i64),
}

/// A number under each key, or nothing.
struct Numbers;

impl Specification for Numbers {
    type Operation = Operation;
    type Outcome = Answer;
    type State = Option<i64>;

    fn initial(&self) -> Option<i64> {
        None
    }

    fn step(
        &self,
        state: &Option<i64>,
        operation: &Operation,
        outcome: Option<&Answer>,
    ) -> Step<Option<i64>> {
        let (after, answer) = match operation.call {
            Call::Get | Call::GetMany | Call::Audit => (*state, Answer::Value(*state)),
            Call::Set(number) | Call::SetMany(number) => (Some(number), Answer::Done),
            Call::Add(number) => (state.or(Some(number)), Answer::Whether(state.is_none())),
            Call::Replace(number) => (state.map(|_| number), Answer::Whether(state.is_some())),
            Call::Delete => (None, Answer::Whether(state.is_some())),
            Call::Take => (None, Answer::Value(*state)),
            Call::Increment(by) => {
                let sum = state.unwrap_or_default() + by;
                (Some(sum), Answer::Sum(sum))
            }
            Call::Known(known) => (known, Answer::Done),
            // Also where nothing was: then nothing that came later was lost.
            Call::Wipe => (None, Answer::Done),
        };
        match outcome {
            Some(answered) if *answered != answer => Step::Impossible,
            _ => Step::To(after),
        }
    }

    fn is_read(&self, operation: &Operation) -> bool {
        matches!(operation.call, Call::Get | Call::GetMany | Call::Audit)
    }

    fn partition<'o>(&self, operation: &'o Operation) -> Option<Cow<'o, str>> {
        Some(Cow::Borrowed(&operation.key))
    }
}

/// All that happened in a window.
pub(crate) struct Window {
    history: History<Operation, Answer>,
    operations: u64,
}

/// What no order explains.
pub(crate) struct Wrong {
    pub(crate) report: String,
    /// Whether it is what stands at the end: something acknowledged is not there.
    pub(crate) is_lost: bool,
}

impl Window {
    pub(crate) fn new(
        known: BTreeMap<String, Option<i64>>,
        recorded: &History<Operation, Answer>,
    ) -> Self {
        let keys: Vec<String> = super::keys().collect();
        let mut history = History::new();
        // Moments begin with one here, so that this is before all of them.
        for (key, value) in known {
            let call = Call::Known(value);
            history.returned(u32::MAX, (0, 0), Operation { key, call }, Answer::Done);
        }
        let operations = recorded.len() as u64;
        for entry in recorded.entries() {
            match entry {
                Entry {
                    operation:
                        Operation {
                            call: Call::Wipe, ..
                        },
                    from,
                    end,
                    ..
                } => {
                    for key in keys.iter().cloned() {
                        let call = Call::Wipe;
                        let by = end.moment().map(|at| at + 1);
                        history.internal(Operation { key, call }, from + 1, by);
                    }
                }
                // Of a read that failed nothing is to be explained.
                Entry {
                    operation,
                    end: End::Unknown { .. },
                    ..
                } if Numbers.is_read(operation) => {}
                entry => drop(history.push(later(entry.clone()))),
            }
        }
        Self {
            history,
            operations,
        }
    }

    pub(crate) fn operations(&self) -> u64 {
        self.operations
    }

    pub(crate) fn judge(&self) -> Result<(), Wrong> {
        let budget = Budget {
            time: Duration::from_secs(30),
            memory: 256 << 20,
            ..Budget::default()
        };
        match Checker::new(Numbers).budget(budget).check(&self.history) {
            Verdict::Linearizable => Ok(()),
            Verdict::Unknown { why } => Err(Wrong {
                report: format!("a window could not be judged: {why}"),
                is_lost: false,
            }),
            Verdict::Violation(violation) => {
                let culprit = &self.history.entries()[violation.entry];
                Err(Wrong {
                    is_lost: culprit.operation.call == Call::Audit,
                    report: Report::new(&Numbers, &self.history, &violation).to_string(),
                })
            }
        }
    }
}

/// One moment later.
fn later(mut entry: Entry<Operation, Answer>) -> Entry<Operation, Answer> {
    entry.from += 1;
    if let End::Returned { at, .. } = &mut entry.end {
        *at += 1;
    }
    entry
}

#[cfg(test)]
mod tests {
    use contrait::check::linearizability::Recorder;

    use super::*;

    const KEY: &str = "key 0";

    /// A window in which a server that may have held `known` was lost and came back, and had `counted` calls that count
    /// answered before that was over, as it ends with `left`.
    fn judged(known: Option<i64>, counted: i64, left: Option<i64>) -> Result<(), Wrong> {
        let recorder = Recorder::new();
        let (mut caller, mut trouble) = (recorder.client(), recorder.client());
        let wipe = trouble.call(Operation::wipe());
        for sum in 1..=counted {
            let call = Call::Increment(1);
            let key = KEY.to_owned();
            caller
                .call(Operation { key, call })
                .returned(Answer::Sum(sum));
        }
        wipe.returned(Answer::Done);
        caller
            .call(Operation::audit(KEY))
            .returned(Answer::Value(left));
        let known = BTreeMap::from([(KEY.to_owned(), known)]);
        Window::new(known, &recorder.history()).judge()
    }

    #[test]
    fn what_a_lost_server_held_is_gone() {
        assert!(judged(Some(7), 0, None).is_ok());
        assert!(judged(Some(7), 1, Some(1)).is_ok());
        assert!(judged(Some(7), 0, Some(7)).is_err_and(|wrong| wrong.is_lost));
    }

    #[test]
    fn what_it_did_not_hold_is_not() {
        assert!(judged(None, 2, Some(2)).is_ok());
        assert!(judged(None, 2, None).is_ok());
        assert!(judged(None, 2, Some(1)).is_err());
    }
}
