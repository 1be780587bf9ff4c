//! What the checks cost, beside their peers: tables, and a line for each mark.
//!
//! `cargo bench --bench checks`. Each cell of a table is a process of its own, so that its peak of memory is its own and
//! a peer that does not come to an end can be stopped. This file only puts the parts in order.

mod linearizability;
mod lockstep;
mod schedules;
mod strength;

use std::error::Error;
use std::process::ExitCode;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let result = match linearizability::asked_for() {
        None if schedules::is_asked_for() => schedules::run(),
        Some(cell) => linearizability::answer(&cell),
        // `cargo test --all-targets` starts benches too, and nobody wants this one then.
        None if !std::env::args().any(|argument| argument == "--bench") => Ok(()),
        None => measure(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("checks: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The parts that `PARTS` names, or all.
fn measure() -> Outcome<()> {
    let parts = std::env::var("PARTS")
        .unwrap_or_else(|_| "lockstep,linearizability,schedules,strength".to_owned());
    for part in parts.split(',') {
        match part {
            "lockstep" => lockstep::measure()?,
            "linearizability" => linearizability::measure()?,
            "schedules" => schedules::measure()?,
            "strength" => strength::measure()?,
            other => return Err(format!("PARTS knows no `{other}`").into()),
        }
    }
    Ok(())
}

/// Progress and errors, apart from the tables on standard output.
#[expect(clippy::print_stderr, reason = "a bench owns its terminal")]
fn say(text: std::fmt::Arguments<'_>) {
    eprintln!("{text}");
}

/// A line of a table.
#[expect(clippy::print_stdout, reason = "a bench owns its terminal")]
fn line(text: std::fmt::Arguments<'_>) {
    println!("{text}");
}
