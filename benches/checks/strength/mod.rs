//! Mark 5: what it takes to judge a suite, and how much suites of different care notice.

mod typical;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use contrait::Conformance;
use contrait::check::strength::{KillMatrix, Strength};

use crate::{Outcome, line, say};

/// The goals of mark 5, which were set for a contract of 12 methods; the cache has more, and is held to them as it is.
const SABOTEURS: usize = 200;
const MOST_TIME: Duration = Duration::from_millis(100);

/// How often the time is taken, of which the best counts: others use this machine as well.
const TIMES: usize = 7;

/// Measures and prints everything.
pub(crate) fn measure() -> Outcome<()> {
    line(format_args!(
        "{:<34}{:>10}{:>12}{:>8}{:>8}{:>10}",
        "suite", "saboteurs", "noticeable", "noticed", "runs", "ms"
    ));
    say(format_args!("strength: a typical suite"));
    let (few, time) = judged(&typical::few::conformance(), false)?;
    row("10 typical cases", &few, few.killed_by_cases(), time);
    say(format_args!("strength: the cache suite"));
    let (all, time) = judged(&typical::all::conformance(), false)?;
    row("the cache suite", &all, all.killed_by_cases(), time);
    say(format_args!("strength: generated checks"));
    let (thorough, taken) = judged(&typical::all::conformance(), true)?;
    for check in &thorough.checks {
        row(check, &thorough, thorough.killed_by_check(check), taken);
    }
    mark(&all, time);
    Ok(())
}

fn judged(conformance: &Conformance, thorough: bool) -> Outcome<(KillMatrix, Duration)> {
    let strength = Strength {
        thorough,
        ..Strength::default()
    };
    let mut best = Duration::MAX;
    let mut matrix = None;
    for _ in 0..if thorough { 1 } else { TIMES } {
        let began = Instant::now();
        matrix = Some(strength.of(conformance)?);
        best = best.min(began.elapsed());
    }
    Ok((matrix.ok_or("never judged")?, best))
}

fn row(name: &str, matrix: &KillMatrix, noticed: usize, time: Duration) {
    let share = noticed * 100 / matrix.killable();
    line(format_args!(
        "{name:<34}{:>10}{:>12}{:>8}{:>8}{:>10.0}",
        matrix.rows.len(),
        matrix.killable(),
        format!("{share} %"),
        matrix.runs,
        time.as_secs_f64() * 1000.0
    ));
}

fn mark(matrix: &KillMatrix, time: Duration) {
    let (saboteurs, holes) = (matrix.rows.len(), matrix.holes().count());
    let methods: BTreeSet<&str> = matrix.rows.iter().map(|row| row.method.as_str()).collect();
    let count = methods.len();
    let reached = saboteurs >= SABOTEURS && time < MOST_TIME && holes == 0;
    line(format_args!(
        "mark 5: {saboteurs} saboteurs for {count} methods in {:.0} ms, {} of {} that can be noticed are, each of the others is listed (>= {SABOTEURS}, < {} ms, all by the cache suite) {}",
        time.as_secs_f64() * 1000.0,
        matrix.killed(),
        matrix.killable(),
        MOST_TIME.as_millis(),
        if reached { "reached" } else { "short" }
    ));
}
