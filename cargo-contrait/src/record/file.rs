//! Files of records.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Coverage, Ended, FORMAT, KillMatrix, Line, Record};
use crate::error::Error;

/// The files as they were read. [`Records`] borrow from them.
pub(crate) struct Texts(Vec<(PathBuf, String)>);

/// What stands in files of records.
#[derive(Default)]
pub(crate) struct Records<'t> {
    /// How cases ended, each with the index of the binary in `binaries` that it stands under.
    pub(crate) cases: Vec<(Record<'t>, Option<usize>)>,
    /// The binaries that ran, and what became of their tests.
    pub(crate) binaries: Vec<Ended>,
    pub(crate) strength: Vec<KillMatrix>,
    pub(crate) coverage: Vec<Coverage>,
    /// The lines that are no record, each with its place and what is wrong.
    pub(crate) broken: Vec<String>,
}

impl Texts {
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let read = |path: &PathBuf| {
            let bytes = std::fs::read(path).map_err(|error| {
                Error::file(path, error)
                    .remedy("`CONTRAIT_RECORD=FILE cargo test` writes records, and so does `cargo contrait`.")
            })?;
            // A line that is no text is a broken record, not a broken file.
            let text = String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            Ok((path.clone(), text))
        };
        paths.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn records(&self) -> Records<'_> {
        let mut records = Records::default();
        for (path, text) in &self.0 {
            let mut binary = None;
            for (index, line) in text.lines().enumerate() {
                if let Err(why) = records.take(line, &mut binary) {
                    let place = format!("{}:{}", path.display(), index + 1);
                    records.broken.push(format!("{place}: {why}"));
                }
            }
        }
        records
    }
}

/// A line with one field that says what it is.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Strength(KillMatrix),
    Coverage(Coverage),
}

impl<'t> Records<'t> {
    fn take(&mut self, line: &'t str, binary: &mut Option<usize>) -> Result<(), String> {
        if line.is_empty() {
            return Ok(());
        }
        if line.starts_with("{\"strength\":") || line.starts_with("{\"coverage\":") {
            match parse(line)? {
                Kind::Strength(matrix) => self.strength.push(matrix),
                Kind::Coverage(coverage) => self.coverage.push(coverage),
            }
        } else if line.starts_with("{\"binary\":") || line.starts_with("{\"ended\":") {
            self.listing(parse(line)?, binary);
        } else {
            let record: Record<'t> = parse(line)?;
            if record.format != FORMAT {
                return Err(format!(
                    "a record of format {}, and this command reads {FORMAT}: it and contrait are of different versions",
                    record.format
                ));
            }
            self.cases.push((record, *binary));
        }
        Ok(())
    }

    fn listing(&mut self, line: Line, current: &mut Option<usize>) {
        match line {
            Line::Binary(binary) => {
                *current = Some(self.binaries.len());
                self.binaries.push(Ended {
                    package: binary.package,
                    name: binary.name,
                    ..Ended::default()
                });
            }
            Line::Ended(ended) => {
                let same = |known: &&mut Ended| {
                    known.tests.is_empty()
                        && (&known.package, &known.name) == (&ended.package, &ended.name)
                };
                match self.binaries.iter_mut().rev().find(same) {
                    Some(known) => *known = ended,
                    None => self.binaries.push(ended),
                }
            }
        }
    }
}

fn parse<'t, T: Deserialize<'t>>(line: &'t str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| match error.is_eof() {
        true => "the line ends too early: whoever wrote it was killed".to_owned(),
        false => format!("this is no record: {error}"),
    })
}

/// Appends a line, at once, so that the lines of several processes do not mix.
pub(crate) fn append(path: &Path, line: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_vec(line).map_err(|error| Error::file(path, error))?;
    text.push(b'\n');
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(&text))
        .map_err(|error| Error::file(path, error))
}
