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
    /// Which write it stems from, of all writes to the store.
    pub(crate) version: u64,
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
    writes: u64,
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
            writes: 0,
            slots: HashMap::new(),
            by_use: BTreeMap::new(),
            by_expiry: BTreeSet::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn clear(&mut self) {
        let writes = self.writes;
        *self = Self::new(self.max_entries, self.max_bytes);
        // Versions never come again.
        self.writes = writes;
    }

    /// The keys that begin with `prefix`, of entries that are there.
    pub(crate) fn keys(&self, prefix: &str, now: Instant) -> Vec<Arc<str>> {
        let starting = self.slots.keys().filter(|key| key.starts_with(prefix));
        let there = starting.filter(|key| self.peek(key, now).is_some());
        there.cloned().collect()
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

    /// Stores `value` in place of what was there, and makes room for it.
    pub(crate) fn insert(
        &mut self,
        key: &str,
        value: Bytes,
        expires: Option<Instant>,
        now: Instant,
    ) {
        self.drop_expired(now);
        self.remove(key, now);
        self.make_room(key.len() + value.len(), now);
        self.uses += 1;
        self.writes += 1;
        let (key, used) = (Arc::<str>::from(key), self.uses);
        let entry = Entry {
            value,
            version: self.writes,
            expires,
        };
        self.bytes += key.len() + entry.value.len();
        self.by_use.insert(used, Arc::clone(&key));
        if let Some(at) = entry.expires {
            self.by_expiry.insert((at, Arc::clone(&key)));
        }
        self.slots.insert(key, Slot { entry, used });
    }

    /// Changes when the entry under `key` is gone, which counts as use, and says whether there is one.
    pub(crate) fn expire(&mut self, key: &str, expires: Option<Instant>, now: Instant) -> bool {
        if self.get(key, now).is_none() {
            return false;
        }
        let Some((key, slot)) = self.slots.remove_entry(key) else {
            return false;
        };
        if let Some(at) = slot.entry.expires {
            self.by_expiry.remove(&(at, Arc::clone(&key)));
        }
        if let Some(at) = expires {
            self.by_expiry.insert((at, Arc::clone(&key)));
        }
        let entry = Entry {
            expires,
            ..slot.entry
        };
        self.slots.insert(key, Slot { entry, ..slot });
        true
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

    fn insert(
        entries: &mut Entries,
        key: &str,
        value: &'static str,
        expires: Option<Instant>,
        now: Instant,
    ) {
        let value = Bytes::from_static(value.as_bytes());
        entries.insert(key, value, expires, now);
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
        insert(&mut entries, "a", "1", None, now);
        insert(&mut entries, "b", "2", None, now);
        assert!(entries.get("a", now).is_some());
        assert!(entries.peek("b", now).is_some());
        insert(&mut entries, "c", "3", None, now);
        check(&entries);
        assert!(entries.peek("a", now).is_some());
        assert!(entries.peek("b", now).is_none());
    }

    #[test]
    fn overwriting_needs_no_room() {
        let now = Instant::now();
        let mut entries = Entries::new(2, 4);
        insert(&mut entries, "a", "1", None, now);
        insert(&mut entries, "b", "2", None, now);
        insert(&mut entries, "b", "3", None, now);
        check(&entries);
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn bytes_of_keys_and_values_are_bounded() {
        let now = Instant::now();
        let mut entries = Entries::new(100, 10);
        insert(&mut entries, "a", "1234", None, now);
        insert(&mut entries, "b", "1234", None, now);
        assert_eq!(entries.len(), 2);
        insert(&mut entries, "c", "1", None, now);
        check(&entries);
        assert_eq!(entries.len(), 2);
        assert!(entries.peek("a", now).is_none());
    }

    #[test]
    fn expired_entries_make_room_before_live_ones() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let mut entries = Entries::new(2, 1000);
        insert(&mut entries, "live", "1", None, now);
        insert(&mut entries, "short", "2", Some(later), now);
        insert(&mut entries, "new", "3", None, later);
        check(&entries);
        assert!(entries.peek("live", later).is_some());
        assert!(!entries.remove("short", later));
    }

    #[test]
    fn removing_says_whether_it_was_still_there() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let mut entries = Entries::new(9, 1000);
        insert(&mut entries, "k", "v", Some(later), now);
        assert!(entries.remove("k", now));
        insert(&mut entries, "k", "v", Some(later), now);
        assert!(!entries.remove("k", later));
        assert!(!entries.remove("k", now));
        check(&entries);
    }

    #[test]
    fn expiry_is_changed_and_nothing_else() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let mut entries = Entries::new(9, 1000);
        insert(&mut entries, "k", "1", None, now);
        let version = entries.peek("k", now).unwrap().version;
        for expires in [Some(later), Some(now + Duration::from_secs(2)), None] {
            assert!(entries.expire("k", expires, now));
            check(&entries);
            let entry = entries.peek("k", now).unwrap();
            assert_eq!((entry.expires, entry.version), (expires, version));
        }
        assert!(!entries.expire("missing", None, now));
        entries.expire("k", Some(later), now);
        assert!(!entries.expire("k", None, later));
    }

    #[test]
    fn versions_never_come_again() {
        let now = Instant::now();
        let mut entries = Entries::new(9, 1000);
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            insert(&mut entries, "k", "1", None, now);
            seen.insert(entries.peek("k", now).unwrap().version);
            entries.clear();
        }
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn keys_are_those_of_entries_that_are_there() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let mut entries = Entries::new(9, 1000);
        insert(&mut entries, "a", "1", Some(later), now);
        insert(&mut entries, "ab", "1", None, now);
        insert(&mut entries, "b", "1", None, now);
        assert_eq!(entries.keys("a", now).len(), 2);
        assert_eq!(entries.keys("a", later), [Arc::from("ab")]);
    }
}
