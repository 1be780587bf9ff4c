//! What a suite that was left in a library costs the library's production build.
//!
//! Four libraries are built as their users build them, without the feature `suite`: one that has the trait alone, one that has it
//! under contract, and two that have a suite beside it, inline, which is the worst case: a file of its own would not even
//! be read. Processor time decides nothing this small, so instructions are counted where there is a valgrind.

use std::fs;

use crate::Outcome;
use crate::approach::{Approach, OURS_TO_EXPAND, suite_of};
use crate::generate::{KV, Size, Work, package, write_changed};
use crate::measure::median;
use crate::options::Options;
use crate::progress::progress;
use crate::project::Project;
use crate::workspace;

const PACKAGE: &str = "kept";
const CONTRAIT: &str =
    "contrait = { path = \"ROOT/contracts\" }\n\n[features]\nsuite = [\"contrait/suite\"]\n";

/// One of the libraries.
pub(crate) struct Library {
    pub(crate) title: String,
    pub(crate) cases: usize,
    /// Processor seconds of a build from clean, a value a round.
    pub(crate) cpu: Vec<f64>,
    /// Instructions of the compiler, where valgrind counts them.
    pub(crate) instructions: Option<f64>,
    /// The size of what a user links, in bytes.
    pub(crate) size: u64,
    project: Project,
}

/// Measures all four: the trait alone, under contract, with 40 cases and with 100.
pub(crate) fn measure(options: &Options) -> Outcome<Vec<Library>> {
    let approach: &Approach = &OURS_TO_EXPAND;
    let under_contract = KV.replace("ATTRIBUTES\n", approach.trait_attributes);
    let mut libraries = vec![
        library(
            "plain",
            "the trait alone",
            0,
            &KV.replace("ATTRIBUTES\n", ""),
            "",
        )?,
        library(
            "contract",
            "the trait under contract",
            0,
            &under_contract,
            CONTRAIT,
        )?,
    ];
    for cases in [40, 100] {
        let text = format!("{under_contract}\n{}", suite(cases));
        let title = format!("and a suite of {cases} cases");
        libraries.push(library(
            &format!("suite-{cases}"),
            &title,
            cases,
            &text,
            CONTRAIT,
        )?);
    }
    progress("building a library with a suite for production");
    for _ in 0..5 * options.rounds {
        for library in &mut libraries {
            library.project.clean(&[PACKAGE.to_owned()])?;
            library.cpu.push(library.project.build_library()?.cpu);
        }
    }
    for library in &mut libraries {
        let built = library
            .project
            .directory()
            .join("target/debug/libkept.rlib");
        library.size = fs::metadata(built)?.len();
        library.project.clean(&[PACKAGE.to_owned()])?;
        library.instructions = library.project.count_library(PACKAGE)?;
    }
    Ok(libraries)
}

impl Library {
    pub(crate) fn cpu(&self) -> Option<f64> {
        median(&self.cpu)
    }
}

fn library(
    name: &str,
    title: &str,
    cases: usize,
    text: &str,
    dependencies: &str,
) -> Outcome<Library> {
    let project = Project::new(&format!("production-{name}"));
    let root = workspace::root().display().to_string();
    let manifest = format!(
        "[workspace]\n\n{}\n[dependencies]\nasync-trait = \"0.1\"\n{dependencies}",
        package(PACKAGE)
    );
    write_changed(
        &project.directory().join("Cargo.toml"),
        &manifest.replace("ROOT", &root),
    )?;
    write_changed(&project.directory().join("src/lib.rs"), text)?;
    project.fetch()?;
    project.build_library()?;
    Ok(Library {
        title: title.to_owned(),
        cases,
        cpu: Vec::new(),
        instructions: None,
        size: 0,
        project,
    })
}

/// The suite as a user leaves it in a library.
fn suite(cases: usize) -> String {
    let size = Size {
        cases,
        backends: 1,
        case_edit: 0,
        backend_edit: 0,
        existing: 1,
    };
    let suite = suite_of(&Work::new(size));
    let module = suite
        .split_once("#[contract_suite")
        .map_or("", |(_, module)| module);
    let module = module.replace("use kv::", "use super::");
    format!("#[cfg(feature = \"suite\")]\n#[contrait::contract_suite{module}")
}
