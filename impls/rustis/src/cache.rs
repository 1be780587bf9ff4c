//! The handle: the cache contract in commands of Redis.
//!
//! Each method is one command or one script, so that each is atomic on the server; only scans take several. Times to
//! live and keys are read by the contract's own parts before anything is sent, since Redis refuses a time of zero and
//! one past its calendar. How an entry is stored so that it can have a version is `contrait-redis-parts`' to say.
//! Answers are read as rustis' plain values: its conversions are made for many types, and take one for another.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Lifetime, Namespace, Swap, TimeToLive,
    Version, Versioned,
};
use contrait_redis_parts as parts;
use rustis::resp::{BulkString, CommandBuilder, Value, cmd};

use crate::builder::RustisCacheBuilder;
use crate::error::Server;
use crate::link::Link;

/// Redis counts times to live in milliseconds.
const RESOLUTION: Duration = Duration::from_millis(1);

/// A cache in one namespace of a Redis server. Clones share one connection.
#[derive(Clone)]
pub struct RustisCache {
    link: Arc<Link>,
    server: Server,
    namespace: Namespace,
    value_bytes: usize,
}

impl RustisCache {
    /// Connects to the server of this URL; [`builder`](Self::builder) has the options.
    ///
    /// # Errors
    /// As [`RustisCacheBuilder::connect`].
    pub async fn connect(url: &str, namespace: &str) -> Result<Self, CacheError> {
        Self::builder(url).namespace(namespace).connect().await
    }

    /// Options for a cache on the server of this URL: `redis://` or `redis+unix://`.
    pub fn builder(url: &str) -> RustisCacheBuilder {
        RustisCacheBuilder::new(url)
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

    fn check(&self, key: &str, value: &[u8]) -> Result<String, CacheError> {
        let key = self.key(key)?;
        self.limits().check_value(value)?;
        Ok(key)
    }

    async fn ask(&self, command: CommandBuilder) -> Result<Value, CacheError> {
        let answer = self.link.ask(command).await;
        answer.map_err(|error| self.server.fails(error))
    }

    async fn number(&self, name: &str, command: CommandBuilder) -> Result<i64, CacheError> {
        match self.ask(command).await? {
            Value::Integer(number) => Ok(number),
            _ => Err(self.server.surprises(name)),
        }
    }

    async fn flag(&self, name: &str, command: CommandBuilder) -> Result<bool, CacheError> {
        Ok(self.number(name, command).await? != 0)
    }

    fn bytes(&self, name: &str, value: Value) -> Result<Option<Bytes>, CacheError> {
        match value {
            Value::Null => Ok(None),
            Value::BulkString(bytes) => Ok(Some(bytes.into())),
            Value::SimpleString(text) => Ok(Some(text.into_bytes().into())),
            _ => Err(self.server.surprises(name)),
        }
    }

    /// The value of stored bytes.
    fn value(&self, name: &str, stored: Value) -> Result<Option<Bytes>, CacheError> {
        Ok(self.bytes(name, stored)?.map(parts::read))
    }

    /// `SET` with `condition`, for what does not expire at once; false where the condition forbade it.
    async fn store(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Lifetime,
        condition: Option<&'static str>,
    ) -> Result<bool, CacheError> {
        let mut command = cmd("SET").key(key).arg(bulk(&parts::write(value)));
        if let Lifetime::For(ttl) = lifetime {
            command = command.arg("PX").arg(millis(ttl));
        }
        if let Some(condition) = condition {
            command = command.arg(condition);
        }
        Ok(!matches!(self.ask(command).await?, Value::Null))
    }

    /// Removes every one of `keys`, of which there is at least one.
    async fn remove(&self, keys: &[String]) -> Result<u64, CacheError> {
        let command = keys.iter().fold(cmd("UNLINK"), CommandBuilder::key);
        let removed = self.number("UNLINK", command).await?;
        u64::try_from(removed).map_err(|_| self.server.surprises("UNLINK"))
    }

    async fn remove_one(&self, key: String) -> Result<bool, CacheError> {
        Ok(self.remove(&[key]).await? > 0)
    }

    /// Stores all of `entries`, of which there is at least one.
    async fn store_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        let keys: Vec<String> = entries
            .iter()
            .map(|(key, _)| self.namespace.join(key))
            .collect::<Result<_, _>>()?;
        let values = entries.iter().map(|(_, value)| bulk(&parts::write(value)));
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => self.remove(&keys).await.map(drop),
            Lifetime::Forever => {
                let pairs = keys.iter().zip(values);
                let command = pairs.fold(cmd("MSET"), |command, (key, value)| {
                    command.key(key).arg(value)
                });
                self.ask(command).await.map(drop)
            }
            Lifetime::For(ttl) => {
                let command = script(parts::SET_MANY, &keys).arg(millis(ttl));
                let command = values.fold(command, CommandBuilder::arg);
                self.ask(command).await.map(drop)
            }
        }
    }

    /// Counts in what may have a version.
    async fn count(&self, key: String, by: i64) -> Result<i64, CacheError> {
        const NAME: &str = "the script for counters";
        let (mark, head) = parts::HEAD;
        let command = script(parts::COUNT, &[key]);
        let command = command.arg(bulk(&mark)).arg(head).arg(by);
        let sum = self.bytes(NAME, self.ask(command).await?)?;
        let sum = sum.as_deref().and_then(|sum| std::str::from_utf8(sum).ok());
        let sum = sum.and_then(|sum| sum.parse().ok());
        sum.ok_or_else(|| self.server.surprises(NAME))
    }

    /// One step of a scan through the whole database: where the next one goes on, and the stored keys it has found.
    async fn scan_step(
        &self,
        cursor: u64,
        pattern: &str,
    ) -> Result<(u64, Vec<String>), CacheError> {
        let command = cmd("SCAN").arg(cursor).arg("MATCH").arg(pattern);
        let command = command.arg("COUNT").arg(parts::SCAN_STEP);
        let surprise = || self.server.surprises("SCAN");
        let Value::Array(answer) = self.ask(command).await? else {
            return Err(surprise());
        };
        let Ok([next, Value::Array(found)]) = <[Value; 2]>::try_from(answer) else {
            return Err(surprise());
        };
        let next = next.as_str().and_then(|next| next.parse().ok());
        // What is no text is nothing that a cache has stored.
        let keys = found.iter().filter_map(Value::as_str).map(str::to_owned);
        Ok((next.ok_or_else(surprise)?, keys.collect()))
    }

    /// The pattern of stored keys that begin with a caller's `prefix`.
    fn pattern(&self, prefix: &str) -> String {
        parts::pattern(&[self.namespace.prefix(), prefix].concat())
    }
}

/// A script on these keys, to which its other arguments are added.
fn script(text: &'static str, keys: &[String]) -> CommandBuilder {
    let command = cmd("EVAL").arg(text).arg(keys.len());
    keys.iter().fold(command, CommandBuilder::key)
}

/// Bytes as one argument: a slice would be one for each byte.
fn bulk(bytes: &[u8]) -> BulkString {
    BulkString::new(bytes)
}

#[async_trait]
impl CacheInterface for RustisCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let stored = self.ask(cmd("GET").key(self.key(key)?)).await?;
        self.value("GET", stored)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let keys = self.keys(keys)?;
        // MGET of nothing is an error.
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let command = keys.iter().fold(cmd("MGET"), CommandBuilder::key);
        match self.ask(command).await? {
            Value::Array(stored) if stored.len() == keys.len() => stored
                .into_iter()
                .map(|stored| self.value("MGET", stored))
                .collect(),
            _ => Err(self.server.surprises("MGET")),
        }
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let key = self.check(key, value)?;
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => self.remove_one(key).await.map(drop),
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
        let stored = self.store_many(entries, ttl).await;
        stored.map_err(|error| error.with_keys(entries.iter().map(|(key, _)| key)))
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
            Lifetime::Expired => self
                .flag("EXISTS", cmd("EXISTS").key(key))
                .await
                .map(|there| !there),
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
            Lifetime::Expired => self.remove_one(key).await,
            lifetime => self.store(&key, value, lifetime, Some("XX")).await,
        }
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.remove_one(self.key(key)?).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        let stored = self.keys(keys)?;
        if stored.is_empty() {
            return Ok(0);
        }
        let removed = self.remove(&stored).await;
        removed.map_err(|error| error.with_keys(keys))
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let stored = self.ask(cmd("GETDEL").key(self.key(key)?)).await?;
        self.value("GETDEL", stored)
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        const NAME: &str = "the script for versions";
        let (mark, head) = parts::HEAD;
        let version = parts::fresh_version();
        let command = script(parts::GET_VERSIONED, &[self.key(key)?]);
        let command = command.arg(bulk(&mark)).arg(head);
        let stored = self.ask(command.arg(bulk(version.as_bytes()))).await?;
        let versioned =
            |stored| parts::read_versioned(stored).ok_or_else(|| self.server.surprises(NAME));
        self.bytes(NAME, stored)?.map(versioned).transpose()
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        const NAME: &str = "the script for swaps";
        let command = script(parts::SWAP, &[self.check(key, value)?]);
        let command = command.arg(bulk(&parts::head(version)));
        let command = command.arg(BulkString::new(parts::write_versioned(value)));
        let command = match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => command.arg(parts::SWAP_TTL_DELETE),
            Lifetime::For(ttl) => command.arg(millis(ttl)),
            Lifetime::Forever => command.arg(parts::SWAP_TTL_FOREVER),
        };
        let answer = self.number(NAME, command).await?;
        parts::swap(answer).ok_or_else(|| self.server.surprises(NAME))
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.flag("EXISTS", cmd("EXISTS").key(self.key(key)?)).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key)?;
        let command = cmd("INCRBY").key(&key).arg(by);
        match self.number("INCRBY", command).await {
            // A version stands before the number, or there is none.
            Err(error) if error.kind() == CacheErrorKind::WrongKind => self.count(key, by).await,
            sum => sum,
        }
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        match Lifetime::new(Some(ttl), RESOLUTION) {
            Lifetime::Expired => self.remove_one(key).await,
            Lifetime::For(ttl) => {
                let command = cmd("PEXPIRE").key(key).arg(millis(ttl));
                self.flag("PEXPIRE", command).await
            }
            // PERSIST answers the same for no entry and for no time to live; GETEX tells them apart in one step.
            Lifetime::Forever => {
                let answer = self.ask(cmd("GETEX").key(key).arg("PERSIST")).await?;
                Ok(!matches!(answer, Value::Null))
            }
        }
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        self.flag("PERSIST", cmd("PERSIST").key(self.key(key)?))
            .await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let answer = self.number("PTTL", cmd("PTTL").key(self.key(key)?)).await?;
        parts::time_to_live(answer).ok_or_else(|| self.server.surprises("PTTL"))
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.link.check()?;
        let pattern = self.pattern(prefix);
        let (mut cursor, mut found) = (0, BTreeSet::new());
        loop {
            let (next, stored) = self.scan_step(cursor, &pattern).await?;
            let keys = stored.iter().filter_map(|key| self.namespace.split(key));
            found.extend(keys.map(str::to_owned));
            if next == 0 {
                return Ok(found);
            }
            cursor = next;
        }
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        self.link.check()?;
        let pattern = self.pattern(prefix);
        let (mut cursor, mut removed) = (0, 0);
        loop {
            let (next, stored) = self.scan_step(cursor, &pattern).await?;
            if !stored.is_empty() {
                removed += self.remove(&stored).await?;
            }
            if next == 0 {
                return Ok(removed);
            }
            cursor = next;
        }
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.link.close().await;
        Ok(())
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(self.namespace.key_bytes(), self.value_bytes, RESOLUTION)
            .with_atomic_batches()
    }
}

/// Whole milliseconds of a time that is below 100 years.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX)
}

/// The address, since connections are told apart by it; never the password.
impl std::fmt::Debug for RustisCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RustisCache")
            .field("server", &self.server.address())
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}
