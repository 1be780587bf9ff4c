//! The contracts of contrait in this process, on the cache `moka`.
//!
//! [`MokaCache`] shares its entries between all tasks and threads of a process, and keeps the ones that are used often
//! when room runs short. Its clock is the real one.
//!
//! ```
//! use contrait::cache::{CacheError, CacheInterface};
//! use contrait_moka::MokaStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), CacheError> {
//! let store = MokaStore::default();
//! let users = store.cache("users")?;
//! users.set("42", b"Ada", None).await?;
//! assert_eq!(users.get("42").await?.as_deref(), Some(&b"Ada"[..]));
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "suite")]
pub mod backend;
mod cache;
mod entry;
mod store;

pub use self::cache::MokaCache;
pub use self::store::{MokaLimits, MokaStore};
