//! How quick the embedded server is beside Debian's redis-server, under the same clients and in one run.
//!
//! `cargo bench --bench embedded` prints a table a client and ends with a line for each goal; `QUICK=1` makes it short,
//! `ROUNDS` says how often everything is measured. Both servers take turns within each row, since machines have weather,
//! and the ratios are medians over the rounds. Beside requests a second stands what a request costs the server in time
//! on a processor: that says the same on a machine that others use too. This file only puts the parts in order.

mod client;
mod fred;
mod goals;
mod idle;
mod load;
mod options;
mod processor;
mod redis_benchmark;
mod redis_rs;
mod row;
mod servers;

use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use options::Options;
use servers::Servers;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    // `cargo test --all-targets` starts benches too, and nobody wants this one then.
    if !std::env::args().any(|argument| argument == "--bench") {
        progress("nothing is measured without `cargo bench --bench embedded`");
        return ExitCode::SUCCESS;
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Outcome<()> {
    let options = Options::from_env()?;
    // First, while the process is as small as that of a test.
    let idle = idle::measure(options.idle_servers)?;
    let servers = Servers::start()?;
    let mut groups = redis_benchmark::measure(&servers, &options)?;
    groups.extend(load::measure(&servers, &options)?);
    let out = &mut stdout().lock();
    writeln!(out, "against {}\n", servers.real.description)?;
    for group in &groups {
        writeln!(out, "{group}")?;
    }
    writeln!(out, "{idle}")?;
    goals::print(out, &groups, &idle)?;
    Ok(())
}

/// What goes on, for whoever waits; the tables go to standard output, this does not.
fn progress(what: &str) {
    // Nobody may be listening, and nothing depends on it.
    let _ = writeln!(stderr(), "embedded: {what}");
}
