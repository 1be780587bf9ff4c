//! The handle: the cache contract in commands of Redis.
//!
//! Each method is one command or one script, so that each is atomic on the server; only scans take several, and on a
//! cluster batches, which are one a slot, all sent at once. Times to
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
use fred::types::{CustomCommand, Expiration, Key, SetOptions, Value};
use fred::util::redis_keyslot;
use futures_util::future::join_all;

use crate::builder::FredCacheBuilder;
use crate::connection::{Connection, Node};
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

    /// Options for a cache on the cluster that these URLs are nodes of; one is enough, and the others are learnt from it.
    ///
    /// Keys that are on their way from one node to another, as when a cluster grows, are
    /// [`Unavailable`](CacheErrorKind::Unavailable) until they have arrived: fred cannot follow them without sending
    /// lost commands twice. And where a connection to one node dies without a word, what that node has is a
    /// [`Timeout`](CacheErrorKind::Timeout) until the system gives the connection up: fred replaces none that is open.
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> FredCacheBuilder {
        FredCacheBuilder::of_cluster(urls.into_iter().map(Into::into).collect())
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
    fn key(&self, key: &str) -> Result<Key, CacheError> {
        self.connection.check()?;
        Ok(self.namespace.join(key)?.into())
    }

    fn keys(&self, keys: &[String]) -> Result<Vec<String>, CacheError> {
        self.connection.check()?;
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        keys.iter().map(|key| self.namespace.join(key)).collect()
    }

    async fn ask<A: Answer>(&self, command: impl Fn() -> A) -> Result<Value, CacheError> {
        let answer = self.connection.ask(command).await;
        answer.map_err(|error| self.server.fails(error))
    }

    async fn number<A: Answer>(
        &self,
        name: &str,
        command: impl Fn() -> A,
    ) -> Result<i64, CacheError> {
        match self.ask(command).await? {
            Value::Integer(number) => Ok(number),
            _ => Err(self.server.surprises(name)),
        }
    }

    async fn flag<A: Answer>(
        &self,
        name: &str,
        command: impl Fn() -> A,
    ) -> Result<bool, CacheError> {
        Ok(self.number(name, command).await? != 0)
    }

    /// A command that fred has no method for, or one whose arguments it would rearrange. On a cluster it goes where
    /// `key` is.
    async fn custom(
        &self,
        name: &'static str,
        key: &Key,
        arguments: Vec<Value>,
    ) -> Result<Value, CacheError> {
        let slot = redis_keyslot(key.as_bytes());
        let command = CustomCommand::new_static(name, slot, false);
        self.ask(|| self.client().custom(command.clone(), arguments.clone()))
            .await
    }

    /// A script on these keys, of which there is one at least, with its other arguments.
    async fn script(
        &self,
        text: &'static str,
        keys: &[Key],
        arguments: Vec<Value>,
    ) -> Result<Value, CacheError> {
        let count = i64::try_from(keys.len()).unwrap_or(i64::MAX);
        let mut all = vec![Value::from_static_str(text), Value::Integer(count)];
        all.extend(keys.iter().cloned().map(Value::from));
        all.extend(arguments);
        self.custom("EVAL", &keys[0], all).await
    }

    /// The value of stored bytes.
    fn value(&self, command: &str, stored: Value) -> Result<Option<Bytes>, CacheError> {
        Ok(self.bytes(command, stored)?.map(parts::read))
    }

    /// Those of a batch.
    fn values(&self, stored: Value) -> Result<Vec<Option<Bytes>>, CacheError> {
        let Value::Array(stored) = stored else {
            return Err(self.server.surprises("MGET"));
        };
        let values = stored.into_iter();
        values.map(|stored| self.value("MGET", stored)).collect()
    }

    fn bytes(&self, command: &str, value: Value) -> Result<Option<Bytes>, CacheError> {
        match value {
            Value::Null => Ok(None),
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::String(text) => Ok(Some(text.into_inner())),
            _ => Err(self.server.surprises(command)),
        }
    }

    async fn remove(&self, key: Key) -> Result<bool, CacheError> {
        self.flag("UNLINK", || self.client().unlink(key.clone()))
            .await
    }

    /// Removes what is under the stored `keys`. An error names those of `names` whose keys may be left.
    async fn remove_many<K: AsRef<str>>(
        &self,
        keys: &[String],
        names: &[K],
    ) -> Result<u64, CacheError> {
        let parts = self.connection.parts(keys).into_iter().map(async |part| {
            let keys = of_part(keys, &part);
            let removed = self
                .number("UNLINK", || self.client().unlink(keys.clone()))
                .await;
            let removed = removed.and_then(|removed| {
                u64::try_from(removed).map_err(|_| self.server.surprises("UNLINK"))
            });
            (part, removed)
        });
        parts::sum(names, join_all(parts).await)
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
        let lifetime = Lifetime::new(ttl, RESOLUTION);
        if let Lifetime::Expired = lifetime {
            return self.remove_many(&keys, &names).await.map(drop);
        }
        let parts = self.connection.parts(&keys).into_iter().map(async |part| {
            let values = part.iter().map(|&position| write(&entries[position].1));
            let keys = of_part(&keys, &part);
            let stored = self.store_part(&keys, values.collect(), lifetime).await;
            let stored = stored.map(|()| 0);
            (part, stored)
        });
        parts::sum(&names, join_all(parts).await).map(drop)
    }

    async fn store_part(
        &self,
        keys: &[Key],
        values: Vec<Value>,
        lifetime: Lifetime,
    ) -> Result<(), CacheError> {
        if let Lifetime::For(ttl) = lifetime {
            let ttl = Value::Integer(millis(ttl));
            let arguments = std::iter::once(ttl).chain(values).collect();
            return self
                .script(parts::SET_MANY, keys, arguments)
                .await
                .map(drop);
        }
        let pairs = keys.iter().cloned().map(Value::from).zip(values);
        let arguments = pairs.flat_map(|(key, value)| [key, value]).collect();
        self.custom("MSET", &keys[0], arguments).await.map(drop)
    }

    /// One step of a scan through all that a node has: where the next one goes on, and the stored keys it has found.
    async fn scan_step(
        &self,
        node: &Node,
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
        let command = CustomCommand::new_static("SCAN", None, false);
        let answer = self
            .ask(|| node.custom(command.clone(), arguments.clone()))
            .await?;
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

    async fn nodes(&self) -> Result<Vec<Node>, CacheError> {
        let nodes = self.connection.nodes().await;
        nodes.map_err(|error| self.server.fails(error))
    }

    /// Counts in what may have a version.
    async fn count(&self, key: Key, by: i64) -> Result<i64, CacheError> {
        const NAME: &str = "the script for counters";
        let (mark, head) = parts::HEAD;
        let arguments = vec![
            Value::Bytes(Bytes::copy_from_slice(&mark)),
            Value::from(head.to_string()),
            Value::Integer(by),
        ];
        let sum = self.script(parts::COUNT, &[key], arguments).await?;
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

    async fn present(&self, key: Key) -> Result<bool, CacheError> {
        self.flag("EXISTS", || self.client().exists(key.clone()))
            .await
    }

    /// `SET` with `condition`, for what does not expire at once; false where the condition forbade it.
    async fn store(
        &self,
        key: Key,
        value: &[u8],
        lifetime: Lifetime,
        condition: Option<SetOptions>,
    ) -> Result<bool, CacheError> {
        let expiration = match lifetime {
            Lifetime::For(ttl) => Some(Expiration::PX(millis(ttl))),
            _ => None,
        };
        let value = write(value);
        let command = || {
            let (key, value) = (key.clone(), value.clone());
            let (expiration, condition) = (expiration.clone(), condition.clone());
            self.client().set(key, value, expiration, condition, false)
        };
        Ok(!self.ask(command).await?.is_null())
    }

    fn check(&self, key: &str, value: &[u8]) -> Result<Key, CacheError> {
        let key = self.key(key)?;
        self.limits().check_value(value)?;
        Ok(key)
    }
}

#[async_trait]
impl CacheInterface for FredCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key)?;
        let stored = self.ask(|| self.client().get(key.clone())).await?;
        self.value("GET", stored)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let keys = self.keys(keys)?;
        // MGET of nothing is an error.
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let parts = self.connection.parts(&keys).into_iter().map(async |part| {
            let keys = of_part(&keys, &part);
            let stored = self.ask(|| self.client().mget(keys.clone())).await;
            (part, stored.and_then(|stored| self.values(stored)))
        });
        parts::merge(keys.len(), join_all(parts).await)
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
        self.remove_many(&stored, keys).await
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key)?;
        let stored = self.ask(|| self.client().getdel(key.clone())).await?;
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
        let keys = [self.key(key)?];
        let stored = self.script(parts::GET_VERSIONED, &keys, arguments);
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
        let answer = self.script(parts::SWAP, &[key], arguments).await?;
        let answer = answer.as_i64().and_then(parts::swap);
        answer.ok_or_else(|| self.server.surprises(NAME))
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.present(self.key(key)?).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key)?;
        let sum = self.number("INCRBY", || self.client().incr_by(key.clone(), by));
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
                let command = || self.client().pexpire(key.clone(), millis(ttl), None);
                self.flag("PEXPIRE", command).await
            }
            // PERSIST answers the same for no entry and for no time to live; GETEX tells them apart in one step.
            Lifetime::Forever => {
                let persist = Value::from_static_str("PERSIST");
                let arguments = vec![Value::from(key.clone()), persist];
                let answer = self.custom("GETEX", &key, arguments).await?;
                Ok(!answer.is_null())
            }
        }
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        self.flag("PERSIST", || self.client().persist(key.clone()))
            .await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let key = self.key(key)?;
        let answer = self
            .number("PTTL", || self.client().pttl(key.clone()))
            .await?;
        parts::time_to_live(answer).ok_or_else(|| self.server.surprises("PTTL"))
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.connection.check()?;
        let (pattern, mut found) = (self.pattern(prefix), BTreeSet::new());
        for node in self.nodes().await? {
            let mut cursor = Bytes::from_static(b"0");
            loop {
                let (next, stored) = self.scan_step(&node, cursor, &pattern).await?;
                let keys = stored.iter().filter_map(|key| self.namespace.split(key));
                found.extend(keys.map(str::to_owned));
                if next == "0" {
                    break;
                }
                cursor = next;
            }
        }
        Ok(found)
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        self.connection.check()?;
        let (pattern, mut removed) = (self.pattern(prefix), 0);
        for node in self.nodes().await? {
            let mut cursor = Bytes::from_static(b"0");
            loop {
                let (next, stored) = self.scan_step(&node, cursor, &pattern).await?;
                if !stored.is_empty() {
                    removed += self.remove_many(&stored, &stored).await?;
                }
                if next == "0" {
                    break;
                }
                cursor = next;
            }
        }
        Ok(removed)
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.connection.close();
        Ok(())
    }

    fn limits(&self) -> CacheLimits {
        let limits = CacheLimits::new(self.namespace.key_bytes(), self.value_bytes, RESOLUTION);
        match self.client().is_clustered() {
            true => limits,
            false => limits.with_atomic_batches(),
        }
    }
}

/// Those of a batch's stored keys that are in a part of it.
fn of_part(keys: &[String], part: &[usize]) -> Vec<Key> {
    let keys = part.iter().map(|&position| &*keys[position]);
    keys.map(Key::from).collect()
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
