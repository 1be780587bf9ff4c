//! The contracts of contrait on Redis, through the client [redis-rs](redis).
//!
//! [`RedisCache`] speaks RESP2, and RESP3 where the URL says `?protocol=resp3`, to one server; user, password and
//! database come from the URL too. It reconnects by itself, no call waits for long, and an absent server is an error
//! at once, at [`connect`](RedisCache::connect). With the feature `cluster`, `RedisCache::cluster` is the same for a
//! Redis Cluster, where a batch is one command for each of its slots, all of them sent at once.
//!
//! ```no_run
//! use contrait::cache::{CacheError, CacheInterface};
//! use contrait_redis_rs::RedisCache;
//!
//! # async fn example() -> Result<(), CacheError> {
//! let users = RedisCache::connect("redis://:secret@127.0.0.1:6379/2", "users").await?;
//! users.set("42", b"Ada", None).await?;
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "suite")]
pub mod backend;
mod builder;
mod cache;
mod error;
mod link;

pub use self::builder::RedisCacheBuilder;
pub use self::cache::RedisCache;
