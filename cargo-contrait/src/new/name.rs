//! The name of a package, as cargo and rustc can have it.

use std::fmt;
use std::path::Path;

use crate::error::{Error, Kind};

/// A name that a package can have.
#[derive(Debug)]
pub(super) struct Name(String);

/// What rustc or the starter has for itself.
const TAKEN: [&str; 6] = ["alloc", "contrait", "core", "proc_macro", "std", "test"];

impl Name {
    /// The last part of a path.
    ///
    /// # Errors
    /// No package can have that name.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let last = path.file_name().and_then(|name| name.to_str());
        let name = Self(last.unwrap_or_default().to_owned());
        match name.fault() {
            None => Ok(name),
            Some(fault) => {
                let message = format!("no package can be called `{name}`: {fault}");
                Err(Error::new(Kind::Usage, message).remedy("a name has letters, digits, `-` and `_`, and begins with a letter: `cargo contrait new my-store`"))
            }
        }
    }

    fn fault(&self) -> Option<String> {
        let Some(first) = self.0.chars().next() else {
            return Some("it is empty".to_owned());
        };
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || ['-', '_'].contains(&letter);
        if let Some(letter) = self.0.chars().find(|letter| !allowed(*letter)) {
            return Some(format!("it has `{}` in it", letter.escape_debug()));
        }
        if !first.is_ascii_alphabetic() {
            return Some("it begins with no letter".to_owned());
        }
        let in_code = self.in_code();
        if TAKEN.contains(&in_code.as_str()) {
            return Some("that is the name of another crate".to_owned());
        }
        // What is no identifier is a keyword, since its letters are right.
        syn::parse_str::<syn::Ident>(&in_code)
            .is_err()
            .then(|| "it is a keyword".to_owned())
    }

    /// The name of its crate.
    pub(super) fn in_code(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
