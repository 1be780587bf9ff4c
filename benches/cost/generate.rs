//! Writes the projects: what is the same in all approaches is here, what differs is in `approach/`.
//!
//! A project is one package whose integration test `suite` holds a trait, its in-memory backends and the tests. A backend is a
//! thin adapter over a small crate `store`, as one over a client library is; that crate is a dependency and is built beforehand.

use std::fs;
use std::io;
use std::path::Path;

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
}

/// The cases and backends that an approach writes out.
pub(crate) struct Work {
    pub(crate) cases: Vec<Case>,
    pub(crate) backends: Vec<Backend>,
    backend_edit: u32,
}

/// A backend's names.
pub(crate) struct Backend {
    /// As in the name of a test: `memory_1`.
    pub(crate) module: String,
    /// The type that implements the trait: `Memory1`.
    pub(crate) type_name: String,
}

/// A file that a user of the approach writes.
pub(crate) struct SourceFile {
    pub(crate) path: &'static str,
    pub(crate) text: String,
}

impl Work {
    pub(crate) fn new(size: Size) -> Self {
        let backends = (1..=size.backends)
            .map(|number| Backend { module: format!("memory_{number}"), type_name: format!("Memory{number}") })
            .collect();
        Work { cases: cases(size.cases, size.case_edit), backends, backend_edit: size.backend_edit }
    }
}

/// The three files of an approach that keeps all in one crate.
pub(crate) fn one_crate(work: &Work, trait_attributes: &str, main: String) -> Vec<SourceFile> {
    vec![
        SourceFile { path: "tests/suite/kv.rs", text: kv(trait_attributes) },
        SourceFile { path: "tests/suite/backends.rs", text: backends(work, "crate::kv") },
        SourceFile { path: "tests/suite/main.rs", text: main },
    ]
}

/// The trait and its error.
pub(crate) fn kv(trait_attributes: &str) -> String {
    KV.replace("ATTRIBUTES\n", trait_attributes)
}

/// A type for each backend; `kv` is the path of the module that has the trait.
pub(crate) fn backends(work: &Work, kv: &str) -> String {
    let mut text = format!("//! The backends.\n\nuse async_trait::async_trait;\nuse store::Store;\n\nuse {kv}::{{Kv, KvError}};\n");
    for (index, backend) in work.backends.iter().enumerate() {
        let edit = if index == 0 { work.backend_edit } else { 0 };
        text += &BACKEND.replace("TYPE", &backend.type_name).replace("LIMIT", &(1_000 + edit).to_string());
    }
    text
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
pub(crate) fn write(approach: &Approach, size: Size, root: &Path, directory: &Path) -> io::Result<()> {
    let root = root.display().to_string();
    write_changed(&directory.join("Cargo.toml"), &manifest(approach).replace("ROOT", &root))?;
    write_changed(&directory.join("store/Cargo.toml"), STORE_MANIFEST)?;
    write_changed(&directory.join("store/src/lib.rs"), STORE)?;
    if let Some(second) = approach.second_package {
        write_changed(&directory.join("suite/Cargo.toml"), &second.replace("ROOT", &root))?;
    }
    for file in (approach.files)(&Work::new(size)) {
        write_changed(&directory.join(file.path), &file.text)?;
    }
    Ok(())
}

/// Lines that are not blank, of all that a user writes.
pub(crate) fn lines(approach: &Approach, size: Size) -> usize {
    let files = (approach.files)(&Work::new(size));
    files.iter().flat_map(|file| file.text.lines()).filter(|line| !line.trim().is_empty()).count()
}

fn manifest(approach: &Approach) -> String {
    let Approach { name, dependencies, harness, .. } = approach;
    let mut text = format!("[workspace]\n\n[package]\nname = \"cost-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n");
    text += &format!("[[test]]\nname = \"suite\"\nharness = {harness}\n\n[dev-dependencies]\n");
    text + "store = { path = \"store\" }\nasync-trait = \"0.1\"\n" + dependencies
}

fn write_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(path, text)
}

const STORE_MANIFEST: &str = r#"[package]
name = "store"
version = "0.0.0"
edition = "2024"
"#;

const KV: &str = r#"//! The trait under test.

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

impl From<store::Error> for KvError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::EmptyKey => KvError::EmptyKey,
            store::Error::NotANumber => KvError::NotANumber,
            store::Error::Overflow => KvError::Overflow,
            store::Error::Full => KvError::Full,
        }
    }
}
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
        Ok(self.0.get(key)?)
    }
    async fn set(&self, key: &str, value: &[u8]) -> Result<(), KvError> {
        Ok(self.0.set(key, value)?)
    }
    async fn delete(&self, key: &str) -> Result<bool, KvError> {
        Ok(self.0.delete(key)?)
    }
    async fn exists(&self, key: &str) -> Result<bool, KvError> {
        Ok(self.0.exists(key)?)
    }
    async fn increment(&self, key: &str, by: i64) -> Result<i64, KvError> {
        Ok(self.0.increment(key, by)?)
    }
    async fn len(&self) -> Result<usize, KvError> {
        Ok(self.0.len())
    }
}
"#;

const STORE: &str = r#"//! What the backends are adapters over: a map behind a lock.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

type Entries = BTreeMap<String, Vec<u8>>;

pub struct Store {
    entries: Mutex<Entries>,
    limit: usize,
}

#[derive(Debug)]
pub enum Error {
    EmptyKey,
    NotANumber,
    Overflow,
    Full,
}

impl Store {
    /// A store that holds up to `limit` keys.
    pub fn with_limit(limit: usize) -> Self {
        Store { entries: Mutex::default(), limit }
    }

    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.entries(key)?.get(key).cloned())
    }

    pub fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        let mut entries = self.entries(key)?;
        if entries.len() >= self.limit && !entries.contains_key(key) {
            return Err(Error::Full);
        }
        entries.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    pub fn delete(&self, key: &str) -> Result<bool, Error> {
        Ok(self.entries(key)?.remove(key).is_some())
    }

    pub fn exists(&self, key: &str) -> Result<bool, Error> {
        Ok(self.entries(key)?.contains_key(key))
    }

    pub fn increment(&self, key: &str, by: i64) -> Result<i64, Error> {
        let mut entries = self.entries(key)?;
        let value = entries.get(key).map_or(Ok("0"), |value| std::str::from_utf8(value));
        let value: i64 = value.ok().and_then(|text| text.parse().ok()).ok_or(Error::NotANumber)?;
        let value = value.checked_add(by).ok_or(Error::Overflow)?;
        entries.insert(key.to_owned(), value.to_string().into_bytes());
        Ok(value)
    }

    pub fn len(&self) -> usize {
        self.entries.lock().unwrap().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entries(&self, key: &str) -> Result<MutexGuard<'_, Entries>, Error> {
        if key.is_empty() { Err(Error::EmptyKey) } else { Ok(self.entries.lock().unwrap()) }
    }
}
"#;
