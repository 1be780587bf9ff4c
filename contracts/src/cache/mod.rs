//! The contract of a cache: what a caller may rely on, whichever backend is behind it.
//!
//! [`CacheInterface`] is the trait, and its documentation is the reference for callers and for those who write a
//! backend. Backends bend their server to it: where two servers differ by nature (what a time to live of zero means,
//! which bytes a key may have), the contract gives one answer, and [`Namespace`], [`Lifetime`], [`CacheLimits`] and
//! [`Closing`] are the parts that give it, so that no backend invents its own.
//!
//! With the feature `suite`, `suite` holds the behaviour as cases that every backend owes; with `check`, `model` is the
//! reference that generated operations are compared with. With `network` there are the suites of backends whose store is
//! elsewhere: `connecting`, what they refuse from the start; `faults`, what happens when network or server fail; and
//! `failover`, for those on clusters. Where a backend's server comes from is left to the backend.

mod closing;
#[cfg(feature = "network")]
pub mod connecting;
mod error;
#[cfg(feature = "network")]
pub mod failover;
#[cfg(feature = "network")]
pub mod faults;
mod interface;
#[cfg(feature = "network")]
mod judging;
mod lifetime;
mod limits;
#[cfg(feature = "check")]
pub mod model;
mod namespace;
// The module of the suite has the name that its users write, so that its file cannot have it as well.
#[cfg(feature = "suite")]
#[path = "suite/mod.rs"]
mod promises;
#[cfg(feature = "suite")]
mod together;
mod typed;
mod version;

pub use self::closing::Closing;
pub use self::error::{CacheError, CacheErrorKind};
pub use self::interface::CacheInterface;
#[cfg(feature = "mock")]
pub use self::interface::MockCacheInterface;
#[cfg(feature = "check")]
pub use self::interface::{CacheInterfaceModel, CacheInterfaceOperation, CacheInterfaceOutcome};
pub use self::lifetime::{FOREVER, Lifetime, TimeToLive};
pub use self::limits::CacheLimits;
pub use self::namespace::Namespace;
#[cfg(feature = "suite")]
pub use self::promises::suite;
pub use self::typed::TypedCache;
pub use self::version::{IfChanged, Swap, Version, Versioned};
