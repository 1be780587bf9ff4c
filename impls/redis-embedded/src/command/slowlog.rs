//! SLOWLOG: commands that took longer than a limit.

use std::time::Duration;

use super::server::container;
use super::table::commands;
use super::{Command, Cx, Error, Outcome, flag};
use crate::server::client::Client;
use crate::server::state::State;

commands! {
    "slowlog" -2 [CONTAINER] (0, 0, 0) "" => container;
    "slowlog|get" -2 [ADMIN LOADING STALE] (0, 0, 0) "" => slowlog_get;
    "slowlog|len" 2 [ADMIN LOADING STALE] (0, 0, 0) "" => slowlog_len;
    "slowlog|reset" 2 [ADMIN LOADING STALE] (0, 0, 0) "" => slowlog_reset;
}

/// A command that was slow.
#[derive(Debug)]
pub(crate) struct SlowEntry {
    id: i64,
    /// Unix seconds.
    at: i64,
    micros: i64,
    args: Vec<Vec<u8>>,
    addr: String,
    name: Vec<u8>,
}

/// Notes a command if it was slow.
pub(super) fn record(
    state: &mut State,
    client: &Client,
    command: &Command,
    args: &[&[u8]],
    took: Duration,
) {
    let micros = i64::try_from(took.as_micros()).unwrap_or(i64::MAX);
    if micros < state.config.slowlog_micros || command.has(flag::SKIP_SLOWLOG) {
        return;
    }
    let id = state.slowlog_next;
    state.slowlog_next += 1;
    let shown = args
        .iter()
        .take(if args.len() > 32 { 31 } else { 32 })
        .map(|arg| shorten(arg));
    let mut shown: Vec<Vec<u8>> = shown.collect();
    if args.len() > 32 {
        shown.push(format!("... ({} more arguments)", args.len() - 31).into_bytes());
    }
    let (addr, name) = (client.addr.clone(), client.name.clone());
    state.slowlog.push_front(SlowEntry {
        id,
        at: state.now / 1000,
        micros,
        args: shown,
        addr,
        name,
    });
    state.slowlog.truncate(state.config.slowlog_length);
}

fn shorten(arg: &[u8]) -> Vec<u8> {
    match arg.len() {
        0..=128 => arg.to_vec(),
        length => [
            &arg[..128],
            format!("... ({} more bytes)", length - 128).as_bytes(),
        ]
        .concat(),
    }
}

fn slowlog_get(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 3 {
        return Err(cx.subcommand_error());
    }
    const WRONG: &str = "ERR count should be greater than or equal to -1";
    let count = if cx.len() == 3 {
        cx.int_or(2, WRONG)?
    } else {
        10
    };
    if count < -1 {
        return Err(Error::new(WRONG));
    }
    reply(cx, count);
    Ok(())
}

/// Writes the newest entries; a negative count means all of them.
pub(super) fn reply(cx: &mut Cx<'_>, count: i64) {
    let entries = &cx.state.slowlog;
    let count = usize::try_from(count)
        .unwrap_or(entries.len())
        .min(entries.len());
    cx.out.array(count);
    for entry in entries.iter().take(count) {
        cx.out.array(6);
        cx.out.int(entry.id);
        cx.out.int(entry.at);
        cx.out.int(entry.micros);
        cx.out.bulks(&entry.args);
        cx.out.text(&entry.addr);
        cx.out.bulk(&entry.name);
    }
}

fn slowlog_len(cx: &mut Cx<'_>) -> Outcome {
    cx.out.count(cx.state.slowlog.len());
    Ok(())
}

fn slowlog_reset(cx: &mut Cx<'_>) -> Outcome {
    cx.state.slowlog.clear();
    cx.out.ok();
    Ok(())
}
