//! Finds the test that another depends on, by bisection over random orders.
//!
//! libtest runs no order that it is told, only orders that follow from a seed. So the halves are not chosen but drawn:
//! each order cuts the tests that are suspected into those before and those after, and what becomes of the test says which
//! of them stay. On the average an order leaves half of them.

use std::collections::BTreeSet;

use super::ordered;
use super::rounds::{Name, Rounds, Seen};
use crate::cli::RunArgs;
use crate::error::Error;
use crate::run::{Only, Order};
use crate::terminal::{BAD, ODD, styled};

/// How many orders are tried for one test.
const ATTEMPTS: u64 = 40;

/// The tests that may be what another depends on.
struct Suspects {
    /// How the test ends by itself.
    alone: bool,
    names: BTreeSet<String>,
}

impl Suspects {
    /// An order in which the test ended as it does alone clears those before it; any other is about one of those.
    fn judge(&mut self, seen: &Seen) {
        if seen.passed == self.alone {
            self.names.retain(|name| !seen.before.contains(name));
        } else {
            self.names.retain(|name| seen.before.contains(name));
        }
    }
}

/// What a test depends on, as a text.
pub(super) fn isolate(
    args: &RunArgs,
    test: &Name,
    rounds: &Rounds,
    seed: u64,
) -> Result<String, Error> {
    let attempt = |others: &BTreeSet<String>, seed: u64| {
        let tests = others.iter().cloned().chain([test.test.clone()]).collect();
        let (package, binary) = (test.package.clone(), test.binary.clone());
        let only = Some(Only {
            package,
            binary,
            tests,
        });
        ordered(args, Order { seed, only }, true).map(|round| round.seen(test))
    };
    let Some(alone) = attempt(&BTreeSet::new(), seed)? else {
        return Ok(by_chance(test));
    };
    let all = rounds.seen(test);
    let mut suspects = Suspects {
        alone: alone.passed,
        names: all
            .iter()
            .flat_map(|seen| seen.before.iter().cloned())
            .collect(),
    };
    all.iter().for_each(|seen| suspects.judge(seen));
    for number in 1..=ATTEMPTS {
        if suspects.names.is_empty() {
            break;
        }
        let one = suspects.names.len() == 1;
        let seed = seed.wrapping_add(number);
        let Some(seen) = attempt(&suspects.names, seed)? else {
            break;
        };
        suspects.judge(&seen);
        // Seen once more with nothing else around, it is what is looked for.
        if one && seen.passed != alone.passed {
            return Ok(found(test, &suspects));
        }
    }
    Ok(match suspects.names.len() {
        0 | 1 => by_chance(test),
        _ => several(test, &suspects),
    })
}

fn found(test: &Name, suspects: &Suspects) -> String {
    let other = suspects
        .names
        .first()
        .map(String::as_str)
        .unwrap_or_default();
    let (alone, after) = ends(suspects);
    format!(
        "{} {test}: {alone} alone, and {after} after {}\n",
        styled(BAD, "depends"),
        styled(BAD, other)
    )
}

fn several(test: &Name, suspects: &Suspects) -> String {
    let (alone, after) = ends(suspects);
    let names: Vec<&str> = suspects.names.iter().map(String::as_str).collect();
    format!(
        "{} {test}: {alone} alone, and {after} after one of these: {}\n",
        styled(BAD, "depends"),
        names.join(", ")
    )
}

fn ends(suspects: &Suspects) -> (&'static str, &'static str) {
    if suspects.alone {
        ("passes", "fails")
    } else {
        ("fails", "passes")
    }
}

fn by_chance(test: &Name) -> String {
    format!(
        "{} {test}: it fails sometimes, and no one test before it explains when; it is chance, or several tests together\n",
        styled(ODD, "unsteady")
    )
}

#[cfg(test)]
mod tests {
    use super::{Seen, Suspects};

    fn seen(passed: bool, before: &[&str]) -> Seen {
        Seen {
            passed,
            before: before.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn orders_leave_what_explains_them_all() {
        let names = ["a", "b", "c", "d"].map(str::to_owned).into();
        let mut suspects = Suspects { alone: true, names };
        suspects.judge(&seen(false, &["a", "b", "c"]));
        suspects.judge(&seen(true, &["a", "d"]));
        assert_eq!(suspects.names, ["b", "c"].map(str::to_owned).into());
        suspects.judge(&seen(false, &["c"]));
        assert_eq!(suspects.names, ["c".to_owned()].into());
    }

    #[test]
    fn what_needs_another_is_found_alike() {
        let mut suspects = Suspects {
            alone: false,
            names: ["a", "b"].map(str::to_owned).into(),
        };
        suspects.judge(&seen(true, &["b"]));
        assert_eq!(suspects.names, ["b".to_owned()].into());
    }
}
