//! What it costs to run N cases on M backends: contrait and its peers, side by side.
//!
//! `cargo bench --bench cost` generates the same work in each approach, builds and runs it, prints the tables and ends with a
//! line for each goal. `ROUNDS`, `CASES`, `BACKENDS`, `APPROACHES`, `REUSE` and `PARTS` make a run smaller. This file only puts the parts
//! in order; what the projects look like is in `generate` and `approach`, what is counted in `measure`.

mod approach;
mod cache;
mod cases;
mod expansion;
mod generate;
mod goals;
mod instructions;
mod measure;
mod options;
mod overhead;
mod production;
mod progress;
mod project;
mod report;
mod rounds;
mod table;
mod workspace;
mod wrapper;

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use goals::Measurements;
use options::{Options, Part};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    if let Some(code) = wrapper::run_if_asked() {
        return code;
    }
    // `cargo test --all-targets` starts benches too, and nobody wants this one then.
    if !std::env::args().any(|argument| argument == "--bench") {
        progress::progress("nothing is measured without `cargo bench --bench cost`");
        return ExitCode::SUCCESS;
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress::progress(error);
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Outcome<()> {
    let options = Options::from_env()?;
    let mut measured = Measurements::default();
    for part in &options.parts {
        match part {
            Part::Approaches => {
                measured.samples = rounds::measure(&options)?;
                measured.overhead = overhead::measure(&measured.samples, &options)?;
            }
            Part::Instructions => measured.instructions = instructions::measure(&options)?,
            Part::Production => measured.production = production::measure(&options)?,
            Part::Expansion => measured.expansion = Some(expansion::measure(&options)?),
            Part::Cache => measured.cache = Some(cache::measure(&options)?),
        }
    }
    let out = &mut stdout().lock();
    report::print(out, &measured, &options)?;
    writeln!(out)?;
    goals::print(out, &measured, &options)?;
    Ok(())
}
