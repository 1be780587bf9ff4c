//! The contracts of contrait on Redis, through the client [rustis].
//!
//! [`RustisCache`] speaks RESP3 to one server; user, password and database come from the URL. It reconnects by itself,
//! fails at once while the server is away, and sends no command twice.
//!
//! rustis logs every command as it is sent, that with the password too, at the level `DEBUG` of its target `rustis`. Who
//! turns that level on for a whole program should leave this target out, as `debug,rustis=info` does.
//!
//! ```no_run
//! use contrait::cache::{CacheError, CacheInterface};
//! use contrait_rustis::RustisCache;
//!
//! # async fn example() -> Result<(), CacheError> {
//! let users = RustisCache::connect("redis://:secret@127.0.0.1:6379/2", "users").await?;
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

pub use self::builder::RustisCacheBuilder;
pub use self::cache::RustisCache;
