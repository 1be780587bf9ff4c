//! What failed once, kept in the repository of whoever runs the tests.
//!
//! One file a suite, `contrait-regressions/<suite>.jsonl` in the folder of the package, a line of JSON a failure. Each check
//! says what it needs to have its own failures again, and replays them before it generates anything.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::runtime::Runs;

const FOLDER: &str = "contrait-regressions";

/// The file of a suite.
#[derive(Clone, Debug)]
pub struct Regressions {
    path: PathBuf,
}

/// A line of the file. What the check needs stands beside these, under names of its own.
#[derive(Serialize, Deserialize)]
struct Entry<T> {
    /// What found it: `lockstep`.
    check: String,
    backend: String,
    seed: String,
    #[serde(flatten)]
    found: T,
}

impl Entry<Map<String, Value>> {
    fn read(line: &str) -> serde_json::Result<Self> {
        serde_json::from_str(line)
    }
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

    /// What `check` found, oldest first.
    ///
    /// # Errors
    /// Where the file cannot be read, or holds a line that is none of this contract: it names the line.
    pub fn read<T: DeserializeOwned>(&self, check: &str) -> Result<Vec<T>, String> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(format!("{}: {error}", self.path.display())),
        };
        let mut all = Vec::new();
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
            let entry = Entry::read(line).map_err(wrong)?;
            if entry.check == check {
                let found = Value::Object(entry.found);
                all.push(serde_json::from_value(found).map_err(wrong)?);
            }
        }
        Ok(all)
    }

    /// Adds what was found, unless it is there.
    ///
    /// # Errors
    /// Where the file cannot be written, or `found` has no fields with names.
    pub fn add<T: Serialize>(
        &self,
        check: &str,
        backend: &str,
        seed: u64,
        found: &T,
    ) -> io::Result<()> {
        let value = serde_json::to_value(found)?;
        let there = fs::read_to_string(&self.path).unwrap_or_default();
        let same = |line: &str| {
            Entry::read(line)
                .is_ok_and(|entry| entry.check == check && Value::Object(entry.found) == value)
        };
        if there.lines().any(same) {
            return Ok(());
        }
        let entry = Entry {
            check: check.to_owned(),
            backend: backend.to_owned(),
            seed: format!("{seed:#x}"),
            found,
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

    /// Keeps what a check found where its run keeps anything; says so below what is told of it.
    pub(crate) fn keep<T: Serialize, H>(
        &self,
        check: &str,
        runs: &Runs<H>,
        found: &T,
        told: String,
    ) -> String {
        if !runs.keeps() {
            return told;
        }
        let path = self.path.display();
        match self.add(check, runs.info().name, runs.seed(), found) {
            Ok(()) => format!("{told}\nkept in {path}, and replayed first from now on"),
            Err(error) => format!("{told}\ncould not be kept in {path}: {error}"),
        }
    }
}
