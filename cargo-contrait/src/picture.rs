//! The whole picture: what ran, or what was read, as a matrix, in the forms that were asked for.

use crate::cli::{MatrixArgs, Part, RunArgs};
use crate::error::{Error, Kind, Outcome};
use crate::history;
use crate::matrix::{Matrix, Run};
use crate::record::Texts;
use crate::run::{End, Plan, Ran, chosen_options, run_or_read};
use crate::show;
use crate::terminal::{BAD, note, print, styled};

/// How many broken lines are named one by one.
const NAMED: usize = 5;

pub(crate) fn run(args: &MatrixArgs, part: Option<Part>) -> Result<Outcome, Error> {
    if args.formats.schema {
        print(show::json::schema()?);
        return Ok(Outcome::Fine);
    }
    let mut plan = Plan::new(&args.run);
    plan.part = part;
    let ran = run_or_read(&args.run, plan)?;
    let texts = Texts::read(&ran.records)?;
    let mut matrix = Matrix::new(texts.records());
    let known = known_backends(&matrix, ran.end.as_ref());
    something(&matrix, &ran, &args.run)?;
    chosen(&mut matrix, &args.run, &known)?;
    if let Some(end) = &ran.end {
        matrix.run = Some(Run::from(end));
        let asked = asked(&args.run, part);
        matrix.history = history::alike(&end.folder, &asked);
        history::append(&end.folder, &matrix, &asked)?;
    }
    show::write(&matrix, &args.formats)?;
    ended(&matrix, ran.end.as_ref())
}

/// What runs are compared by: the options that say what is run.
fn asked(args: &RunArgs, part: Option<Part>) -> String {
    let mut asked = chosen_options(args);
    asked.extend(part.map(|part| part.to_string()));
    asked.join(" ")
}

/// The backends that ran, or those of the last run where none did.
fn known_backends(matrix: &Matrix<'_>, end: Option<&End>) -> Vec<String> {
    let ran = matrix.backends();
    if !ran.is_empty() {
        return ran.into_iter().map(str::to_owned).collect();
    }
    let last = end.and_then(|end| history::read(&end.folder).pop());
    last.map(|last| last.backends).unwrap_or_default()
}

/// Leaves what was asked for.
fn chosen(matrix: &mut Matrix<'_>, args: &RunArgs, known: &[String]) -> Result<(), Error> {
    if let Some(unknown) = args.backends.iter().find(|name| !known.contains(name)) {
        return Err(unknown_backend(unknown, known));
    }
    matrix.retain(&args.suites, &args.backends, &args.cases);
    if matrix.suites.is_empty() {
        return Err(Error::new(
            Kind::Usage,
            "nothing is left of what was asked for: no suite has such cases on such backends",
        )
        .remedy(
            "`--suite` and `--case` look for a part of the name, `--backend` for the whole name.",
        ));
    }
    Ok(())
}

fn unknown_backend(name: &str, known: &[String]) -> Error {
    let error = Error::new(
        Kind::Usage,
        format!("no backend `{name}` runs a suite here"),
    );
    match known {
        [] => error.remedy("`cargo contrait` without `--backend` shows those that do."),
        known => error.remedy(format!("There are: {}.", known.join(", "))),
    }
}

/// Whether there is anything to look at, and why not.
fn something(matrix: &Matrix<'_>, ran: &Ran, args: &RunArgs) -> Result<(), Error> {
    if !matrix.suites.is_empty() {
        return Ok(());
    }
    let interrupted = ran.end.as_ref().is_some_and(|end| end.interrupted);
    if interrupted {
        return Err(interruption());
    }
    broken(matrix);
    if let [first, ..] = matrix.died.as_slice() {
        return Err(Error::new(
            Kind::Incomplete,
            format!("a test binary died before a case of a suite had ended: {first}"),
        ));
    }
    if !args.backends.is_empty() {
        return Ok(());
    }
    let others = matrix.others.passed
        + matrix.others.failed.len()
        + matrix.others.ignored
        + matrix.others.not_run;
    let error = match (&ran.end, others) {
        (None, _) if matrix.broken.is_empty() => Error::new(Kind::Nothing, "there are no records in what was given")
            .remedy("`CONTRAIT_RECORD=FILE cargo test` writes them where a suite runs."),
        (None, _) => Error::new(Kind::File, "no line of what was given is a record"),
        (Some(_), 0) => Error::new(Kind::Nothing, "no tests were found")
            .remedy("Are the tests behind a feature? `--features` and `--all-features` turn them on, `-p` and `--workspace` choose packages."),
        (Some(_), others) => Error::new(Kind::Nothing, format!("{others} tests were found, and none of them is of a suite"))
            .remedy("`#[backend(suite)]` on a function that makes an implementation runs a suite on it; `cargo contrait new` writes an example."),
    };
    Err(error)
}

/// What the exit code is to say.
fn ended(matrix: &Matrix<'_>, end: Option<&End>) -> Result<Outcome, Error> {
    broken(matrix);
    if end.is_some_and(|end| end.interrupted) {
        return Err(interruption());
    }
    if !matrix.is_kept() {
        return Ok(Outcome::Broken);
    }
    if let [first, ..] = matrix.died.as_slice() {
        return Err(Error::new(
            Kind::Incomplete,
            format!("a test binary died, and not all of its tests ran: {first}"),
        ));
    }
    if !matrix.broken.is_empty() {
        return Err(Error::new(
            Kind::File,
            format!("{} lines are no records", matrix.broken.len()),
        )
        .remedy("What is shown is what the other lines say."));
    }
    match end {
        Some(end) if !end.status.success() => Err(Error::new(
            Kind::Tool,
            format!("no test failed, and yet cargo did ({})", end.status),
        )
        .remedy(format!(
            "What it said is in {}.",
            end.folder.log().display()
        ))),
        _ => Ok(Outcome::Fine),
    }
}

fn interruption() -> Error {
    Error::new(
        Kind::Interrupted,
        "interrupted: what had not run by then is shown as not run",
    )
}

fn broken(matrix: &Matrix<'_>) {
    for line in matrix.broken.iter().take(NAMED) {
        note(format_args!("{} {line}", styled(BAD, "broken record")));
    }
    let more = matrix.broken.len().saturating_sub(NAMED);
    if more > 0 {
        note(format_args!("… and {more} more"));
    }
}
