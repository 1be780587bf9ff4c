//! Commands that came after Redis 7.0, for the profiles that have them.

use super::connection::wait_for_replicas;
use super::context::db;
use super::dispatch::shown;
use super::server::{container, help};
use super::slowlog;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::{Str, number};
use crate::server::client::Otherwise;

commands! {
    "client|capa" -3 [NOSCRIPT LOADING STALE ALLOW_BUSY NEWER] (0, 0, 0) "connection" => capa;
    "client|import-source" 3 [NOSCRIPT LOADING STALE NEWER] (0, 0, 0) "connection" => import_source;
    "commandlog" -2 [CONTAINER NEWER] (0, 0, 0) "" => container;
    "commandlog|get" 4 [ADMIN LOADING STALE NEWER] (0, 0, 0) "" => commandlog;
    "commandlog|help" 2 [LOADING STALE NEWER] (0, 0, 0) "" => help;
    "commandlog|len" 3 [ADMIN LOADING STALE NEWER] (0, 0, 0) "" => commandlog;
    "commandlog|reset" 3 [ADMIN LOADING STALE NEWER] (0, 0, 0) "" => commandlog;
    "client|no-touch" 3 [NOSCRIPT LOADING STALE ALLOW_BUSY NEWER] (0, 0, 0) "connection" => no_touch;
    "client|setinfo" 4 [NOSCRIPT LOADING STALE ALLOW_BUSY NEWER] (0, 0, 0) "connection" => setinfo;
    "cluster|myshardid" 2 [LOADING STALE NEWER] (0, 0, 0) "" => myshardid;
    "delifeq" 3 [WRITE FAST NEWER] (1, 1, 1) "string" => delifeq;
    "waitaof" 4 [BLOCKING NEWER] (0, 0, 0) "connection" => waitaof;
}

/// CLIENT CAPA: what the client can do concerns replicas, which there are none of.
fn capa(cx: &mut Cx<'_>) -> Outcome {
    cx.out.ok();
    Ok(())
}

/// CLIENT IMPORT-SOURCE: nothing is ever imported.
fn import_source(cx: &mut Cx<'_>) -> Outcome {
    if !cx.is(2, "off") {
        return Err(Error::new("ERR Server is not in import mode"));
    }
    cx.out.ok();
    Ok(())
}

/// COMMANDLOG: SLOWLOG under another name, and logs of large requests and replies, which nobody keeps here.
fn commandlog(cx: &mut Cx<'_>) -> Outcome {
    let gets = cx.command.name == "commandlog|get";
    let count = number::integer(cx.arg(2)).filter(|count| *count >= -1);
    if gets && count.is_none() {
        return Err(Error::new(
            "ERR count should be greater than or equal to -1",
        ));
    }
    let index = if gets { 3 } else { 2 };
    let slow = cx.is(index, "slow");
    if !slow && !cx.is(index, "large-request") && !cx.is(index, "large-reply") {
        return Err(Error::new(
            "ERR type should be one of the following: slow, large-request, large-reply",
        ));
    }
    match cx.command.name {
        "commandlog|get" if slow => slowlog::reply(cx, count.unwrap_or(-1)),
        "commandlog|get" => cx.out.array(0),
        "commandlog|len" => cx.out.count(if slow { cx.state.slowlog.len() } else { 0 }),
        _ => {
            if slow {
                cx.state.slowlog.clear();
            }
            cx.out.ok();
        }
    }
    Ok(())
}

fn no_touch(cx: &mut Cx<'_>) -> Outcome {
    if !cx.is(2, "on") && !cx.is(2, "off") {
        return Err(Error::SYNTAX);
    }
    cx.out.ok();
    Ok(())
}

fn setinfo(cx: &mut Cx<'_>) -> Outcome {
    let value = cx.arg(3);
    let (name, place) = if cx.is(2, "lib-name") {
        ("lib-name", &mut cx.client.library.0)
    } else if cx.is(2, "lib-ver") {
        ("lib-ver", &mut cx.client.library.1)
    } else {
        let text: [&[u8]; 3] = [b"ERR Unrecognized option '", cx.arg(2), b"'"];
        return Err(text.concat().into());
    };
    // It is a C string, which ends at a NUL.
    let seen = shown(value, usize::MAX);
    if seen.iter().any(|byte| !(b'!'..=b'~').contains(byte)) {
        return Err(
            format!("ERR {name} cannot contain spaces, newlines or special characters.").into(),
        );
    }
    *place = value.to_vec();
    cx.out.ok();
    Ok(())
}

/// CLUSTER MYSHARDID: a shard is one node here, and has its id with the digits turned round.
fn myshardid(cx: &mut Cx<'_>) -> Outcome {
    let member = cx.state.cluster.clone();
    let member = member.ok_or(Error::new("ERR This instance has cluster support disabled"))?;
    let id: String = member.topology().nodes[member.me]
        .id
        .chars()
        .rev()
        .collect();
    cx.out.text(&id);
    Ok(())
}

fn delifeq(cx: &mut Cx<'_>) -> Outcome {
    let (key, value) = (cx.arg(1), cx.arg(2));
    let equal = db!(cx)
        .get::<Str>(key)?
        .is_some_and(|text| text.bytes == value);
    if equal {
        cx.delete(key);
    }
    cx.out.int(i64::from(equal));
    Ok(())
}

/// WAITAOF: there is no file and no replica, so none of them has confirmed anything.
fn waitaof(cx: &mut Cx<'_>) -> Outcome {
    let local = cx.int(1)?;
    if !(0..=1).contains(&local) {
        return Err(Error::new(
            "ERR value is out of range, value must between 0 and 1",
        ));
    }
    let replicas = cx.positive(2)?;
    let timeout = cx.int_or(3, "ERR timeout is not an integer or out of range")?;
    if timeout < 0 {
        return Err(Error::new("ERR timeout is negative"));
    }
    if local == 1 {
        return Err(Error::new(
            "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
        ));
    }
    if replicas == 0 {
        cx.out.array(2);
        cx.out.int(0);
        cx.out.int(0);
        return Ok(());
    }
    wait_for_replicas(cx, timeout, Otherwise::Zeros)
}
