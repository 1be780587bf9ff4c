//! A sync contract of which one has to have the only handle, without a model: what a user has first.

use contrait::check::strength::{Strength, Verdict};
use contrait::{backend, contract, contract_suite};

/// Numbers, the last one first.
#[contract]
pub(crate) trait Pile {
    #[idempotent]
    fn push(&mut self, number: u32);
    fn pop(&mut self) -> Option<u32>;
    fn is_empty(&self) -> bool;
    fn peek(&self) -> Option<&u32>;
}

impl Pile for Vec<u32> {
    fn push(&mut self, number: u32) {
        self.push(number);
    }

    fn pop(&mut self) -> Option<u32> {
        self.pop()
    }

    fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    fn peek(&self) -> Option<&u32> {
        self.last()
    }
}

#[contract_suite(Pile)]
mod suite {
    use super::*;

    /// What was pushed last comes first.
    #[case]
    fn last_in_first_out(pile: &mut dyn Pile) {
        pile.push(7);
        pile.push(8);
        assert_eq!(pile.pop(), Some(8));
        assert_eq!(pile.pop(), Some(7));
        assert_eq!(pile.pop(), None);
    }

    /// A pile that is taken from until it is empty comes to be so.
    #[case]
    fn comes_to_an_end(pile: &mut dyn Pile) {
        pile.push(1);
        while !pile.is_empty() {
            pile.pop();
        }
        assert_eq!(pile.pop(), None);
    }
}

#[backend(suite, tests = false, reference)]
fn pile() -> Vec<u32> {
    Vec::new()
}

/// A marker that is wrong is told so, since its method is tried all the same.
#[test]
fn a_wrong_marker_is_found() {
    let matrix = Strength::default().of(&pile::conformance()).unwrap();
    let wrong: Vec<_> = matrix
        .rows
        .iter()
        .filter(|row| matches!(row.verdict, Verdict::Contradiction(_)))
        .map(|row| row.saboteur.as_str())
        .collect();
    assert_eq!(wrong, ["push/twice"], "{matrix}");
    assert!(
        matrix.to_string().contains("take the marker off"),
        "{matrix}"
    );
}

/// Methods with `&self` are sabotaged as those with `&mut self` are; what borrows from the subject is not, and listed.
#[test]
fn all_methods_are_tried_that_can_be() {
    let matrix = Strength::default().of(&pile::conformance()).unwrap();
    let killed = |saboteur: &str| {
        let mut rows = matrix.rows.iter();
        let row = rows.find(|row| row.saboteur == saboteur);
        row.is_some_and(|row| row.verdict == Verdict::Killed)
    };
    for saboteur in [
        "push/late",
        "pop/none-for-some",
        "pop/off-by-one",
        // A loop that is never left is left after so many calls.
        "is_empty/always-false",
        "is_empty/always-true",
    ] {
        assert!(killed(saboteur), "{saboteur}:\n{matrix}");
    }
    assert!(!matrix.rows.iter().any(|row| row.method == "peek"));
    let note = "`peek` is never sabotaged: what it answers borrows from the subject";
    assert!(matrix.notes.iter().any(|told| told == note), "{matrix}");
}
