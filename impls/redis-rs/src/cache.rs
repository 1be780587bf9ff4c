//! The handle: the cache contract in commands of Redis.
//!
//! Each method is one command, so that each is atomic on the server. Times to live and keys are read by the contract's
//! own parts before anything is sent, since Redis refuses a time of zero and one past its calendar.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Lifetime, Namespace, TimeToLive,
};
use redis::{Cmd, FromRedisValue};

use crate::builder::RedisCacheBuilder;
use crate::error::Server;
use crate::link::Link;

/// Redis counts times to live in milliseconds.
const RESOLUTION: Duration = Duration::from_millis(1);

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

    /// One command on one key.
    async fn ask_key<T: FromRedisValue>(&self, name: &str, key: &str) -> Result<T, CacheError> {
        self.ask(redis::cmd(name).arg(key)).await
    }

    /// `SET` with `condition`, for what does not expire at once; false where the condition forbade it.
    async fn store(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Lifetime,
        condition: Option<&str>,
    ) -> Result<bool, CacheError> {
        let mut command = redis::cmd("SET");
        command.arg(key).arg(value);
        if let Lifetime::For(ttl) = lifetime {
            command.arg("PX").arg(millis(ttl));
        }
        command.arg(condition);
        self.ask(&command).await
    }

    fn check(&self, key: &str, value: &[u8]) -> Result<String, CacheError> {
        let key = self.namespace.join(key)?;
        self.limits().check_value(value)?;
        Ok(key)
    }
}

#[async_trait]
impl CacheInterface for RedisCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.ask_key("GET", &self.namespace.join(key)?).await
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let mut command = redis::cmd("MGET");
        for key in keys {
            command.arg(self.namespace.join(key)?);
        }
        // MGET of nothing is an error.
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.ask(&command).await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let key = self.check(key, value)?;
        match Lifetime::new(ttl, RESOLUTION) {
            Lifetime::Expired => self.ask_key("DEL", &key).await,
            lifetime => self.store(&key, value, lifetime, None).await.map(drop),
        }
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
        self.ask_key("DEL", &self.namespace.join(key)?).await
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.ask_key("EXISTS", &self.namespace.join(key)?).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.namespace.join(key)?;
        self.ask(redis::cmd("INCRBY").arg(key).arg(by)).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.namespace.join(key)?;
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
        self.ask_key("PERSIST", &self.namespace.join(key)?).await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let millis: i64 = self.ask_key("PTTL", &self.namespace.join(key)?).await?;
        match millis {
            -2 => Ok(TimeToLive::Missing),
            -1 => Ok(TimeToLive::Forever),
            millis => u64::try_from(millis)
                .map(|millis| TimeToLive::Remaining(Duration::from_millis(millis)))
                .map_err(|source| {
                    let message = format!("PTTL answered {millis}");
                    CacheError::new(CacheErrorKind::Other, message).with_source(source)
                }),
        }
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(self.namespace.key_bytes(), self.value_bytes, RESOLUTION)
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
