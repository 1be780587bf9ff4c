//! The reference model of a cache: the contract as plain data, to compare backends with.
//!
//! Single-threaded and synchronous, with a clock that is a number, and written against the contract's words rather
//! than with the parts that backends share: a mistake in those must show as a difference. One model is one namespace,
//! since namespaces never meet.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;

use super::{
    CacheError, CacheErrorKind, CacheInterfaceModel, CacheLimits, FOREVER, IfChanged, Swap,
    TimeToLive, Version, Versioned,
};
use crate::check::{Effect, Model};

/// A cache in one namespace, as the contract describes it.
///
/// It fails with the kinds that the contract names, and time stands still until [`advance`](Model::advance) moves it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheModel {
    limits: CacheLimits,
    now: Duration,
    entries: BTreeMap<String, Entry>,
    /// How many values were written, which gives each of them a version of its own.
    writes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Entry {
    value: Bytes,
    version: u64,
    /// On the model's clock; the entry is there before this moment. `None` is for ever.
    expires: Option<Duration>,
}

impl CacheModel {
    /// An empty cache with the limits of the backend it stands beside, at time zero.
    pub fn new(limits: CacheLimits) -> Self {
        Self {
            limits,
            now: Duration::ZERO,
            entries: BTreeMap::new(),
            writes: 0,
        }
    }

    fn store(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        if ttl == Some(Duration::ZERO) {
            self.entries.remove(key);
            return;
        }
        let expires = self.expires(ttl);
        self.write(key, Bytes::copy_from_slice(value), expires);
    }

    fn write(&mut self, key: &str, value: Bytes, expires: Option<Duration>) {
        self.writes += 1;
        let entry = Entry {
            value,
            version: self.writes,
            expires,
        };
        self.entries.insert(key.to_owned(), entry);
    }

    /// When what gets this time to live now is gone.
    fn expires(&self, ttl: Option<Duration>) -> Option<Duration> {
        let finite = ttl.filter(|ttl| *ttl < FOREVER);
        finite.map(|ttl| self.now.saturating_add(self.whole_steps(ttl)))
    }

    fn whole_steps(&self, ttl: Duration) -> Duration {
        const SECOND: u128 = 1_000_000_000;
        let step = self.limits.ttl_resolution.as_nanos().max(1);
        let nanos = ttl.as_nanos().div_ceil(step) * step;
        Duration::new((nanos / SECOND) as u64, (nanos % SECOND) as u32)
    }

    fn check_key(&self, key: &str) -> Result<(), CacheError> {
        if key.len() > self.limits.key_bytes {
            return Err(CacheError::new(
                CacheErrorKind::InvalidKey,
                "the key is too long",
            ));
        }
        Ok(())
    }

    fn check_value(&self, value: &[u8]) -> Result<(), CacheError> {
        if value.len() > self.limits.value_bytes {
            return Err(CacheError::new(
                CacheErrorKind::ValueTooLarge,
                "the value is too large",
            ));
        }
        Ok(())
    }

    fn check_scan(&self) -> Result<(), CacheError> {
        if self.limits.scan {
            return Ok(());
        }
        let message = "keys cannot be listed";
        Err(CacheError::new(CacheErrorKind::Unsupported, message))
    }
}

impl Model for CacheModel {
    fn advance(&mut self, by: Duration) {
        self.now = self.now.saturating_add(by);
        let now = self.now;
        self.entries
            .retain(|_, entry| entry.expires.is_none_or(|at| now < at));
    }

    fn error(&self, kind: &str) -> Effect {
        match kind {
            "Unavailable" | "Timeout" | "Other" => Effect::Unknown,
            "Denied" | "Unsupported" => Effect::Nothing,
            _ => Effect::Modelled,
        }
    }

    fn resolution(&self) -> Duration {
        self.limits.ttl_resolution
    }
}

impl CacheInterfaceModel for CacheModel {
    fn get(&mut self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.check_key(key)?;
        Ok(self.entries.get(key).map(|entry| entry.value.clone()))
    }

    fn get_many(&mut self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    fn set(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.check_key(key)?;
        self.check_value(value)?;
        self.store(key, value, ttl);
        Ok(())
    }

    fn set_many(
        &mut self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        all(entries.iter().map(|(key, _)| (key, self.check_key(key))))?;
        all(entries
            .iter()
            .map(|(key, value)| (key, self.check_value(value))))?;
        entries
            .iter()
            .for_each(|(key, value)| self.store(key, value, ttl));
        Ok(())
    }

    fn add(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<bool, CacheError> {
        self.check_key(key)?;
        self.check_value(value)?;
        let absent = !self.entries.contains_key(key);
        if absent {
            self.store(key, value, ttl);
        }
        Ok(absent)
    }

    fn replace(
        &mut self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.check_key(key)?;
        self.check_value(value)?;
        let present = self.entries.contains_key(key);
        if present {
            self.store(key, value, ttl);
        }
        Ok(present)
    }

    fn delete(&mut self, key: &str) -> Result<bool, CacheError> {
        self.check_key(key)?;
        Ok(self.entries.remove(key).is_some())
    }

    fn delete_many(&mut self, keys: &[String]) -> Result<u64, CacheError> {
        all(keys.iter().map(|key| (key, self.check_key(key))))?;
        let removed = keys.iter().filter_map(|key| self.entries.remove(key));
        Ok(removed.count() as u64)
    }

    fn take(&mut self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.check_key(key)?;
        Ok(self.entries.remove(key).map(|entry| entry.value))
    }

    fn get_versioned(&mut self, key: &str) -> Result<Option<Versioned>, CacheError> {
        self.check_key(key)?;
        Ok(self.entries.get(key).map(|entry| Versioned {
            value: entry.value.clone(),
            version: version(entry),
        }))
    }

    fn get_if_changed(&mut self, key: &str, known: &Version) -> Result<IfChanged, CacheError> {
        self.check_key(key)?;
        Ok(match self.entries.get(key) {
            None => IfChanged::Missing,
            Some(entry) if version(entry) == *known => IfChanged::Unchanged,
            Some(entry) => IfChanged::Changed(Versioned {
                value: entry.value.clone(),
                version: version(entry),
            }),
        })
    }

    fn compare_and_swap(
        &mut self,
        key: &str,
        wanted: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        self.check_key(key)?;
        self.check_value(value)?;
        match self.entries.get(key) {
            None => Ok(Swap::Missing),
            Some(entry) if version(entry) != *wanted => Ok(Swap::Stale),
            Some(_) => {
                self.store(key, value, ttl);
                Ok(Swap::Stored)
            }
        }
    }

    fn exists(&mut self, key: &str) -> Result<bool, CacheError> {
        self.check_key(key)?;
        Ok(self.entries.contains_key(key))
    }

    fn increment(&mut self, key: &str, by: i64) -> Result<i64, CacheError> {
        self.check_key(key)?;
        let old = match self.entries.get(key) {
            None => 0,
            Some(entry) => counter(&entry.value)?,
        };
        let sum = old.checked_add(by).ok_or_else(|| {
            CacheError::new(CacheErrorKind::OutOfRange, "the counter would overflow")
        })?;
        let expires = self.entries.get(key).and_then(|entry| entry.expires);
        self.write(key, Bytes::from(sum.to_string()), expires);
        Ok(sum)
    }

    fn touch(&mut self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        self.check_key(key)?;
        if ttl == Duration::ZERO {
            return self.delete(key);
        }
        let expires = self.expires(Some(ttl));
        let entry = self.entries.get_mut(key);
        Ok(entry.map(|entry| entry.expires = expires).is_some())
    }

    fn persist(&mut self, key: &str) -> Result<bool, CacheError> {
        self.check_key(key)?;
        let old = self
            .entries
            .get_mut(key)
            .and_then(|entry| entry.expires.take());
        Ok(old.is_some())
    }

    fn ttl(&mut self, key: &str) -> Result<TimeToLive, CacheError> {
        self.check_key(key)?;
        Ok(match self.entries.get(key).map(|entry| entry.expires) {
            None => TimeToLive::Missing,
            Some(None) => TimeToLive::Forever,
            Some(Some(at)) => TimeToLive::Remaining(at - self.now),
        })
    }

    fn clear(&mut self) -> Result<(), CacheError> {
        self.entries.clear();
        Ok(())
    }

    fn scan(&mut self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.check_scan()?;
        let keys = self.entries.keys().filter(|key| key.starts_with(prefix));
        Ok(keys.cloned().collect())
    }

    fn delete_prefix(&mut self, prefix: &str) -> Result<u64, CacheError> {
        self.check_scan()?;
        let before = self.entries.len();
        self.entries.retain(|key, _| !key.starts_with(prefix));
        Ok((before - self.entries.len()) as u64)
    }

    fn limits(&mut self) -> CacheLimits {
        self.limits
    }
}

/// A refusal of a batch is one for all keys that are refused.
fn all<'k>(
    checks: impl Iterator<Item = (&'k String, Result<(), CacheError>)>,
) -> Result<(), CacheError> {
    let mut refused: Vec<(&String, CacheError)> = checks
        .filter_map(|(key, check)| Some((key, check.err()?)))
        .collect();
    let keys: Vec<&String> = refused.iter().map(|(key, _)| *key).collect();
    match refused.pop() {
        None => Ok(()),
        Some((_, error)) => Err(error.with_keys(keys)),
    }
}

fn version(entry: &Entry) -> Version {
    Version::new(entry.version.to_be_bytes().to_vec())
}

/// The counter that a value is: canonical decimal, which is what the number itself is written as.
fn counter(value: &[u8]) -> Result<i64, CacheError> {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse::<i64>().ok().filter(|n| n.to_string() == text))
        .ok_or_else(|| CacheError::new(CacheErrorKind::WrongKind, "the value is no counter"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn model() -> CacheModel {
        CacheModel::new(CacheLimits::new(8, 8, MS))
    }

    fn get(model: &mut CacheModel, key: &str) -> Option<Vec<u8>> {
        model.get(key).unwrap().map(|value| value.to_vec())
    }

    #[test]
    fn value_is_there_until_overwritten_or_deleted() {
        let mut model = model();
        assert_eq!(get(&mut model, "k"), None);
        model.set("k", b"v", None).unwrap();
        model.advance(1_000_000 * FOREVER);
        assert_eq!(get(&mut model, "k"), Some(b"v".to_vec()));
        model.set("k", b"w", None).unwrap();
        assert_eq!(get(&mut model, "k"), Some(b"w".to_vec()));
        assert!(model.delete("k").unwrap());
        assert!(!model.delete("k").unwrap());
        assert!(!model.exists("k").unwrap());
    }

    #[test]
    fn entry_goes_when_its_time_has_passed_and_not_before() {
        let mut model = model();
        model.set("k", b"v", Some(10 * MS)).unwrap();
        model.advance(10 * MS - Duration::from_nanos(1));
        assert!(model.exists("k").unwrap());
        model.advance(Duration::from_nanos(1));
        assert!(!model.exists("k").unwrap());
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Missing);
    }

    #[test]
    fn zero_removes_and_a_hundred_years_are_for_ever() {
        let mut model = model();
        model.set("k", b"v", Some(Duration::MAX)).unwrap();
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Forever);
        assert!(model.touch("k", FOREVER).unwrap());
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Forever);
        model.set("k", b"v", Some(Duration::ZERO)).unwrap();
        assert!(!model.exists("k").unwrap());
        assert!(model.add("k", b"v", Some(Duration::ZERO)).unwrap());
        assert!(!model.exists("k").unwrap());
    }

    #[test]
    fn parts_of_a_step_round_up() {
        let mut model = model();
        model.set("k", b"v", Some(Duration::from_nanos(1))).unwrap();
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Remaining(MS));
        let years = FOREVER - Duration::from_nanos(1);
        model.set("k", b"v", Some(years - MS)).unwrap();
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Remaining(FOREVER - MS));
    }

    #[test]
    fn touch_and_persist_say_whether_they_did_something() {
        let mut model = model();
        assert!(!model.touch("k", MS).unwrap());
        assert!(!model.persist("k").unwrap());
        model.set("k", b"v", None).unwrap();
        assert!(!model.persist("k").unwrap());
        assert!(model.touch("k", 5 * MS).unwrap());
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Remaining(5 * MS));
        assert!(model.persist("k").unwrap());
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Forever);
        assert!(model.touch("k", Duration::ZERO).unwrap());
        assert!(!model.exists("k").unwrap());
    }

    #[test]
    fn loser_of_a_conditional_write_changes_nothing() {
        let mut model = model();
        assert!(!model.replace("k", b"v", None).unwrap());
        assert!(model.add("k", b"v", Some(9 * MS)).unwrap());
        assert!(!model.add("k", b"w", None).unwrap());
        assert_eq!(get(&mut model, "k"), Some(b"v".to_vec()));
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Remaining(9 * MS));
        assert!(model.replace("k", b"w", None).unwrap());
        assert_eq!(model.ttl("k").unwrap(), TimeToLive::Forever);
    }

    #[test]
    fn counter_keeps_its_time_and_its_range() {
        let mut model = model();
        assert_eq!(model.increment("n", -2).unwrap(), -2);
        assert!(model.touch("n", 5 * MS).unwrap());
        assert_eq!(model.increment("n", 44).unwrap(), 42);
        assert_eq!(get(&mut model, "n"), Some(b"42".to_vec()));
        assert_eq!(model.ttl("n").unwrap(), TimeToLive::Remaining(5 * MS));
        assert_eq!(model.increment("max", i64::MAX).unwrap(), i64::MAX);
        let error = model.increment("max", 1).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::OutOfRange);
        assert_eq!(model.increment("max", 0).unwrap(), i64::MAX);
    }

    #[test]
    fn only_canonical_numbers_count() {
        let mut model = model();
        for text in ["007", " 1", "+1", "-0", "", "1.0", "ü"] {
            model.set("n", text.as_bytes(), None).unwrap();
            let error = model.increment("n", 1).unwrap_err();
            assert_eq!(error.kind(), CacheErrorKind::WrongKind, "{text:?}");
            assert_eq!(get(&mut model, "n"), Some(text.as_bytes().to_vec()));
        }
    }

    #[test]
    fn key_is_judged_before_the_value() {
        let mut model = model();
        let kind = |result: Result<(), CacheError>| result.unwrap_err().kind();
        let long = "k".repeat(9);
        assert_eq!(
            kind(model.set(&long, &[0; 9], None)),
            CacheErrorKind::InvalidKey
        );
        assert_eq!(
            kind(model.set("k", &[0; 9], None)),
            CacheErrorKind::ValueTooLarge
        );
        assert!(model.set(&long[1..], &[0; 8], None).is_ok());
        let many = model.get_many(&["k".to_owned(), long]);
        assert_eq!(many.unwrap_err().kind(), CacheErrorKind::InvalidKey);
    }

    #[test]
    fn many_are_answered_in_place() {
        let mut model = model();
        model.set("k", b"v", None).unwrap();
        let keys = ["k", "missing", "k"].map(str::to_owned);
        let value = Some(Bytes::from_static(b"v"));
        assert_eq!(model.get_many(&keys).unwrap(), [value.clone(), None, value]);
    }

    #[test]
    fn every_write_gives_a_version_that_the_key_never_had() {
        let mut model = model();
        let version =
            |model: &mut CacheModel| model.get_versioned("k").unwrap().map(|entry| entry.version);
        assert_eq!(version(&mut model), None);
        let mut seen = Vec::new();
        for _ in 0..2 {
            model.set("k", b"1", None).unwrap();
            seen.extend(version(&mut model));
            model.increment("k", 0).unwrap();
            seen.extend(version(&mut model));
            model.touch("k", MS).unwrap();
            model.persist("k").unwrap();
            assert_eq!(version(&mut model).as_ref(), seen.last());
            model.delete("k").unwrap();
        }
        let distinct: std::collections::HashSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), 4);
        model.set("k", b"new", None).unwrap();
        let current = version(&mut model).unwrap();
        let mut swap = |version: &Version| model.compare_and_swap("k", version, b"s", None);
        assert_eq!(swap(&seen[0]).unwrap(), Swap::Stale);
        assert_eq!(swap(&current).unwrap(), Swap::Stored);
        assert_eq!(swap(&current).unwrap(), Swap::Stale);
        model.delete("k").unwrap();
        let missing = model.compare_and_swap("k", &current, b"s", None);
        assert_eq!(missing.unwrap(), Swap::Missing);
    }

    #[test]
    fn batch_is_refused_as_a_whole() {
        let mut model = model();
        let entry = |key: &str, value: &[u8]| (key.to_owned(), Bytes::copy_from_slice(value));
        let kind = |result: Result<(), CacheError>| result.unwrap_err().kind();
        let too_large = [entry("k", b"v"), entry("l", &[0; 9])];
        assert_eq!(
            kind(model.set_many(&too_large, None)),
            CacheErrorKind::ValueTooLarge
        );
        let too_long = [entry("l", &[0; 9]), entry(&"k".repeat(9), b"v")];
        assert_eq!(
            kind(model.set_many(&too_long, None)),
            CacheErrorKind::InvalidKey
        );
        assert!(!model.exists("k").unwrap());
        let twice = [entry("k", b"1"), entry("l", b"2"), entry("k", b"3")];
        model.set_many(&twice, None).unwrap();
        assert_eq!(get(&mut model, "k"), Some(b"3".to_vec()));
        let keys = ["k", "l", "k", "m"].map(str::to_owned);
        assert_eq!(model.delete_many(&keys).unwrap(), 2);
    }

    #[test]
    fn prefix_is_scanned_deleted_and_nothing_else() {
        let mut model = model();
        for key in ["a", "ab", "b", "*"] {
            model.set(key, b"v", None).unwrap();
        }
        assert_eq!(model.scan("*").unwrap().len(), 1);
        assert_eq!(model.delete_prefix("a").unwrap(), 2);
        assert_eq!(model.scan("").unwrap().len(), 2);
        assert_eq!(model.take("b").unwrap().as_deref(), Some(&b"v"[..]));
        assert_eq!(model.take("b").unwrap(), None);
        model.clear().unwrap();
        assert!(model.scan("").unwrap().is_empty());
    }
}
