//! Streams: listpacks of entries, what the stream remembers, and its groups.
//!
//! A listpack begins with the field names of its first entry, which entries with the same names do
//! not repeat. Ids are told as the difference to the one that the listpack is filed under.

use super::input::Input;
use super::output::Output;
use super::{Malformed, listpack, write::kind};
use crate::db::number;
use crate::db::stream::{Fields, NodeLimits, Stream, StreamId};
use crate::db::stream_group::{Consumer, Group, Pending};

const DELETED: i64 = 1;
const SAME_NAMES: i64 = 2;
/// Entries in a listpack, as many as Redis has by default.
const NODE: usize = 100;
/// How the number of entries that a group has read is told when it is not known.
const UNKNOWN: u64 = u64::MAX;

pub(super) fn read(
    input: &mut Input<'_>,
    version: u8,
    limits: NodeLimits,
) -> Result<Stream, Malformed> {
    let mut stream = Stream::default();
    for _ in 0..input.length()? {
        let first = id(&mut Input::new(&input.string()?))?;
        entries(
            &mut stream,
            first,
            &listpack::read(&input.string()?)?,
            limits,
        )?;
    }
    let length = input.length()?;
    if length != stream.len() {
        return Err(Malformed);
    }
    stream.last = pair(input)?;
    stream.added = i64::try_from(length).map_err(|_| Malformed)?;
    if version != kind::STREAM {
        // The first id is seen from the entries.
        pair(input)?;
        stream.max_deleted = pair(input)?;
        stream.added = i64::try_from(input.number()?).map_err(|_| Malformed)?;
    }
    for _ in 0..input.length()? {
        let name = input.string()?;
        let group = group(input, version)?;
        if stream.groups.insert(name, group).is_some() {
            return Err(Malformed);
        }
    }
    Ok(stream)
}

/// An id as 16 bytes in the order that compares as they do.
fn id(input: &mut Input<'_>) -> Result<StreamId, Malformed> {
    let ms = u64::from_be_bytes(input.array()?);
    let seq = u64::from_be_bytes(input.array()?);
    Ok(StreamId { ms, seq })
}

/// An id as two numbers.
fn pair(input: &mut Input<'_>) -> Result<StreamId, Malformed> {
    let (ms, seq) = (input.number()?, input.number()?);
    Ok(StreamId { ms, seq })
}

/// Adds the entries of a listpack that are not deleted.
fn entries(
    stream: &mut Stream,
    first: StreamId,
    items: &[Vec<u8>],
    limits: NodeLimits,
) -> Result<(), Malformed> {
    let mut items = Items(items.iter());
    let total = items
        .count()?
        .checked_add(items.count()?)
        .ok_or(Malformed)?;
    let names = items.count()?;
    let names: Vec<Vec<u8>> = (0..names).map(|_| items.text()).collect::<Result<_, _>>()?;
    items.number()?;
    for _ in 0..total {
        let flags = items.number()?;
        let id = StreamId {
            ms: first.ms.wrapping_add_signed(items.number()?),
            seq: first.seq.wrapping_add_signed(items.number()?),
        };
        let mut fields = Fields::new();
        if flags & SAME_NAMES != 0 {
            for name in &names {
                fields.push(name.clone());
                fields.push(items.text()?);
            }
        } else {
            let count = items.count()?.checked_mul(2).ok_or(Malformed)?;
            for _ in 0..count {
                fields.push(items.text()?);
            }
        }
        // How many elements the entry has, for who walks backwards.
        items.number()?;
        if flags & DELETED == 0 {
            if stream.len() > 0 && id <= stream.last {
                return Err(Malformed);
            }
            stream.add(id, fields, limits);
        }
    }
    Ok(())
}

/// The elements of a listpack, one after the other.
struct Items<'a>(std::slice::Iter<'a, Vec<u8>>);

impl Items<'_> {
    fn text(&mut self) -> Result<Vec<u8>, Malformed> {
        self.0.next().cloned().ok_or(Malformed)
    }

    fn number(&mut self) -> Result<i64, Malformed> {
        self.0
            .next()
            .and_then(|item| number::integer(item))
            .ok_or(Malformed)
    }

    fn count(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.number()?).map_err(|_| Malformed)
    }
}

fn group(input: &mut Input<'_>, version: u8) -> Result<Group, Malformed> {
    let mut group = Group {
        last: pair(input)?,
        ..Group::default()
    };
    if version != kind::STREAM {
        group.read = match input.number()? {
            UNKNOWN => None,
            read => Some(i64::try_from(read).map_err(|_| Malformed)?),
        };
    }
    for _ in 0..input.length()? {
        let id = id(input)?;
        let pending = Pending {
            consumer: Vec::new(),
            delivered: input.millis()?,
            count: i64::try_from(input.number()?).map_err(|_| Malformed)?,
        };
        group.pending.insert(id, pending);
    }
    for _ in 0..input.length()? {
        consumer(input, &mut group, version)?;
    }
    let owned = group
        .pending
        .values()
        .all(|pending| !pending.consumer.is_empty());
    owned.then_some(group).ok_or(Malformed)
}

fn consumer(input: &mut Input<'_>, group: &mut Group, version: u8) -> Result<(), Malformed> {
    let name = input.string()?;
    let mut consumer = Consumer {
        seen: input.millis()?,
        active: None,
        ..Consumer::default()
    };
    if version == kind::STREAM_3 {
        // When it was last given something.
        input.millis()?;
    }
    for _ in 0..input.length()? {
        let id = id(input)?;
        let pending = group.pending.get_mut(&id).ok_or(Malformed)?;
        pending.consumer.clone_from(&name);
        consumer.pending.insert(id);
    }
    group.consumers.insert(name, consumer);
    Ok(())
}

pub(super) fn write(output: &mut Output, stream: &Stream) {
    let entries: Vec<(&StreamId, &Fields)> = stream.entries.iter().collect();
    output.length(entries.len().div_ceil(NODE));
    for node in entries.chunks(NODE) {
        output.string(&node[0].0.to_bytes());
        output.string(&listpack::write(packed(node)));
    }
    output.length(stream.len());
    put_pair(output, stream.last);
    put_pair(output, stream.first());
    put_pair(output, stream.max_deleted);
    output.number(stream.added.unsigned_abs());
    output.length(stream.groups.len());
    for (name, group) in &stream.groups {
        output.string(name);
        put_group(output, group);
    }
}

fn put_pair(output: &mut Output, id: StreamId) {
    output.number(id.ms);
    output.number(id.seq);
}

/// The elements of a listpack of entries.
fn packed(entries: &[(&StreamId, &Fields)]) -> Vec<Vec<u8>> {
    let (first, fields) = entries[0];
    let names: Vec<&Vec<u8>> = fields.iter().step_by(2).collect();
    let mut items = Vec::new();
    let number = |number: i128| number.to_string().into_bytes();
    let count = |count: usize| count.to_string().into_bytes();
    items.extend([count(entries.len()), count(0), count(names.len())]);
    items.extend(names.iter().map(|name| name.to_vec()));
    items.push(count(0));
    for (id, fields) in entries {
        let same = fields.iter().step_by(2).eq(names.iter().copied());
        let ms = i128::from(id.ms) - i128::from(first.ms);
        let seq = i128::from(id.seq) - i128::from(first.seq);
        items.push(number(if same { SAME_NAMES.into() } else { 0 }));
        items.extend([number(ms), number(seq)]);
        let elements = if same {
            items.extend(fields.iter().skip(1).step_by(2).cloned());
            3 + fields.len() / 2
        } else {
            items.push(count(fields.len() / 2));
            items.extend(fields.iter().cloned());
            4 + fields.len()
        };
        items.push(count(elements));
    }
    items
}

fn put_group(output: &mut Output, group: &Group) {
    put_pair(output, group.last);
    output.number(group.read.map_or(UNKNOWN, i64::unsigned_abs));
    output.length(group.pending.len());
    for (id, pending) in &group.pending {
        output.raw(&id.to_bytes());
        output.raw(&pending.delivered.to_le_bytes());
        output.number(pending.count.unsigned_abs());
    }
    output.length(group.consumers.len());
    for (name, consumer) in &group.consumers {
        output.string(name);
        output.raw(&consumer.seen.to_le_bytes());
        output.length(consumer.pending.len());
        consumer
            .pending
            .iter()
            .for_each(|id| output.raw(&id.to_bytes()));
    }
}
