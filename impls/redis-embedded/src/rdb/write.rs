//! Writes values, in the forms that Redis 7.0 has for them.

use super::output::Output;
use super::{listpack, stream};
use crate::db::number::format_double;
use crate::db::{Hash, List, Set, SortedSet, Value};

/// The bytes that tell what follows.
pub(super) mod kind {
    pub(crate) const STRING: u8 = 0;
    pub(crate) const LIST: u8 = 1;
    pub(crate) const SET: u8 = 2;
    pub(crate) const ZSET: u8 = 3;
    pub(crate) const HASH: u8 = 4;
    pub(crate) const ZSET_2: u8 = 5;
    pub(crate) const INTSET: u8 = 11;
    pub(crate) const STREAM: u8 = 15;
    pub(crate) const HASH_LISTPACK: u8 = 16;
    pub(crate) const ZSET_LISTPACK: u8 = 17;
    pub(crate) const QUICKLIST_2: u8 = 18;
    pub(crate) const STREAM_2: u8 = 19;
    pub(crate) const SET_LISTPACK: u8 = 20;
    pub(crate) const STREAM_3: u8 = 21;
    /// A hash with times, of Valkey 9.
    pub(crate) const HASH_2: u8 = 22;
    /// Hashes with times, of Redis 7.4 and later.
    pub(crate) const HASH_METADATA: u8 = 24;
    pub(crate) const HASH_LISTPACK_EX: u8 = 25;
}

/// A value behind the byte that tells its type.
pub(super) fn value(value: &Value, version: u16) -> Vec<u8> {
    let mut output = Output::default();
    match value {
        Value::Str(text) => {
            output.byte(kind::STRING);
            output.string(&text.bytes);
        }
        Value::List(items) => list(&mut output, items),
        Value::Set(Set::Ints(ints)) => intset(&mut output, ints),
        Value::Set(set) => {
            output.byte(kind::SET);
            output.length(set.len());
            set.iter().for_each(|member| output.string(&member));
        }
        Value::Hash(fields) if fields.next_expiry().is_some() => {
            timed_hash(&mut output, fields, version);
        }
        Value::Hash(fields) => hash(&mut output, fields),
        Value::SortedSet(set) => sorted_set(&mut output, set),
        Value::Stream(entries) => {
            output.byte(kind::STREAM_2);
            stream::write(&mut output, entries);
        }
    }
    output.bytes
}

/// A list in listpacks of up to this many bytes of items.
fn list(output: &mut Output, list: &List) {
    const NODE: usize = 8 * 1024;
    let items: Vec<&[u8]> = list.iter().collect();
    let mut nodes: Vec<&[&[u8]]> = Vec::new();
    let mut rest = items.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|item| {
            bytes += item.len() + 11;
            bytes <= NODE
        });
        let (node, others) = rest.split_at(fits.count().max(1));
        nodes.push(node);
        rest = others;
    }
    output.byte(kind::QUICKLIST_2);
    output.length(nodes.len());
    for node in nodes {
        match node {
            [large] if large.len() > NODE => {
                output.number(1);
                output.string(large);
            }
            node => {
                output.number(2);
                output.string(&listpack::write(node));
            }
        }
    }
}

/// Integers in as few bytes as the largest of them needs.
fn intset(output: &mut Output, ints: &[i64]) {
    let within = |bits: u32| ints.iter().all(|int| *int >> (bits - 1) == *int >> 63);
    let width: u8 = if within(16) {
        2
    } else if within(32) {
        4
    } else {
        8
    };
    let mut bytes = vec![width, 0, 0, 0];
    let count = u32::try_from(ints.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&count.to_le_bytes());
    for int in ints {
        bytes.extend_from_slice(&int.to_le_bytes()[..width.into()]);
    }
    output.byte(kind::INTSET);
    output.string(&bytes);
}

fn hash(output: &mut Output, hash: &Hash) {
    let parts = hash.fields.iter().flat_map(|(field, value)| [field, value]);
    if hash.compact {
        output.byte(kind::HASH_LISTPACK);
        output.string(&listpack::write(parts));
    } else {
        output.byte(kind::HASH);
        output.length(hash.fields.len());
        parts.for_each(|part| output.string(part));
    }
}

/// The version from which on payloads are those of Valkey.
const VALKEY: u16 = 80;

/// A hash whose fields have times to live: each one's time, or what stands for none.
fn timed_hash(output: &mut Output, hash: &Hash, version: u16) {
    let valkey = version >= VALKEY;
    let first = hash.next_expiry().unwrap_or_default();
    output.byte(if valkey {
        kind::HASH_2
    } else {
        kind::HASH_METADATA
    });
    if !valkey {
        output.raw(&first.to_le_bytes());
    }
    output.length(hash.fields.len());
    for (field, value) in &hash.fields {
        let at = hash.expiry(field);
        if !valkey {
            // Counted from the first time on, and from one on, so that zero is free.
            let offset = at.map_or(0, |at| at - first + 1);
            output.number(offset.unsigned_abs());
        }
        output.string(field);
        output.string(value);
        if valkey {
            output.raw(&at.unwrap_or(-1).to_le_bytes());
        }
    }
}

fn sorted_set(output: &mut Output, set: &SortedSet) {
    if set.compact {
        let parts = set
            .iter()
            .flat_map(|(member, score)| [member.to_vec(), format_double(score).into_bytes()]);
        output.byte(kind::ZSET_LISTPACK);
        output.string(&listpack::write(parts));
        return;
    }
    output.byte(kind::ZSET_2);
    output.length(set.len());
    // From the highest score on, so that who reads it inserts at the front.
    for (member, score) in set.iter().rev() {
        output.string(member);
        output.raw(&score.to_le_bytes());
    }
}
