//! The contracts of contrait in memory.
//!
//! [`MemoryCache`] keeps the same promises as the servers do, needs none, and follows tokio's clock: under a paused
//! clock its entries expire when the test says so. It is bounded, so that it can stand in production as well, wherever
//! a cache of one process is enough.
//!
//! ```
//! use contrait::cache::{CacheError, CacheInterface};
//! use contrait_memory::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), CacheError> {
//! let store = MemoryStore::default();
//! let users = store.cache("users")?;
//! users.set("42", b"Ada", None).await?;
//! assert_eq!(users.get("42").await?.as_deref(), Some(&b"Ada"[..]));
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "suite")]
pub mod backend;
mod cache;
mod entries;
mod store;

pub use self::cache::MemoryCache;
pub use self::store::{MemoryLimits, MemoryStore};
