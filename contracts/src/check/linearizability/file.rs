//! Histories as files: an operation a line, each a JSON object.
//!
//! ```json
//! {"client":0,"from":1,"at":4,"operation":{"set":3},"outcome":"done"}
//! {"client":1,"from":2,"operation":{"set":4},"unknown":"timeout"}
//! {"client":0,"from":5,"at":7,"operation":"get","outcome":{"value":4}}
//! {"from":6,"by":9,"operation":{"expire":1}}
//! ```
//!
//! The first returned at 4; of the second nothing more is known than why; the last is the system's own and takes effect
//! by 9. Lines come in any order, and empty ones are passed over. What an operation and an outcome look like is up to
//! their own serialized form.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use super::error::HistoryError;
use super::history::{By, End, Entry, History, Moment};

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    bound = "O: Deserialize<'de>, R: Deserialize<'de>"
)]
struct Line<O, R> {
    client: Option<u32>,
    from: Moment,
    at: Option<Moment>,
    by: Option<Moment>,
    operation: O,
    #[serde(default, deserialize_with = "even_null")]
    outcome: Option<R>,
    unknown: Option<String>,
}

/// `null` is an outcome like any other, that of a method that returns nothing.
fn even_null<'de, R: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<R>, D::Error> {
    R::deserialize(deserializer).map(Some)
}

#[derive(Serialize)]
struct Written<'e, O, R> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<u32>,
    from: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Moment>,
    operation: &'e O,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'e R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'e str>,
}

impl<O, R> Line<O, R> {
    fn into_entry(self) -> Result<Entry<O, R>, &'static str> {
        let by = self.client.map_or(By::System, By::Client);
        let end = match (by, self.at, self.outcome, self.unknown, self.by) {
            (By::Client(_), Some(at), Some(outcome), None, None) => End::Returned { at, outcome },
            (_, None, None, Some(why), None) => End::Unknown { why },
            (By::System, None, None, None, Some(by)) => End::Due { by },
            (By::Client(_), _, _, _, Some(_)) => {
                return Err("`by` is for operations of the system's own, which have no `client`");
            }
            (By::Client(_), _, _, Some(_), _) => {
                return Err("a call whose outcome is unknown has neither `at` nor `outcome`");
            }
            (By::Client(_), ..) => {
                return Err("a call has both `at` and `outcome`, or else `unknown`");
            }
            (By::System, ..) => {
                return Err("an operation without a `client` is the system's own, and has `by`");
            }
        };
        Ok(Entry {
            by,
            operation: self.operation,
            from: self.from,
            end,
        })
    }
}

impl<O: DeserializeOwned, R: DeserializeOwned> History<O, R> {
    /// The history in a file.
    ///
    /// # Errors
    /// The file or the line that is none.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, HistoryError> {
        let path = path.as_ref();
        let source = path.display().to_string();
        match File::open(path) {
            Ok(file) => Self::read_from(BufReader::new(file), &source),
            Err(error) => Err(HistoryError::Io { source, error }),
        }
    }

    /// The history in these lines, which errors call `source`.
    ///
    /// # Errors
    /// The line that is none.
    pub fn read_from(lines: impl BufRead, source: &str) -> Result<Self, HistoryError> {
        let mut history = Self::new();
        let mut numbers = Vec::new();
        for (number, line) in (1..).zip(lines.lines()) {
            let line = line.map_err(|error| HistoryError::Io {
                source: source.to_owned(),
                error,
            })?;
            if line.trim().is_empty() {
                continue;
            }
            let entry = parse(&line).map_err(|problem| HistoryError::Line {
                source: source.to_owned(),
                line: number,
                problem,
            })?;
            history.push(entry);
            numbers.push(number);
        }
        history
            .validate()
            .map_err(|error| error.in_lines(source, &numbers))?;
        Ok(history)
    }
}

fn parse<O: DeserializeOwned, R: DeserializeOwned>(line: &str) -> Result<Entry<O, R>, String> {
    let parsed: Line<O, R> = serde_json::from_str(line).map_err(|error| in_column(&error))?;
    parsed.into_entry().map_err(str::to_owned)
}

/// serde_json counts lines too, and has only ever seen one.
fn in_column(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(problem) => format!("{problem} (column {})", error.column()),
        None => text,
    }
}

impl<O: Serialize, R: Serialize> History<O, R> {
    /// Writes the history into a file, which is replaced.
    ///
    /// # Errors
    /// Where the file cannot be written, or an operation or outcome has no form in JSON.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), HistoryError> {
        let path = path.as_ref();
        File::create(path)
            .and_then(|file| self.write_to(BufWriter::new(file)))
            .map_err(|error| HistoryError::Io {
                source: path.display().to_string(),
                error,
            })
    }

    /// Writes the history's lines.
    ///
    /// # Errors
    /// Where `out` fails, or an operation or outcome has no form in JSON.
    pub fn write_to(&self, mut out: impl Write) -> io::Result<()> {
        for entry in self.entries() {
            serde_json::to_writer(&mut out, &written(entry))?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}

fn written<O, R>(entry: &Entry<O, R>) -> Written<'_, O, R> {
    let mut written = Written {
        client: match entry.by {
            By::Client(client) => Some(client),
            By::System => None,
        },
        from: entry.from,
        at: None,
        by: None,
        operation: &entry.operation,
        outcome: None,
        unknown: None,
    };
    match &entry.end {
        End::Returned { at, outcome } => (written.at, written.outcome) = (Some(*at), Some(outcome)),
        End::Unknown { why } => written.unknown = Some(why),
        End::Due { by } => written.by = Some(*by),
    }
    written
}
