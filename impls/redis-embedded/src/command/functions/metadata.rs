//! The first line of a library: `#!lua name=mylib`.

use crate::command::Error;

/// The name of the library that code makes.
pub(super) fn name(code: &[u8]) -> Result<Vec<u8>, Error> {
    const INVALID: Error = Error::new("ERR Invalid library metadata");
    let line = code
        .strip_prefix(b"#!")
        .ok_or(Error::new("ERR Missing library metadata"))?;
    let end = line.iter().position(|byte| *byte == b'\n').ok_or(INVALID)?;
    let mut words = line[..end]
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let engine = words.next().ok_or(INVALID)?;
    let mut name = None;
    for word in words {
        let Some(given) = word.strip_prefix(b"name=") else {
            return Err([b"ERR Invalid metadata value given: ", word]
                .concat()
                .into());
        };
        if name.replace(given).is_some() {
            return Err(Error::new(
                "ERR Invalid metadata value, name argument was given multiple times",
            ));
        }
    }
    let name = name.ok_or(Error::new("ERR Library name was not given"))?;
    if !is_name(name) {
        return Err(Error::new(NO_NAME));
    }
    if !engine.eq_ignore_ascii_case(b"lua") {
        return Err([b"ERR Engine '", engine, b"' not found"].concat().into());
    }
    Ok(name.to_vec())
}

pub(super) const NO_NAME: &str = "ERR Library names can only contain letters, numbers, or \
                                  underscores(_) and must be at least one character long";

/// Whether a text can name a library or a function.
pub(super) fn is_name(text: &[u8]) -> bool {
    !text.is_empty()
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
