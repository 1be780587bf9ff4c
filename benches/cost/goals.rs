//! The goals, each with what was measured of it.

use std::io::{self, Write};

use crate::approach::OURS;
use crate::cache::{Cache, Measured, Suite};
use crate::expansion::{self, Expansion};
use crate::instructions::{self, Count, Counted};
use crate::options::Options;
use crate::overhead::Overhead;
use crate::production::{Library, UNDER_CONTRACT};
use crate::report::{BACKEND_EDIT, CASE_EDIT, CLEAN, Figure, SLOPE, of, ratio};
use crate::rounds::Samples;

/// All that a run may have measured.
#[derive(Default)]
pub(crate) struct Measurements {
    pub(crate) samples: Vec<Samples>,
    pub(crate) overhead: Option<Overhead>,
    pub(crate) instructions: Vec<Counted>,
    pub(crate) production: Vec<Library>,
    pub(crate) expansion: Option<Expansion>,
    pub(crate) cache: Option<Cache>,
}

/// A figure with its text, and the most that it may be.
struct Goal {
    figure: Result<(f64, String), String>,
    goal: &'static str,
    most: f64,
}

const NOT_ASKED_FOR: &str = "not measured: left out of this run";
/// What waits side by side takes as long as what waits longest; a quarter of a second is for the process and its server.
const LITTLE_MORE: f64 = 0.25;

/// Prints a line for each goal.
pub(crate) fn print(
    out: &mut impl Write,
    measured: &Measurements,
    options: &Options,
) -> io::Result<()> {
    for (number, Goal { figure, goal, most }) in (1..).zip(goals(measured, options)) {
        let (text, reached) = match figure {
            Ok((figure, text)) => (text, figure <= most),
            Err(reason) => (reason, false),
        };
        writeln!(
            out,
            "goal {number}: {text} ({goal}) {}",
            if reached { "reached" } else { "short" }
        )?;
    }
    Ok(())
}

fn goals(measured: &Measurements, options: &Options) -> [Goal; 8] {
    let size = format!(
        "{} cases × {} backends",
        options.cases,
        options.main_backends()
    );
    let against = |figure: Figure, count: Count, what: &str| {
        let ratio = ours(&measured.samples, figure, options).ok_or(NOT_ASKED_FOR)?;
        let counted = instructions::ratio(&measured.instructions, OURS, count);
        let counted = counted.map_or_else(String::new, |ratio| {
            format!(" ({ratio:.2} by instructions of rustc)")
        });
        Ok((
            ratio,
            format!("{ratio:.2} of hand-written {what}{counted}, {size}"),
        ))
    };
    let edited = against(
        CASE_EDIT,
        |counted| counted.case_edit,
        "after an edit of a case",
    );
    let edited = edited.map(|(ratio, text)| {
        let backend = ours(&measured.samples, BACKEND_EDIT, options).unwrap_or(f64::NAN);
        (
            ratio,
            format!("{text}; {backend:.2} after one of a backend"),
        )
    });
    let slope = ours(&measured.samples, SLOPE, options).ok_or_else(|| NOT_ASKED_FOR.to_owned());
    [
        Goal {
            figure: against(CLEAN, |counted| counted.clean, "from clean"),
            goal: "≤ 0.50",
            most: 0.50,
        },
        Goal {
            figure: edited,
            goal: "≤ 0.45",
            most: 0.45,
        },
        Goal {
            figure: slope.map(|slope| {
                (
                    slope,
                    format!("a further backend adds {slope:.3} of what it adds hand-written"),
                )
            }),
            goal: "≤ 0.08",
            most: 0.08,
        },
        Goal {
            figure: overhead(measured),
            goal: "< 20 µs",
            most: 20.0,
        },
        Goal {
            figure: left(&measured.production),
            goal: "none",
            most: 0.1,
        },
        Goal {
            figure: expansion(measured),
            goal: "< 50 ms",
            most: 50.0,
        },
        Goal {
            figure: suite(measured, |cache| &cache.embedded, "the embedded server")
                .map(|(suite, text)| (suite.wall, text)),
            goal: "< 1 s",
            most: 1.0,
        },
        Goal {
            figure: suite(measured, |cache| &cache.real, "a redis-server")
                .map(|(suite, text)| (suite.wall - suite.longest, text)),
            goal: "little more than its longest real expiry",
            most: LITTLE_MORE,
        },
    ]
}

fn ours(samples: &[Samples], figure: Figure, options: &Options) -> Option<f64> {
    ratio(samples, of(samples, OURS)?, figure, options.main_backends())
}

fn overhead(measured: &Measurements) -> Result<(f64, String), String> {
    let Overhead { ours, bare } = measured.overhead.as_ref().ok_or(NOT_ASKED_FOR)?;
    let (ours, bare) = (ours * 1e6, bare * 1e6);
    let over = ours - bare;
    Ok((
        over,
        format!(
            "{over:.1} µs a case over a bare `#[tokio::test]`, {ours:.1} µs against {bare:.1} µs"
        ),
    ))
}

/// What the cases add to the library, in per cent of the instructions that it takes to compile it and of its bytes: the
/// greater of the two. A tenth of one is what two counts of one build may differ by.
fn left(libraries: &[Library]) -> Result<(f64, String), String> {
    let with = libraries
        .iter()
        .rfind(|library| library.suite_in_file)
        .ok_or(NOT_ASKED_FOR)?;
    let without = libraries
        .iter()
        .find(|library| library.title == UNDER_CONTRACT)
        .ok_or(NOT_ASKED_FOR)?;
    let (Some(more), Some(less)) = (with.instructions, without.instructions) else {
        return Err("not measured: no valgrind to count instructions".to_owned());
    };
    let instructions = (more - less) / less * 100.0;
    let (more, less) = (with.size as f64, without.size as f64);
    let bytes = (more - less) / less * 100.0;
    let text = format!(
        "{instructions:+.3} % of the instructions and {bytes:+.3} % of the bytes of a library, {}",
        with.title
    );
    Ok((instructions.max(bytes), text))
}

fn expansion(measured: &Measurements) -> Result<(f64, String), String> {
    let Expansion { suite, backend } = measured.expansion.as_ref().ok_or(NOT_ASKED_FOR)?;
    let (suite, backend) = (suite * 1e3, backend * 1e3);
    let cases = expansion::CASES;
    Ok((
        suite,
        format!(
            "{suite:.1} ms for a suite of {cases} cases, and {backend:.1} ms for a backend's tests"
        ),
    ))
}

fn suite<'a>(
    measured: &'a Measurements,
    of: fn(&Cache) -> &Measured,
    server: &str,
) -> Result<(&'a Suite, String), String> {
    let cache = measured.cache.as_ref().ok_or(NOT_ASKED_FOR)?;
    match of(cache) {
        Ok(suite) => Ok((suite, format!("the cache suite on {server}: {suite}"))),
        Err(reason) => Err(format!("not measured: {reason}")),
    }
}
