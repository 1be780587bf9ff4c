//! Linearizability.
mod answer;
mod budget;
mod checker;
mod configurations;
mod dense;
mod depth_first;
mod error;
mod fingerprint;
mod frontier;
mod history;
mod identity;
mod links;
pub mod models;
mod part;
mod specification;
mod verdict;

pub use budget::{Budget, Exhausted};
pub use checker::{Checker, Engine};
pub use dense::{Dense, Numbers};
pub use error::HistoryError;
pub use history::{By, End, Entry, History, Moment};
pub use specification::{Specification, Step};
pub use verdict::{Verdict, Violation};
