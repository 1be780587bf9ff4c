//! The contracts of contrait on memcached.
//!
//! [`MemcachedCache`] speaks the meta commands of memcached 1.6 and later to one server. It reconnects by itself, no call
//! waits for long, and an absent server is an error at once, at [`connect`](MemcachedCache::connect).
//!
//! ```no_run
//! use contrait::cache::{CacheError, CacheInterface};
//! use contrait_memcached::MemcachedCache;
//!
//! # async fn example() -> Result<(), CacheError> {
//! let users = MemcachedCache::connect("memcached://127.0.0.1:11211", "users").await?;
//! users.set("42", b"Ada", None).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where memcached differs
//! - It cannot list its keys: [`scan`](contrait::cache::CacheInterface::scan) is `Unsupported`. `clear` begins a new
//!   generation of the namespace, and touches nobody else's entries.
//! - A key has up to 177 bytes with its namespace: memcached takes 250, as base64, and the generation counts.
//! - A value has almost what the server's option `-I` says, by default a mebibyte less half a kilobyte.
//! - Times to live are whole seconds, and an entry can outlive its own by [three](MemcachedCache::TTL_RESOLUTION). Those
//!   that end after January 2038, where memcached's calendar ends, are `Unsupported`.
//! - Counters take two round trips, since memcached's own overflow without a word. So does the version of a number, which
//!   memcached 1.6.18 may tell with the value before it while somebody counts: a swap would undo the count. The soak of
//!   the cache contract found that; sums are those that memcached counted, and not what was read before and one more.
//!
//! # Why no other client
//! Each operation asks for the generation with the same packet, whichever command it is about. The clients that there
//! are send one command and wait, or many of one kind. And a pool of connections would break a promise: a call that was
//! dropped could arrive, by another connection, after a later one. So there is one connection a handle, on which calls
//! follow each other without waiting for answers.

mod asking;
#[cfg(feature = "suite")]
pub mod backend;
mod builder;
mod cache;
mod connection;
mod error;
mod expiry;
mod generation;
mod layout;
mod link;
mod reply;
mod request;

pub use self::builder::MemcachedCacheBuilder;
pub use self::cache::MemcachedCache;
