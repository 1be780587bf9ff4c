//! The handle: the cache contract in commands of Redis.
//!
//! Each method is one command, so that each is atomic on the server. Times to live and keys are read by the contract's
//! own parts before anything is sent, since Redis refuses a time of zero and one past its calendar. Answers are read
//! as fred's plain values: its conversions guess, and would take an empty list for nothing and any text for `true`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{CacheError, CacheInterface, CacheLimits, Lifetime, Namespace, TimeToLive};
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

    fn bytes(&self, command: &str, value: Value) -> Result<Option<Bytes>, CacheError> {
        match value {
            Value::Null => Ok(None),
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::String(text) => Ok(Some(text.into_inner())),
            _ => Err(self.server.surprises(command)),
        }
    }

    async fn remove(&self, key: String) -> Result<bool, CacheError> {
        self.flag("DEL", self.client().del(key)).await
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
        let value = Bytes::copy_from_slice(value);
        let command = self.client().set(key, value, expiration, condition, false);
        Ok(!self.ask(command).await?.is_null())
    }

    fn check(&self, key: &str, value: &[u8]) -> Result<String, CacheError> {
        let key = self.namespace.join(key)?;
        self.limits().check_value(value)?;
        Ok(key)
    }
}

#[async_trait]
impl CacheInterface for FredCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.namespace.join(key)?;
        let answer = self.ask(self.client().get(key)).await?;
        self.bytes("GET", answer)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let keys: Vec<String> = keys
            .iter()
            .map(|key| self.namespace.join(key))
            .collect::<Result<_, _>>()?;
        // MGET of nothing is an error.
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let asked = keys.len();
        match self.ask(self.client().mget(keys)).await? {
            Value::Array(values) if values.len() == asked => values
                .into_iter()
                .map(|value| self.bytes("MGET", value))
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
        self.remove(self.namespace.join(key)?).await
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.present(self.namespace.join(key)?).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.namespace.join(key)?;
        self.number("INCRBY", self.client().incr_by(key, by)).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.namespace.join(key)?;
        match Lifetime::new(Some(ttl), RESOLUTION) {
            Lifetime::Expired => self.remove(key).await,
            Lifetime::For(ttl) => {
                let command = self.client().pexpire(key, millis(ttl), None);
                self.flag("PEXPIRE", command).await
            }
            // PERSIST answers the same for no entry and for no time to live; GETEX tells them apart in one step.
            Lifetime::Forever => {
                let command = CustomCommand::new_static("GETEX", None, false);
                let arguments = vec![key, "PERSIST".to_owned()];
                let answer = self.ask(self.client().custom(command, arguments)).await?;
                Ok(!answer.is_null())
            }
        }
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.namespace.join(key)?;
        self.flag("PERSIST", self.client().persist(key)).await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let key = self.namespace.join(key)?;
        match self.number("PTTL", self.client().pttl(key)).await? {
            -2 => Ok(TimeToLive::Missing),
            -1 => Ok(TimeToLive::Forever),
            millis => u64::try_from(millis)
                .map(|millis| TimeToLive::Remaining(Duration::from_millis(millis)))
                .map_err(|_| self.server.surprises("PTTL")),
        }
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(self.namespace.key_bytes(), self.value_bytes, RESOLUTION)
    }
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
