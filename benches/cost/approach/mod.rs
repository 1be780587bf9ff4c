//! The approaches that are measured, one a file.

mod contrait;
mod contrait_elsewhere;
mod duplicate;
mod floor;
mod generic_tests;
mod hand_written;
mod inventory;
mod libtest_mimic;
mod linkme;
mod macro_rules;
mod rstest_reuse;
mod rstest_reuse_dyn;
mod table;
mod test_case;

use crate::generate::{SourceFile, Work};

/// One way to run N cases on M backends.
pub(crate) struct Approach {
    /// Names it in `APPROACHES` and on disk.
    pub(crate) name: &'static str,
    /// Names it in the tables.
    pub(crate) title: &'static str,
    /// Whether every case on every backend is a `#[test]` of its own.
    pub(crate) individual: &'static str,
    /// Lines of the manifest of the tests, next to those for the trait and the backends; `ROOT` stands for contrait's workspace.
    pub(crate) dependencies: &'static str,
    /// Whether libtest drives the tests.
    pub(crate) harness: bool,
    /// What stands before the trait.
    pub(crate) trait_attributes: &'static str,
    /// Lines of the manifest of the trait's crate.
    pub(crate) trait_dependencies: &'static str,
    /// Lines of the manifest of the crate `suite`, where the cases are in another crate than the tests.
    pub(crate) suite_dependencies: Option<&'static str>,
    /// What a user writes.
    pub(crate) files: fn(&Work) -> Vec<SourceFile>,
}

impl Approach {
    /// The names of the packages that are built from clean.
    pub(crate) fn packages(&self) -> Vec<String> {
        let mut packages = vec![format!("cost-{}", self.name)];
        packages.extend(self.suite_dependencies.map(|_| "suite".to_owned()));
        packages
    }
}

/// What the ratios are against.
pub(crate) const BASELINE: &str = hand_written::APPROACH.name;
/// The approach that the goals speak of.
pub(crate) const OURS: &str = contrait::APPROACH.name;

/// The least that individual tests cost.
pub(crate) const FLOOR: &str = floor::APPROACH.name;

/// Ours, to have its macros looked at.
pub(crate) const OURS_TO_EXPAND: Approach = contrait::APPROACH;

/// A test file with our suite and no backend.
pub(crate) fn suite_of(work: &Work) -> String {
    let head = "//! The store's promises.\n\nuse contrait::contract_suite;\nuse kv::Kv;\n\n";
    head.to_owned() + &contrait::suite(work)
}

/// All of them, ours first and the baseline after the peers that it is compared with.
pub(crate) const ALL: [Approach; 13] = [
    contrait::APPROACH,
    contrait_elsewhere::APPROACH,
    libtest_mimic::APPROACH,
    linkme::APPROACH,
    inventory::APPROACH,
    macro_rules::APPROACH,
    hand_written::APPROACH,
    floor::APPROACH,
    duplicate::APPROACH,
    rstest_reuse::APPROACH,
    rstest_reuse_dyn::APPROACH,
    test_case::APPROACH,
    generic_tests::APPROACH,
];

/// The dependency on contrait of the trait's crate, of the suite's, and of the tests.
///
/// Cargo builds what comes from a registry without `incremental`, as it does all other dependencies here; what comes from a
/// path it would cut up for edits that no user makes, and give the linker an object a module.
macro_rules! with_contrait {
    (in_the_tests $(, $line:literal)*) => {
        concat!(
            with_contrait!($($line),*),
            "\n[profile.dev.package.contrait]\nincremental = false\n"
        )
    };
    ($($line:literal),*) => {
        concat!(
            "contrait = { path = \"ROOT/contracts\", features = [\"suite\"] }\n",
            $($line, "\n"),*
        )
    };
}
pub(crate) use with_contrait;

/// Tokio as a user of `#[tokio::test]` has it.
macro_rules! with_tokio {
    ($($line:literal),*) => {
        concat!("tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n", $($line, "\n"),*)
    };
}
pub(crate) use with_tokio;
