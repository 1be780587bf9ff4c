//! XACK and XPENDING: what was delivered and not acknowledged.

use super::{parse, with_group};
use crate::command::context::db;
use crate::command::{Cx, Error, Outcome};
use crate::db::Stream;
use crate::db::stream::StreamId;
use crate::db::stream_group::Group;
use crate::protocol::Reply;

pub(super) fn xack(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(1), cx.arg(2));
    let stream = db!(cx).get_mut::<Stream>(key)?;
    let Some(group) = stream.and_then(|stream| stream.groups.get_mut(name)) else {
        cx.out.int(0);
        return Ok(());
    };
    let ids = parse::ids(&cx.args[3..])?;
    let acknowledged = ids.into_iter().filter(|id| group.acknowledge(*id)).count();
    cx.out.count(acknowledged);
    cx.state.stats.changes += acknowledged as u64;
    Ok(())
}

/// Which pending entries XPENDING lists.
#[derive(Debug)]
struct Wanted<'a> {
    start: StreamId,
    end: StreamId,
    count: usize,
    idle: i64,
    consumer: Option<&'a [u8]>,
}

fn wanted<'a>(cx: &Cx<'a>) -> Result<Wanted<'a>, Error> {
    let (mut at, mut idle) = (3, 0);
    if cx.is(3, "idle") {
        idle = cx.int(4)?;
        if cx.len() < 8 {
            return Err(Error::SYNTAX);
        }
        at = 5;
    }
    let count = cx.int(at + 2)?.max(0);
    Ok(Wanted {
        start: parse::start(cx.arg(at))?,
        end: parse::end(cx.arg(at + 1))?,
        count: usize::try_from(count).unwrap_or(usize::MAX),
        idle,
        consumer: cx.args.get(at + 3).copied(),
    })
}

pub(super) fn xpending(cx: &mut Cx<'_>) -> Outcome {
    let wanted = match cx.len() {
        3 => None,
        6..=9 => Some(wanted(cx)?),
        _ => return Err(Error::SYNTAX),
    };
    let (name, now) = (cx.arg(2), cx.now());
    let mut out = Reply::new(cx.out.resp3);
    if let Some(group) = with_group(cx)?.groups.get(name) {
        match &wanted {
            None => summary(&mut out, group),
            Some(wanted) => list(&mut out, group, wanted, now),
        }
    }
    cx.out.bytes.append(&mut out.bytes);
    Ok(())
}

fn summary(out: &mut Reply, group: &Group) {
    out.array(4);
    out.count(group.pending.len());
    let ends = group
        .pending
        .first_key_value()
        .zip(group.pending.last_key_value());
    let Some(((first, _), (last, _))) = ends else {
        out.null();
        out.null();
        out.null_array();
        return;
    };
    out.text(&first.to_string());
    out.text(&last.to_string());
    let busy = group
        .consumers
        .iter()
        .filter(|(_, consumer)| !consumer.pending.is_empty());
    let busy: Vec<_> = busy.collect();
    out.array(busy.len());
    for (name, consumer) in busy {
        out.bulks([
            name.clone(),
            consumer.pending.len().to_string().into_bytes(),
        ]);
    }
}

fn list(out: &mut Reply, group: &Group, wanted: &Wanted<'_>, now: i64) {
    if wanted.start > wanted.end {
        out.array(0);
        return;
    }
    let found = group.pending.range(wanted.start..=wanted.end);
    let found = found.filter(|(_, pending)| {
        let by = wanted
            .consumer
            .is_none_or(|consumer| pending.consumer == consumer);
        by && (wanted.idle == 0 || now - pending.delivered >= wanted.idle)
    });
    let found: Vec<_> = found.take(wanted.count).collect();
    out.array(found.len());
    for (id, pending) in found {
        out.array(4);
        out.text(&id.to_string());
        out.bulk(&pending.consumer);
        out.int((now - pending.delivered).max(0));
        out.int(pending.count);
    }
}
