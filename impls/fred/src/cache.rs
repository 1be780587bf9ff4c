//! The handle: the cache contract in commands of Redis.
//!
//! Each method is one command or one script, so that each is atomic on the server; only scans take several. Times to
//! live and keys are read by the contract's own parts before anything is sent, since Redis refuses a time of zero and
//! one past its calendar. How an entry is stored so that it can have a version is `contrait-redis-parts`' to say.
//! Answers are read as fred's plain values: its conversions guess, and would take an empty list for nothing and any text
//! for `true`.

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
use fred::clients::{Client, WithOptions};
use fred::error::Error;
use fred::interfaces::{ClientLike, KeysInterface};
use fred::types::{CustomCommand, Expiration, SetOptions, Value};

use crate::builder::FredCacheBuilder;
use crate::connection::Connection;
use crate::error::Server;

/// Redis counts times to live in milliseconds.
const RESOLUTION: Duration = Duration::from_millis(1);

/// A command on its way.
trait Answer: Future<Output = Result<Value, Error>> + Send {}

impl<F: Future<Output = Result<Value, Error>> + Send> Answer for F {}

/// A cache in one namespace of a Redis server. Clones share one connection.
#[derive(Clone)]
pub struct FredCache {
    connection: Arc<Connection>,
    server: Server,
    namespace: Namespace,
    value_bytes: usize,
}

impl FredCache {
    /// Connects to the server of this URL; [`builder`](Self::builder) has the options.
    ///
    /// # Errors
    /// As [`FredCacheBuilder::connect`].
    pub async fn connect(url: &str, namespace: &str) -> Result<Self, CacheError> {
        Self::builder(url).namespace(namespace).connect().await
    }

    /// Options for a cache on the server of this URL: `redis://`, `rediss://` (feature `tls`) or `redis+unix://`.
    pub fn builder(url: &str) -> FredCacheBuilder {
        FredCacheBuilder::new(url)
    }

    /// The cache in another namespace of the same server, over the same connection.
    ///
    /// # Errors
    /// [`InvalidKey`](contrait::cache::CacheErrorKind::InvalidKey) when the name is too long.
    pub fn namespace(&self, name: &str) -> Result<Self, CacheError> {
        let namespace = Namespace::new(name)?;
        Ok(Self {
            namespace,
            ..self.clone()
        })
    }

    pub(crate) fn new(
        connection: Arc<Connection>,
        server: Server,
        namespace: Namespace,
        value_bytes: usize,
    ) -> Self {
        Self {
            connection,
            server,
            namespace,
            value_bytes,
        }
    }

    fn client(&self) -> &WithOptions<Client> {
        &self.connection.client
    }

    /// The stored key of a call that may go on.
    fn key(&self, key: &str) -> Result<String, CacheError> {
        self.connection.check()?;
        self.namespace.join(key)
    }

    fn keys(&self, keys: &[String]) -> Result<Vec<String>, CacheError> {
        self.connection.check()?;
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        keys.iter().map(|key| self.namespace.join(key)).collect()
    }

    async fn ask(&self, command: impl Answer) -> Result<Value, CacheError> {
        let answer = self.connection.ask(command).await;
        answer.map_err(|error| self.server.fails(error))
    }

    async fn number(&self, name: &str, command: impl Answer) -> Result<i64, CacheError> {
        match self.ask(command).await? {
            Value::Integer(number) => Ok(number),
            _ => Err(self.server.surprises(name)),
        }
    }

    async fn flag(&self, name: &str, command: impl Answer) -> Result<bool, CacheError> {
        Ok(self.number(name, command).await? != 0)
    }

    /// A command that fred has no method for, or one whose arguments it would rearrange.
    async fn custom(&self, name: &'static str, arguments: Vec<Value>) -> Result<Value, CacheError> {
        let command = CustomCommand::new_static(name, None, false);
        self.ask(self.client().custom(command, arguments)).await
    }

    /// A script on these keys, with its other arguments.
    async fn script(
        &self,
        text: &'static str,
        keys: Vec<String>,
        arguments: Vec<Value>,
    ) -> Result<Value, CacheError> {
        let count = i64::try_from(keys.len()).unwrap_or(i64::MAX);
        let mut all = vec![Value::from_static_str(text), Value::Integer(count)];
        all.extend(keys.into_iter().map(Value::from));
        all.extend(arguments);
        self.custom("EVAL", all).await
    }

    /// The value of stored bytes.
    fn value(&self, command: &str, stored: Value) -> Result<Option<Bytes>, CacheError> {
        Ok(self.bytes(command, stored)?.map(parts::read))
    }

    fn bytes(&self, command: &str, value: Value) -> Result<Option<Bytes>, CacheError> {
        match value {
            Value::Null => Ok(None),
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::String(text) => Ok(Some(text.into_inner())),
            _ => Err(self.server.surprises(command)),
        }
    }

    async fn remove(&self, key: String) -> Result<bool, CacheError> {
        Ok(self.remove_many(vec![key]).await? > 0)
    }

    /// Removes every one of `keys`, of which there is at least one.
    async fn remove_many(&self, keys: Vec<String>) -> Result<u64, CacheError> {
        let removed = self.number("UNLINK", self.client().unlink(keys)).await?;
        u64::try_from(removed).map_err(|_| self.server.surprises("UNLINK"))
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
        let values = entries.iter().map(|(_, value)| write(value));
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => self.remove_many(keys).await.map(drop),
            Lifetime::Forever => {
                let pairs = keys.into_iter().map(Value::from).zip(values);
                let arguments = pairs.flat_map(|(key, value)| [key, value]).collect();
                self.custom("MSET", arguments).await.map(drop)
            }
            Lifetime::For(ttl) => {
                let ttl = Value::Integer(millis(ttl));
                let arguments = std::iter::once(ttl).chain(values).collect();
                self.script(parts::SET_MANY, keys, arguments)
                    .await
                    .map(drop)
            }
        }
    }

    /// One step of a scan through the whole database: where the next one goes on, and the stored keys it has found.
    async fn scan_step(
        &self,
        cursor: Bytes,
        pattern: &str,
    ) -> Result<(Bytes, Vec<String>), CacheError> {
        let arguments = vec![
            Value::Bytes(cursor),
            Value::from_static_str("MATCH"),
            Value::from(pattern),
            Value::from_static_str("COUNT"),
            Value::from(parts::SCAN_STEP.to_string()),
        ];
        let answer = self.custom("SCAN", arguments).await?;
        let Value::Array(answer) = answer else {
            return Err(self.server.surprises("SCAN"));
        };
        let Ok([next, Value::Array(found)]) = <[Value; 2]>::try_from(answer) else {
            return Err(self.server.surprises("SCAN"));
        };
        let next = self.bytes("SCAN", next)?;
        let next = next.ok_or_else(|| self.server.surprises("SCAN"))?;
        let mut keys = Vec::with_capacity(found.len());
        for key in found {
            // What is no text is nothing that a cache has stored.
            let key = self.bytes("SCAN", key)?.unwrap_or_default();
            keys.extend(std::str::from_utf8(&key).map(str::to_owned));
        }
        Ok((next, keys))
    }

    /// Counts in what may have a version.
    async fn count(&self, key: String, by: i64) -> Result<i64, CacheError> {
        const NAME: &str = "the script for counters";
        let (mark, head) = parts::HEAD;
        let arguments = vec![
            Value::Bytes(Bytes::copy_from_slice(&mark)),
            Value::from(head.to_string()),
            Value::Integer(by),
        ];
        let sum = self.script(parts::COUNT, vec![key], arguments).await?;
        let sum = self.bytes(NAME, sum)?.unwrap_or_default();
        let sum = std::str::from_utf8(&sum)
            .ok()
            .and_then(|sum| sum.parse().ok());
        sum.ok_or_else(|| self.server.surprises(NAME))
    }

    /// The pattern of stored keys that begin with a caller's `prefix`.
    fn pattern(&self, prefix: &str) -> String {
        parts::pattern(&[self.namespace.prefix(), prefix].concat())
    }

    async fn present(&self, key: String) -> Result<bool, CacheError> {
        self.flag("EXISTS", self.client().exists(key)).await
    }

    /// `SET` with `condition`, for what does not expire at once; false where the condition forbade it.
    async fn store(
        &self,
        key: String,
        value: &[u8],
        lifetime: Lifetime,
        condition: Option<SetOptions>,
    ) -> Result<bool, CacheError> {
        let expiration = match lifetime {
            Lifetime::For(ttl) => Some(Expiration::PX(millis(ttl))),
            _ => None,
        };
        let command = self
            .client()
            .set(key, write(value), expiration, condition, false);
        Ok(!self.ask(command).await?.is_null())
    }

    fn check(&self, key: &str, value: &[u8]) -> Result<String, CacheError> {
        let key = self.key(key)?;
        self.limits().check_value(value)?;
        Ok(key)
    }
}

#[async_trait]
impl CacheInterface for FredCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key)?;
        let stored = self.ask(self.client().get(key)).await?;
        self.value("GET", stored)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let keys = self.keys(keys)?;
        // MGET of nothing is an error.
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let asked = keys.len();
        match self.ask(self.client().mget(keys)).await? {
            Value::Array(values) if values.len() == asked => values
                .into_iter()
                .map(|stored| self.value("MGET", stored))
                .collect(),
            _ => Err(self.server.surprises("MGET")),
        }
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let key = self.check(key, value)?;
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => self.remove(key).await.map(drop),
            lifetime => self.store(key, value, lifetime, None).await.map(drop),
        }
    }

    async fn set_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.connection.check()?;
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
            Lifetime::Expired => self.present(key).await.map(|present| !present),
            lifetime => self.store(key, value, lifetime, Some(SetOptions::NX)).await,
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
            Lifetime::Expired => self.remove(key).await,
            lifetime => self.store(key, value, lifetime, Some(SetOptions::XX)).await,
        }
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.remove(self.key(key)?).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        let stored = self.keys(keys)?;
        if stored.is_empty() {
            return Ok(0);
        }
        let removed = self.remove_many(stored).await;
        removed.map_err(|error| error.with_keys(keys))
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key)?;
        let stored = self.ask(self.client().getdel(key)).await?;
        self.value("GETDEL", stored)
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        const NAME: &str = "the script for versions";
        let (mark, head) = parts::HEAD;
        let version = Bytes::copy_from_slice(parts::fresh_version().as_bytes());
        let arguments = vec![
            Value::Bytes(Bytes::copy_from_slice(&mark)),
            Value::from(head.to_string()),
            Value::Bytes(version),
        ];
        let key = self.key(key)?;
        let stored = self.script(parts::GET_VERSIONED, vec![key], arguments);
        let versioned =
            |stored| parts::read_versioned(stored).ok_or_else(|| self.server.surprises(NAME));
        self.bytes(NAME, stored.await?)?.map(versioned).transpose()
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        const NAME: &str = "the script for swaps";
        let key = self.check(key, value)?;
        let ttl = match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => Value::from_static_str(parts::SWAP_TTL_DELETE),
            Lifetime::For(ttl) => Value::Integer(millis(ttl)),
            Lifetime::Forever => Value::from_static_str(parts::SWAP_TTL_FOREVER),
        };
        let arguments = vec![
            Value::Bytes(Bytes::copy_from_slice(&parts::head(version))),
            Value::Bytes(parts::write_versioned(value).into()),
            ttl,
        ];
        let answer = self.script(parts::SWAP, vec![key], arguments).await?;
        let answer = answer.as_i64().and_then(parts::swap);
        answer.ok_or_else(|| self.server.surprises(NAME))
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.present(self.key(key)?).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key)?;
        let sum = self.number("INCRBY", self.client().incr_by(&key, by));
        match sum.await {
            // A version stands before the number, or there is none.
            Err(error) if error.kind() == CacheErrorKind::WrongKind => self.count(key, by).await,
            sum => sum,
        }
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        match Lifetime::new(Some(ttl), RESOLUTION) {
            Lifetime::Expired => self.remove(key).await,
            Lifetime::For(ttl) => {
                let command = self.client().pexpire(key, millis(ttl), None);
                self.flag("PEXPIRE", command).await
            }
            // PERSIST answers the same for no entry and for no time to live; GETEX tells them apart in one step.
            Lifetime::Forever => {
                let arguments = vec![Value::from(key), Value::from_static_str("PERSIST")];
                let answer = self.custom("GETEX", arguments).await?;
                Ok(!answer.is_null())
            }
        }
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        self.flag("PERSIST", self.client().persist(key)).await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let key = self.key(key)?;
        let answer = self.number("PTTL", self.client().pttl(key)).await?;
        parts::time_to_live(answer).ok_or_else(|| self.server.surprises("PTTL"))
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.connection.check()?;
        let pattern = self.pattern(prefix);
        let (mut cursor, mut found) = (Bytes::from_static(b"0"), BTreeSet::new());
        loop {
            let (next, stored) = self.scan_step(cursor, &pattern).await?;
            let keys = stored.iter().filter_map(|key| self.namespace.split(key));
            found.extend(keys.map(str::to_owned));
            if next == "0" {
                return Ok(found);
            }
            cursor = next;
        }
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        self.connection.check()?;
        let pattern = self.pattern(prefix);
        let (mut cursor, mut removed) = (Bytes::from_static(b"0"), 0);
        loop {
            let (next, stored) = self.scan_step(cursor, &pattern).await?;
            if !stored.is_empty() {
                removed += self.remove_many(stored).await?;
            }
            if next == "0" {
                return Ok(removed);
            }
            cursor = next;
        }
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.connection.close();
        Ok(())
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(self.namespace.key_bytes(), self.value_bytes, RESOLUTION)
            .with_atomic_batches()
    }
}

/// The bytes to store for a value.
fn write(value: &[u8]) -> Value {
    Value::Bytes(Bytes::from(parts::write(value).into_owned()))
}

/// Whole milliseconds of a time that is below 100 years.
fn millis(ttl: Duration) -> i64 {
    i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX)
}

/// The address, since connections are told apart by it; never the password.
impl std::fmt::Debug for FredCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FredCache")
            .field("server", &self.server.address())
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}
