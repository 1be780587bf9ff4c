//! The behaviour of a cache: what every backend owes, case by case.
//!
//! One case is one promise of [`CacheInterface`](super::CacheInterface), and its doc line is that promise. Times are
//! taken from the backend's own resolution, and an expiry is judged by interval, so that the same case is exact on a
//! virtual clock and right on a real one. What a handle does when its server goes away is left to other suites.

mod clear;
mod closing;
mod concurrency;
mod conditional;
mod counters;
mod dropped;
mod keys;
mod many;
mod namespaces;
mod phrases;
mod scan;
mod ttl;
mod values;

use super::CacheInterface;
#[cfg(feature = "check")]
use super::model::CacheModel;
use crate::contract_suite;

/// The cases of the cache contract, group by group.
#[contract_suite(
    CacheInterface,
    groups(
        values::suite,
        ttl::suite,
        keys::suite,
        namespaces::suite,
        many::suite,
        conditional::suite,
        counters::suite,
        dropped::suite,
        clear::suite,
        scan::suite,
        concurrency::suite,
        closing::suite
    )
)]
pub mod cases {}

/// The cases of the cache contract, and the checks against its model.
#[cfg_attr(not(feature = "check"), contract_suite(CacheInterface, groups(cases)))]
#[cfg_attr(
    feature = "check",
    contract_suite(CacheInterface, groups(cases), model = |cache| CacheModel::new(cache.limits()))
)]
pub mod suite {}
