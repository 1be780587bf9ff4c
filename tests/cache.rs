//! The cache contract on every backend that a feature chose.

use contrait::contract_tests;

#[cfg(feature = "memory")]
contract_tests!(contrait_memory::backend::memory);

#[cfg(feature = "moka")]
contract_tests!(contrait_moka::backend::moka);

#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::redis_rs);
#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::redis_rs_resp3);
#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::redis_rs_cluster);

#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::fred);
#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::fred_resp3);
#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::fred_cluster);

#[cfg(feature = "rustis")]
contract_tests!(contrait_rustis::backend::rustis);

#[cfg(feature = "two-level")]
contract_tests!(contrait_two_level::backend::two_level);

#[cfg(feature = "memcached")]
contract_tests!(contrait_memcached::backend::memcached);
