//! The contracts of contrait on Redis, through the client [fred].
//!
//! [`FredCache`] speaks RESP2, and RESP3 where the URL says `?protocol=resp3`, to one server; user, password and
//! database come from the URL too. It reconnects by itself, fails at once while the server is away, and sends no
//! command twice. [`FredCache::cluster`] is the same for a Redis Cluster, where a batch is one command for each of its
//! slots, all of them sent at once.
//!
//! ```no_run
//! use contrait::cache::{CacheError, CacheInterface};
//! use contrait_fred::FredCache;
//!
//! # async fn example() -> Result<(), CacheError> {
//! let users = FredCache::connect("redis://:secret@127.0.0.1:6379/2", "users").await?;
//! users.set("42", b"Ada", None).await?;
//! # Ok(())
//! # }
//! ```

mod address;
#[cfg(feature = "suite")]
pub mod backend;
mod builder;
mod cache;
mod connection;
mod error;
#[cfg(feature = "tls")]
mod tls;

pub use self::builder::FredCacheBuilder;
pub use self::cache::FredCache;
