//! ACL LOG: what was refused, and to whom.

use crate::command::connection::describe;
use crate::command::{Cx, Error, Outcome};
use crate::profile::Profile;
use crate::server::client::Client;
use crate::server::state::State;

/// Refusals of the same kind within so many milliseconds are one entry.
const SAME: i64 = 60_000;
/// How many of the last entries are looked at for one of the same kind.
const LAST: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Command,
    Key,
    Channel,
    Auth,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Reason::Command => "command",
            Reason::Key => "key",
            Reason::Channel => "channel",
            Reason::Auth => "auth",
        }
    }
}

/// A refusal, or several of the same kind.
#[derive(Debug)]
pub(crate) struct Refusal {
    id: i64,
    count: i64,
    reason: Reason,
    context: &'static str,
    object: Vec<u8>,
    user: String,
    /// Unix milliseconds.
    created: i64,
    updated: i64,
    client: String,
}

/// Notes a refusal.
pub(crate) fn note(state: &mut State, client: &Client, reason: Reason, object: &[u8], user: &str) {
    let context = match client {
        client if client.in_script => "lua",
        client if client.multi.is_some() || client.in_exec => "multi",
        _ => "toplevel",
    };
    let now = state.now;
    let described = describe(client, now, state.profile);
    let limit: usize = state.config.get("acllog-max-len").parse().unwrap_or(128);
    let log = &mut state.acl.log;
    let same = log.iter().take(LAST).position(|old| {
        old.reason == reason
            && old.context == context
            && old.object == object
            && old.user == user
            && now - old.updated <= SAME
    });
    let mut refusal = match same.and_then(|at| log.remove(at)) {
        Some(old) => old,
        None => {
            let id = state.acl.next_refusal;
            state.acl.next_refusal += 1;
            Refusal {
                id,
                count: 0,
                reason,
                context,
                object: object.to_vec(),
                user: user.to_string(),
                created: now,
                updated: now,
                client: String::new(),
            }
        }
    };
    refusal.count += 1;
    refusal.updated = now;
    refusal.client = described;
    log.push_front(refusal);
    log.truncate(limit);
}

pub(super) fn acl_log(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 3 {
        return Err(cx.subcommand_error());
    }
    if cx.is(2, "reset") {
        cx.state.acl.log.clear();
        cx.out.ok();
        return Ok(());
    }
    let count = if cx.len() == 3 { cx.int(2)? } else { 10 };
    let count = usize::try_from(count).unwrap_or_default();
    let now = cx.now();
    let more = cx.state.profile != Profile::Redis7_0;
    let shown: Vec<&Refusal> = cx.state.acl.log.iter().take(count).collect();
    cx.out.array(shown.len());
    for refusal in shown {
        cx.out.map(if more { 10 } else { 7 });
        let out = &mut cx.out;
        out.text("count");
        out.int(refusal.count);
        out.text("reason");
        out.text(refusal.reason.text());
        out.text("context");
        out.text(refusal.context);
        out.text("object");
        out.bulk(&refusal.object);
        out.text("username");
        out.text(&refusal.user);
        out.text("age-seconds");
        out.double((now - refusal.created) as f64 / 1000.0);
        out.text("client-info");
        out.text(&refusal.client);
        if more {
            out.text("entry-id");
            out.int(refusal.id);
            out.text("timestamp-created");
            out.int(refusal.created);
            out.text("timestamp-last-updated");
            out.int(refusal.updated);
        }
    }
    Ok(())
}

/// The connection did not prove to be a user.
pub(crate) fn note_failed(cx: &mut Cx<'_>, user: &[u8]) -> Error {
    let object = cx.command.name.as_bytes();
    let user = String::from_utf8_lossy(user).into_owned();
    note(cx.state, cx.client, Reason::Auth, object, &user);
    Error::new("WRONGPASS invalid username-password pair or user is disabled.")
}
