//! What a suite that was left in a library costs the library's production build.
//!
//! Libraries are built as their users build them, without the feature `suite`: one that has the trait alone, one that has it
//! under contract, and some that have a suite as well, in a file of its own or inline. Processor time decides nothing this small, so instructions are counted where there is a valgrind.

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
/// The library that those with a suite are compared with.
pub(crate) const UNDER_CONTRACT: &str = "the trait under contract";
const CONTRAIT: &str =
    "contrait = { path = \"ROOT/contracts\" }\n\n[features]\nsuite = [\"contrait/suite\"]\n";

/// One of the libraries.
pub(crate) struct Library {
    pub(crate) title: String,
    /// Whether its suite stands in a file of its own, which is where a suite is best kept.
    pub(crate) suite_in_file: bool,
    /// Processor seconds of a build from clean, a value a round.
    pub(crate) cpu: Vec<f64>,
    /// Instructions of the compiler, where valgrind counts them.
    pub(crate) instructions: Option<f64>,
    /// The size of what a user links, in bytes.
    pub(crate) size: u64,
    project: Project,
}

/// Measures the trait alone, the trait under contract, and that with suites of 40 and of 100 cases.
pub(crate) fn measure(options: &Options) -> Outcome<Vec<Library>> {
    let approach: &Approach = &OURS_TO_EXPAND;
    let under_contract = KV.replace("ATTRIBUTES\n", approach.trait_attributes);
    let mut libraries = vec![
        library("the trait alone", &[&KV.replace("ATTRIBUTES\n", "")], "")?,
        library(UNDER_CONTRACT, &[&under_contract], CONTRAIT)?,
    ];
    for (cases, own_file) in [(40, true), (100, true), (100, false)] {
        libraries.push(with_suite(&under_contract, cases, own_file)?);
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

/// `files` are `src/lib.rs`, and `src/behaviour.rs` where there is one.
fn library(title: &str, files: &[&str], dependencies: &str) -> Outcome<Library> {
    let project = Project::new(&format!("production-{}", title.replace([' ', ','], "-")));
    let root = workspace::root().display().to_string();
    let manifest = format!(
        "[workspace]\n\n{}\n[dependencies]\nasync-trait = \"0.1\"\n{dependencies}",
        package(PACKAGE)
    );
    let manifest = manifest.replace("ROOT", &root);
    write_changed(&project.directory().join("Cargo.toml"), &manifest)?;
    for (name, text) in ["src/lib.rs", "src/behaviour.rs"].iter().zip(files) {
        write_changed(&project.directory().join(name), text)?;
    }
    project.fetch()?;
    project.build_library()?;
    Ok(Library {
        title: title.to_owned(),
        suite_in_file: false,
        cpu: Vec::new(),
        instructions: None,
        size: 0,
        project,
    })
}

fn with_suite(under_contract: &str, cases: usize, in_file: bool) -> Outcome<Library> {
    let (suite, gate) = (suite(cases), "#[cfg(feature = \"suite\")]\n");
    let (files, place) = if in_file {
        let library = format!("{under_contract}\n{gate}mod behaviour;\n");
        (vec![library, suite], "in a file of its own")
    } else {
        let inline = suite.replace("use crate::", "use super::");
        (vec![format!("{under_contract}\n{gate}{inline}")], "inline")
    };
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let title = format!("and a suite of {cases} cases, {place}");
    let mut library = library(&title, &files, CONTRAIT)?;
    library.suite_in_file = in_file;
    Ok(library)
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
    let module = suite.split_once("#[contract_suite(Kv)]");
    let module = module.map_or("", |(_, module)| module);
    let module = module.replace("use kv::", "use crate::");
    format!("#[contrait::contract_suite(crate::Kv)]{module}")
}
