//! Linearizability: whether what concurrent clients were answered could have been answered one at a time.
//!
//! A [`Specification`] says what one client at a time may be answered, a [`History`] what several were, and a
//! [`Checker`] whether each operation can be given a moment between its call and its return that explains all answers.
//!
//! A history from a file, checked:
//!
//! ```no_run
//! # use contrait::check::linearizability::{Checker, History, Report, models::Register};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (model, history) = (Register(0), History::read("history.jsonl")?);
//! let verdict = Checker::new(model.clone()).check(&history);
//! if let Some(violation) = verdict.violation() {
//!     std::fs::write("violation.html", Report::new(&model, &history, violation).html())?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The file has an operation a line; the last answer here is one that nothing explains, since the 1 was overwritten
//! before it was asked for:
//!
//! ```
//! # use contrait::check::linearizability::{Checker, History, Report, models::Register};
//! let lines = r#"
//! {"client":0,"from":1,"at":3,"operation":{"set":1},"outcome":"done"}
//! {"client":1,"from":2,"operation":{"set":7},"unknown":"timeout"}
//! {"client":0,"from":4,"at":8,"operation":{"set":2},"outcome":"done"}
//! {"client":1,"from":9,"at":11,"operation":"get","outcome":{"value":1}}
//! "#;
//! let history = History::read_from(lines.as_bytes(), "history.jsonl")?;
//! let verdict = Checker::new(Register(0)).check(&history);
//! let violation = verdict.violation().expect("a stale read");
//! assert_eq!(violation.states, [2, 7]);
//! let report = Report::new(&Register(0), &history, violation).to_string();
//! assert!(report.contains("possible just before: 2  or  7"));
//! # Ok::<(), contrait::check::linearizability::HistoryError>(())
//! ```
//!
//! Histories are recorded by a [`Recorder`], read from files, or put together call by call. An operation that timed out
//! or was cancelled has an unknown outcome: it may have taken effect at any time since, or never. What a system does by
//! itself, as letting an entry expire, is an operation too, with a window in which it happens
//! ([`History::internal`], [`History::expiry`]).
//!
//! Two engines search, side by side, and say the same down to the states; [`Engine`] tells how they differ. What makes a
//! history, deriving operations from a trait's signatures and faults among them, is left to others.

mod answer;
mod budget;
mod checker;
mod configurations;
mod dense;
mod depth_first;
mod error;
mod file;
mod fingerprint;
mod frontier;
mod history;
mod identity;
mod links;
mod minimal;
pub mod models;
mod part;
mod recorder;
mod report;
mod specification;
mod timeline;
mod verdict;

pub use budget::{Budget, Exhausted};
pub use checker::{Checker, Engine};
pub use dense::{Dense, Numbers};
pub use error::HistoryError;
pub use history::{By, End, Entry, History, Moment};
pub use recorder::{Client, Pending, Recorder};
pub use report::Report;
pub use specification::{Specification, Step};
pub use verdict::{Verdict, Violation};
