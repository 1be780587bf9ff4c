//! Writes the projects: what is the same in all approaches is here, what differs is in `approach/`.
//!
//! A project tests a trait from a crate `kv` on types from a crate `backends`. Both are what a user has before there are any
//! tests, so they are built beforehand, as the other dependencies are; what is measured is the package with the tests. Every
//! project has all the backends, however many of them it tests.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::approach::Approach;
use crate::cases::{Case, cases};

/// How much work, and which edit of it.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) cases: usize,
    pub(crate) backends: usize,
    /// Changes a literal of the first case, wherever the approach has it.
    pub(crate) case_edit: u32,
    /// Changes a literal of the first backend.
    pub(crate) backend_edit: u32,
    /// The backends that there are, tested or not.
    pub(crate) existing: usize,
}

/// The cases and backends that an approach writes out.
pub(crate) struct Work {
    pub(crate) cases: Vec<Case>,
    pub(crate) backends: Vec<Backend>,
}

/// A backend's names.
pub(crate) struct Backend {
    /// As in the name of a test: `memory_1`.
    pub(crate) module: String,
    /// The type that implements the trait: `Memory1`.
    pub(crate) type_name: String,
}

/// A file of a project.
#[derive(Clone)]
pub(crate) struct SourceFile {
    pub(crate) path: &'static str,
    pub(crate) text: String,
}

impl Work {
    pub(crate) fn new(size: Size) -> Self {
        Work {
            cases: cases(size.cases, size.case_edit),
            backends: (1..=size.backends).map(Backend::new).collect(),
        }
    }
}

impl Backend {
    fn new(number: usize) -> Self {
        Backend {
            module: format!("memory_{number}"),
            type_name: format!("Memory{number}"),
        }
    }
}

/// The file of an approach that keeps all in one test.
pub(crate) fn one_file(main: String) -> Vec<SourceFile> {
    vec![SourceFile {
        path: "tests/suite.rs",
        text: main,
    }]
}

/// What a case does, at a depth of `depth` times four spaces.
pub(crate) fn body(case: &Case, depth: usize) -> String {
    let indent = "    ".repeat(depth);
    let mut text = String::new();
    for line in &case.body {
        text += &format!("{indent}{line}\n");
    }
    text + &format!("{indent}Ok(())\n")
}

/// Writes the project, and leaves a file alone whose text has not changed, since cargo goes by its time.
pub(crate) fn write(
    approach: &Approach,
    size: Size,
    root: &Path,
    directory: &Path,
) -> io::Result<()> {
    for file in [manifests(approach), sources(approach, size)].concat() {
        write_changed(
            &directory.join(file.path),
            &file.text.replace("ROOT", &root.display().to_string()),
        )?;
    }
    Ok(())
}

/// Lines that are not blank, of all that a user writes, but for the manifests.
pub(crate) fn lines(approach: &Approach, size: Size) -> usize {
    let sources = sources(
        approach,
        Size {
            existing: size.backends,
            ..size
        },
    );
    sources
        .iter()
        .flat_map(|file| file.text.lines())
        .filter(|line| !line.trim().is_empty())
        .count()
}

fn sources(approach: &Approach, size: Size) -> Vec<SourceFile> {
    let mut files = (approach.files)(&Work::new(size));
    files
        .iter_mut()
        .for_each(|file| file.text = formatted(&file.text));
    files.push(SourceFile {
        path: "kv/src/lib.rs",
        text: KV.replace("ATTRIBUTES\n", approach.trait_attributes),
    });
    files.push(SourceFile {
        path: "backends/src/lib.rs",
        text: backends(size),
    });
    files.push(SourceFile {
        path: "backends/src/store.rs",
        text: STORE.to_owned(),
    });
    files
}

/// The text as rustfmt has it, so that lines count alike; as it is, where there is no rustfmt.
fn formatted(text: &str) -> String {
    let format = || -> io::Result<Option<String>> {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--edition", "2024", "--config-path", "/dev/null"]);
        let mut rustfmt = rustfmt
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut input) = rustfmt.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        let output = rustfmt.wait_with_output()?;
        Ok(output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    };
    format().ok().flatten().unwrap_or_else(|| text.to_owned())
}

/// A type for each backend.
fn backends(size: Size) -> String {
    let mut text = String::from(
        "//! The backends.\n\nmod store;\n\nuse async_trait::async_trait;\nuse kv::{Kv, KvError};\n\nuse store::Store;\n",
    );
    for number in 1..=size.existing {
        let edit = if number == 1 { size.backend_edit } else { 0 };
        text += &BACKEND
            .replace("TYPE", &Backend::new(number).type_name)
            .replace("LIMIT", &(1_000 + edit).to_string());
    }
    text
}

fn manifests(approach: &Approach) -> Vec<SourceFile> {
    let Approach {
        name,
        dependencies,
        harness,
        ..
    } = approach;
    let mut main = format!("[workspace]\n\n{}", package(&format!("cost-{name}")));
    main += &format!("\n[[test]]\nname = \"suite\"\nharness = {harness}\n\n[dev-dependencies]\n");
    main +=
        &format!("kv = {{ path = \"kv\" }}\nbackends = {{ path = \"backends\" }}\n{dependencies}");
    let kv = format!(
        "{}\n[dependencies]\nasync-trait = \"0.1\"\n{}",
        package("kv"),
        approach.trait_dependencies
    );
    let backends = package("backends")
        + "\n[dependencies]\nasync-trait = \"0.1\"\nkv = { path = \"../kv\" }\n";
    let mut files = vec![
        SourceFile {
            path: "Cargo.toml",
            text: main,
        },
        SourceFile {
            path: "kv/Cargo.toml",
            text: kv,
        },
        SourceFile {
            path: "backends/Cargo.toml",
            text: backends,
        },
    ];
    let suite = approach
        .suite_dependencies
        .map(|dependencies| package("suite") + "\n[dependencies]\n" + dependencies);
    files.extend(suite.map(|text| SourceFile {
        path: "suite/Cargo.toml",
        text,
    }));
    files
}

pub(crate) fn package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n")
}

pub(crate) fn write_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(path, text)
}

pub(crate) const KV: &str = r#"//! The trait under test.

use std::fmt;

use async_trait::async_trait;

/// A small key-value store.
ATTRIBUTES
#[async_trait]
pub trait Kv: Send + Sync {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError>;
    async fn set(&self, key: &str, value: &[u8]) -> Result<(), KvError>;
    async fn delete(&self, key: &str) -> Result<bool, KvError>;
    async fn exists(&self, key: &str) -> Result<bool, KvError>;
    async fn increment(&self, key: &str, by: i64) -> Result<i64, KvError>;
    async fn len(&self) -> Result<usize, KvError>;
}

/// What an operation can fail with.
#[derive(Debug, Clone, PartialEq)]
pub enum KvError {
    EmptyKey,
    NotANumber,
    Overflow,
    Full,
}

impl fmt::Display for KvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KvError::EmptyKey => "the key is empty",
            KvError::NotANumber => "the value is not a number",
            KvError::Overflow => "the counter would overflow",
            KvError::Full => "the store is full",
        })
    }
}

impl std::error::Error for KvError {}
"#;

const BACKEND: &str = r#"
pub struct TYPE(Store);

impl TYPE {
    pub fn new() -> Self {
        TYPE(Store::with_limit(LIMIT))
    }
}

#[async_trait]
impl Kv for TYPE {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        self.0.get(key)
    }
    async fn set(&self, key: &str, value: &[u8]) -> Result<(), KvError> {
        self.0.set(key, value)
    }
    async fn delete(&self, key: &str) -> Result<bool, KvError> {
        self.0.delete(key)
    }
    async fn exists(&self, key: &str) -> Result<bool, KvError> {
        self.0.exists(key)
    }
    async fn increment(&self, key: &str, by: i64) -> Result<i64, KvError> {
        self.0.increment(key, by)
    }
    async fn len(&self) -> Result<usize, KvError> {
        Ok(self.0.len())
    }
}
"#;

const STORE: &str = r#"//! What the backends are adapters over: a map behind a lock.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use kv::KvError;

type Entries = BTreeMap<String, Vec<u8>>;

pub struct Store {
    entries: Mutex<Entries>,
    limit: usize,
}

impl Store {
    /// A store that holds up to `limit` keys.
    pub fn with_limit(limit: usize) -> Self {
        Store { entries: Mutex::default(), limit }
    }

    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        Ok(self.entries(key)?.get(key).cloned())
    }

    pub fn set(&self, key: &str, value: &[u8]) -> Result<(), KvError> {
        let mut entries = self.entries(key)?;
        if entries.len() >= self.limit && !entries.contains_key(key) {
            return Err(KvError::Full);
        }
        entries.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    pub fn delete(&self, key: &str) -> Result<bool, KvError> {
        Ok(self.entries(key)?.remove(key).is_some())
    }

    pub fn exists(&self, key: &str) -> Result<bool, KvError> {
        Ok(self.entries(key)?.contains_key(key))
    }

    pub fn increment(&self, key: &str, by: i64) -> Result<i64, KvError> {
        let mut entries = self.entries(key)?;
        let value = entries.get(key).map_or(Ok("0"), |value| std::str::from_utf8(value));
        let value: i64 = value.ok().and_then(|text| text.parse().ok()).ok_or(KvError::NotANumber)?;
        let value = value.checked_add(by).ok_or(KvError::Overflow)?;
        entries.insert(key.to_owned(), value.to_string().into_bytes());
        Ok(value)
    }

    pub fn len(&self) -> usize {
        self.entries.lock().unwrap().len()
    }

    fn entries(&self, key: &str) -> Result<MutexGuard<'_, Entries>, KvError> {
        if key.is_empty() { Err(KvError::EmptyKey) } else { Ok(self.entries.lock().unwrap()) }
    }
}
"#;
