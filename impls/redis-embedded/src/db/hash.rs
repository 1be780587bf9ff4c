//! The hash tables of the server, all by one hash that is quick and seeded at random.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use indexmap::{IndexMap, IndexSet};

/// A map in the order of insertion.
pub(crate) type Map<K, V> = IndexMap<K, V, RandomState>;
/// A set in the order of insertion.
pub(crate) type Members<T> = IndexSet<T, RandomState>;
/// A map whose order does not matter.
pub(crate) type Table<K, V> = HashMap<K, V, RandomState>;
