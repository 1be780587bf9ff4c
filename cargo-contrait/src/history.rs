//! What is kept of past runs: a line of JSON each, under `target/contrait/`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::matrix::{Matrix, State, Totals};
use crate::record;
use crate::run::Folder;

/// How many runs are told of.
const TOLD: usize = 20;

/// A past run.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Past {
    /// When it began, in milliseconds since 1970.
    pub(crate) time_ms: u64,
    /// How long it took, in milliseconds, the build included.
    pub(crate) took_ms: u64,
    pub(crate) totals: Totals,
    /// The backends that ran.
    pub(crate) backends: Vec<String>,
    /// What was asked for; runs that were asked for the same can be compared.
    #[serde(default)]
    pub(crate) asked: String,
    /// What failed, as `suite backend::case`.
    pub(crate) failed: Vec<String>,
}

impl Past {
    /// What failed, without the suites.
    pub(crate) fn failed_cases(&self) -> String {
        let cases = self
            .failed
            .iter()
            .map(|failed| failed.rsplit(' ').next().unwrap_or(failed));
        cases.collect::<Vec<_>>().join(", ")
    }
}

/// All runs, oldest first. What cannot be read is left out: it is no reason to show nothing.
pub(crate) fn read(folder: &Folder) -> Vec<Past> {
    let text = std::fs::read_to_string(folder.history()).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// The last runs that were asked for the same.
pub(crate) fn alike(folder: &Folder, asked: &str) -> Vec<Past> {
    let mut past = read(folder);
    past.retain(|past| past.asked == asked);
    past.split_off(past.len().saturating_sub(TOLD))
}

pub(crate) fn append(folder: &Folder, matrix: &Matrix<'_>, asked: &str) -> Result<(), Error> {
    let Some(run) = &matrix.run else {
        return Ok(());
    };
    let past = Past {
        time_ms: run.time_ms,
        took_ms: run.took_ms,
        totals: matrix.totals,
        backends: matrix.backends().into_iter().map(str::to_owned).collect(),
        asked: asked.to_owned(),
        failed: failed(matrix),
    };
    record::append(&folder.history(), &past)
}

fn failed(matrix: &Matrix<'_>) -> Vec<String> {
    let cells = matrix.cells().filter(|at| at.cell.state == State::Failed);
    cells
        .map(|at| format!("{} {}::{}", at.suite.path, at.backend.name, at.case.name))
        .collect()
}
