//! Builds and runs every approach, round by round, so that what disturbs the machine disturbs all of them alike.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::Outcome;
use crate::approach::Approach;
use crate::generate::{self, Size};
use crate::measure::{median, run};
use crate::options::Options;
use crate::progress::progress;
use crate::project::{Project, Tests};
use crate::workspace;
use crate::wrapper::Built;

/// What was measured of one approach, each time in seconds and a value a round.
pub(crate) struct Samples {
    pub(crate) approach: &'static Approach,
    pub(crate) lines: usize,
    /// The crates to build first.
    pub(crate) dependencies: Vec<Built>,
    /// From clean, by the number of backends.
    pub(crate) clean: BTreeMap<usize, Vec<f64>>,
    pub(crate) case_edit: Vec<f64>,
    pub(crate) backend_edit: Vec<f64>,
    pub(crate) run: Vec<f64>,
    /// Of the stripped binary, in bytes.
    pub(crate) binary: Option<u64>,
    project: Project,
}

impl Samples {
    /// What one more backend adds to a build from clean, in seconds: the slope between the fewest and the most.
    pub(crate) fn slope(&self) -> Option<f64> {
        let (fewest, first) = self.clean.first_key_value()?;
        let (most, last) = self.clean.last_key_value()?;
        let added = most.checked_sub(*fewest).filter(|&added| added > 0)?;
        Some((median(last)? - median(first)?) / added as f64)
    }

    pub(crate) fn project(&self) -> &Project {
        &self.project
    }
}

/// Measures everything about the approaches.
pub(crate) fn measure(options: &Options) -> Outcome<Vec<Samples>> {
    let mut all = Vec::new();
    for &approach in &options.approaches {
        progress(format!("{}: building what comes first", approach.name));
        all.push(prepare(approach, options)?);
    }
    for round in 1..=options.rounds {
        for &backends in &options.backends {
            progress(format!(
                "round {round} of {}, {backends} backends",
                options.rounds
            ));
            for samples in &mut all {
                measure_once(samples, options, backends, u32::try_from(round)?)?;
            }
        }
    }
    Ok(all)
}

fn prepare(approach: &'static Approach, options: &Options) -> Outcome<Samples> {
    let project = Project::new(approach.name);
    let size = size(options, options.main_backends());
    generate::write(approach, size, workspace::root(), project.directory())?;
    project.fetch()?;
    let dependencies = project.build_all(&["suite", "kv", "backends"], options.reuse)?;
    let lines = generate::lines(approach, size);
    let (clean, case_edit, backend_edit, run) = Default::default();
    Ok(Samples {
        approach,
        lines,
        dependencies,
        clean,
        case_edit,
        backend_edit,
        run,
        binary: None,
        project,
    })
}

fn measure_once(
    samples: &mut Samples,
    options: &Options,
    backends: usize,
    round: u32,
) -> Outcome<()> {
    let approach = samples.approach;
    let main = options.main_backends();
    let mut size = size(options, backends);
    // An edit of a backend stays, so that a build from clean finds the backends' crate built.
    size.backend_edit = if backends > main { round } else { round - 1 };
    let build = |size| {
        generate::write(
            approach,
            size,
            workspace::root(),
            samples.project.directory(),
        )?;
        samples.project.build_tests()
    };
    samples.project.clean(&approach.packages())?;
    let tests = build(size)?;
    samples
        .clean
        .entry(backends)
        .or_default()
        .push(tests.cost.cpu);
    check(&tests, size)?;
    if backends == main {
        size.case_edit = round;
        samples.case_edit.push(build(size)?.cost.cpu);
        size.backend_edit = round;
        let tests = build(size)?;
        samples.backend_edit.push(tests.cost.cpu);
        samples.run.push(run(&mut tests.command())?.1.cpu);
        samples.binary = stripped_size(&tests);
    }
    Ok(())
}

/// The work with `backends` backends, before any edit.
pub(crate) fn size(options: &Options, backends: usize) -> Size {
    Size {
        cases: options.cases,
        backends,
        existing: options.most_backends(),
        case_edit: 0,
        backend_edit: 0,
    }
}

/// Makes sure that the work was done: every case on every backend ran and passed.
fn check(tests: &Tests, size: Size) -> Outcome<()> {
    let (output, _) = run(&mut tests.command())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let expected = format!("{} passed; 0 failed; 0 ignored", size.cases * size.backends);
    if said.contains(&expected) {
        return Ok(());
    }
    Err(format!(
        "{} should say `{expected}`, but said:\n{said}",
        tests.binary.display()
    )
    .into())
}

/// `None` where there is no `strip`.
fn stripped_size(tests: &Tests) -> Option<u64> {
    let stripped = tests.binary.with_extension("stripped");
    run(Command::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(&tests.binary))
    .ok()?;
    fs::metadata(stripped).ok().map(|file| file.len())
}
