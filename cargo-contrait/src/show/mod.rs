//! The forms in which the matrix is written.

mod html;
pub(crate) mod json;
mod junit;
mod markdown;
mod reasons;
pub(crate) mod table;

use std::path::Path;

use crate::cli::FormatArgs;
use crate::error::Error;
use crate::matrix::Matrix;
use crate::terminal::{print, width};

/// Writes what was asked for; the table, unless something else takes its place on standard output.
pub(crate) fn write(matrix: &Matrix<'_>, formats: &FormatArgs) -> Result<(), Error> {
    let mut shown = false;
    let mut put = |path: &Option<std::path::PathBuf>, text: &dyn Fn() -> Result<String, Error>| {
        let Some(path) = path else { return Ok(()) };
        if path == Path::new("-") {
            shown = true;
            print(text()?);
            return Ok(());
        }
        std::fs::write(path, text()?).map_err(|error| Error::file(path, error))
    };
    put(&formats.json, &|| json::json(matrix))?;
    put(&formats.markdown, &|| Ok(markdown::markdown(matrix)))?;
    put(&formats.junit, &|| junit::junit(matrix))?;
    put(&formats.html, &|| html::html(matrix))?;
    if !shown {
        print(table::matrix(matrix, width()));
    }
    Ok(())
}
