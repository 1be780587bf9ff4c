//! A cache of two levels: a near one, as in memory, in front of a far one, as on a server.
//!
//! [`TwoLevelCache`] keeps the promises of the far level, all of them: what another process has written, deleted or let
//! expire is never answered from the near one. So each read asks the far level whether the entry is still the one that
//! is kept near, by its version, and the value travels only where it is not: what is saved is the value's way, and not
//! the round trip. That is much for values of kilobytes and more, and nothing for small ones, which the far level alone
//! serves as well.
//!
//! ```
//! use contrait::cache::{CacheError, CacheInterface};
//! use contrait_memory::MemoryStore;
//! use contrait_two_level::TwoLevelCache;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), CacheError> {
//! # let server = MemoryStore::default();
//! let (near, far) = (MemoryStore::default(), server.cache("users")?);
//! let users = TwoLevelCache::new(near.cache("users")?, far);
//! users.set("42", b"Ada", None).await?;
//! assert_eq!(users.get("42").await?.as_deref(), Some(&b"Ada"[..]));
//! # Ok(())
//! # }
//! ```
//!
//! # Why not without asking
//! A near level that answers by itself must be told of every write elsewhere, before whoever wrote is told that it is
//! done. No server does: Redis' client tracking tells the readers in its own time, and a time limit only bounds for how
//! long an answer may be wrong. Neither keeps the promise that what one handle wrote every other one finds.

#[cfg(feature = "suite")]
pub mod backend;
mod cache;
mod kept;

pub use self::cache::TwoLevelCache;
