//! Sequences that failed once, kept in the repository of whoever runs the tests.
//!
//! One file a suite, `contrait-regressions/<suite>.jsonl` in the folder of the package, a line of JSON a sequence.
//! They are replayed before anything is generated.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::check::generate::Step;

const FOLDER: &str = "contrait-regressions";

/// The file of a suite.
#[derive(Clone, Debug)]
pub struct Regressions {
    path: PathBuf,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Entry<S> {
    /// What found it: `lockstep`.
    check: String,
    backend: String,
    seed: String,
    steps: S,
}

impl Regressions {
    /// Those of `suite`, which is the path of a module, in the package whose tests run.
    pub fn of_suite(suite: &str) -> Self {
        let package =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let file = format!("{}.jsonl", suite.replace("::", "-"));
        Self::at(&package.join(FOLDER).join(file))
    }

    /// Those in a file, which need not be there.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where they are kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The sequences of `check`, oldest first.
    ///
    /// # Errors
    /// Where the file cannot be read, or holds a line that is no sequence of this contract: it names the line.
    pub fn read<O: DeserializeOwned>(&self, check: &str) -> Result<Vec<Vec<Step<O>>>, String> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(format!("{}: {error}", self.path.display())),
        };
        let mut sequences = Vec::new();
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let wrong = |error| {
                format!(
                    "{}:{}: {error}; where the contract has changed since, take the line out",
                    self.path.display(),
                    index + 1
                )
            };
            let entry: Entry<serde_json::Value> = serde_json::from_str(line).map_err(wrong)?;
            if entry.check == check {
                sequences.push(serde_json::from_value(entry.steps).map_err(wrong)?);
            }
        }
        Ok(sequences)
    }

    /// Adds a sequence, unless it is there.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn add<O: Serialize>(
        &self,
        check: &str,
        backend: &str,
        seed: u64,
        steps: &[Step<O>],
    ) -> io::Result<()> {
        let steps = serde_json::to_value(steps)?;
        let there = fs::read_to_string(&self.path).unwrap_or_default();
        let same = |line: &str| {
            serde_json::from_str::<Entry<serde_json::Value>>(line)
                .is_ok_and(|entry| entry.check == check && entry.steps == steps)
        };
        if there.lines().any(same) {
            return Ok(());
        }
        let entry = Entry {
            check: check.to_owned(),
            backend: backend.to_owned(),
            seed: format!("{seed:#x}"),
            steps: &steps,
        };
        let mut line = serde_json::to_vec(&entry)?;
        line.push(b'\n');
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)?
            .write_all(&line)
    }
}
