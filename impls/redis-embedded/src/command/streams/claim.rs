//! Taking over what another consumer has not acknowledged.

use super::super::{Cx, Error, Outcome};
use super::{no_group, parse_bound, parse_id, reply_entry, reply_id};
use crate::db::Stream;
use crate::db::number::integer;
use crate::db::stream::{Pending, StreamId};
use crate::server::config::Events;

/// The options of XCLAIM.
#[derive(Default)]
struct Options {
    delivered: i64,
    count: Option<u64>,
    force: bool,
    only_ids: bool,
    last: Option<StreamId>,
}

fn idle(cx: &Cx<'_>) -> Result<i64, Error> {
    let name = cx.command.name.to_ascii_uppercase();
    let idle = integer(cx.arg(4));
    idle.map(|idle| idle.max(0))
        .ok_or_else(|| format!("ERR Invalid min-idle-time argument for {name}").into())
}

fn options(cx: &Cx<'_>, from: usize) -> Result<Options, Error> {
    let now = cx.now();
    let mut options = Options {
        delivered: now,
        ..Options::default()
    };
    let mut at = from;
    while at < cx.len() {
        let more = at + 1 < cx.len();
        let number = |name: &str| {
            integer(cx.arg(at + 1)).ok_or_else(|| {
                Error::from(format!("ERR Invalid {name} option argument for XCLAIM"))
            })
        };
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"force" => options.force = true,
            b"justid" => options.only_ids = true,
            b"idle" if more => {
                options.delivered = now - number("IDLE")?;
                at += 1;
            }
            b"time" if more => {
                options.delivered = number("TIME")?;
                at += 1;
            }
            b"retrycount" if more => {
                options.count = u64::try_from(number("RETRYCOUNT")?).ok();
                at += 1;
            }
            b"lastid" if more => {
                options.last = Some(parse_id(cx.arg(at + 1), 0)?);
                at += 1;
            }
            _ => {
                return Err([b"ERR Unrecognized XCLAIM option '", cx.arg(at), b"'"]
                    .concat()
                    .into());
            }
        }
        at += 1;
    }
    // A time that is to come would make the entry idle for a negative time.
    if !(0..=now).contains(&options.delivered) {
        options.delivered = now;
    }
    Ok(options)
}

/// Checks that the group is there.
fn check_group(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(1), cx.arg(2));
    let known = cx
        .db()
        .get::<Stream>(key)?
        .is_some_and(|stream| stream.groups.contains_key(name));
    if known {
        Ok(())
    } else {
        Err(no_group(key, name, b""))
    }
}

/// What a claim hands over.
struct Claimed {
    found: Vec<StreamId>,
    new_consumer: bool,
}

pub(super) fn xclaim(cx: &mut Cx<'_>) -> Outcome {
    let (key, name, consumer) = (cx.arg(1), cx.arg(2), cx.arg(3));
    check_group(cx)?;
    let idle = idle(cx)?;
    let mut ids = Vec::new();
    while let Some(Ok(id)) = cx.args.get(5 + ids.len()).map(|arg| parse_id(arg, 0)) {
        ids.push(id);
    }
    if ids.is_empty() && cx.len() > 5 {
        parse_id(cx.arg(5), 0)?;
    }
    let options = options(cx, 5 + ids.len())?;
    let now = cx.now();
    let stream = cx.db().get_or_new::<Stream>(key)?;
    let Stream {
        entries, groups, ..
    } = stream;
    let Some(group) = groups.get_mut(name) else {
        return Ok(());
    };
    if let Some(last) = options.last {
        group.last = group.last.max(last);
    }
    let mut claimed = Claimed {
        found: Vec::new(),
        new_consumer: !group.consumers.contains_key(consumer),
    };
    group.consumers.entry(consumer.to_vec()).or_default().seen = now;
    for id in ids {
        if !entries.contains_key(&id) {
            group.acknowledge(id);
            continue;
        }
        let count = match group.pending.get(&id) {
            None if !options.force => continue,
            None => 0,
            Some(pending) if idle > 0 && now - pending.delivered < idle => continue,
            Some(pending) => pending.count,
        };
        let count = options
            .count
            .unwrap_or(count + u64::from(!options.only_ids));
        group.assign(
            id,
            Pending {
                consumer: consumer.to_vec(),
                delivered: options.delivered,
                count,
            },
        );
        claimed.found.push(id);
    }
    reply(cx, &claimed, options.only_ids)
}

fn reply(cx: &mut Cx<'_>, claimed: &Claimed, only_ids: bool) -> Outcome {
    let key = cx.arg(1);
    if claimed.new_consumer {
        cx.changed(Events::STREAM, "xgroup-createconsumer", key);
    }
    cx.out.array(claimed.found.len());
    let stream = cx.state.dbs[cx.client.db].get::<Stream>(key)?;
    for id in &claimed.found {
        match stream.and_then(|stream| stream.entries.get(id)) {
            Some(fields) if !only_ids => reply_entry(&mut cx.out, *id, fields),
            _ => reply_id(&mut cx.out, *id),
        }
    }
    Ok(())
}

pub(super) fn xautoclaim(cx: &mut Cx<'_>) -> Outcome {
    let (key, name, consumer) = (cx.arg(1), cx.arg(2), cx.arg(3));
    let idle = idle(cx)?;
    let start = parse_bound(cx.arg(5), true)?;
    let (mut count, mut only_ids) = (100, false);
    let mut at = 6;
    while at < cx.len() {
        if cx.is(at, "count") && at + 1 < cx.len() {
            const WRONG: &str = "ERR COUNT must be > 0";
            let number = cx.int_or(at + 1, WRONG)?;
            let number = Some(number)
                .filter(|number| *number <= i64::MAX / 16)
                .unwrap_or(0);
            count = usize::try_from(number)
                .ok()
                .filter(|count| *count > 0)
                .ok_or(Error::new(WRONG))?;
            at += 1;
        } else if cx.is(at, "justid") {
            only_ids = true;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 1;
    }
    check_group(cx)?;
    let now = cx.now();
    let stream = cx.db().get_or_new::<Stream>(key)?;
    let Stream {
        entries, groups, ..
    } = stream;
    let Some(group) = groups.get_mut(name) else {
        return Ok(());
    };
    let mut claimed = Claimed {
        found: Vec::new(),
        new_consumer: !group.consumers.contains_key(consumer),
    };
    group.consumers.entry(consumer.to_vec()).or_default().seen = now;
    // Redis looks at no more than ten times as many as it is to claim.
    let mut attempts = count.saturating_mul(10);
    let (mut deleted, mut next) = (Vec::new(), StreamId::MIN);
    let pending: Vec<StreamId> = group.pending.range(start..).map(|(id, _)| *id).collect();
    for id in pending {
        if attempts == 0 || claimed.found.len() + deleted.len() >= count {
            next = id;
            break;
        }
        attempts -= 1;
        if !entries.contains_key(&id) {
            group.acknowledge(id);
            deleted.push(id);
            continue;
        }
        let Some(old) = group.pending.get(&id) else {
            continue;
        };
        if idle > 0 && now - old.delivered < idle {
            continue;
        }
        let count = old.count + u64::from(!only_ids);
        group.assign(
            id,
            Pending {
                consumer: consumer.to_vec(),
                delivered: now,
                count,
            },
        );
        claimed.found.push(id);
    }
    cx.out.array(3);
    reply_id(&mut cx.out, next);
    reply(cx, &claimed, only_ids)?;
    cx.out.array(deleted.len());
    deleted.into_iter().for_each(|id| reply_id(&mut cx.out, id));
    Ok(())
}
