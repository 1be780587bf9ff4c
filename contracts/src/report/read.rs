//! Files of records, read.

use std::io;
use std::path::Path;

use super::Record;
use super::kinds::is_of_another_kind;

impl Record {
    /// Reads a file of records. A line that is none is an error in its place, with its number; lines of other kinds are
    /// left out.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Vec<Result<Self, String>>> {
        let text = std::fs::read_to_string(path)?;
        let parse = |(index, line): (usize, &str)| {
            serde_json::from_str(line)
                .map_err(|error| format!("{}:{}: {error}", path.display(), index + 1))
        };
        Ok(text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty() && !is_of_another_kind(line))
            .map(parse)
            .collect())
    }
}
