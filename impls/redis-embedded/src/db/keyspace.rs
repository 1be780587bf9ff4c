//! One numbered database: keys, entries, and the index of what expires.

use std::collections::BTreeSet;

use super::{Entry, Key, Kind, Map, Value, WrongType};

/// What has happened to the keys of a database that nobody has been told of.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Keys that have expired.
    pub(crate) expired: Vec<Key>,
    /// Hashes that fields have expired of, and whether the key has gone with the last one.
    pub(crate) expired_fields: Vec<(Key, bool)>,
    /// Keys that are new; none is noted where nobody asks.
    pub(crate) created: Option<Vec<Key>>,
    /// Keys whose value has been replaced; none is noted where nobody asks.
    pub(crate) overwritten: Option<Vec<(Key, Change)>>,
}

/// What has become another one with the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Value,
    Type,
}

impl Change {
    fn between(old: &Value, new: &Value) -> Change {
        if std::mem::discriminant(old) == std::mem::discriminant(new) {
            Change::Value
        } else {
            Change::Type
        }
    }
}

/// A database. Every look at a key first drops it when its time has come.
#[derive(Debug, Default)]
pub(crate) struct Db {
    entries: Map<Key, Entry>,
    expires: BTreeSet<(i64, Key)>,
    /// The hashes with fields that expire, by when the first one does, or did when that was noted.
    fields: BTreeSet<(i64, Key)>,
    /// The time of the command that runs, in Unix milliseconds.
    pub(crate) now: i64,
    pub(crate) news: News,
    /// Whether the earliest expiry may have changed since the timer was set.
    pub(crate) rearm: bool,
}

impl Db {
    pub(crate) fn has_news(&self) -> bool {
        let News {
            expired,
            expired_fields,
            created,
            overwritten,
        } = &self.news;
        !expired.is_empty()
            || !expired_fields.is_empty()
            || created.as_ref().is_some_and(|keys| !keys.is_empty())
            || overwritten.as_ref().is_some_and(|keys| !keys.is_empty())
    }

    pub(crate) fn take_news(&mut self) -> News {
        let none = News {
            created: self.news.created.as_ref().map(|_| Vec::new()),
            overwritten: self.news.overwritten.as_ref().map(|_| Vec::new()),
            ..News::default()
        };
        std::mem::replace(&mut self.news, none)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many keys have a time to live.
    pub(crate) fn volatile(&self) -> usize {
        self.expires.len()
    }

    /// When the next key expires: it lives through the whole millisecond that it is to expire in, as on Redis, since
    /// what came in late in a millisecond would otherwise be gone early.
    pub(crate) fn next_expiry(&self) -> Option<i64> {
        let first = [self.expires.first(), self.fields.first()];
        let first = first.into_iter().flatten().map(|(at, _)| *at).min();
        first.map(|at| at.saturating_add(1))
    }

    /// Drops a key whose time has come, and fields of it whose time has.
    fn expire(&mut self, key: &[u8]) {
        if self.next_expiry().is_none_or(|at| at > self.now) {
            return;
        }
        if let Some(entry) = self.entries.get(key)
            && entry.fields_due.is_some_and(|at| at < self.now)
        {
            self.expire_fields(key);
        }
        let due = self.entries.get(key).and_then(|entry| entry.expires);
        if due.is_some_and(|at| at < self.now)
            && let Some((key, _)) = self.take(key)
        {
            self.news.expired.push(key);
        }
    }

    /// Drops the fields of a hash whose time has come, and the hash with the last one.
    fn expire_fields(&mut self, key: &[u8]) {
        let now = self.now;
        let Some(Value::Hash(hash)) = self.entries.get_mut(key).map(|entry| &mut entry.value)
        else {
            return;
        };
        let (dropped, empty) = (hash.drop_expired(now), hash.fields.is_empty());
        self.note_fields(key);
        let Some((shared, _)) = self.entries.get_key_value(key).filter(|_| dropped) else {
            return;
        };
        self.news.expired_fields.push((shared.clone(), empty));
        if empty {
            self.take(key);
        }
    }

    /// Notes when the first field of a hash expires. Whoever changes times of fields calls this; one that is noted too
    /// early does no harm.
    pub(crate) fn note_fields(&mut self, key: &[u8]) {
        let Some(index) = self.entries.get_index_of(key) else {
            return;
        };
        let Some((shared, entry)) = self.entries.get_index_mut(index) else {
            return;
        };
        let next = match &entry.value {
            Value::Hash(hash) => hash.next_expiry(),
            _ => None,
        };
        let old = std::mem::replace(&mut entry.fields_due, next);
        if old == next {
            return;
        }
        if let Some(at) = old {
            self.fields.remove(&(at, shared.clone()));
        }
        if let Some(at) = next {
            self.fields.insert((at, shared.clone()));
            self.rearm = true;
        }
    }

    /// Drops every key and every field whose time has come.
    pub(crate) fn expire_due(&mut self) {
        while self.fields.first().is_some_and(|(at, _)| *at < self.now) {
            let Some((_, key)) = self.fields.pop_first() else {
                break;
            };
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.fields_due = None;
            }
            self.expire_fields(&key);
        }
        while let Some((at, key)) = self.expires.first() {
            if *at >= self.now {
                return;
            }
            let key = key.clone();
            self.take(&key);
            self.news.expired.push(key);
        }
    }

    pub(crate) fn contains(&mut self, key: &[u8]) -> bool {
        self.expire(key);
        self.entries.contains_key(key)
    }

    /// An entry, without counting as a use of it.
    pub(crate) fn peek(&mut self, key: &[u8]) -> Option<&Entry> {
        self.expire(key);
        self.entries.get(key)
    }

    /// An entry, even if its time is over, as long as nobody has noticed that.
    pub(crate) fn held(&self, key: &[u8]) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub(crate) fn entry(&mut self, key: &[u8]) -> Option<&mut Entry> {
        self.expire(key);
        let entry = self.entries.get_mut(key)?;
        entry.used = self.now;
        Some(entry)
    }

    pub(crate) fn get<K: Kind>(&mut self, key: &[u8]) -> Result<Option<&K>, WrongType> {
        Ok(self.get_mut::<K>(key)?.map(|value| &*value))
    }

    pub(crate) fn get_mut<K: Kind>(&mut self, key: &[u8]) -> Result<Option<&mut K>, WrongType> {
        match self.entry(key) {
            None => Ok(None),
            Some(entry) => K::of_mut(&mut entry.value).map(Some).ok_or(WrongType),
        }
    }

    /// The value of a key, which is there afterwards.
    pub(crate) fn get_or_new<K: Kind>(&mut self, key: &[u8]) -> Result<&mut K, WrongType> {
        self.expire(key);
        let now = self.now;
        // The key is shared with the index of expiries, so it is only made when it is new.
        let index = match self.entries.get_index_of(key) {
            Some(index) => index,
            None => {
                self.note_new(key);
                self.entries
                    .insert_full(key.into(), Entry::new(K::default().wrap(), now))
                    .0
            }
        };
        let (_, entry) = self.entries.get_index_mut(index).ok_or(WrongType)?;
        entry.used = now;
        K::of_mut(&mut entry.value).ok_or(WrongType)
    }

    /// Stores a value, which has no time to live.
    pub(crate) fn set(&mut self, key: &[u8], value: Value) {
        self.expire(key);
        let entry = Entry::new(value, self.now);
        match self.entries.get_mut(key) {
            Some(old) => {
                let old = std::mem::replace(old, entry);
                if let Some(overwritten) = &mut self.news.overwritten {
                    let change = Change::between(&old.value, &self.entries[key].value);
                    overwritten.push((key.into(), change));
                }
                self.forget_expiry(key, old.expires);
                self.forget_fields(key, old.fields_due);
            }
            None => {
                self.note_new(key);
                self.entries.insert(key.into(), entry);
            }
        }
        self.note_fields(key);
    }

    fn note_new(&mut self, key: &[u8]) {
        if let Some(created) = &mut self.news.created {
            created.push(key.into());
        }
    }

    /// Stores an entry with its time to live, and tells what has changed if there was one; the key counts as new all
    /// the same.
    pub(crate) fn put(&mut self, key: &[u8], entry: Entry) -> Option<Change> {
        let old = self.take(key);
        let change = old.map(|(_, old)| Change::between(&old.value, &entry.value));
        self.set(key, entry.value);
        self.set_expiry(key, entry.expires);
        change
    }

    /// Removes a key and returns it with what it held.
    pub(crate) fn take(&mut self, key: &[u8]) -> Option<(Key, Entry)> {
        let (key, entry) = self.entries.swap_remove_entry(key)?;
        if let Some(at) = entry.expires {
            self.expires.remove(&(at, key.clone()));
        }
        self.forget_fields(&key, entry.fields_due);
        Some((key, entry))
    }

    /// Removes a key; false when it was not there, or had expired.
    pub(crate) fn remove(&mut self, key: &[u8]) -> bool {
        self.expire(key);
        self.take(key).is_some()
    }

    fn forget_expiry(&mut self, key: &[u8], old: Option<i64>) {
        if let Some(at) = old {
            self.expires.remove(&(at, key.into()));
        }
    }

    fn forget_fields(&mut self, key: &[u8], old: Option<i64>) {
        if let Some(at) = old {
            self.fields.remove(&(at, key.into()));
        }
    }

    pub(crate) fn set_expiry(&mut self, key: &[u8], at: Option<i64>) {
        let Some((shared, _)) = self.entries.get_key_value(key) else {
            return;
        };
        let shared = shared.clone();
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        let old = std::mem::replace(&mut entry.expires, at);
        if old == at {
            return;
        }
        self.forget_expiry(key, old);
        if let Some(at) = at {
            self.expires.insert((at, shared));
            self.rearm = true;
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.expires.clear();
        self.fields.clear();
    }

    /// The keys that have not expired.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.iter().map(|(key, _)| key)
    }

    /// The entries that have not expired.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Entry)> {
        let now = self.now;
        self.entries
            .iter()
            .filter(move |(_, entry)| entry.expires.is_none_or(|at| at >= now))
    }

    /// An entry by its place, for random choice and scanning.
    pub(crate) fn at(&self, index: usize) -> Option<(&Key, &Entry)> {
        self.entries.get_index(index)
    }

    /// Swaps what two databases hold.
    pub(crate) fn swap(&mut self, other: &mut Db) {
        std::mem::swap(&mut self.entries, &mut other.entries);
        std::mem::swap(&mut self.expires, &mut other.expires);
        std::mem::swap(&mut self.fields, &mut other.fields);
        self.rearm = true;
        other.rearm = true;
    }
}
