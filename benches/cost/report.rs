//! The tables.

use std::io::{self, Write};

use crate::approach::{BASELINE, OURS};
use crate::goals::Measurements;
use crate::instructions::{self, Count, Counted};
use crate::measure::median;
use crate::options::Options;
use crate::production::Library;
use crate::rounds::Samples;
use crate::table::{Table, cell};
use crate::wrapper::Built;

pub(crate) type Figure = fn(&Samples, usize) -> Option<f64>;

pub(crate) const CLEAN: Figure = |samples, backends| median(samples.clean.get(&backends)?);
pub(crate) const CASE_EDIT: Figure = |samples, _| median(&samples.case_edit);
pub(crate) const BACKEND_EDIT: Figure = |samples, _| median(&samples.backend_edit);
pub(crate) const RUN: Figure = |samples, _| median(&samples.run);
pub(crate) const BINARY: Figure = |samples, _| samples.binary.map(|bytes| bytes as f64);
pub(crate) const SLOPE: Figure = |samples, _| samples.slope();

/// The samples of one approach.
pub(crate) fn of<'a>(all: &'a [Samples], name: &str) -> Option<&'a Samples> {
    all.iter().find(|samples| samples.approach.name == name)
}

/// A figure against that of the hand-written duplicates.
pub(crate) fn ratio(
    all: &[Samples],
    samples: &Samples,
    figure: Figure,
    backends: usize,
) -> Option<f64> {
    Some(figure(samples, backends)? / figure(of(all, BASELINE)?, backends)?)
}

/// Prints all tables.
pub(crate) fn print(
    out: &mut impl Write,
    measured: &Measurements,
    options: &Options,
) -> io::Result<()> {
    if !measured.samples.is_empty() {
        approaches(out, &measured.samples, options)?;
    }
    if !measured.instructions.is_empty() {
        let (cases, backends) = (options.cases, options.main_backends());
        writeln!(
            out,
            "\n## Instructions of rustc for the tests, {cases} cases × {backends} backends\n"
        )?;
        writeln!(out, "{}", instructions(&measured.instructions))?;
    }
    if !measured.production.is_empty() {
        writeln!(
            out,
            "\n## What a suite left in a library costs its production build\n"
        )?;
        writeln!(out, "{}", production(&measured.production))?;
    }
    Ok(())
}

fn approaches(out: &mut impl Write, all: &[Samples], options: &Options) -> io::Result<()> {
    let (cases, backends, rounds) = (options.cases, options.main_backends(), options.rounds);
    writeln!(out, "\n## {cases} cases × {backends} backends\n")?;
    writeln!(
        out,
        "Processor time against hand-written duplicates = 1.00, medians of {rounds} interleaved rounds.\n"
    )?;
    writeln!(out, "{}", comparison(all, backends))?;
    writeln!(out, "## {cases} cases × a growing number of backends\n")?;
    writeln!(
        out,
        "Processor seconds of a build from clean, and what each further backend adds.\n"
    )?;
    writeln!(out, "{}", growth(all, options))?;
    if let Some(ours) = of(all, OURS) {
        writeln!(out, "## The crates that contrait has to have built first\n")?;
        writeln!(out, "{}", crates(&ours.dependencies))?;
    }
    Ok(())
}

fn crates(crates: &[Built]) -> Table {
    let mut table = Table::new(&["crate", "processor time"]);
    for built in crates {
        table.row([built.name.clone(), seconds(built.cpu)]);
    }
    table
}

fn instructions(all: &[Counted]) -> Table {
    let mut table = Table::new(&["approach", "from clean", "case edited"]);
    for counted in all {
        let against = |count: Count| {
            let ratio = instructions::ratio(all, counted.approach.name, count);
            let millions = count(counted) / 1e6;
            format!(
                "{} ({millions:.0} M)",
                cell(ratio, |ratio| format!("{ratio:.2}"))
            )
        };
        table.row([
            counted.approach.title.to_owned(),
            against(|counted| counted.clean),
            against(|counted| counted.case_edit),
        ]);
    }
    table
}

fn production(libraries: &[Library]) -> Table {
    let mut table = Table::new(&[
        "library",
        "build from clean",
        "instructions of rustc",
        "rlib",
    ]);
    for library in libraries {
        table.row([
            library.title.clone(),
            cell(library.cpu(), |cpu| format!("{cpu:.3} s")),
            cell(library.instructions, |count| {
                format!("{:.1} M", count / 1e6)
            }),
            format!("{} bytes", library.size),
        ]);
    }
    table
}

fn comparison(all: &[Samples], backends: usize) -> Table {
    let head = [
        "approach",
        "lines",
        "from clean",
        "case edited",
        "backend edited",
        "stripped binary",
        "run",
    ];
    let mut table =
        Table::new(&[&head[..], &["crates first (their CPU)", "individual tests"]].concat());
    for samples in all {
        let against = |figure: Figure, unit: fn(f64) -> String| {
            let absolute = cell(figure(samples, backends), unit);
            cell(ratio(all, samples, figure, backends), |ratio| {
                format!("{ratio:.2} ({absolute})")
            })
        };
        let crates: usize = samples.dependencies.iter().map(|built| built.crates).sum();
        table.row([
            samples.approach.title.to_owned(),
            samples.lines.to_string(),
            against(CLEAN, seconds),
            against(CASE_EDIT, seconds),
            against(BACKEND_EDIT, seconds),
            against(BINARY, |bytes| format!("{:.1} MB", bytes / 1e6)),
            against(RUN, |seconds| format!("{:.1} ms", seconds * 1e3)),
            format!("{crates} ({:.1} s)", total(&samples.dependencies)),
            samples.approach.individual.to_owned(),
        ]);
    }
    table
}

fn growth(all: &[Samples], options: &Options) -> Table {
    let mut head = vec!["approach".to_owned()];
    head.extend(
        options
            .backends
            .iter()
            .map(|backends| format!("× {backends}")),
    );
    head.extend([
        "a further backend".to_owned(),
        "against hand-written".to_owned(),
    ]);
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for samples in all {
        let mut row = vec![samples.approach.title.to_owned()];
        row.extend(
            options
                .backends
                .iter()
                .map(|&backends| cell(CLEAN(samples, backends), |cpu| format!("{cpu:.2}"))),
        );
        row.push(cell(samples.slope(), |cpu| format!("{:.0} ms", cpu * 1e3)));
        row.push(cell(ratio(all, samples, SLOPE, 0), |ratio| {
            format!("{ratio:.3}")
        }));
        table.row(row);
    }
    table
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}

fn total(crates: &[Built]) -> f64 {
    crates.iter().map(|built| built.cpu).sum()
}
