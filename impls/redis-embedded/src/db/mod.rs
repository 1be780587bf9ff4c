//! The typed database: keys, values and when they expire. No I/O, and no clock: whoever calls
//! sets `now`.

pub(crate) mod bits;
pub(crate) mod double;
pub(crate) mod entry;
mod fields;
pub(crate) mod geohash;
pub(crate) mod glob;
mod hash;
pub(crate) mod hyperloglog;
pub(crate) mod keyspace;
mod list;
mod list_node;
mod long_double;
pub(crate) mod number;
pub(crate) mod random;
pub(crate) mod sorted_set;
pub(crate) mod stream;
pub(crate) mod stream_group;
mod stream_nodes;
pub(crate) mod value;

pub(crate) use entry::{Entry, Key};
pub(crate) use fields::Hash;
pub(crate) use hash::{Map, Members, Table};
pub(crate) use keyspace::{Change, Db};
pub(crate) use list::List;
pub(crate) use long_double::LongDouble;
pub(crate) use sorted_set::SortedSet;
pub(crate) use stream::Stream;
pub(crate) use value::{Form, Kind, Set, Str, Value, WrongType};
