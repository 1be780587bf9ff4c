//! Hashes, whose fields may each have a time to live.
//!
//! Times are kept beside the values, since hardly any hash has them. Who looks at a hash never sees a field whose time
//! has come: the database drops those first, as it does with keys.

use std::collections::BTreeSet;

use super::{Map, Table};

/// A hash in the order of insertion, as long as Redis keeps that as well.
#[derive(Debug, Clone)]
pub(crate) struct Hash {
    pub(crate) fields: Map<Vec<u8>, Vec<u8>>,
    /// Whether Redis would have it in a listpack, which keeps the order.
    pub(crate) compact: bool,
    /// The times of fields; there once a field has had one, which shows in the encoding.
    times: Option<Box<Times>>,
}

/// When fields expire, in Unix milliseconds: by their names, and in that order.
#[derive(Debug, Clone, Default)]
struct Times {
    of: Table<Vec<u8>, i64>,
    order: BTreeSet<(i64, Vec<u8>)>,
}

impl Times {
    fn set(&mut self, field: &[u8], at: Option<i64>) {
        if let Some(old) = self.of.remove(field) {
            self.order.remove(&(old, field.to_vec()));
        }
        if let Some(at) = at {
            self.of.insert(field.to_vec(), at);
            self.order.insert((at, field.to_vec()));
        }
    }
}

impl Default for Hash {
    fn default() -> Hash {
        Hash {
            fields: Map::default(),
            compact: true,
            times: None,
        }
    }
}

impl Hash {
    /// Sets a field, which has no time to live then; true when it is new.
    pub(crate) fn set(&mut self, field: &[u8], value: Vec<u8>, limits: (usize, usize)) -> bool {
        if let Some(times) = &mut self.times {
            times.set(field, None);
        }
        self.set_value(field, value, limits)
    }

    /// Sets a field, which keeps its time to live; true when it is new.
    pub(crate) fn set_value(
        &mut self,
        field: &[u8],
        value: Vec<u8>,
        limits: (usize, usize),
    ) -> bool {
        if self.compact && (field.len() > limits.1 || value.len() > limits.1) {
            self.compact = false;
        }
        if let Some(old) = self.fields.get_mut(field) {
            *old = value;
            return false;
        }
        self.fields.insert(field.to_vec(), value);
        if self.fields.len() > limits.0 {
            self.compact = false;
        }
        true
    }

    pub(crate) fn remove(&mut self, field: &[u8]) -> Option<Vec<u8>> {
        if let Some(times) = &mut self.times {
            times.set(field, None);
        }
        if self.compact {
            self.fields.shift_remove(field)
        } else {
            self.fields.swap_remove(field)
        }
    }

    /// When a field expires, in Unix milliseconds, if it does.
    pub(crate) fn expiry(&self, field: &[u8]) -> Option<i64> {
        self.times.as_ref()?.of.get(field).copied()
    }

    /// Lets a field that is there expire, or not any more.
    pub(crate) fn set_expiry(&mut self, field: &[u8], at: Option<i64>) {
        self.times.get_or_insert_default().set(field, at);
    }

    /// When the first field expires.
    pub(crate) fn next_expiry(&self) -> Option<i64> {
        let (at, _) = self.times.as_ref()?.order.first()?;
        Some(*at)
    }

    /// Whether a field has ever had a time to live.
    pub(crate) fn is_timed(&self) -> bool {
        self.times.is_some()
    }

    /// Notes that fields may have times to live.
    pub(crate) fn make_timed(&mut self) {
        self.times.get_or_insert_default();
    }

    /// Drops the fields whose time was before `now`; true when there were any.
    pub(crate) fn drop_expired(&mut self, now: i64) -> bool {
        let mut dropped = false;
        while self.next_expiry().is_some_and(|at| at < now) {
            let first = self
                .times
                .as_mut()
                .and_then(|times| times.order.pop_first());
            let Some((_, field)) = first else { break };
            self.remove(&field);
            dropped = true;
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    const LIMITS: (usize, usize) = (4, 64);

    #[test]
    fn a_field_lives_through_the_millisecond_it_expires_in() {
        let mut hash = Hash::default();
        hash.set(b"a", b"1".to_vec(), LIMITS);
        hash.set(b"b", b"1".to_vec(), LIMITS);
        hash.set_expiry(b"a", Some(5));
        assert!(!hash.drop_expired(5));
        assert!(hash.drop_expired(6));
        assert_eq!(hash.fields.len(), 1);
        assert_eq!(hash.next_expiry(), None);
    }

    #[test]
    fn a_new_value_has_no_time_to_live() {
        let mut hash = Hash::default();
        hash.set(b"a", b"1".to_vec(), LIMITS);
        hash.set_expiry(b"a", Some(5));
        hash.set_value(b"a", b"2".to_vec(), LIMITS);
        assert_eq!(hash.expiry(b"a"), Some(5));
        hash.set(b"a", b"3".to_vec(), LIMITS);
        assert_eq!((hash.expiry(b"a"), hash.next_expiry()), (None, None));
    }
}
