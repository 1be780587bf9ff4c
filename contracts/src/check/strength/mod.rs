//! Strength: whether a suite notices when an implementation is wrong.
//!
//! From a contract's signatures come some twenty *saboteurs* a method, each an implementation that is right in all but
//! one thing: `set` ignores `ttl`, `get` answers what it answered before, `increment` happens twice. All of them are one
//! decorator with a switch, so that none is compiled; the suite runs against each on an implementation in memory.
//! Whoever is not noticed is a hole in the suite, or nobody can notice: that is told by a marker (`#[idempotent]`,
//! `#[infallible]`), or by the model, and never counted as noticed.

mod bench;
mod change;
mod course;
mod derive;
mod evidence;
mod facts;
mod fault;
mod judging;
mod known;
mod matrix;
mod nearest;
mod overlap;
mod sabotage;

pub use change::Change;
pub use derive::{Derived, Scope};
pub(crate) use evidence::ByModel;
pub use evidence::{Doubt, Evidence};
pub(crate) use facts::{Facts, Samples};
pub use fault::{Family, Fault, Saboteur};
pub(crate) use judging::Judging;
pub(crate) use known::Known;
pub use matrix::{KillMatrix, Row, Verdict};
pub(crate) use nearest::{Seen, nearest, nearest_to_a_drop, nearest_to_clients};

use crate::runtime::Conformance;

/// The seed of all that is generated for judging a suite: whether a suite is good is no question of luck.
pub(crate) const SEED: u64 = 0x5ab0_7e0b;

/// Something that may be missing, by name, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Its name.
    pub name: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// How the strength of a suite is measured.
///
/// ```no_run
/// # fn show(memory: contrait::Conformance) -> Result<(), String> {
/// use contrait::check::strength::Strength;
///
/// let matrix = Strength::default().of(&memory)?;
/// println!("{matrix}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Strength {
    /// What generated checks generate from.
    pub seed: u64,
    /// Whether it is enough that a generated check notices; else a case has to that somebody wrote.
    pub with_checks: bool,
    /// Whether all cases and checks are asked, also after one has noticed.
    pub thorough: bool,
    /// How many sequences the model answers before a saboteur counts as equivalent, of 200 steps each; and as many again
    /// with three handles.
    pub sequences: usize,
    /// The saboteurs that may live.
    pub allowed: &'static [Allowed],
}

impl Default for Strength {
    fn default() -> Self {
        Self {
            seed: SEED,
            with_checks: false,
            thorough: false,
            sequences: 50,
            allowed: &[],
        }
    }
}

impl Strength {
    /// Judges the suite of a backend that is declared as `reference`.
    ///
    /// # Errors
    /// Where it cannot be judged, in words: the backend is no reference, the suite fails on it as it is, its clock is
    /// real although calls are awaited, or nobody can stand in front of its handles.
    pub fn of(&self, conformance: &Conformance) -> Result<KillMatrix, String> {
        conformance.strength(self)
    }
}
