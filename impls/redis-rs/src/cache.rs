//! The handle: the cache contract in commands of Redis.
//!
//! Each method is one command or one script, so that each is atomic on the server; only scans take several, and on a
//! cluster batches, which are one a slot, all sent at once. Times to
//! live and keys are read by the contract's own parts before anything is sent, since Redis refuses a time of zero and
//! one past its calendar. How an entry is stored so that it can have a version is `contrait-redis-parts`' to say.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, IfChanged, Lifetime, Namespace, Swap,
    TimeToLive, Version, Versioned,
};
use contrait_redis_parts as parts;
use futures_util::future::join_all;
use redis::{Cmd, FromRedisValue, Value};

use crate::builder::RedisCacheBuilder;
use crate::error::Server;
use crate::link::{Link, Node};

/// Redis counts times to live in milliseconds.
const RESOLUTION: Duration = Duration::from_millis(1);

/// Room for all of a `SET` that is neither key nor value: `SET`, `PX` with its number, and `NX`.
const OPTIONS_BYTES: usize = 32;

/// A cache in one namespace of a Redis server. Clones share one connection.
#[derive(Clone)]
pub struct RedisCache {
    link: Arc<Link>,
    server: Server,
    namespace: Namespace,
    value_bytes: usize,
}

impl RedisCache {
    /// Connects to the server of this URL; [`builder`](Self::builder) has the options.
    ///
    /// # Errors
    /// As [`RedisCacheBuilder::connect`].
    pub async fn connect(url: &str, namespace: &str) -> Result<Self, CacheError> {
        Self::builder(url).namespace(namespace).connect().await
    }

    /// Options for a cache on the server of this URL: `redis://`, `rediss://` (feature `tls`) or `redis+unix://`.
    pub fn builder(url: &str) -> RedisCacheBuilder {
        RedisCacheBuilder::new(url)
    }

    /// Options for a cache on the cluster that these URLs are nodes of; one is enough, and the others are learnt from it.
    #[cfg(feature = "cluster")]
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> RedisCacheBuilder {
        RedisCacheBuilder::of_cluster(urls.into_iter().map(Into::into).collect())
    }

    /// The cache in another namespace of the same server, over the same connection.
    ///
    /// # Errors
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) when the name is too long.
    pub fn namespace(&self, name: &str) -> Result<Self, CacheError> {
        let namespace = Namespace::new(name)?;
        Ok(Self {
            namespace,
            ..self.clone()
        })
    }

    pub(crate) fn new(
        link: Arc<Link>,
        server: Server,
        namespace: Namespace,
        value_bytes: usize,
    ) -> Self {
        Self {
            link,
            server,
            namespace,
            value_bytes,
        }
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, CacheError> {
        let answer = self.link.ask(command).await;
        answer.map_err(|error| self.server.fails(error))
    }

    /// The stored key of a call that may go on.
    fn key(&self, key: &str) -> Result<String, CacheError> {
        self.link.check()?;
        self.namespace.join(key)
    }

    fn keys(&self, keys: &[String]) -> Result<Vec<String>, CacheError> {
        self.link.check()?;
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        keys.iter().map(|key| self.namespace.join(key)).collect()
    }

    /// One command on one key.
    async fn ask_key<T: FromRedisValue>(&self, name: &str, key: &str) -> Result<T, CacheError> {
        self.ask(
            Cmd::with_capacity(2, name.len() + key.len())
                .arg(name)
                .arg(key),
        )
        .await
    }

    /// `SET` with `condition`, for what does not expire at once; false where the condition forbade it.
    async fn store(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Lifetime,
        condition: Option<&str>,
    ) -> Result<bool, CacheError> {
        let value = parts::write(value);
        // A command that has to grow copies the value once more.
        let mut command = Cmd::with_capacity(6, key.len() + value.len() + OPTIONS_BYTES);
        command.arg("SET").arg(key).arg(&*value);
        if let Lifetime::For(ttl) = lifetime {
            command.arg("PX").arg(millis(ttl));
        }
        command.arg(condition);
        self.ask(&command).await
    }

    fn check(&self, key: &str, value: &[u8]) -> Result<String, CacheError> {
        let key = self.key(key)?;
        self.limits().check_value(value)?;
        Ok(key)
    }

    /// Asks for parts of a batch of stored `keys`, all at once, and pairs each part with its answer.
    async fn ask_parts<'a, T: FromRedisValue>(
        &self,
        keys: &'a [String],
        command: impl Fn(&mut dyn Iterator<Item = (usize, &'a String)>) -> Cmd,
    ) -> Vec<(parts::Part, Result<T, CacheError>)> {
        let parts = self.link.parts(keys).into_iter().map(|part| {
            let command = command(&mut part.iter().map(|&position| (position, &keys[position])));
            async move { (part, self.ask(&command).await) }
        });
        join_all(parts.collect::<Vec<_>>()).await
    }

    /// Removes what is under the stored `keys`. An error names those of `names` whose keys may be left.
    async fn remove<K: AsRef<str>>(&self, keys: &[String], names: &[K]) -> Result<u64, CacheError> {
        let removed = self.ask_parts(keys, |part| on_keys("UNLINK", part));
        parts::sum(names, removed.await)
    }

    /// Stores all of `entries`, of which there is at least one.
    async fn store_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        let names: Vec<&str> = entries.iter().map(|(key, _)| &**key).collect();
        let keys: Vec<String> = names
            .iter()
            .map(|key| self.namespace.join(key))
            .collect::<Result<_, _>>()?;
        let ttl = match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => return self.remove(&keys, &names).await.map(drop),
            Lifetime::Forever => None,
            Lifetime::For(ttl) => Some(millis(ttl)),
        };
        let stored = self.ask_parts::<()>(&keys, |part| {
            let entries = part.map(|(position, key)| (key, parts::write(&entries[position].1)));
            match ttl {
                None => set_forever(entries),
                Some(ttl) => set_for(ttl, entries),
            }
        });
        let stored = stored.await.into_iter();
        let counted = stored.map(|(part, stored)| (part, stored.map(|()| 0)));
        parts::sum(&names, counted).map(drop)
    }

    /// One step of a scan through all that a node has: where the next one goes on, and the stored keys it has found.
    async fn scan_step(
        &self,
        node: &Node,
        cursor: u64,
        pattern: &str,
    ) -> Result<(u64, Vec<String>), CacheError> {
        let mut command = redis::cmd("SCAN");
        command.arg(cursor).arg("MATCH").arg(pattern);
        command.arg("COUNT").arg(parts::SCAN_STEP);
        let answer = self.link.ask_node(node, &command).await;
        let (next, keys): (u64, Vec<Bytes>) = answer.map_err(|error| self.server.fails(error))?;
        // What is no text is nothing that a cache has stored.
        let keys = keys.iter().filter_map(|key| std::str::from_utf8(key).ok());
        Ok((next, keys.map(str::to_owned).collect()))
    }

    async fn nodes(&self) -> Result<Vec<Node>, CacheError> {
        let nodes = self.link.nodes().await;
        nodes.map_err(|error| self.server.fails(error))
    }

    /// The pattern of stored keys that begin with a caller's `prefix`.
    fn pattern(&self, prefix: &str) -> String {
        parts::pattern(&[self.namespace.prefix(), prefix].concat())
    }

    fn surprises(&self, command: &str) -> CacheError {
        let server = self.server.address();
        let message = format!("{command} had an unexpected answer from Redis at {server}");
        CacheError::new(CacheErrorKind::Other, message)
    }
}

/// A script on these keys, to which its other arguments are added.
fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(text).arg(keys.len()).arg(keys);
    command
}

fn on_keys<'a>(name: &str, keys: &mut dyn Iterator<Item = (usize, &'a String)>) -> Cmd {
    let mut command = redis::cmd(name);
    for (_, key) in keys {
        command.arg(key);
    }
    command
}

fn set_forever<'a>(entries: impl Iterator<Item = (&'a String, Cow<'a, [u8]>)>) -> Cmd {
    let mut command = redis::cmd("MSET");
    for (key, value) in entries {
        command.arg(key).arg(&*value);
    }
    command
}

fn set_for<'a>(ttl: u64, entries: impl Iterator<Item = (&'a String, Cow<'a, [u8]>)>) -> Cmd {
    let (keys, values): (Vec<_>, Vec<_>) = entries.unzip();
    let mut command = redis::cmd("EVAL");
    command
        .arg(parts::SET_MANY)
        .arg(keys.len())
        .arg(keys)
        .arg(ttl);
    for value in values {
        command.arg(&*value);
    }
    command
}

#[async_trait]
impl CacheInterface for RedisCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let stored: Option<Bytes> = self.ask_key("GET", &self.key(key)?).await?;
        Ok(stored.map(parts::read))
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let keys = self.keys(keys)?;
        // MGET of nothing is an error.
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let stored = self.ask_parts(&keys, |part| on_keys("MGET", part));
        let stored = parts::merge(keys.len(), stored.await)?.into_iter();
        Ok(stored.map(|stored| stored.map(parts::read)).collect())
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let key = self.check(key, value)?;
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => self.ask_key("DEL", &key).await,
            lifetime => self.store(&key, value, lifetime, None).await.map(drop),
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
        self.store_many(entries, ttl).await
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let key = self.check(key, value)?;
        match Lifetime::new(ttl, RESOLUTION) {
            // What is added expires at once, so that whether it could be added is all there is.
            Lifetime::Expired => self.ask_key("EXISTS", &key).await.map(|there: bool| !there),
            lifetime => self.store(&key, value, lifetime, Some("NX")).await,
        }
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let key = self.check(key, value)?;
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => self.ask_key("DEL", &key).await,
            lifetime => self.store(&key, value, lifetime, Some("XX")).await,
        }
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.ask_key("DEL", &self.key(key)?).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        let stored = self.keys(keys)?;
        if stored.is_empty() {
            return Ok(0);
        }
        self.remove(&stored, keys).await
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let stored: Option<Bytes> = self.ask_key("GETDEL", &self.key(key)?).await?;
        Ok(stored.map(parts::read))
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let mut command = script(parts::GET_VERSIONED, &[self.key(key)?]);
        let (mark, head) = parts::HEAD;
        command.arg(&mark).arg(head);
        command.arg(parts::fresh_version().as_bytes());
        let stored: Option<Bytes> = self.ask(&command).await?;
        let versioned = |stored| {
            parts::read_versioned(stored).ok_or_else(|| self.surprises("the script for versions"))
        };
        stored.map(versioned).transpose()
    }

    async fn get_if_changed(&self, key: &str, known: &Version) -> Result<IfChanged, CacheError> {
        let mut command = script(parts::GET_IF_CHANGED, &[self.key(key)?]);
        let (mark, head) = parts::HEAD;
        command.arg(&mark).arg(head);
        command.arg(parts::fresh_version().as_bytes());
        command.arg(&parts::head(known));
        match self.ask(&command).await? {
            Value::Nil => Ok(IfChanged::Missing),
            Value::Int(1) => Ok(IfChanged::Unchanged),
            Value::BulkString(stored) => parts::read_versioned(Bytes::from(stored))
                .map(IfChanged::Changed)
                .ok_or_else(|| self.surprises("the script for versions")),
            _ => Err(self.surprises("the script for versions")),
        }
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        let mut command = script(parts::SWAP, &[self.check(key, value)?]);
        command.arg(&parts::head(version));
        command.arg(parts::write_versioned(value));
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => command.arg(parts::SWAP_TTL_DELETE),
            Lifetime::For(ttl) => command.arg(millis(ttl)),
            Lifetime::Forever => command.arg(parts::SWAP_TTL_FOREVER),
        };
        let answer = self.ask(&command).await?;
        parts::swap(answer).ok_or_else(|| self.surprises("the script for swaps"))
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.ask_key("EXISTS", &self.key(key)?).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key)?;
        let sum = self.ask(redis::cmd("INCRBY").arg(&key).arg(by)).await;
        match sum {
            // A version stands before the number, or there is none.
            Err(error) if error.kind() == CacheErrorKind::WrongKind => {
                let (mark, head) = parts::HEAD;
                let mut command = script(parts::COUNT, &[key]);
                self.ask(command.arg(&mark).arg(head).arg(by)).await
            }
            sum => sum,
        }
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        match Lifetime::new(Some(ttl), RESOLUTION) {
            Lifetime::Expired => self.ask_key("DEL", &key).await,
            Lifetime::For(ttl) => {
                self.ask(redis::cmd("PEXPIRE").arg(key).arg(millis(ttl)))
                    .await
            }
            // PERSIST answers the same for no entry and for no time to live; GETEX tells them apart in one step.
            Lifetime::Forever => {
                let value: Option<Bytes> = self
                    .ask(redis::cmd("GETEX").arg(key).arg("PERSIST"))
                    .await?;
                Ok(value.is_some())
            }
        }
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        self.ask_key("PERSIST", &self.key(key)?).await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let answer = self.ask_key("PTTL", &self.key(key)?).await?;
        parts::time_to_live(answer).ok_or_else(|| self.surprises("PTTL"))
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.link.check()?;
        let (pattern, mut found) = (self.pattern(prefix), BTreeSet::new());
        for node in self.nodes().await? {
            let mut cursor = 0;
            loop {
                let (next, stored) = self.scan_step(&node, cursor, &pattern).await?;
                let keys = stored.iter().filter_map(|key| self.namespace.split(key));
                found.extend(keys.map(str::to_owned));
                if next == 0 {
                    break;
                }
                cursor = next;
            }
        }
        Ok(found)
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        self.link.check()?;
        let (pattern, mut removed) = (self.pattern(prefix), 0);
        for node in self.nodes().await? {
            let mut cursor = 0;
            loop {
                let (next, stored) = self.scan_step(&node, cursor, &pattern).await?;
                if !stored.is_empty() {
                    removed += self.remove(&stored, &stored).await?;
                }
                if next == 0 {
                    break;
                }
                cursor = next;
            }
        }
        Ok(removed)
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.link.close();
        Ok(())
    }

    fn limits(&self) -> CacheLimits {
        let limits = CacheLimits::new(self.namespace.key_bytes(), self.value_bytes, RESOLUTION);
        match self.link.is_one_server() {
            true => limits.with_atomic_batches(),
            false => limits,
        }
    }
}

/// Whole milliseconds of a time that is below 100 years.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX)
}

/// The address, since connections are told apart by it; never the password.
impl std::fmt::Debug for RedisCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisCache")
            .field("server", &self.server.address())
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}
