//! What happens to callers when networks and servers fail, on every backend that has some.
#![cfg(any(
    feature = "redis-rs",
    feature = "fred",
    feature = "rustis",
    feature = "two-level",
    feature = "memcached"
))]

use contrait::contract_tests;

#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::faults::redis_rs);
#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::faults::redis_rs_resp3);
#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::faults::redis_rs_cluster);

#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::faults::fred);
#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::faults::fred_resp3);
#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::faults::fred_cluster);

#[cfg(feature = "rustis")]
contract_tests!(contrait_rustis::backend::faults::rustis);

#[cfg(feature = "two-level")]
contract_tests!(contrait_two_level::backend::faults::two_level);

#[cfg(feature = "memcached")]
contract_tests!(contrait_memcached::backend::faults::memcached);
