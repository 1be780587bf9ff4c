//! XREAD and XREADGROUP, which may wait for entries.

use super::{entry, no_group, parse};
use crate::command::context::db;
use crate::command::{Cx, Error, Mode, Outcome};
use crate::db::Stream;
use crate::db::stream::StreamId;
use crate::db::stream_group::Group;
use crate::profile::Profile;
use crate::protocol::Reply;
use crate::server::client::Otherwise;
use crate::server::events::Events;

/// What the command is asked for.
#[derive(Debug, Default)]
struct Options<'a> {
    count: usize,
    /// In milliseconds, if it may wait.
    block: Option<i64>,
    group: Option<(&'a [u8], &'a [u8])>,
    no_ack: bool,
    /// Where the keys begin, and how many there are.
    keys: usize,
    streams: usize,
}

/// Behind which entry to read.
#[derive(Debug, Clone, Copy)]
enum After {
    Id(StreamId),
    /// What is the last entry now.
    Last,
    /// What the group has not read.
    New,
}

fn options<'a>(cx: &Cx<'a>) -> Result<Options<'a>, Error> {
    let in_group = cx.command.name == "xreadgroup";
    let mut options = Options::default();
    let mut at = 1;
    while at < cx.len() && options.keys == 0 {
        let more = cx.len() - at - 1;
        if more > 0 && cx.is(at, "block") {
            options.block = Some(milliseconds(cx, at + 1)?);
            if cx.client.in_script && !cx.state.profile.is_later() {
                let name = cx.command.name;
                let text =
                    format!("ERR {name} command is not allowed with BLOCK option from scripts");
                return Err(text.into());
            }
            at += 1;
        } else if more > 0 && cx.is(at, "count") {
            options.count = usize::try_from(cx.int(at + 1)?).unwrap_or_default();
            at += 1;
        } else if more > 0 && cx.is(at, "streams") {
            if !more.is_multiple_of(2) {
                return Err(unbalanced(cx));
            }
            options.keys = at + 1;
            options.streams = more / 2;
        } else if more > 1 && cx.is(at, "group") {
            only_in_group(in_group, "GROUP")?;
            options.group = Some((cx.arg(at + 1), cx.arg(at + 2)));
            at += 2;
        } else if cx.is(at, "noack") {
            only_in_group(in_group, "NOACK")?;
            options.no_ack = true;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 1;
    }
    if options.keys == 0 {
        return Err(Error::SYNTAX);
    }
    if in_group && options.group.is_none() {
        return Err(Error::new("ERR Missing GROUP option for XREADGROUP"));
    }
    Ok(options)
}

/// The error of as many keys as ids that are not as many.
fn unbalanced(cx: &Cx<'_>) -> Error {
    let (profile, name) = (cx.state.profile, cx.command.name);
    if profile == Profile::Redis7_0 {
        return Error::new(
            "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be \
             specified.",
        );
    }
    let wanted = match name {
        "xreadgroup" => "an ID or '>'",
        _ if profile == Profile::Redis8_2 => "an ID, '+', or '$'",
        _ => "an ID or '$'",
    };
    format!(
        "ERR Unbalanced '{name}' list of streams: for each stream key {wanted} must be specified."
    )
    .into()
}

fn only_in_group(in_group: bool, option: &str) -> Outcome {
    if in_group {
        return Ok(());
    }
    let text = format!(
        "ERR The {option} option is only supported by XREADGROUP. You called XREAD instead."
    );
    Err(text.into())
}

fn milliseconds(cx: &Cx<'_>, index: usize) -> Result<i64, Error> {
    let millis = cx.int_or(index, "ERR timeout is not an integer or out of range")?;
    if millis < 0 {
        return Err(Error::new("ERR timeout is negative"));
    }
    if millis > i64::MAX - cx.now() {
        return Err(Error::new("ERR timeout is out of range"));
    }
    Ok(millis)
}

pub(super) fn xread(cx: &mut Cx<'_>) -> Outcome {
    let options = options(cx)?;
    if cx.mode == Mode::Retry {
        return retry(cx, &options);
    }
    let mut after = Vec::with_capacity(options.streams);
    for at in options.keys..options.keys + options.streams {
        after.push(resolve(cx, &options, at)?);
    }
    let mut out = Reply::new(cx.out.resp3);
    let mut served = 0;
    for (index, after) in after.iter().enumerate() {
        let key = cx.arg(options.keys + index);
        served += usize::from(serve(cx, &mut out, &options, key, *after)?);
    }
    if served > 0 {
        head(cx, served);
        cx.out.bytes.append(&mut out.bytes);
        return Ok(());
    }
    match options.block {
        None => cx.out.null_array(),
        Some(timeout) => wait(cx, &options, &after, timeout)?,
    }
    Ok(())
}

/// Waits, for entries behind those that are there now.
fn wait(cx: &mut Cx<'_>, options: &Options<'_>, after: &[After], timeout: i64) -> Outcome {
    let ids = options.keys + options.streams;
    let last: Vec<Option<String>> = (0..options.streams)
        .map(|index| match after[index] {
            After::Last => {
                let stream = db!(cx).get::<Stream>(cx.args[options.keys + index]);
                let last = stream.ok().flatten().map(|stream| stream.last);
                Some(last.unwrap_or_default().to_string())
            }
            _ => None,
        })
        .collect();
    let keys = &cx.args[options.keys..ids];
    cx.block(keys, timeout, Otherwise::NullArray)?;
    if let Some(blocked) = &mut cx.client.blocked {
        for (index, last) in last.into_iter().enumerate() {
            if let (Some(last), Some(arg)) = (last, blocked.args.get_mut(ids + index)) {
                *arg = last.into_bytes();
            }
        }
    }
    Ok(())
}

/// Looks again at the key that has changed, and only at that.
fn retry(cx: &mut Cx<'_>, options: &Options<'_>) -> Outcome {
    let key = cx.state.serving.clone();
    let keys = &cx.args[options.keys..options.keys + options.streams];
    let found = match db!(cx).get::<Stream>(&key) {
        Ok(Some(stream)) => Some(
            options
                .group
                .is_none_or(|(group, _)| stream.groups.contains_key(group)),
        ),
        _ => None,
    };
    match found {
        None if options.group.is_some() => {
            return Err(Error::new("UNBLOCKED the stream key no longer exists"));
        }
        Some(false) => {
            return Err(Error::new(
                "NOGROUP the consumer group this client was blocked on no longer exists",
            ));
        }
        _ => {}
    }
    let Some(index) = keys.iter().position(|known| *known == key) else {
        cx.waits = true;
        return Ok(());
    };
    let after = match cx.arg(options.keys + options.streams + index) {
        b">" => After::New,
        text => After::Id(parse::strict(text, 0)?),
    };
    let mut out = Reply::new(cx.out.resp3);
    if found.is_some() && serve(cx, &mut out, options, &key, after)? {
        head(cx, 1);
        cx.out.bytes.append(&mut out.bytes);
    } else {
        cx.waits = true;
    }
    Ok(())
}

fn head(cx: &mut Cx<'_>, streams: usize) {
    if cx.out.resp3 {
        cx.out.map(streams);
    } else {
        cx.out.array(streams);
    }
}

/// Checks a stream and its group, and reads the id that belongs to it.
fn resolve(cx: &mut Cx<'_>, options: &Options<'_>, at: usize) -> Result<After, Error> {
    let key = cx.arg(at);
    let (later, valkey) = (cx.state.profile.is_later(), cx.state.profile.is_valkey());
    let stream = db!(cx).get::<Stream>(key)?;
    if let Some((name, _)) = options.group
        && stream.is_none_or(|stream| !stream.groups.contains_key(name))
    {
        return Err(no_group(key, name, " in XREADGROUP with GROUP option"));
    }
    match (cx.args[at + options.streams], options.group) {
        (b"$", None) => Ok(After::Last),
        (b"$", Some(_)) => Err(Error::new(
            "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the \
             history of this consumer by specifying a proper ID, or use the > ID to get new \
             messages. The $ ID would just return an empty result set.",
        )),
        (b"+", None) if later => Ok(before_last(stream, valkey)),
        (b"+", Some(_)) if later => Err(Error::new(
            "ERR The + ID is meaningless in the context of XREADGROUP: you want to read the \
             history of this consumer by specifying a proper ID, or use the > ID to get new \
             messages. The + ID would just return an empty result set.",
        )),
        (b">", Some(_)) => Ok(After::New),
        (b">", None) => Err(Error::new(
            "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> \
             <consumer> option.",
        )),
        (text, _) => match parse::strict(text, 0)? {
            // As a number, this is what Redis makes of `>`.
            StreamId::MAX if options.group.is_some() => Ok(After::New),
            id => Ok(After::Id(id)),
        },
    }
}

/// What `+` stands for, so that the last entry is read, if there is one; Valkey takes the last id for that of an entry.
fn before_last(stream: Option<&Stream>, valkey: bool) -> After {
    let last = stream.filter(|stream| stream.len() > 0);
    let top = last.map(|stream| if valkey { stream.last } else { stream.top() });
    let before = top.and_then(StreamId::previous);
    After::Id(before.unwrap_or(stream.map_or(StreamId::MIN, |stream| stream.last)))
}

/// Writes what one stream has to give; false when that is nothing.
fn serve(
    cx: &mut Cx<'_>,
    out: &mut Reply,
    options: &Options<'_>,
    key: &[u8],
    after: After,
) -> Result<bool, Error> {
    match (options.group, after) {
        (Some((group, consumer)), after) => {
            serve_group(cx, out, options, key, group, consumer, after)
        }
        (None, After::Id(id)) => serve_plain(cx, out, options, key, id),
        (None, _) => Ok(false),
    }
}

fn title(out: &mut Reply, key: &[u8]) {
    if !out.resp3 {
        out.array(2);
    }
    out.bulk(key);
}

fn serve_plain(
    cx: &mut Cx<'_>,
    out: &mut Reply,
    options: &Options<'_>,
    key: &[u8],
    after: StreamId,
) -> Result<bool, Error> {
    let stream = db!(cx).get::<Stream>(key)?;
    let Some(stream) = stream.filter(|stream| stream.len() > 0 && stream.top() > after) else {
        return Ok(false);
    };
    let most = if options.count == 0 {
        usize::MAX
    } else {
        options.count
    };
    title(out, key);
    out.deferred(|out| {
        let start = after.next().unwrap_or(StreamId::MAX);
        let found = stream.range(start, StreamId::MAX).into_iter().flatten();
        found
            .take(most)
            .map(|(id, fields)| entry(out, id, fields))
            .count()
    });
    Ok(true)
}

fn serve_group(
    cx: &mut Cx<'_>,
    out: &mut Reply,
    options: &Options<'_>,
    key: &[u8],
    name: &[u8],
    consumer: &[u8],
    after: After,
) -> Result<bool, Error> {
    let (now, later) = (cx.now(), cx.state.profile.is_later());
    let Some(stream) = db!(cx).get_mut::<Stream>(key)? else {
        return Ok(false);
    };
    let work = |stream: &Stream, group: &mut Group| {
        let has_new = stream.len() > 0 && stream.top() > group.last;
        if !has_new && !matches!(after, After::Id(_)) {
            // A consumer that is given nothing is only made by later versions.
            return (later && group.see(consumer, now), false);
        }
        let is_new = group.see(consumer, now);
        match after {
            After::Id(id) => {
                title(out, key);
                history(out, stream, group, consumer, id, options.count, now);
            }
            _ => {
                title(out, key);
                let ids = stream.deliver(group, consumer, options.count, options.no_ack, now);
                out.array(ids.len());
                for id in ids {
                    if let Some(fields) = stream.get(id) {
                        entry(out, id, fields);
                    }
                }
            }
        }
        (is_new, true)
    };
    let (is_new, served) = stream.with_group(name, work).unwrap_or_default();
    if is_new {
        cx.notify(Events::STREAM, "xgroup-createconsumer", key);
    }
    cx.state.stats.changes += u64::from(served);
    Ok(served)
}

/// Writes what a consumer was given already, which counts as another delivery.
fn history(
    out: &mut Reply,
    stream: &Stream,
    group: &mut Group,
    consumer: &[u8],
    after: StreamId,
    count: usize,
    now: i64,
) {
    let most = if count == 0 { usize::MAX } else { count };
    let pending = group
        .consumers
        .get(consumer)
        .map(|consumer| &consumer.pending);
    let start = after.next().unwrap_or(StreamId::MAX);
    let ids: Vec<StreamId> = pending
        .into_iter()
        .flat_map(|pending| pending.range(start..))
        .copied()
        .take(most)
        .collect();
    out.array(ids.len());
    for id in ids {
        let Some(fields) = stream.get(id) else {
            out.array(2);
            out.text(&id.to_string());
            out.null_array();
            continue;
        };
        entry(out, id, fields);
        if let Some(pending) = group.pending.get_mut(&id) {
            pending.delivered = now;
            pending.count = pending.count.saturating_add(1);
        }
    }
}
