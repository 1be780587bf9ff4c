//! XCLAIM and XAUTOCLAIM: entries pass from one consumer to another.

use super::parse::{self, number_for};
use super::{entry, with_group};
use crate::command::context::db;
use crate::command::{Cx, Error, Outcome};
use crate::db::Stream;
use crate::db::stream::StreamId;
use crate::db::stream_group::{Claim, Claimed};
use crate::server::events::Events;

/// What XCLAIM is asked for.
#[derive(Debug)]
struct Options {
    ids: Vec<StreamId>,
    claim: Claim,
    /// Up to where the group has read at least.
    last: StreamId,
}

fn options(cx: &Cx<'_>) -> Result<Options, Error> {
    let now = cx.now();
    let min_idle = number_for(cx, 4, "min-idle-time")?.max(0);
    let (mut delivered, mut retries) = (now, None);
    let (mut force, mut just_id, mut last) = (false, false, StreamId::MIN);
    let texts = cx.args.get(5..).unwrap_or_default();
    let ids: Vec<StreamId> = texts
        .iter()
        .map_while(|text| parse::strict(text, 0).ok())
        .collect();
    let mut at = 5 + ids.len();
    while at < cx.len() {
        let more = at + 1 < cx.len();
        if cx.is(at, "force") {
            force = true;
        } else if cx.is(at, "justid") {
            just_id = true;
        } else if more && cx.is(at, "idle") {
            delivered = now.saturating_sub(number_for(cx, at + 1, "IDLE option")?);
            at += 1;
        } else if more && cx.is(at, "time") {
            delivered = number_for(cx, at + 1, "TIME option")?;
            at += 1;
        } else if more && cx.is(at, "retrycount") {
            retries = Some(number_for(cx, at + 1, "RETRYCOUNT option")?);
            at += 1;
        } else if more && cx.is(at, "lastid") {
            last = parse::strict(cx.arg(at + 1), 0)?;
            at += 1;
        } else {
            let parts: [&[u8]; 3] = [b"ERR Unrecognized XCLAIM option '", cx.arg(at), b"'"];
            return Err(parts.concat().into());
        }
        at += 1;
    }
    // A time that cannot be is the present.
    if !(0..=now).contains(&delivered) {
        delivered = now;
    }
    let retries = retries.filter(|retries| *retries >= 0);
    let claim = Claim {
        min_idle,
        delivered,
        retries,
        force,
        just_id,
    };
    Ok(Options { ids, claim, last })
}

/// Publishes that the consumer is new.
fn announce(cx: &mut Cx<'_>, made: bool) {
    if made {
        cx.notify(Events::STREAM, "xgroup-createconsumer", cx.arg(1));
    }
}

/// Writes entries, or their ids only.
fn reply(cx: &mut Cx<'_>, ids: &[StreamId], just_id: bool) -> Outcome {
    let key = cx.arg(1);
    cx.state.stats.changes += ids.len() as u64;
    let stream = db!(cx).get::<Stream>(key)?;
    cx.out.array(ids.len());
    for id in ids {
        match stream.and_then(|stream| stream.get(*id)) {
            Some(fields) if !just_id => entry(&mut cx.out, *id, fields),
            _ => cx.out.text(&id.to_string()),
        }
    }
    Ok(())
}

pub(super) fn xclaim(cx: &mut Cx<'_>) -> Outcome {
    let (name, consumer, now) = (cx.arg(2), cx.arg(3), cx.now());
    with_group(cx)?;
    let options = options(cx)?;
    let mut made = false;
    let later = cx.state.profile.is_later();
    let claimed = with_group(cx)?.with_group(name, |stream, group| {
        // Later versions make a consumer also when it gets nothing.
        made = later && group.see(consumer, now);
        group.last = group.last.max(options.last);
        let mut claim = |id: &StreamId| match stream.claim(group, consumer, *id, options.claim, now)
        {
            Claimed::Yes(is_new) => {
                made |= is_new;
                true
            }
            _ => false,
        };
        let ids = options.ids.iter().copied();
        ids.filter(|id| claim(id)).collect()
    });
    let claimed: Vec<StreamId> = claimed.unwrap_or_default();
    announce(cx, made);
    reply(cx, &claimed, options.claim.just_id)
}

/// What XAUTOCLAIM is asked for: a count, and whether it only wants ids.
fn auto_options(cx: &Cx<'_>) -> Result<(usize, bool), Error> {
    // Redis counts ten looks for each entry in a long.
    const MOST: usize = usize::MAX / 2 / 16;
    let (mut count, mut just_id) = (100, false);
    let mut at = 6;
    while at < cx.len() {
        if at + 1 < cx.len() && cx.is(at, "count") {
            let number = crate::db::number::integer(cx.arg(at + 1))
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (1..=MOST).contains(number));
            count = number.ok_or(Error::new("ERR COUNT must be > 0"))?;
            at += 1;
        } else if cx.is(at, "justid") {
            just_id = true;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 1;
    }
    Ok((count, just_id))
}

pub(super) fn xautoclaim(cx: &mut Cx<'_>) -> Outcome {
    let (name, consumer, now) = (cx.arg(2), cx.arg(3), cx.now());
    let min_idle = number_for(cx, 4, "min-idle-time")?.max(0);
    let start = parse::start(cx.arg(5))?;
    let (count, just_id) = auto_options(cx)?;
    let claim = Claim {
        min_idle,
        delivered: now,
        retries: None,
        force: false,
        just_id,
    };
    let mut claimed = Vec::new();
    let mut gone = Vec::new();
    let (mut cursor, mut made) = (StreamId::MIN, false);
    let later = cx.state.profile.is_later();
    with_group(cx)?.with_group(name, |stream, group| {
        made = later && group.see(consumer, now);
        let looks = count.saturating_mul(10);
        let mut pending = group.pending.range(start..).map(|(id, _)| *id);
        let mut seen: Vec<StreamId> = pending.by_ref().take(looks.saturating_add(1)).collect();
        let mut next = seen.drain(..).peekable();
        let mut looked = 0;
        while looked < looks && claimed.len() + gone.len() < count {
            let Some(id) = next.next() else { break };
            looked += 1;
            match stream.claim(group, consumer, id, claim, now) {
                Claimed::Yes(is_new) => {
                    made |= is_new;
                    claimed.push(id);
                }
                Claimed::Gone => gone.push(id),
                Claimed::No => {}
            }
        }
        cursor = next.peek().copied().unwrap_or(StreamId::MIN);
    });
    announce(cx, made);
    cx.out.array(3);
    cx.out.text(&cursor.to_string());
    reply(cx, &claimed, just_id)?;
    cx.out.bulks(gone.iter().map(ToString::to_string));
    Ok(())
}
