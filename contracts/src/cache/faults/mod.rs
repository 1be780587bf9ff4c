//! What a handle does when its network or its server fails: for backends whose store is elsewhere.
//!
//! A caller can do without a cache, but not with a wrong answer or without any. So each fault here is held against the
//! same few promises: an error of the right kind, within bounds, that leaves the handle usable; never a miss, never
//! somebody else's answer, never an effect twice. And it is back by itself, within a second of its server's return.

mod answers;
mod calls;
mod errors;
mod network;
mod refusals;
mod server;

use super::CacheInterface;
use crate::contract_suite;

/// The cases of a cache whose network and server fail.
#[contract_suite(
    CacheInterface,
    groups(
        network::suite,
        answers::suite,
        server::suite,
        refusals::suite,
        errors::suite
    )
)]
pub mod suite {}
