//! A trait of one's own under contract, with an implementation that keeps its promises and one that does not.
//!
//! In a project, the suite's cases are tests: `#[backend(suite)]` alone makes `cargo test` run them. This is an example
//! and no test, so it declares the backends with `tests = false` and runs them itself.

use std::collections::HashMap;

use contrait::report::Outcome;
use contrait::{Conformance, backend, contract, contract_suite};

/// The best scores of a game.
#[contract]
trait Leaderboard {
    /// Notes that `player` reached `score`.
    fn submit(&mut self, player: &str, score: u32);
    /// The `count` best players, each with their best score, best first; ties by name.
    fn top(&self, count: usize) -> Vec<(String, u32)>;
}

#[contract_suite(Leaderboard)]
mod suite {
    use super::*;

    /// A player stands with the best score, whatever came after it.
    #[case]
    fn the_best_score_counts(board: &mut dyn Leaderboard) {
        board.submit("ada", 30);
        board.submit("ada", 10);
        assert_eq!(board.top(1), [("ada".to_owned(), 30)]);
    }

    /// The best come first, and no more than asked for.
    #[case]
    fn the_best_come_first(board: &mut dyn Leaderboard) {
        board.submit("ada", 30);
        board.submit("alan", 50);
        board.submit("grace", 40);
        let names: Vec<_> = board.top(2).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["alan", "grace"]);
    }

    /// Players with the same score stand in the order of their names.
    #[case]
    fn a_tie_is_broken_by_name(board: &mut dyn Leaderboard) {
        board.submit("grace", 30);
        board.submit("ada", 30);
        assert_eq!(
            board.top(2),
            [("ada".to_owned(), 30), ("grace".to_owned(), 30)]
        );
    }

    /// An empty board has nobody on top.
    #[case]
    fn nobody_is_on_top_of_an_empty_board(board: &mut dyn Leaderboard) {
        assert_eq!(board.top(3), []);
    }
}

/// Keeps every score that was ever submitted.
#[derive(Default)]
struct EveryScore {
    scores: Vec<(String, u32)>,
}

impl Leaderboard for EveryScore {
    fn submit(&mut self, player: &str, score: u32) {
        self.scores.push((player.to_owned(), score));
    }

    fn top(&self, count: usize) -> Vec<(String, u32)> {
        let mut best = self.scores.clone();
        best.sort_by(|(a, x), (b, y)| a.cmp(b).then(y.cmp(x)));
        best.dedup_by(|(later, _), (earlier, _)| later == earlier);
        best.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        best.truncate(count);
        best
    }
}

/// Keeps one score a player, and forgets to compare.
#[derive(Default)]
struct LatestScore {
    scores: HashMap<String, u32>,
}

impl Leaderboard for LatestScore {
    fn submit(&mut self, player: &str, score: u32) {
        self.scores.insert(player.to_owned(), score);
    }

    fn top(&self, count: usize) -> Vec<(String, u32)> {
        let mut best: Vec<_> = self.scores.clone().into_iter().collect();
        best.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        best.truncate(count);
        best
    }
}

#[backend(suite, tests = false)]
fn every_score() -> EveryScore {
    EveryScore::default()
}

#[backend(suite, tests = false)]
fn latest_score() -> LatestScore {
    LatestScore::default()
}

fn main() {
    show(&every_score::conformance());
    show(&latest_score::conformance());
}

#[expect(clippy::print_stdout, reason = "the example is what it prints")]
fn show(conformance: &Conformance) {
    for record in conformance.run_all() {
        match record.outcome {
            Outcome::Failed => println!("\n{record}\n"),
            _ => println!("{record}"),
        }
    }
}
