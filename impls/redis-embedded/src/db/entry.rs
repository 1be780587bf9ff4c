//! What a key holds.

use std::sync::Arc;

use super::Value;

/// A key, shared by the map and the indexes beside it.
pub(crate) type Key = Arc<[u8]>;

/// A value with what Redis keeps beside it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) value: Value,
    /// When it expires, in Unix milliseconds.
    pub(crate) expires: Option<i64>,
    /// When the index of expiring fields has it down, for a hash that has any.
    pub(super) fields_due: Option<i64>,
    /// When it was last looked at, in Unix milliseconds.
    pub(crate) used: i64,
}

impl Entry {
    pub(crate) fn new(value: Value, now: i64) -> Entry {
        Entry {
            value,
            expires: None,
            fields_due: None,
            used: now,
        }
    }
}
