//! The forms in which the matrix is written.

mod html;
pub(crate) mod json;
mod junit;
mod markdown;
mod reasons;
pub(crate) mod table;

use std::path::Path;

use crate::cli::FormatArgs;
use crate::error::{Error, Kind};
use crate::matrix::Matrix;
use crate::terminal::{print, width};

type Form = fn(&Matrix<'_>) -> Result<String, Error>;

/// Each form that was asked for, with its option and where it goes; nothing is standard output.
fn asked(formats: &FormatArgs) -> impl Iterator<Item = (&'static str, Option<&Path>, Form)> {
    let all: [(_, _, Form); 4] = [
        ("--json", &formats.json, json::json),
        ("--markdown", &formats.markdown, |matrix| {
            Ok(markdown::markdown(matrix))
        }),
        ("--junit", &formats.junit, junit::junit),
        ("--html", &formats.html, html::html),
    ];
    all.into_iter().filter_map(|(option, file, form)| {
        let file = file.as_deref()?;
        Some((option, (file != Path::new("-")).then_some(file), form))
    })
}

/// That what is asked for can be written, as far as that is known before: a run is not to be lost by a wrong path.
///
/// # Errors
/// Two forms go to standard output, or there is no folder for a file.
pub(crate) fn writable(formats: &FormatArgs) -> Result<(), Error> {
    let shown: Vec<&str> = asked(formats)
        .filter(|(_, file, _)| file.is_none())
        .map(|(option, ..)| option)
        .collect();
    if let [one, other, ..] = shown.as_slice() {
        let message = format!("`{one}` and `{other}` cannot both go to standard output");
        return Err(
            Error::new(Kind::Usage, message).remedy(format!("Name a file: `{other} FILE`."))
        );
    }
    let mut files = asked(formats).filter_map(|(_, file, _)| file);
    files.try_for_each(has_folder)
}

/// That there is a folder for a file.
pub(crate) fn has_folder(file: &Path) -> Result<(), Error> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match (folder.is_dir(), file.is_dir()) {
        (true, false) => Ok(()),
        (true, true) => Err(Error::file(file, "this is a folder").remedy("Name a file in it.")),
        (false, _) => Err(Error::file(file, "there is no such folder")
            .remedy(format!("`mkdir -p {}` makes it.", folder.display()))),
    }
}

/// Writes what was asked for; the table, unless something else takes its place on standard output. That comes first,
/// since it is there whatever becomes of the files.
pub(crate) fn write(matrix: &Matrix<'_>, formats: &FormatArgs) -> Result<(), Error> {
    let shown = asked(formats).find(|(_, file, _)| file.is_none());
    print(match shown {
        Some((_, _, form)) => form(matrix)?,
        None => table::matrix(matrix, width()),
    });
    for (_, file, form) in asked(formats) {
        if let Some(file) = file {
            let text = form(matrix)?;
            std::fs::write(file, text).map_err(|error| Error::file(file, error))?;
        }
    }
    Ok(())
}
