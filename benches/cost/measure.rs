//! What a command costs: the processor time of its whole process tree.
//!
//! Processor time is what other work on the machine disturbs least; wall time stands beside it. The system adds up the time
//! of all descendants that were waited for, which cargo, rustc and the linker's driver do.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use crate::Outcome;

/// What one command took.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// User and system time, in seconds.
    pub(crate) cpu: f64,
    /// In seconds.
    pub(crate) wall: f64,
}

/// Runs a command that has to succeed, and tells what it printed and took. Nothing else may run beside it in this process.
pub(crate) fn run(command: &mut Command) -> Outcome<(Output, Cost)> {
    command.stdin(Stdio::null());
    let cpu = children()?;
    let start = Instant::now();
    let output = command
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let cost = Cost {
        wall: start.elapsed().as_secs_f64(),
        cpu: (children()? - cpu).as_secs_f64(),
    };
    if output.status.success() {
        return Ok((output, cost));
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!(
        "{command:?} failed ({}):\n{}",
        output.status,
        String::from_utf8_lossy(&said)
    )
    .into())
}

/// User and system time of all children that have ended.
pub(crate) fn children() -> Outcome<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

/// The middle one, or the mean of the middle two; `None` if there are none.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        even if even % 2 == 0 => Some((values[middle - 1] + values[middle]) / 2.0),
        _ => Some(values[middle]),
    }
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_secs(time.tv_sec().unsigned_abs())
        + Duration::from_micros(time.tv_usec().unsigned_abs())
}
