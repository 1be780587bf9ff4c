//! Reads values.

use super::input::Input;
use super::{Malformed, listpack, stream, write::kind};
use crate::db::{Hash, Kind, List, Set, SortedSet, Str, Value, number};
use crate::server::config::Config;

/// A value behind the byte that tells its type.
pub(super) fn value(input: &mut Input<'_>, config: &Config) -> Result<Value, Malformed> {
    Ok(match input.byte()? {
        kind::STRING => Str::new(&input.string()?).wrap(),
        kind::LIST => list(strings(input, 1)?),
        kind::QUICKLIST_2 => quicklist(input)?,
        kind::SET => set(&strings(input, 1)?, config)?,
        kind::INTSET => set(&intset(&input.string()?)?, config)?,
        kind::SET_LISTPACK => set(&listpack::read(&input.string()?)?, config)?,
        kind::HASH => hash(strings(input, 2)?, config)?,
        kind::HASH_LISTPACK => hash(listpack::read(&input.string()?)?, config)?,
        kind::HASH_2 => timed_pairs(input, config)?,
        kind::HASH_METADATA => timed_fields(input, config)?,
        kind::HASH_LISTPACK_EX => timed_listpack(input, config)?,
        old @ (kind::ZSET | kind::ZSET_2) => scores(input, old == kind::ZSET, config)?,
        kind::ZSET_LISTPACK => packed_scores(&input.string()?, config)?,
        version @ (kind::STREAM | kind::STREAM_2 | kind::STREAM_3) => {
            stream::read(input, version, config.stream)?.wrap()
        }
        _ => return Err(Malformed),
    })
}

/// A number, and so many groups of strings.
fn strings(input: &mut Input<'_>, each: usize) -> Result<Vec<Vec<u8>>, Malformed> {
    let count = input.length()?.checked_mul(each).ok_or(Malformed)?;
    // Without a capacity, since nobody knows yet whether there are as many.
    (0..count).map(|_| input.string()).collect()
}

fn list(items: Vec<Vec<u8>>) -> Value {
    items.into_iter().collect::<List>().wrap()
}

fn quicklist(input: &mut Input<'_>) -> Result<Value, Malformed> {
    let mut list = List::default();
    for _ in 0..input.length()? {
        match input.number()? {
            1 => list.push_back(&input.string()?),
            2 => list.extend(listpack::read(&input.string()?)?),
            _ => return Err(Malformed),
        }
    }
    Ok(list.wrap())
}

/// Integers of two, four or eight bytes each, behind that width and their number.
fn intset(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut input = Input::new(bytes);
    let width = usize::try_from(u32::from_le_bytes(input.array()?)).map_err(|_| Malformed)?;
    let count = u32::from_le_bytes(input.array()?);
    let mut members = Vec::new();
    for _ in 0..count {
        let number = match width {
            2 => i16::from_le_bytes(input.array()?).into(),
            4 => i32::from_le_bytes(input.array()?).into(),
            8 => i64::from_le_bytes(input.array()?),
            _ => return Err(Malformed),
        };
        members.push(number.to_string().into_bytes());
    }
    Ok(members)
}

fn set(members: &[Vec<u8>], config: &Config) -> Result<Value, Malformed> {
    let mut set = Set::default();
    let new = |member: &Vec<u8>| set.add(member, config.ints);
    members.iter().all(new).then(|| set.wrap()).ok_or(Malformed)
}

fn hash(pairs: Vec<Vec<u8>>, config: &Config) -> Result<Value, Malformed> {
    let mut hash = Hash::default();
    let mut pairs = pairs.into_iter();
    while let Some(field) = pairs.next() {
        let value = pairs.next().ok_or(Malformed)?;
        if !hash.set(&field, value, config.hash) {
            return Err(Malformed);
        }
    }
    Ok(hash.wrap())
}

/// Sets a field that must be new, and its time.
fn set_field(
    hash: &mut Hash,
    field: &[u8],
    value: Vec<u8>,
    at: Option<i64>,
    config: &Config,
) -> Result<(), Malformed> {
    if !hash.set(field, value, config.hash) {
        return Err(Malformed);
    }
    if at.is_some() {
        hash.set_expiry(field, at);
    }
    Ok(())
}

/// Valkey: each value is followed by its time, or minus one.
fn timed_pairs(input: &mut Input<'_>, config: &Config) -> Result<Value, Malformed> {
    let mut hash = Hash::default();
    for _ in 0..input.length()? {
        let (field, value) = (input.string()?, input.string()?);
        let at = Some(input.millis()?).filter(|at| *at >= 0);
        set_field(&mut hash, &field, value, at, config)?;
    }
    hash.compact = false;
    Ok(hash.wrap())
}

/// Redis: each field comes behind its time, counted from the first time and one on, or zero.
fn timed_fields(input: &mut Input<'_>, config: &Config) -> Result<Value, Malformed> {
    let first = input.millis()?;
    let mut hash = Hash::default();
    for _ in 0..input.length()? {
        let offset = i64::try_from(input.number()?).map_err(|_| Malformed)?;
        let at = first.checked_add(offset - 1).filter(|_| offset > 0);
        let (field, value) = (input.string()?, input.string()?);
        set_field(&mut hash, &field, value, at, config)?;
    }
    Ok(hash.wrap())
}

/// Redis, for small hashes: fields, values and times in one listpack.
fn timed_listpack(input: &mut Input<'_>, config: &Config) -> Result<Value, Malformed> {
    input.millis()?;
    let mut hash = Hash::default();
    for entry in listpack::read(&input.string()?)?.chunks(3) {
        let [field, value, at] = entry else {
            return Err(Malformed);
        };
        let at = number::integer(at).ok_or(Malformed)?;
        let at = Some(at).filter(|at| *at > 0);
        set_field(&mut hash, field, value.clone(), at, config)?;
    }
    hash.make_timed();
    Ok(hash.wrap())
}

fn scores(input: &mut Input<'_>, as_text: bool, config: &Config) -> Result<Value, Malformed> {
    let mut set = SortedSet::default();
    for _ in 0..input.length()? {
        let member = input.string()?;
        let score = if as_text {
            input.text_double()?
        } else {
            input.double()?
        };
        if !set.insert(&member, score, config.sorted_set) {
            return Err(Malformed);
        }
    }
    Ok(set.wrap())
}

fn packed_scores(bytes: &[u8], config: &Config) -> Result<Value, Malformed> {
    let mut set = SortedSet::default();
    let items = listpack::read(bytes)?;
    for pair in items.chunks(2) {
        let [member, score] = pair else {
            return Err(Malformed);
        };
        let score = number::double(score).ok_or(Malformed)?;
        if !set.insert(member, score, config.sorted_set) {
            return Err(Malformed);
        }
    }
    Ok(set.wrap())
}
