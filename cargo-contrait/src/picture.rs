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
    show::writable(&args.formats)?;
    args.run.save.as_deref().map_or(Ok(()), show::has_folder)?;
    let mut plan = Plan::new(&args.run);
    plan.part = part;
    let ran = run_or_read(&args.run, plan)?;
    let texts = Texts::read(&ran.records)?;
    let mut matrix = Matrix::new(texts.records());
    if let Some(part) = part.filter(|_| matrix.others.are_left_out() && matrix.suites.is_empty()) {
        note(format_args!(
            "nothing runs in part {part}: there are fewer tests than parts, or its tests are ignored"
        ));
        show::write(&matrix, &args.formats)?;
        return Ok(Outcome::Fine);
    }
    let known = known_backends(&matrix, ran.end.as_ref());
    something(&matrix, &ran, &args.run)?;
    // What is missing was perhaps only not reached.
    chosen(&mut matrix, &args.run, &known)
        .map_err(|error| cut_short(&matrix, ran.end.as_ref()).unwrap_or(error))?;
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
    let paths: Vec<&str> = matrix.suites.iter().map(|suite| &*suite.path).collect();
    if let Some(unknown) = unknown_text(&args.suites, &paths) {
        let message = format!("no suite has `{unknown}` in its path");
        let remedy = format!("There are: {}.", paths.join(", "));
        return Err(Error::new(Kind::Usage, message).remedy(remedy));
    }
    let cases = matrix.suites.iter().flat_map(|suite| &suite.cases);
    let names: Vec<&str> = cases.map(|case| &*case.name).collect();
    if let Some(unknown) = unknown_text(&args.cases, &names) {
        return Err(unknown_case(unknown));
    }
    matrix.retain(&args.suites, &args.backends, &args.cases);
    if matrix.suites.is_empty() {
        return Err(Error::new(
            Kind::Usage,
            "nothing is left of what was asked for: no suite has such cases on such backends",
        )
        .remedy("Each is there, but not together: leave one of `--suite`, `--case` and `--backend` out."));
    }
    Ok(())
}

/// The first of the texts that no name has in it.
fn unknown_text<'a>(texts: &'a [String], names: &[&str]) -> Option<&'a String> {
    let is_known = |text: &&String| names.iter().any(|name| name.contains(text.as_str()));
    texts.iter().find(|text| !is_known(text))
}

fn unknown_case(text: &str) -> Error {
    Error::new(
        Kind::Usage,
        format!("no case that was looked at has `{text}` in its name"),
    )
    .remedy("`cargo contrait` without `--case` shows them all, with their groups: `ttl::expires`.")
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
    broken(matrix);
    if let Some(error) = cut_short(matrix, ran.end.as_ref()) {
        return Err(error);
    }
    if !args.backends.is_empty() {
        return Ok(());
    }
    let others = matrix.others.count();
    if let Some(end) = ran.end.as_ref().filter(|_| others == 0) {
        if !end.status.success() {
            return Err(failed_without_tests(end));
        }
        if let Some(case) = args.cases.first() {
            return Err(unknown_case(case));
        }
    }
    let error = match (&ran.end, others) {
        (None, _) if matrix.broken.is_empty() => Error::new(Kind::Nothing, "there are no records in what was given")
            .remedy("`CONTRAIT_RECORD=FILE cargo test` writes them where a suite runs."),
        (None, _) => Error::new(Kind::File, "no line of what was given is a record"),
        (Some(_), 0) => Error::new(Kind::Nothing, "no tests were found")
            .remedy("Are the tests behind a feature? `--features` and `--all-features` turn them on, `-p` and `--workspace` choose packages."),
        (Some(_), others) => Error::new(Kind::Nothing, match others {
            1 => "one test was found, and it is of no suite".to_owned(),
            others => format!("{others} tests were found, and none of them is of a suite"),
        })
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
    if let Some(error) = cut_short(matrix, end) {
        return Err(error);
    }
    if !matrix.broken.is_empty() {
        return Err(Error::new(
            Kind::File,
            match matrix.broken.len() {
                1 => "a line is no record".to_owned(),
                lines => format!("{lines} lines are no records"),
            },
        )
        .remedy("What is shown is what the other lines say."));
    }
    match end {
        Some(end) if !end.status.success() => Err(failed_without_tests(end)),
        _ => Ok(Outcome::Fine),
    }
}

/// As a test binary does that is none of libtest's, or that does not know what it was given.
fn failed_without_tests(end: &End) -> Error {
    let message = format!("no test failed, and yet cargo did ({})", end.status);
    let log = end.folder.log();
    Error::new(Kind::Tool, message).remedy(format!("What it said is in {}.", log.display()))
}

/// That not everything ran: a signal came, or a test binary died.
fn cut_short(matrix: &Matrix<'_>, end: Option<&End>) -> Option<Error> {
    if end.is_some_and(|end| end.interrupted) {
        return Some(interruption());
    }
    let first = matrix.died.first()?;
    let message = format!("a test binary died, and not all of its tests ran: {first}");
    let error = Error::new(Kind::Incomplete, message);
    Some(match end {
        Some(end) => error.remedy(format!(
            "What it said is in {}.",
            end.folder.log().display()
        )),
        None => error,
    })
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
