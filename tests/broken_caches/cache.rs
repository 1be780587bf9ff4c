//! The cache in memory with one flaw, of the kind that servers and clients really have.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Swap, TimeToLive, Version, Versioned,
};
use contrait::{Context, SetupError};
use contrait_memory::{MemoryCache, MemoryLimits, MemoryStore};

use crate::flaws::Flaw;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A time to live and a value.
type Kept = (Option<Duration>, Vec<u8>);

pub(crate) struct Broken {
    inner: MemoryCache,
    flaw: Flaw,
    prefix: String,
    /// The last time to live and value of each key, for flaws that do not let go.
    kept: Mutex<HashMap<String, Kept>>,
    /// How often the flaw has had its way.
    times: AtomicU64,
    /// The whole store, for flaws that reach beyond the namespace.
    store: MemoryStore,
    /// That of the case, without the names that it gave.
    namespace: String,
    all_closed: Arc<AtomicBool>,
}

impl Broken {
    /// The cache of a case, with this flaw.
    pub(crate) fn new(flaw: Flaw, cx: &Context) -> Result<Self, SetupError> {
        // Less than by default: flaws look at every byte of a value.
        let limits = MemoryLimits {
            value_bytes: 4 << 20,
            ..MemoryLimits::default()
        };
        let store = match flaw {
            Flaw::HandlesAreApart => MemoryStore::new(limits),
            _ => MemoryStore::clone(&cx.shared(|| MemoryStore::new(limits))),
        };
        let inner = match flaw {
            // The longest prefix that all namespaces of a case share.
            Flaw::NamespaceIsAPrefix => {
                store.cache(cx.namespace().split('/').next().unwrap_or_default())?
            }
            _ => store.cache(cx.namespace())?,
        };
        Ok(Self {
            inner,
            flaw,
            prefix: cx
                .namespace()
                .split_once('/')
                .map_or(String::new(), |(_, name)| name.to_owned()),
            kept: Mutex::default(),
            times: AtomicU64::new(0),
            namespace: cx
                .namespace()
                .split('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            store,
            all_closed: Arc::clone(&cx.shared(|| Arc::new(AtomicBool::new(false)))),
        })
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn time(&self) -> u64 {
        self.times.fetch_add(1, Ordering::Relaxed)
    }

    fn kept(&self, key: &str) -> Option<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).cloned()
    }

    fn keep(&self, key: &str, ttl: Option<Duration>, value: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(key.to_owned(), (ttl, value.to_vec()));
    }

    fn key<'a>(&self, key: &'a str) -> Result<Cow<'a, str>, CacheError> {
        let limit = self.inner.limits().key_bytes;
        let short = |limit: usize| {
            let fits = key
                .char_indices()
                .map(|(at, letter)| at + letter.len_utf8());
            Cow::Borrowed(&key[..fits.take_while(|end| *end <= limit).last().unwrap_or(0)])
        };
        let until = |end: &[char]| Cow::Borrowed(key.split(end).next().unwrap_or_default());
        Ok(match self.flaw {
            Flaw::EmptyKeyIsRefused if key.is_empty() => {
                return Err(CacheError::new(
                    CacheErrorKind::InvalidKey,
                    "the key is empty",
                ));
            }
            Flaw::KeysAreCut if key.len() <= limit => short(100),
            Flaw::LongKeysAreCut => short(limit),
            Flaw::LimitCountsLetters if key.chars().count() <= limit => short(limit),
            Flaw::KeysEndAtALine => until(&['\r', '\n']),
            Flaw::KeysEndAtASpace => until(&[' ', '\0', '\t']),
            Flaw::KeysAreAscii => key.chars().filter(char::is_ascii).collect(),
            Flaw::KeysAreLowerCase => key.to_lowercase().into(),
            Flaw::NamespaceIsAPrefix => format!("{}:{key}", self.prefix).replace('/', ":").into(),
            _ => Cow::Borrowed(key),
        })
    }

    fn ttl_of(&self, key: &str, ttl: Option<Duration>) -> Option<Duration> {
        let Some(asked) = ttl else {
            return match self.flaw {
                Flaw::NoTtlIsADay => Some(DAY),
                Flaw::OverwriteKeepsTheTtl => self.kept(key).and_then(|(old, _)| old),
                _ => None,
            };
        };
        match self.flaw {
            Flaw::TtlIsIgnored => None,
            Flaw::TtlIsEarly => Some(asked / 10 * 9),
            Flaw::ZeroIsForEver if asked.is_zero() => None,
            Flaw::WholeMillisOnly => match asked.as_millis() {
                0 => None,
                _ => Some(asked),
            },
            Flaw::WholeSecondsOnly if asked < DAY => Some(Duration::from_secs(asked.as_secs() + 1)),
            Flaw::ThirtyDaysIsADate if asked > 30 * DAY && asked < YEAR => Some(Duration::ZERO),
            Flaw::HugeIsExpired if asked >= 100 * YEAR => Some(Duration::ZERO),
            Flaw::AtMostAYear if asked < 100 * YEAR => Some(asked.min(YEAR)),
            Flaw::OverwriteKeepsTheTtl => self.kept(key).map_or(ttl, |(old, _)| old.or(ttl)),
            _ => ttl,
        }
    }

    fn value_of<'a>(&self, value: &'a [u8]) -> Cow<'a, [u8]> {
        match self.flaw {
            Flaw::ValuesAreText => String::from_utf8_lossy(value)
                .into_owned()
                .into_bytes()
                .into(),
            Flaw::ValuesAreTrimmed => value.trim_ascii().into(),
            Flaw::ValuesEndAtAMebibyte => value[..value.len().min((1 << 20) - 1)].into(),
            Flaw::LargeValuesAreCut if value.len() > 1 << 21 => value[..1].into(),
            _ => value.into(),
        }
    }

    async fn read(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let value = self.inner.get(&self.key(key)?).await?;
        if let (Flaw::GetExtends, Some(_), Some((Some(ttl), _))) =
            (self.flaw, &value, self.kept(key))
        {
            self.inner.touch(key, ttl).await?;
        }
        if self.is(Flaw::ReadsAreKept) {
            match self.kept(key) {
                Some((_, kept)) => return Ok(Some(kept.into())),
                None => self.keep(key, None, value.as_deref().unwrap_or_default()),
            }
        }
        Ok(match (self.flaw, value) {
            (Flaw::ReadsNothing, _) => None,
            (Flaw::MissIsEmptyValue, None) => Some(Bytes::new()),
            (Flaw::EmptyValueIsMiss, Some(value)) if value.is_empty() => None,
            (Flaw::NullIsMiss, Some(value)) if value == "null" => None,
            (Flaw::OtherTypesAreMisses, Some(value)) if value.starts_with(b"\"hunter") => None,
            (Flaw::ExpiredIsRead, None) => self.kept(key).map(|(_, value)| value.into()),
            (_, value) => value,
        })
    }

    /// A batch of writes, and whether it is one of nothing.
    fn batch(&self, empty: bool) -> Result<(), CacheError> {
        match self.flaw {
            Flaw::BatchesNeedOne if empty => Err(CacheError::new(
                CacheErrorKind::Other,
                "wrong number of arguments",
            )),
            _ => Ok(()),
        }
    }

    async fn present(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.is(Flaw::ExpiredIsWritten) && self.kept(key).is_some()
            || self.inner.exists(&self.key(key)?).await?)
    }
}

#[async_trait]
impl CacheInterface for Broken {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        if self.all_closed.load(Ordering::Relaxed) {
            return Err(CacheError::new(CacheErrorKind::Closed, "all are closed"));
        }
        self.read(key).await
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        if self.is(Flaw::ManyNeedsOne) && keys.is_empty() {
            return Err(CacheError::new(
                CacheErrorKind::Other,
                "wrong number of arguments",
            ));
        }
        if keys.is_empty() {
            return self.inner.get_many(keys).await;
        }
        let mut values = Vec::new();
        for key in keys {
            values.push(self.read(key).await?);
        }
        if self.is(Flaw::ManyLeavesMissesOut) {
            values.retain(Option::is_some);
        }
        Ok(values)
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        if self.is(Flaw::SetKeepsTheOld) && self.inner.exists(key).await? {
            return Ok(());
        }
        if self.is(Flaw::RefusedValuesAreTorn) && value.len() > self.limits().value_bytes {
            self.inner.set(key, &value[..1], None).await?;
        }
        let ttl = self.ttl_of(key, ttl);
        let stored = self
            .inner
            .set(&self.key(key)?, &self.value_of(value), ttl)
            .await;
        if stored.is_ok() {
            self.keep(key, ttl, value);
        }
        stored
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        if self.is(Flaw::AddsByReadingFirst) {
            let there = self.inner.exists(key).await?;
            tokio::task::yield_now().await;
            if !there {
                self.inner.set(key, value, ttl).await?;
            }
            return Ok(!there);
        }
        if self.is(Flaw::AddOverwrites) {
            self.set(key, value, ttl).await?;
            return Ok(true);
        }
        let ttl = self.ttl_of(key, ttl);
        self.inner
            .add(&self.key(key)?, &self.value_of(value), ttl)
            .await
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let ttl = self.ttl_of(key, ttl);
        if self.is(Flaw::ReplaceStores)
            || self.is(Flaw::ExpiredIsWritten) && self.present(key).await?
        {
            self.inner.set(key, value, ttl).await?;
            return Ok(true);
        }
        self.inner
            .replace(&self.key(key)?, &self.value_of(value), ttl)
            .await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        if self.is(Flaw::DeleteIsByPattern) && key.ends_with('?') {
            self.inner.delete(&key.replace('?', "b")).await?;
        }
        let there = self.inner.delete(&self.key(key)?).await?;
        Ok(there
            || self.is(Flaw::DeleteSaysYes)
            || self.is(Flaw::ExpiredIsWritten) && self.present(key).await?)
    }

    async fn set_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.batch(entries.is_empty())?;
        match self.flaw {
            Flaw::BatchesEndEarly => {
                let some = entries.len().min(1);
                self.inner.set_many(&entries[..some], ttl).await
            }
            Flaw::FirstDuplicateWins => {
                let reversed: Vec<_> = entries.iter().rev().cloned().collect();
                self.inner.set_many(&reversed, ttl).await
            }
            Flaw::BatchesHaveNoTtl => self.inner.set_many(entries, None).await,
            Flaw::BatchesAreWrittenOneByOne | Flaw::BatchesAreCheckedAsTheyGo => {
                for (key, value) in entries {
                    self.inner.set(key, value, ttl).await?;
                    tokio::task::yield_now().await;
                }
                Ok(())
            }
            Flaw::BatchErrorsAreNameless => {
                let stored = self.inner.set_many(entries, ttl).await;
                stored.map_err(|error| CacheError::new(error.kind(), error.message()))
            }
            Flaw::LongKeysAreCut => {
                for (key, value) in entries {
                    self.set(key, value, ttl).await?;
                }
                Ok(())
            }
            _ => self.inner.set_many(entries, ttl).await,
        }
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        self.batch(keys.is_empty())?;
        let some = match self.flaw {
            Flaw::BatchesEndEarly => keys.len().min(1),
            _ => keys.len(),
        };
        self.inner.delete_many(&keys[..some]).await
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        match self.flaw {
            Flaw::TakeLeavesIt => self.inner.get(key).await,
            Flaw::TakeReadsFirst => {
                let value = self.inner.get(key).await?;
                tokio::task::yield_now().await;
                self.inner.delete(key).await?;
                Ok(value)
            }
            _ => self.inner.take(key).await,
        }
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let entry = self.inner.get_versioned(key).await?;
        let Some(Versioned { value, version }) = entry else {
            return Ok(None);
        };
        if self.is(Flaw::VersionsShowInTheValue) {
            let shown = [b"version 1: ", &*value].concat();
            self.inner.set(key, &shown, None).await?;
        }
        let version = match self.flaw {
            Flaw::VersionsAreTheValue => Version::new(value.clone()),
            Flaw::ReadingGivesAVersion => Version::new(self.time().to_string()),
            _ => version,
        };
        Ok(Some(Versioned { value, version }))
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        match self.flaw {
            Flaw::SwapsDoNothing => Ok(Swap::Stored),
            Flaw::SwapsAlways => {
                self.inner.set(key, value, ttl).await?;
                Ok(Swap::Stored)
            }
            Flaw::VersionsAreTheValue => match self.inner.get(key).await? {
                None => Ok(Swap::Missing),
                Some(old) if old != version.as_bytes() => Ok(Swap::Stale),
                Some(_) => {
                    self.inner.set(key, value, ttl).await?;
                    Ok(Swap::Stored)
                }
            },
            Flaw::SwapsAreNotChecked if value.len() > self.limits().value_bytes => Ok(Swap::Stale),
            _ => self.inner.compare_and_swap(key, version, value, ttl).await,
        }
    }

    async fn clear(&self) -> Result<(), CacheError> {
        match self.flaw {
            Flaw::ClearIsOneStep => {
                let keys = self.inner.scan("").await?.into_iter().take(1000);
                let keys: Vec<String> = keys.collect();
                self.inner.delete_many(&keys).await.map(drop)
            }
            Flaw::ClearFlushesAll => {
                self.store.clear();
                Ok(())
            }
            Flaw::ClearIsForEver => {
                self.inner.clear().await?;
                // What was cleared once cannot be added again.
                self.inner.set("k", b"cleared", None).await
            }
            _ => self.inner.clear().await,
        }
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        match self.flaw {
            Flaw::ScanIsByPattern => self.inner.scan(prefix.trim_end_matches('*')).await,
            Flaw::ScanIsOneStep => {
                let found = self.inner.scan(prefix).await?;
                Ok(found.into_iter().take(1000).collect())
            }
            Flaw::ScanWaitsForPeace => {
                let mut before = self.inner.scan(prefix).await?;
                loop {
                    for _ in 0..50 {
                        tokio::task::yield_now().await;
                    }
                    let after = self.inner.scan(prefix).await?;
                    if after == before {
                        return Ok(after);
                    }
                    before = after;
                }
            }
            Flaw::ScanSeesAll => self.store.cache(&self.namespace)?.scan(prefix).await,
            Flaw::ScanFindsExpired => {
                let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                let found = kept.keys().filter(|key| key.starts_with(prefix));
                Ok(found.cloned().collect())
            }
            Flaw::ScanFindsNothing => Ok(BTreeSet::new()),
            _ => self.inner.scan(prefix).await,
        }
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        match self.flaw {
            Flaw::ScanIsByPattern => {
                let prefix = prefix.trim_end_matches('*');
                self.inner.delete_prefix(prefix).await
            }
            _ => self.inner.delete_prefix(prefix).await,
        }
    }

    async fn close(&self) -> Result<(), CacheError> {
        match self.flaw {
            Flaw::ClosesOnce if self.time() > 0 => {
                Err(CacheError::new(CacheErrorKind::Closed, "it is closed"))
            }
            Flaw::CloseDoesNothing => Ok(()),
            Flaw::CloseClosesAll => {
                self.all_closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            _ => self.inner.close().await,
        }
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        let there = self.inner.exists(&self.key(key)?).await?;
        if let (Flaw::ExistsExtends, true, Some((Some(ttl), _))) =
            (self.flaw, there, self.kept(key))
        {
            self.inner.touch(key, ttl).await?;
        }
        Ok(there || self.is(Flaw::EverythingExists))
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let stored = self.inner.get(&self.key(key)?).await?;
        let text = stored
            .as_deref()
            .map(|value| String::from_utf8_lossy(value).into_owned());
        let number = text
            .as_deref()
            .and_then(|text| text.trim().parse::<i64>().ok());
        let sum = match self.flaw {
            Flaw::MissingIsNoCounter if stored.is_none() => {
                return Err(CacheError::new(
                    CacheErrorKind::WrongKind,
                    "there is no counter",
                ));
            }
            Flaw::CountersWrap => number.unwrap_or(0).wrapping_add(by),
            Flaw::CountersStopAtZero => number.unwrap_or(0).saturating_add(by).max(0),
            Flaw::CountersAreLenient | Flaw::CountersArePadded => {
                number.unwrap_or(0).saturating_add(by)
            }
            Flaw::ExpiredIsWritten if stored.is_none() && self.kept(key).is_some() => 1 + by,
            Flaw::CountsByReadingFirst => {
                tokio::task::yield_now().await;
                number.unwrap_or(0) + by
            }
            Flaw::IncrementDropsTheTtl => {
                let sum = self.inner.increment(key, by).await?;
                self.inner.persist(key).await?;
                return Ok(sum);
            }
            _ => return self.inner.increment(&self.key(key)?, by).await,
        };
        let width = text
            .filter(|_| self.is(Flaw::CountersArePadded))
            .map_or(0, |text| text.len());
        self.inner
            .set(key, format!("{sum:<width$}").as_bytes(), None)
            .await?;
        Ok(sum)
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        if self.is(Flaw::TouchDoesNothing) {
            return self.inner.exists(key).await;
        }
        let touched = self.inner.touch(&self.key(key)?, ttl).await?;
        Ok(touched
            || self.is(Flaw::TouchSaysYes)
            || self.is(Flaw::ExpiredIsWritten) && self.present(key).await?)
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        if self.is(Flaw::PersistDoesNothing) {
            return Ok(matches!(
                self.inner.ttl(&key).await?,
                TimeToLive::Remaining(_)
            ));
        }
        Ok(self.inner.persist(&key).await? || self.is(Flaw::PersistSaysYes))
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        Ok(match self.inner.ttl(&self.key(key)?).await? {
            TimeToLive::Remaining(_) if self.is(Flaw::TtlSaysForEver) => TimeToLive::Forever,
            told => told,
        })
    }

    fn limits(&self) -> CacheLimits {
        let mut limits = self.inner.limits();
        if self.is(Flaw::LimitIsAConstant) {
            limits.key_bytes = 200;
        }
        limits
    }
}
