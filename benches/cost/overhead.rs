//! The runtime's own cost a case: the tests of one approach against the same tests with a bare `#[tokio::test]`.

use crate::Outcome;
use crate::approach::{BASELINE, OURS};
use crate::measure::{median, run};
use crate::options::Options;
use crate::progress::progress;
use crate::report::of;
use crate::rounds::Samples;

/// Processor seconds a case.
pub(crate) struct Overhead {
    pub(crate) ours: f64,
    pub(crate) bare: f64,
}

/// Runs the tests that were built last, of the most backends, in turns.
pub(crate) fn measure(all: &[Samples], options: &Options) -> Outcome<Option<Overhead>> {
    let (Some(ours), Some(bare)) = (of(all, OURS), of(all, BASELINE)) else {
        return Ok(None);
    };
    progress("running cases in memory");
    let binaries = [ours.project().build_tests()?, bare.project().build_tests()?];
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..20 * options.rounds {
        for (tests, times) in binaries.iter().zip(&mut times) {
            times.push(run(&mut tests.command())?.1.cpu);
        }
    }
    let runs = (options.cases * options.most_backends()) as f64;
    let [ours, bare] = times.map(|times| median(&times).unwrap_or(0.0) / runs);
    Ok(Some(Overhead { ours, bare }))
}
