//! The seams, for people and for tools.

use std::fmt::Write;

use serde::Serialize;

use super::Seams;
use super::boundary::Boundary;
use super::gap::Gap;
use super::priority::Priority;
use super::traits::{ImplementationSeam, TraitSeam};
use crate::counted::{agreeing, counted};
use crate::error::{Error, Kind};
use crate::terminal::{self, BAD, FAINT, GOOD, ODD, STRONG, styled};

/// The version of the JSON: it changes where a field goes or means something else.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    traits: &'a [TraitSeam],
    boundaries: &'a [Boundary],
    /// What is open and not allowed to be.
    open: &'a [Gap],
}

pub(super) fn print(seams: &Seams, json: bool) -> Result<(), Error> {
    if json {
        let report = Report {
            version: VERSION,
            traits: &seams.traits,
            boundaries: &seams.boundaries,
            open: &seams.gaps,
        };
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
        terminal::print(text + "\n");
    } else {
        terminal::print(text(seams));
    }
    Ok(())
}

fn text(seams: &Seams) -> String {
    let mut text = String::new();
    for seam in &seams.traits {
        of_trait(&mut text, seam);
    }
    for boundary in &seams.boundaries {
        of_boundary(&mut text, boundary);
    }
    if !seams.gaps.is_empty() {
        let _ = writeln!(text, "\n{}", styled(STRONG, "open"));
    }
    for gap in &seams.gaps {
        let _ = writeln!(
            text,
            "{} {}: {}",
            of_priority(gap.priority),
            styled(STRONG, &gap.place),
            gap.message
        );
        let _ = writeln!(text, "    {} {}", styled(FAINT, "do"), gap.remedy);
    }
    text + &summary(seams)
}

fn of_trait(text: &mut String, seam: &TraitSeam) {
    let _ = write!(
        text,
        "{} {}",
        of_priority(seam.priority),
        styled(STRONG, &seam.path)
    );
    let suites = match seam.suites.is_empty() {
        true => styled(BAD, "no suite"),
        false => seam.suites.join(", "),
    };
    let _ = writeln!(text, "  {} {suites}", styled(FAINT, "by"));
    for implementation in &seam.implementations {
        let ImplementationSeam {
            subject,
            test_code,
            backends,
            ..
        } = implementation;
        let tests = if *test_code {
            styled(FAINT, " (in tests)")
        } else {
            String::new()
        };
        let runs = match (seam.suites.is_empty(), backends.is_empty()) {
            (true, _) => String::new(),
            (false, true) => styled(BAD, "  runs none"),
            (false, false) => format!(
                "  {} {}",
                styled(GOOD, "as"),
                backends.iter().cloned().collect::<Vec<_>>().join(", ")
            ),
        };
        let _ = writeln!(text, "     {subject}{tests}{runs}");
    }
    if !seam.used_by.is_empty() {
        let _ = writeln!(
            text,
            "     {} {}",
            styled(FAINT, "used by"),
            seam.used_by.join(", ")
        );
    }
}

fn of_boundary(text: &mut String, boundary: &Boundary) {
    let Boundary {
        kind, name, tests, ..
    } = boundary;
    let by = match &tests[..] {
        [] => styled(BAD, "no test"),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    let _ = writeln!(
        text,
        "{} {} {}  {} {by}",
        of_priority(boundary.priority),
        kind.name(),
        styled(STRONG, name),
        styled(FAINT, "by"),
    );
}

fn of_priority(priority: Priority) -> String {
    let style = match priority {
        Priority::P0 => BAD,
        Priority::P1 => ODD,
        Priority::P2 => FAINT,
    };
    styled(style, format!("{priority:?}"))
}

fn summary(seams: &Seams) -> String {
    let traits = seams.traits.len();
    let boundaries = seams.boundaries.len();
    let open = match seams.gaps.len() {
        0 => styled(GOOD, "nothing is open"),
        count => {
            let of = |priority| {
                seams
                    .gaps
                    .iter()
                    .filter(|gap| gap.priority == priority)
                    .count()
            };
            let counts = [Priority::P0, Priority::P1, Priority::P2]
                .map(|priority| format!("{} {priority:?}", of(priority)));
            format!(
                "{}: {}",
                styled(BAD, format!("{count} open")),
                counts.join(", ")
            )
        }
    };
    format!(
        "{} and {}: {open}\n",
        counted(traits, "trait"),
        agreeing(boundaries, "boundary", "boundaries")
    )
}
