//! What happens to callers when a cluster loses a node, on every backend that speaks to clusters.
#![cfg(any(feature = "redis-rs", feature = "fred"))]

use contrait::contract_tests;

#[cfg(feature = "redis-rs")]
contract_tests!(contrait_redis_rs::backend::failover::redis_rs_cluster);

#[cfg(feature = "fred")]
contract_tests!(contrait_fred::backend::failover::fred_cluster);
