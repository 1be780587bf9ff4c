//! Lines of other kinds than records: each has one field, which says what it holds.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::append_line;

/// The field of a line that holds a [`KillMatrix`](crate::check::strength::KillMatrix).
pub(crate) const STRENGTH: &str = "strength";
/// The field of a line that holds a [`Coverage`](crate::check::coverage::Coverage).
pub(crate) const COVERAGE: &str = "coverage";

/// Appends a line of another kind.
pub(crate) fn append_kind(kind: &str, what: &impl Serialize, path: &Path) -> io::Result<()> {
    append_line(
        &serde_json::to_string(&BTreeMap::from([(kind, what)]))?,
        path,
    )
}

/// What a file holds of a kind. Lines of other kinds, and what is no line, are left out.
pub(crate) fn read_kind<T: DeserializeOwned>(path: &Path, kind: &str) -> io::Result<Vec<T>> {
    let text = std::fs::read_to_string(path)?;
    let parse = |line: &str| {
        let mut line: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).ok()?;
        serde_json::from_value(line.remove(kind)?).ok()
    };
    Ok(text.lines().filter_map(parse).collect())
}

/// Whether a line is whole, and one of those.
pub(super) fn is_of_another_kind(line: &str) -> bool {
    let kinds = [STRENGTH, COVERAGE, "binary", "ended"];
    let field = line
        .strip_prefix("{\"")
        .and_then(|line| line.split_once("\":"));
    field.is_some_and(|(field, _)| kinds.contains(&field))
}
