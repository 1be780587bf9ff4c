//! Where settings are read from.
//!
//! The process environment is one source among others, since a test cannot set it: `set_var` is unsafe and seen by every
//! other thread. Everything that reads a setting therefore takes an [`Environment`].

use std::ffi::OsString;

use crate::ServerError;

/// A source of environment variables.
pub trait Environment {
    /// The value of the variable `name`, or `None` where it is unset.
    fn var(&self, name: &str) -> Option<OsString>;
}

/// The environment of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn var(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }
}

/// Exactly the listed variables, for tests.
impl<const N: usize> Environment for [(&str, &str); N] {
    fn var(&self, name: &str) -> Option<OsString> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| OsString::from(value))
    }
}

/// The value of `name`, where the empty text counts as unset.
pub(crate) fn value(environment: &dyn Environment, name: &str) -> Option<OsString> {
    environment.var(name).filter(|value| !value.is_empty())
}

/// As [`value`], for settings that are text.
pub(crate) fn text(
    environment: &dyn Environment,
    name: &'static str,
) -> Result<Option<String>, ServerError> {
    value(environment, name)
        .map(OsString::into_string)
        .transpose()
        // The value is not shown: it may hold a password.
        .map_err(|_| ServerError::Setting {
            name,
            problem: "it is not UTF-8".to_owned(),
        })
}
