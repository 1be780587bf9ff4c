//! The matrix as JSON, and the schema of that.

use crate::error::{Error, Kind};
use crate::matrix::Matrix;

pub(crate) fn json(matrix: &Matrix<'_>) -> Result<String, Error> {
    pretty(matrix)
}

/// The schema, as JSON Schema 2020-12.
pub(crate) fn schema() -> Result<String, Error> {
    pretty(&schemars::schema_for!(Matrix<'static>))
}

pub(crate) fn pretty(value: &impl serde::Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n")
        .map_err(|error| Error::new(Kind::Tool, error.to_string()))
}
