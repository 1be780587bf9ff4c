//! Error replies.

use std::borrow::Cow;

use crate::db::WrongType;

/// An error reply, with its code and without the dash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error(Cow<'static, [u8]>);

/// What a command's function returns; what it replies, it has written.
pub(crate) type Outcome = Result<(), Error>;

impl Error {
    pub(crate) const SYNTAX: Error = Error::new("ERR syntax error");
    pub(crate) const NOT_INTEGER: Error = Error::new("ERR value is not an integer or out of range");
    pub(crate) const NOT_FLOAT: Error = Error::new("ERR value is not a valid float");
    pub(crate) const NO_SUCH_KEY: Error = Error::new("ERR no such key");
    pub(crate) const INDEX: Error = Error::new("ERR index out of range");
    pub(crate) const DB_INDEX: Error = Error::new("ERR DB index is out of range");
    pub(crate) const SAME_OBJECT: Error =
        Error::new("ERR source and destination objects are the same");
    pub(crate) const NEGATIVE: Error = Error::new("ERR value is out of range, must be positive");
    pub(crate) const TOO_LONG: Error =
        Error::new("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    pub(crate) const WRONG_TYPE: Error =
        Error::new("WRONGTYPE Operation against a key holding the wrong kind of value");

    pub(crate) const fn new(text: &'static str) -> Error {
        Error(Cow::Borrowed(text.as_bytes()))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The error about a wrong number of arguments.
    pub(crate) fn arity(name: &str) -> Error {
        format!("ERR wrong number of arguments for '{name}' command").into()
    }
}

impl From<WrongType> for Error {
    fn from(_: WrongType) -> Error {
        Error::WRONG_TYPE
    }
}

impl From<String> for Error {
    fn from(text: String) -> Error {
        Error(Cow::Owned(text.into_bytes()))
    }
}

impl From<Vec<u8>> for Error {
    fn from(text: Vec<u8>) -> Error {
        Error(Cow::Owned(text))
    }
}
