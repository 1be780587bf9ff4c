//! What the contracts of contrait need of Redis, whichever client speaks to it.
//!
//! Redis has no versions, its patterns know no plain text, and its errors are sentences. How the contract's promises are
//! kept all the same is decided here, once, so that caches of different clients can share a server. Sending commands
//! is left to the clients.

mod batch;
mod layout;
mod pattern;
mod reply;
mod scripts;
#[cfg(feature = "suite")]
pub mod urls;

pub use self::batch::{Part, merge, parts, sum, whole};
pub use self::layout::{fresh_version, read, read_versioned, write, write_versioned};
pub use self::pattern::pattern;
pub use self::reply::{kind_of_error, swap, time_to_live};
pub use self::scripts::{
    COUNT, GET_IF_CHANGED, GET_VERSIONED, HEAD, SET_MANY, SWAP, SWAP_TTL_DELETE, SWAP_TTL_FOREVER,
    head,
};

/// How many keys one step of a scan looks at: enough to be quick, and few enough to hold nobody up.
pub const SCAN_STEP: usize = 500;
