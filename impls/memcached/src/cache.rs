//! The handle: the cache contract in meta commands of memcached.
//!
//! Each method is one request, with which the generation is asked for; only what depends on the value that is there
//! (counters, `take`, and the version of a number) takes a second one, and begins again where somebody else was faster.
//! Keys, values and times to live are judged before anything is sent.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Lifetime, Namespace, Swap, TimeToLive,
    Version, Versioned,
};

use crate::builder::MemcachedCacheBuilder;
use crate::expiry;
use crate::generation::{self, Generation};
use crate::layout;
use crate::link::Link;
use crate::reply::{Reply, Status};
use crate::request::{Key, Request};

/// So often others may be faster, each of whom has got on by it.
const ATTEMPTS: usize = 1000;

/// A cache in one namespace of a memcached server. Clones share one connection.
#[derive(Clone)]
pub struct MemcachedCache {
    pub(crate) link: Arc<Link>,
    namespace: Namespace,
    pub(crate) generation: Arc<Generation>,
    value_bytes: usize,
}

/// What a conditional write came to.
enum Written {
    Yes,
    /// The condition was not met.
    No,
    Missing,
}

impl MemcachedCache {
    /// The step in which times to live are kept. memcached counts whole seconds, of which the clock may leave out one and
    /// be late for another.
    pub const TTL_RESOLUTION: Duration = expiry::RESOLUTION;

    /// Connects to the server of this URL; [`builder`](Self::builder) has the options.
    ///
    /// # Errors
    /// As [`MemcachedCacheBuilder::connect`].
    pub async fn connect(url: &str, namespace: &str) -> Result<Self, CacheError> {
        Self::builder(url).namespace(namespace).connect().await
    }

    /// Options for a cache on the server of this URL: `memcached://host`, with a port where that is not 11211.
    pub fn builder(url: &str) -> MemcachedCacheBuilder {
        MemcachedCacheBuilder::new(url)
    }

    /// The cache in another namespace of the same server, over the same connection.
    ///
    /// # Errors
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) when the name is too long.
    pub fn namespace(&self, name: &str) -> Result<Self, CacheError> {
        let namespace = Namespace::new(name)?;
        Ok(Self::new(
            Arc::clone(&self.link),
            namespace,
            self.value_bytes,
        ))
    }

    pub(crate) fn new(link: Arc<Link>, namespace: Namespace, value_bytes: usize) -> Self {
        Self {
            link,
            generation: Arc::new(Generation::new(&namespace)),
            namespace,
            value_bytes,
        }
    }

    /// The joined key of a call that may go on.
    fn key(&self, key: &str) -> Result<String, CacheError> {
        self.link.check()?;
        self.limits().check_key(key)?;
        self.namespace.join(key)
    }

    fn keys(&self, keys: &[String]) -> Result<Vec<String>, CacheError> {
        self.link.check()?;
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        keys.iter().map(|key| self.namespace.join(key)).collect()
    }

    fn check(&self, key: &str, value: &[u8]) -> Result<String, CacheError> {
        let key = self.key(key)?;
        self.limits().check_value(value)?;
        Ok(key)
    }

    async fn remove(&self, key: &str) -> Result<bool, CacheError> {
        self.done(key, |request, key| request.delete(key, "")).await
    }

    async fn is_there(&self, key: &str) -> Result<bool, CacheError> {
        self.done(key, |request, key| request.get(key, "")).await
    }

    /// The flag for what is to live so long from now; `None` where it is gone from the start.
    async fn expiry(&self, ttl: Option<Duration>) -> Result<Option<String>, CacheError> {
        match Lifetime::new(ttl, expiry::SECOND) {
            Lifetime::Expired => Ok(None),
            Lifetime::Forever => Ok(Some("T0".to_owned())),
            Lifetime::For(ttl) => match expiry::in_seconds(ttl) {
                Some(flag) => Ok(Some(flag)),
                None => {
                    let now = self.ask(|_, _| {}).await?.present.now;
                    expiry::at_a_date(ttl, now).map(Some)
                }
            },
        }
    }

    /// Stores under the conditions of `flags`.
    async fn store(&self, key: &str, value: &[u8], flags: &str) -> Result<Written, CacheError> {
        let store = |request: &mut Request, key: &Key| set(request, key, value, flags);
        let reply = self.ask_key(key, store).await?;
        self.written(&reply)
    }

    fn written(&self, reply: &Reply) -> Result<Written, CacheError> {
        match reply.status {
            Status::Done => Ok(Written::Yes),
            Status::NotStored | Status::Exists => Ok(Written::No),
            Status::Missing => Ok(Written::Missing),
            _ => Err(self.link.server.surprises()),
        }
    }

    fn value(&self, reply: Reply) -> Result<Option<Bytes>, CacheError> {
        match (reply.status, reply.value) {
            (Status::Missing, _) => Ok(None),
            (_, Some(stored)) => Ok(Some(layout::read(stored, reply.flag))),
            // A hit without a value was none of `mg` with `v`.
            (_, None) => Err(self.link.server.surprises()),
        }
    }

    /// What the entry holds now and its version, and whether it is a number.
    ///
    /// Of a number that somebody counts in at that moment, memcached (1.6.18) may tell the old value with the new version:
    /// it gives the version to the item that it replaces while another of its threads is reading that. Read again, the
    /// entry has another value then.
    async fn read_versioned(&self, key: &str) -> Result<Option<(Versioned, bool)>, CacheError> {
        let read = |request: &mut Request, number| {
            request.get(&generation::entry(number, key), "v f c");
        };
        let mut answer = self.ask(read).await?;
        let reply = self.judge(answer.replies.next())?;
        let (cas, is_number) = (reply.cas, reply.flag == layout::NUMBER);
        let Some(value) = self.value(reply)? else {
            return Ok(None);
        };
        let cas = cas.ok_or_else(|| self.link.server.surprises())?;
        let version = version(answer.present.number, cas);
        Ok(Some((Versioned { value, version }, is_number)))
    }

    /// The sum that memcached tells, which is not always the expected one: the value that was read may be an older one
    /// than its version, see [`read_versioned`](Self::read_versioned).
    fn counted(&self, reply: &Reply, expected: i64) -> Result<(i64, Written), CacheError> {
        let written = self.written(reply)?;
        if !matches!(written, Written::Yes) {
            return Ok((expected, written));
        }
        let sum = reply.value.as_deref();
        let sum = sum.and_then(|sum| layout::read_number(sum, layout::NUMBER));
        let sum = sum.ok_or_else(|| self.link.server.surprises())?;
        Ok((sum, written))
    }

    /// Adds to the counter that is there, or begins one; `None` where somebody else was faster.
    async fn count(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        let entry = self
            .ask_key(key, |request, key| request.get(key, "v f c"))
            .await?;
        let sum = |old: i64| {
            let error = || CacheError::new(CacheErrorKind::OutOfRange, "the sum is no `i64`");
            old.checked_add(by).ok_or_else(error)
        };
        let (sum, written) = if entry.status == Status::Missing {
            let first = by.to_string();
            (by, self.store(key, first.as_bytes(), "ME T0").await?)
        } else {
            let stored = entry.value.as_deref().unwrap_or_default();
            let sum = sum(layout::read_number(stored, entry.flag).ok_or_else(no_number)?)?;
            let cas = entry.cas.ok_or_else(|| self.link.server.surprises())?;
            let flags = format!("v C{cas} D{}", layout::unsigned(by));
            let count = |request: &mut Request, key: &Key| request.count(key, &flags);
            match self.ask_key(key, count).await {
                // It looks at the value before it looks at the version.
                Err(error) if error.kind() == CacheErrorKind::WrongKind => (sum, Written::No),
                reply => self.counted(&reply?, sum)?,
            }
        };
        Ok(matches!(written, Written::Yes).then_some(sum))
    }
}

#[async_trait]
impl CacheInterface for MemcachedCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key)?;
        let reply = self.ask_key(&key, |request, key| request.get(key, "v f"));
        self.value(reply.await?)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let joined = self.keys(keys)?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let read = |request: &mut Request, number| {
            for key in &joined {
                request.get(&generation::entry(number, key), "v f");
            }
        };
        let values = self.ask_many(keys.iter(), read, |reply| self.value(reply));
        values.await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let key = self.check(key, value)?;
        match self.expiry(ttl).await? {
            None => self.remove(&key).await.map(drop),
            Some(flag) => self.store(&key, value, &flag).await.map(drop),
        }
    }

    async fn set_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.link.check()?;
        self.limits().check_entries(entries)?;
        if entries.is_empty() {
            return Ok(());
        }
        let keys = entries.iter().map(|(key, _)| key);
        let flag = self.expiry(ttl).await;
        let flag = flag.map_err(|error| error.with_keys(keys.clone()))?;
        let joined = keys.clone().map(|key| self.namespace.join(key));
        let joined: Vec<String> = joined.collect::<Result<_, _>>()?;
        let write = |request: &mut Request, number| {
            for (key, (_, value)) in joined.iter().zip(entries) {
                let key = generation::entry(number, key);
                match &flag {
                    None => request.delete(&key, ""),
                    Some(flag) => set(request, &key, value, flag),
                }
            }
        };
        let written = self.ask_many(keys, write, |reply| self.written(&reply));
        written.await.map(drop)
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let key = self.check(key, value)?;
        match self.expiry(ttl).await? {
            // What is added expires at once, so that whether it could be added is all there is.
            None => self.is_there(&key).await.map(|there| !there),
            Some(flag) => {
                let written = self.store(&key, value, &format!("ME {flag}")).await?;
                Ok(matches!(written, Written::Yes))
            }
        }
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let key = self.check(key, value)?;
        match self.expiry(ttl).await? {
            None => self.remove(&key).await,
            Some(flag) => {
                let written = self.store(&key, value, &format!("MR {flag}")).await?;
                Ok(matches!(written, Written::Yes))
            }
        }
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        self.remove(&key).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        let joined = self.keys(keys)?;
        if keys.is_empty() {
            return Ok(0);
        }
        let remove = |request: &mut Request, number| {
            for key in &joined {
                request.delete(&generation::entry(number, key), "");
            }
        };
        let there = |reply: Reply| Ok(u64::from(reply.status == Status::Done));
        let removed = self.ask_many(keys.iter(), remove, there).await?;
        Ok(removed.into_iter().sum())
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let key = self.key(key)?;
        let mut before = None;
        for _ in 0..ATTEMPTS {
            let Some((found, is_number)) = self.read_versioned(&key).await? else {
                return Ok(None);
            };
            if !is_number || before.as_ref() == Some(&found) {
                return Ok(Some(found));
            }
            before = Some(found);
        }
        Err(self.link.server.is_contended())
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        wanted: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        let key = self.check(key, value)?;
        let flag = self.expiry(ttl).await?;
        // A version of another generation, or of no memcached, is one that the entry has not: `C0` would be none at all.
        let cas = |number| read_version(wanted).filter(|(of, cas)| *of == number && *cas != 0);
        let swap = |request: &mut Request, number| {
            let key = generation::entry(number, &key);
            match (cas(number), &flag) {
                (None, _) => request.get(&key, ""),
                (Some((_, cas)), None) => request.delete(&key, &format!("C{cas}")),
                (Some((_, cas)), Some(flag)) => {
                    set(request, &key, value, &format!("C{cas} {flag}"));
                }
            }
        };
        let mut answer = self.ask(swap).await?;
        let reply = self.judge(answer.replies.next())?;
        Ok(match (self.written(&reply)?, cas(answer.present.number)) {
            (Written::Missing, _) => Swap::Missing,
            (Written::Yes, Some(_)) => Swap::Stored,
            (Written::Yes, None) | (Written::No, _) => Swap::Stale,
        })
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        self.is_there(&key).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key)?;
        for _ in 0..ATTEMPTS {
            if let Some(sum) = self.count(&key, by).await? {
                return Ok(sum);
            }
        }
        Err(self.link.server.is_contended())
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        match self.expiry(Some(ttl)).await? {
            None => self.remove(&key).await,
            Some(flag) => {
                self.done(&key, |request, key| request.get(key, &flag))
                    .await
            }
        }
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        // It answers what was left before.
        let reply = self.ask_key(&key, |request, key| request.get(key, "t T0"));
        Ok(reply.await?.left.is_some_and(|left| left >= 0))
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let key = self.key(key)?;
        let reply = self.ask_key(&key, |request, key| request.get(key, "t"));
        let reply = reply.await?;
        match (reply.status, reply.left) {
            (Status::Missing, _) => Ok(TimeToLive::Missing),
            (_, Some(left)) => Ok(expiry::remaining(left)),
            (_, None) => Err(self.link.server.surprises()),
        }
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.link.check()?;
        let mut request = Request::default();
        self.generation.begin(&mut request);
        let mut replies = self.link.ask(request).await?.into_iter();
        let reply = self.judge(replies.next())?;
        self.written(&reply).map(drop)
    }

    async fn scan(&self, _: &str) -> Result<std::collections::BTreeSet<String>, CacheError> {
        self.link.check()?;
        let message = "memcached cannot list its keys: clear the namespace, or keep a list of them";
        Err(CacheError::new(CacheErrorKind::Unsupported, message))
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.link.close().await;
        Ok(())
    }

    fn limits(&self) -> CacheLimits {
        let used = generation::KEY_BYTES + self.namespace.prefix().len();
        CacheLimits::new(Key::BYTES - used, self.value_bytes, expiry::RESOLUTION).without_scan()
    }
}

/// memcached counts writes from its start, and so again after a restart; the generation is then another one.
fn version(generation: u64, cas: u64) -> Version {
    Version::new([generation.to_be_bytes(), cas.to_be_bytes()].concat())
}

fn read_version(version: &Version) -> Option<(u64, u64)> {
    let (generation, cas) = version.as_bytes().split_first_chunk()?;
    let cas = cas.try_into().ok()?;
    Some((u64::from_be_bytes(*generation), u64::from_be_bytes(cas)))
}

fn set(request: &mut Request, key: &Key, value: &[u8], flags: &str) {
    match layout::write(value) {
        (value, 0) => request.set(key, &value, flags),
        (value, flag) => request.set(key, &value, &format!("{flags} F{flag}")),
    }
}

fn no_number() -> CacheError {
    let message = "the value is no canonical decimal `i64`";
    CacheError::new(CacheErrorKind::WrongKind, message)
}

/// The address, since connections are told apart by it.
impl std::fmt::Debug for MemcachedCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemcachedCache")
            .field("server", &self.link.server.address())
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_they_were_written_and_others_are_none() {
        assert_eq!(read_version(&version(7, u64::MAX)), Some((7, u64::MAX)));
        for foreign in [&b""[..], b"1", &[1; 8], &[1; 17]] {
            assert_eq!(read_version(&Version::new(foreign)), None);
        }
    }
}
