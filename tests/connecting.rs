//! How one connects, and what is refused, on every backend that has a server.
#![cfg(any(
    feature = "redis-rs",
    feature = "fred",
    feature = "rustis",
    feature = "memcached"
))]

use contrait::contract_tests;

#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::connecting::redis_rs);
#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::connecting::redis_rs_resp3);

#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::connecting::fred);
#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::connecting::fred_resp3);

#[cfg(feature = "rustis")]
contract_tests!(contrait_rustis::backend::connecting::rustis);

#[cfg(feature = "memcached")]
contract_tests!(contrait_memcached::backend::connecting::memcached);
