//! The table behind a store: entries, the order of their use, and the order of their expiry.
//!
//! Single-threaded, and with the time handed in. What a time to live means, and which keys are valid, is decided
//! before anything gets here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

/// What is stored under a key.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) value: Bytes,
    /// The entry is there before this moment. `None` is for ever.
    pub(crate) expires: Option<Instant>,
}

#[derive(Debug)]
struct Slot {
    entry: Entry,
    /// When it was last used, in uses.
    used: u64,
}

/// Entries within bounds. Expired ones are never shown, and go with the next write.
#[derive(Debug)]
pub(crate) struct Entries {
    max_entries: usize,
    max_bytes: usize,
    bytes: usize,
    uses: u64,
    slots: HashMap<Arc<str>, Slot>,
    by_use: BTreeMap<u64, Arc<str>>,
    by_expiry: BTreeSet<(Instant, Arc<str>)>,
}

impl Entries {
    pub(crate) fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self {
            max_entries,
            max_bytes,
            bytes: 0,
            uses: 0,
            slots: HashMap::new(),
            by_use: BTreeMap::new(),
            by_expiry: BTreeSet::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.max_entries, self.max_bytes);
    }

    /// The entry under `key`, which does not count as use.
    pub(crate) fn peek(&self, key: &str, now: Instant) -> Option<&Entry> {
        let entry = &self.slots.get(key)?.entry;
        entry.expires.is_none_or(|at| now < at).then_some(entry)
    }

    /// The entry under `key`, which counts as use.
    pub(crate) fn get(&mut self, key: &str, now: Instant) -> Option<&Entry> {
        self.peek(key, now)?;
        self.uses += 1;
        let slot = self.slots.get_mut(key)?;
        if let Some(key) = self.by_use.remove(&slot.used) {
            self.by_use.insert(self.uses, key);
        }
        slot.used = self.uses;
        Some(&slot.entry)
    }

    /// Stores `entry` in place of what was there, and makes room for it.
    pub(crate) fn insert(&mut self, key: &str, entry: Entry, now: Instant) {
        self.drop_expired(now);
        self.remove(key, now);
        self.make_room(key.len() + entry.value.len(), now);
        self.uses += 1;
        let (key, used) = (Arc::<str>::from(key), self.uses);
        self.bytes += key.len() + entry.value.len();
        self.by_use.insert(used, Arc::clone(&key));
        if let Some(at) = entry.expires {
            self.by_expiry.insert((at, Arc::clone(&key)));
        }
        self.slots.insert(key, Slot { entry, used });
    }

    /// Removes what is under `key`, and says whether it was still there.
    pub(crate) fn remove(&mut self, key: &str, now: Instant) -> bool {
        let Some((key, slot)) = self.slots.remove_entry(key) else {
            return false;
        };
        self.bytes -= key.len() + slot.entry.value.len();
        self.by_use.remove(&slot.used);
        match slot.entry.expires {
            None => true,
            Some(at) => {
                self.by_expiry.remove(&(at, key));
                now < at
            }
        }
    }

    fn drop_expired(&mut self, now: Instant) {
        while let Some((at, key)) = self.by_expiry.first() {
            if now < *at {
                return;
            }
            let key = Arc::clone(key);
            self.remove(&key, now);
        }
    }

    fn make_room(&mut self, bytes: usize, now: Instant) {
        while self.slots.len() >= self.max_entries || self.bytes + bytes > self.max_bytes {
            let Some((_, key)) = self.by_use.pop_first() else {
                return;
            };
            self.remove(&key, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn entry(value: &'static str, expires: Option<Instant>) -> Entry {
        Entry {
            value: Bytes::from_static(value.as_bytes()),
            expires,
        }
    }

    /// The tables must tell the same story after every step.
    fn check(entries: &Entries) {
        let bytes = entries
            .slots
            .iter()
            .map(|(key, slot)| key.len() + slot.entry.value.len());
        assert_eq!(entries.bytes, bytes.sum::<usize>());
        assert_eq!(entries.by_use.len(), entries.slots.len());
        let expiring = entries
            .slots
            .values()
            .filter(|slot| slot.entry.expires.is_some());
        assert_eq!(entries.by_expiry.len(), expiring.count());
    }

    #[test]
    fn least_recently_used_makes_room() {
        let now = Instant::now();
        let mut entries = Entries::new(2, 1000);
        entries.insert("a", entry("1", None), now);
        entries.insert("b", entry("2", None), now);
        assert!(entries.get("a", now).is_some());
        assert!(entries.peek("b", now).is_some());
        entries.insert("c", entry("3", None), now);
        check(&entries);
        assert!(entries.peek("a", now).is_some());
        assert!(entries.peek("b", now).is_none());
    }

    #[test]
    fn overwriting_needs_no_room() {
        let now = Instant::now();
        let mut entries = Entries::new(2, 4);
        entries.insert("a", entry("1", None), now);
        entries.insert("b", entry("2", None), now);
        entries.insert("b", entry("3", None), now);
        check(&entries);
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn bytes_of_keys_and_values_are_bounded() {
        let now = Instant::now();
        let mut entries = Entries::new(100, 10);
        entries.insert("a", entry("1234", None), now);
        entries.insert("b", entry("1234", None), now);
        assert_eq!(entries.len(), 2);
        entries.insert("c", entry("1", None), now);
        check(&entries);
        assert_eq!(entries.len(), 2);
        assert!(entries.peek("a", now).is_none());
    }

    #[test]
    fn expired_entries_make_room_before_live_ones() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let mut entries = Entries::new(2, 1000);
        entries.insert("live", entry("1", None), now);
        entries.insert("short", entry("2", Some(later)), now);
        entries.insert("new", entry("3", None), later);
        check(&entries);
        assert!(entries.peek("live", later).is_some());
        assert!(!entries.remove("short", later));
    }

    #[test]
    fn removing_says_whether_it_was_still_there() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let mut entries = Entries::new(9, 1000);
        entries.insert("k", entry("v", Some(later)), now);
        assert!(entries.remove("k", now));
        entries.insert("k", entry("v", Some(later)), now);
        assert!(!entries.remove("k", later));
        assert!(!entries.remove("k", now));
        check(&entries);
    }
}
