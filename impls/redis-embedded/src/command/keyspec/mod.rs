//! Which arguments of a request are keys.

mod describe;

pub(super) use describe::describe;

use super::{Command, flag};
use crate::db::number;

/// The places of the keys; none when the arguments do not make sense.
pub(crate) fn keys_of(command: &Command, args: &[&[u8]]) -> Option<Vec<usize>> {
    if !command.has(flag::MOVABLEKEYS) {
        return Some(fixed(command, args.len()));
    }
    match command.name {
        "eval" | "evalsha" | "eval_ro" | "evalsha_ro" | "fcall" | "fcall_ro" => counted(args, 2),
        "zunion" | "zinter" | "zdiff" | "zintercard" | "sintercard" | "lmpop" | "zmpop" => {
            counted(args, 1)
        }
        "blmpop" | "bzmpop" => counted(args, 2),
        "msetex" => {
            let count = leading(args.get(1)?)?;
            let last = count.checked_mul(2)?;
            (count > 0 && last < args.len()).then(|| (2..=last).step_by(2).collect())
        }
        "zunionstore" | "zinterstore" | "zdiffstore" => {
            let mut keys = vec![1];
            keys.extend(counted(args, 2)?);
            Some(keys)
        }
        "xread" | "xreadgroup" => streams(args),
        "sort" => {
            let mut keys = vec![1];
            keys.extend(stored(args));
            Some(keys)
        }
        "georadius" | "georadiusbymember" => {
            let start = if command.name == "georadius" { 6 } else { 5 };
            let mut keys = vec![1];
            keys.extend(behind(args, start, b"store"));
            keys.extend(behind(args, start, b"storedist"));
            Some(keys)
        }
        _ => Some(fixed(command, args.len())),
    }
}

fn fixed(command: &Command, length: usize) -> Vec<usize> {
    let (first, last, step) = command.keys;
    if first == 0 {
        return Vec::new();
    }
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    let last = if last < 0 { length + last } else { last }.min(length - 1);
    let step = usize::try_from(step).unwrap_or(1).max(1);
    (first..=last)
        .step_by(step)
        .filter_map(|index| usize::try_from(index).ok())
        .collect()
}

fn counted(args: &[&[u8]], at: usize) -> Option<Vec<usize>> {
    let count = leading(args.get(at)?)?;
    (count > 0 && at + count < args.len()).then(|| (at + 1..=at + count).collect())
}

/// The number that a text begins with, as C's `atoi` reads it.
fn leading(text: &[u8]) -> Option<usize> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let digits = &text[..end.unwrap_or(text.len())];
    usize::try_from(number::integer(digits)?).ok()
}

fn streams(args: &[&[u8]]) -> Option<Vec<usize>> {
    let at = args
        .iter()
        .position(|arg| arg.eq_ignore_ascii_case(b"streams"))?;
    let count = (args.len() - at - 1) / 2;
    (count > 0).then(|| (at + 1..=at + count).collect())
}

/// The key behind the last STORE.
fn stored(args: &[&[u8]]) -> Option<usize> {
    let is_store = |arg: &&[u8]| arg.eq_ignore_ascii_case(b"store");
    let at = args.iter().skip(2).rposition(is_store)? + 2;
    (at + 1 < args.len()).then_some(at + 1)
}

/// The keys of GEORADIUS and its like as Valkey 9 tells them, for which only the last STORE counts.
pub(super) fn of_radius(args: &[&[u8]]) -> Vec<usize> {
    let (mut keys, mut at) = (vec![1], 5);
    while at + 1 < args.len() {
        if args[at].eq_ignore_ascii_case(b"store") || args[at].eq_ignore_ascii_case(b"storedist") {
            keys.truncate(1);
            keys.push(at + 1);
            at += 1;
        }
        at += 1;
    }
    keys
}

/// The key behind the first word of a kind from a place on.
fn behind(args: &[&[u8]], start: usize, word: &[u8]) -> Option<usize> {
    let rest = args.get(start..)?;
    let at = rest.iter().position(|arg| arg.eq_ignore_ascii_case(word))? + start;
    (at + 1 < args.len()).then_some(at + 1)
}
