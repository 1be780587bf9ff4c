//! Small projects for tests: written where cargo keeps what its tests write, and looked at by the command.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A project in a folder of its own.
pub(crate) struct Project {
    folder: PathBuf,
}

impl Project {
    /// A package of a library, with these files beside its manifest; `manifest` is what the manifest says beyond its name.
    /// The name of a project is that of its test, so that no two share a folder.
    pub(crate) fn new(name: &str, manifest: &str, files: &[(&str, &str)]) -> Self {
        let project = Self::empty(name);
        let package = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n{manifest}"
        );
        project.write("Cargo.toml", &package);
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A folder with nothing in it.
    pub(crate) fn empty(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("what an earlier run left can be removed");
        }
        fs::create_dir_all(&folder).expect("a folder can be made");
        Self { folder }
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).expect("it is there")
    }

    /// A program that runs there.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        command
    }

    /// Runs the command there.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self
            .program(env!("CARGO_BIN_EXE_cargo-contrait"))
            // Or what it prints into a pipe has colours too.
            .env_remove("CLICOLOR_FORCE")
            .arg("contrait")
            .args(arguments)
            .output()
            .expect("the command is built");
        Ran::new(output)
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn new(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
        Self {
            code: output.status.code().expect("it ends by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
