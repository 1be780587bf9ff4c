//! What it costs to run N cases on M backends: contrait and its peers, side by side.
//!
//! `cargo bench --bench cost` generates the same work in each approach, builds and runs it, prints the tables and ends with a
//! line for each goal. `ROUNDS`, `CASES`, `BACKENDS`, `APPROACHES` and `PARTS` make a run smaller. This file only puts the parts
//! in order; what the projects look like is in `generate` and `approach`, what is counted in `measure`.

mod approach;
mod cases;
mod generate;
mod measure;
mod options;
mod progress;
mod project;
mod report;
mod rounds;
mod table;
mod workspace;
mod wrapper;

use std::error::Error;
use std::io::stdout;
use std::process::ExitCode;

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
    let out = &mut stdout().lock();
    if options.parts.contains(&Part::Approaches) {
        let samples = rounds::measure(&options)?;
        report::print(out, &samples, &options)?;
    }
    Ok(())
}
