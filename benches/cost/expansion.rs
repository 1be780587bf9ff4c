//! How long the macros take to expand a suite, and a backend with its tests.
//!
//! What counts is the compiler's own pass of macro expansion: how much longer it takes for a suite than for the same
//! functions in a plain module. That is the macros' time and that of the compiler for what they write: reading it,
//! and expanding the attributes and macros in it. The macros are built as a user's `cargo test` builds them, without
//! optimization. The least of several runs counts, since all that disturbs a run makes it longer.

use crate::Outcome;
use crate::approach::{Approach, OURS_TO_EXPAND, suite_of};
use crate::generate::{self, Size, Work, write_changed};
use crate::options::Options;
use crate::progress::progress;
use crate::project::Project;
use crate::workspace;

/// The size of the suite that the goal speaks of.
pub(crate) const CASES: usize = 100;
const PASS: &str = "macro_expand_crate";

/// Times in seconds.
pub(crate) struct Expansion {
    /// The suite alone.
    pub(crate) suite: f64,
    /// What a backend with its tests adds.
    pub(crate) backend: f64,
}

/// Measures both.
pub(crate) fn measure(options: &Options) -> Outcome<Expansion> {
    progress(format!("expanding a suite of {CASES} cases"));
    let approach: &Approach = &OURS_TO_EXPAND;
    let project = Project::new("expansion");
    let size = Size {
        cases: CASES,
        backends: 1,
        case_edit: 0,
        backend_edit: 0,
        existing: 1,
    };
    generate::write(approach, size, workspace::root(), project.directory())?;
    let work = Work::new(size);
    for (test, text) in [
        ("suite_alone", suite_of(&work)),
        ("plain", plain(&suite_of(&work))),
    ] {
        let path = project
            .directory()
            .join("tests")
            .join(test)
            .with_extension("rs");
        write_changed(&path, &text)?;
    }
    project.fetch()?;
    // The first of each is a warm-up, in which what comes first is built.
    let mut times = [
        ("suite", f64::MAX),
        ("suite_alone", f64::MAX),
        ("plain", f64::MAX),
    ];
    for run in 0..=3 * options.rounds {
        for (test, least) in &mut times {
            let time = project.time_pass(test, PASS)?;
            *least = if run == 0 { f64::MAX } else { least.min(time) };
        }
    }
    let [(_, with_backend), (_, suite), (_, plain)] = times;
    Ok(Expansion {
        suite: suite - plain,
        backend: with_backend - suite,
    })
}

/// The same functions without the macros.
fn plain(suite: &str) -> String {
    let kept = |line: &&str| {
        ![
            "#[case]",
            "#[contract_suite(Kv)]",
            "use contrait::contract_suite;",
        ]
        .contains(&line.trim())
    };
    suite
        .lines()
        .filter(kept)
        .map(|line| format!("{line}\n"))
        .collect()
}
