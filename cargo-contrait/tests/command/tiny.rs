//! A workspace that is written to a temporary folder, and built once for all tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::called::{Called, command};

const MANIFEST: &str = include_str!("../tiny/Cargo.toml.in");
const LIBRARY: &str = include_str!("../tiny/src/lib.rs");
const CONTRACT: &str = include_str!("../tiny/tests/contract.rs");
const PLAIN: &str = include_str!("../tiny/tests/plain.rs");
const LOCK: &str = include_str!("../../../Cargo.lock");

/// The command in the workspace that has a suite. `TINY` is what happens in it.
pub(crate) fn command_in_tiny(arguments: &[&str]) -> Command {
    let contrait = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("contracts");
    let manifest = MANIFEST.replace("CONTRAIT", &contrait.display().to_string());
    let workspace = [
        ("Cargo.toml", manifest.as_str()),
        // The versions that are here already.
        ("Cargo.lock", LOCK),
        ("src/lib.rs", LIBRARY),
        ("tests/contract.rs", CONTRACT),
        ("tests/plain.rs", PLAIN),
    ];
    command_in(&write("tiny", &workspace), arguments)
}

pub(crate) fn in_tiny(happens: &str, arguments: &[&str]) -> Called {
    let mut command = command_in_tiny(arguments);
    command
        .env("TINY", happens)
        .output()
        .expect("it starts")
        .into()
}

/// The command in a workspace of these files.
pub(crate) fn in_workspace(name: &str, library: &str, arguments: &[&str]) -> Called {
    let manifest = format!("[workspace]\n[package]\nname = \"{name}\"\nedition = \"2024\"\n");
    let files = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", library)];
    let called = command_in(&write(name, &files), arguments).output();
    called.expect("it starts").into()
}

fn command_in(folder: &Path, arguments: &[&str]) -> Command {
    let dashes = arguments.iter().position(|argument| *argument == "--");
    let (own, passed_on) = arguments.split_at(dashes.unwrap_or(arguments.len()));
    let mut command = command();
    command
        .current_dir(folder)
        .env("CONTRAIT_SEED", "7")
        .args(own);
    // Or cargo would build in the folder of this workspace.
    command
        .arg("--offline")
        .arg("--target-dir")
        .arg(folder.join("target"))
        .args(passed_on);
    command
}

/// Writes what is not there already, so that nothing is built twice. Tests that do so at once write the same.
fn write(name: &str, files: &[(&str, &str)]) -> PathBuf {
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cargo-contrait")
        .join(name);
    for (name, text) in files {
        let path = folder.join(name);
        // cargo takes what is not needed out of the lock file.
        let there =
            fs::read_to_string(&path).is_ok_and(|there| there == *text || *name == "Cargo.lock");
        if !there {
            fs::create_dir_all(path.parent().expect("it lies in the folder"))
                .expect("there is room");
            let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
            let fresh = path.with_extension(format!("{}-{number}", std::process::id()));
            fs::write(&fresh, text).expect("there is room");
            fs::rename(&fresh, &path).expect("both lie in one folder");
        }
    }
    folder
}
