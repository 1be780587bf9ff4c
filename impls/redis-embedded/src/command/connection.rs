//! What concerns the connection: who it is, which protocol and database it uses.

use super::client_filters::{self, Filters};
use super::dispatch::shown;
use super::server::container;
use super::table::commands;
use super::{Cx, Error, Mode, Outcome, acl};
use crate::profile::Profile;
use crate::server::client::{Client, Ending, Otherwise, Replies};

commands! {
    "ping" -1 [FAST] (0, 0, 0) "connection" => ping;
    "echo" 2 [LOADING STALE FAST] (0, 0, 0) "connection" => echo;
    "quit" -1 [NOSCRIPT LOADING STALE FAST NO_AUTH ALLOW_BUSY] (0, 0, 0) "connection" => quit;
    "select" 2 [LOADING STALE FAST] (0, 0, 0) "connection" => select;
    "auth" -2 [NOSCRIPT LOADING STALE FAST NO_AUTH ALLOW_BUSY] (0, 0, 0) "connection" => auth;
    "hello" -1 [NOSCRIPT LOADING STALE FAST NO_AUTH ALLOW_BUSY] (0, 0, 0) "connection" => hello;
    "reset" 1 [NOSCRIPT LOADING STALE FAST NO_AUTH ALLOW_BUSY] (0, 0, 0) "connection" => reset;
    "client" -2 [CONTAINER] (0, 0, 0) "" => container;
    "client|id" 2 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_id;
    "client|getname" 2 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_getname;
    "client|setname" 3 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_setname;
    "client|info" 2 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_info;
    "client|list" -2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_list;
    "client|kill" -3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_kill;
    "client|reply" 3 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_reply;
    "client|no-evict" 3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_no_evict;
    "client|pause" -3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_pause;
    "client|unpause" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_unpause;
    "client|unblock" -3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_unblock;
    "wait" 3 [NOSCRIPT] (0, 0, 0) "connection" => wait;
}

fn ping(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 2 {
        return Err(cx.arity());
    }
    if cx.client.in_subscriber_mode() {
        cx.out.array(2);
        cx.out.text("pong");
        cx.out.bulk(cx.arg(1));
    } else if cx.len() == 1 {
        cx.out.simple("PONG");
    } else {
        cx.out.bulk(cx.arg(1));
    }
    Ok(())
}

fn echo(cx: &mut Cx<'_>) -> Outcome {
    cx.out.bulk(cx.arg(1));
    Ok(())
}

fn quit(cx: &mut Cx<'_>) -> Outcome {
    cx.client.ending = Ending::AfterReply;
    cx.out.ok();
    Ok(())
}

fn select(cx: &mut Cx<'_>) -> Outcome {
    cx.client.db = cx.db_index(1)?;
    cx.out.ok();
    Ok(())
}

/// Makes the connection act as a user.
fn authenticate(cx: &mut Cx<'_>, name: &[u8], password: &[u8]) -> Outcome {
    if !cx.state.acl.authenticates(name, password) {
        return Err(acl::note_failed(cx, name));
    }
    cx.client.user = Some(String::from_utf8_lossy(name).into_owned());
    Ok(())
}

fn auth(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 3 {
        return Err(Error::SYNTAX);
    }
    if cx.len() == 2 && cx.state.acl.needs_no_password() {
        return Err(Error::new(
            "ERR AUTH <password> called without any password configured for the default user. \
             Are you sure your configuration is correct?",
        ));
    }
    let name = if cx.len() == 3 { cx.arg(1) } else { b"default" };
    authenticate(cx, name, cx.args[cx.len() - 1])?;
    cx.out.ok();
    Ok(())
}

fn hello(cx: &mut Cx<'_>) -> Outcome {
    let mut resp3 = cx.client.resp3;
    if cx.len() > 1 {
        let version = cx.int_or(1, "ERR Protocol version is not an integer or out of range")?;
        if !(2..=3).contains(&version) {
            return Err(Error::new("NOPROTO unsupported protocol version"));
        }
        resp3 = version == 3;
    }
    // Redis 7.0 does each thing as it reads it, also when it fails behind that.
    let at_once = cx.state.profile == Profile::Redis7_0;
    let (mut credentials, mut name) = (None, None);
    let mut at = 2;
    while at < cx.len() {
        if cx.is(at, "auth") && at + 2 < cx.len() {
            credentials = Some((cx.arg(at + 1), cx.arg(at + 2)));
            at += 3;
            if let Some((user, password)) = credentials.take_if(|_| at_once) {
                authenticate(cx, user, password)?;
            }
        } else if cx.is(at, "setname") && at + 1 < cx.len() {
            name = Some(cx.arg(at + 1));
            if !at_once {
                check_name(cx.arg(at + 1), true)?;
            }
            at += 2;
            if let Some(name) = name.take_if(|_| at_once) {
                set_name(cx.client, name, !at_once)?;
            }
        } else {
            let option = shown(cx.arg(at), usize::MAX);
            return Err([b"ERR Syntax error in HELLO option '", option, b"'"]
                .concat()
                .into());
        }
    }
    if let Some((user, password)) = credentials {
        authenticate(cx, user, password)?;
    }
    if cx.client.user.is_none() {
        return Err(Error::new(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the \
             HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and \
             select the RESP protocol version at the same time",
        ));
    }
    if let Some(name) = name {
        set_name(cx.client, name, !at_once)?;
    }
    cx.client.resp3 = resp3;
    cx.out.resp3 = resp3;
    reply_hello(cx);
    Ok(())
}

fn reply_hello(cx: &mut Cx<'_>) {
    cx.out.map(7);
    cx.out.text("server");
    cx.out.text(cx.state.profile.server());
    cx.out.text("version");
    cx.out.text(cx.state.profile.version());
    cx.out.text("proto");
    cx.out.int(if cx.out.resp3 { 3 } else { 2 });
    cx.out.text("id");
    cx.out.int(i64::try_from(cx.client.id).unwrap_or_default());
    cx.out.text("mode");
    cx.out.text(cx.state.mode());
    cx.out.text("role");
    cx.out.text("master");
    cx.out.text("modules");
    super::server::modules(cx);
}

fn reset(cx: &mut Cx<'_>) -> Outcome {
    cx.client.multi = None;
    cx.state.unwatch(cx.client);
    cx.state.leave_all(cx.client);
    cx.state.stop_tracking(cx.client);
    cx.state.monitors.retain(|monitor| *monitor != cx.client.id);
    let client = &mut *cx.client;
    client.db = 0;
    client.resp3 = false;
    client.name.clear();
    client.replies = Replies::On;
    client.monitor = false;
    client.asking = false;
    client.no_evict = false;
    client.user = cx.state.default_user();
    cx.out.resp3 = false;
    cx.out.simple("RESET");
    Ok(())
}

fn client_id(cx: &mut Cx<'_>) -> Outcome {
    cx.out.int(i64::try_from(cx.client.id).unwrap_or_default());
    Ok(())
}

fn client_getname(cx: &mut Cx<'_>) -> Outcome {
    let name = Some(cx.client.name.as_slice()).filter(|name| !name.is_empty());
    cx.out.optional(name);
    Ok(())
}

fn check_name(name: &[u8], later: bool) -> Outcome {
    // Later versions look at a C string, which ends at a NUL.
    let seen = if later { shown(name, usize::MAX) } else { name };
    if seen.iter().any(|byte| !(b'!'..=b'~').contains(byte)) {
        return Err(Error::new(
            "ERR Client names cannot contain spaces, newlines or special characters.",
        ));
    }
    Ok(())
}

fn set_name(client: &mut Client, name: &[u8], later: bool) -> Outcome {
    check_name(name, later)?;
    client.name = name.to_vec();
    Ok(())
}

fn client_setname(cx: &mut Cx<'_>) -> Outcome {
    let later = cx.state.profile.is_later();
    set_name(cx.client, cx.args[2], later)?;
    cx.out.ok();
    Ok(())
}

/// The flags of a connection, a letter each.
pub(super) fn flags_of(client: &Client) -> String {
    let mut flags = String::new();
    for (set, letter) in [
        (client.monitor, 'O'),
        (
            client.in_subscriber_mode() || client.subscriptions() > 0,
            'P',
        ),
        (client.multi.is_some() || client.in_exec, 'x'),
        (client.blocked.is_some(), 'b'),
        (client.tracking.is_some(), 't'),
        (client.dirty, 'd'),
        (client.no_evict, 'e'),
    ] {
        flags.extend(set.then_some(letter));
    }
    if flags.is_empty() {
        flags.push('N');
    }
    flags
}

/// A line of CLIENT LIST.
pub(super) fn describe(client: &Client, now: i64, profile: Profile) -> String {
    let flags = flags_of(client);
    let none = if profile.is_valkey() && client.had_multi {
        0
    } else {
        -1
    };
    let multi = client
        .multi
        .as_ref()
        .map_or(none, |multi| i64::try_from(multi.queue.len()).unwrap_or(-1));
    let redirect = client
        .tracking
        .as_ref()
        .map_or(-1, |t| i64::try_from(t.redirect).unwrap_or(-1));
    let capa = if profile.is_valkey() { " capa=" } else { "" };
    let (mut watch, mut more) = (String::new(), String::new());
    if profile.is_later() {
        let [name, version] =
            [&client.library.0, &client.library.1].map(|text| String::from_utf8_lossy(text));
        let thread = if profile.is_valkey() {
            ""
        } else {
            " io-thread=0"
        };
        watch = format!(" watch={}", client.watched.len());
        more = format!(
            " lib-name={name} lib-ver={version}{thread} tot-net-in=0 tot-net-out=0 tot-cmds=0"
        );
    }
    format!(
        "id={} addr={} laddr={} fd=8 name={} age={} idle={} flags={flags}{capa} db={} sub={} \
         psub={} ssub={} multi={multi}{watch} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 \
         oll=0 omem=0 tot-mem=1024 events=r cmd={} user={} redir={redirect} resp={}{more}",
        client.id,
        client.addr,
        client.local,
        String::from_utf8_lossy(&client.name),
        (now - client.created) / 1000,
        (now - client.active) / 1000,
        client.db,
        client.channels.len(),
        client.patterns.len(),
        client.shards.len(),
        client.last_command,
        client.user.as_deref().unwrap_or("(superuser)"),
        if client.resp3 { 3 } else { 2 },
    )
}

fn client_info(cx: &mut Cx<'_>) -> Outcome {
    let text = describe(cx.client, cx.now(), cx.state.profile) + "\n";
    cx.out.verbatim("txt", &text);
    Ok(())
}

fn client_list(cx: &mut Cx<'_>) -> Outcome {
    let filters = client_filters::of_list(cx)?;
    let profile = cx.state.profile;
    let now = cx.now();
    let mut all: Vec<&Client> = cx.state.clients.values().map(|client| &**client).collect();
    if filters.skip_me != Some(true) {
        all.push(cx.client);
    }
    all.sort_by_key(|client| client.id);
    let mut text = String::new();
    for client in all.into_iter().filter(|client| filters.pass(client)) {
        text.push_str(&describe(client, now, profile));
        text.push('\n');
    }
    cx.out.verbatim("txt", &text);
    Ok(())
}

fn client_kill(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() == 3 {
        let addr = cx.arg(2);
        let killed = kill(cx, |client| client.addr.as_bytes() == addr);
        if killed == 0 {
            return Err(Error::new("ERR No such client"));
        }
        cx.out.ok();
        return Ok(());
    }
    let filters = Filters::read(cx, 2)?;
    let (skip_me, me) = (filters.skip_me.unwrap_or(true), cx.client.id);
    let killed = kill(cx, |client| {
        !(skip_me && client.id == me) && filters.pass(client)
    });
    cx.out.count(killed);
    Ok(())
}

/// Closes connections; the own one only after the reply.
fn kill(cx: &mut Cx<'_>, matches: impl Fn(&Client) -> bool) -> usize {
    let mut killed = 0;
    for client in cx
        .state
        .clients
        .values_mut()
        .filter(|client| matches(client))
    {
        client.ending = Ending::Now;
        client.wake.notify_one();
        killed += 1;
    }
    if matches(cx.client) {
        cx.client.ending = Ending::AfterReply;
        killed += 1;
    }
    killed
}

fn client_reply(cx: &mut Cx<'_>) -> Outcome {
    match cx.arg(2).to_ascii_lowercase().as_slice() {
        b"on" => {
            cx.client.replies = Replies::On;
            cx.out.ok();
        }
        b"off" => cx.client.replies = Replies::Off,
        b"skip" if cx.client.replies == Replies::Off => {}
        b"skip" => cx.client.replies = Replies::SkipNext,
        _ => return Err(Error::SYNTAX),
    }
    Ok(())
}

fn client_no_evict(cx: &mut Cx<'_>) -> Outcome {
    cx.client.no_evict = match cx.arg(2).to_ascii_lowercase().as_slice() {
        b"on" => true,
        b"off" => false,
        _ => return Err(Error::SYNTAX),
    };
    cx.out.ok();
    Ok(())
}

fn client_pause(cx: &mut Cx<'_>) -> Outcome {
    let all = match cx.len() {
        3 => true,
        5.. if cx.state.profile.is_valkey() => true,
        4 if cx.is(3, "all") => true,
        4 if cx.is(3, "write") => false,
        4 => return Err(Error::new("ERR CLIENT PAUSE mode must be WRITE or ALL")),
        _ => return Err(cx.subcommand_error()),
    };
    let millis = cx.int_or(2, "ERR timeout is not an integer or out of range")?;
    if millis < 0 {
        return Err(Error::new("ERR timeout is negative"));
    }
    let until = cx
        .now()
        .checked_add(millis)
        .ok_or(Error::new("ERR timeout is out of range"))?;
    let pause = if all {
        &mut cx.state.paused
    } else {
        &mut cx.state.writes_paused
    };
    *pause = Some(pause.unwrap_or_default().max(until));
    cx.state.wake_at(until, 0);
    cx.out.ok();
    Ok(())
}

fn client_unpause(cx: &mut Cx<'_>) -> Outcome {
    cx.state.paused = None;
    cx.state.writes_paused = None;
    // Everybody who was postponed goes on at once.
    let now = cx.now();
    for client in cx.state.clients.values_mut() {
        if let Some(blocked) = &mut client.blocked
            && blocked.otherwise == Otherwise::Run
        {
            blocked.deadline = Some(now);
        }
    }
    let ids: Vec<u64> = cx.state.clients.keys().copied().collect();
    for id in ids {
        cx.state.wake_at(now, id);
    }
    cx.out.ok();
    Ok(())
}

fn client_unblock(cx: &mut Cx<'_>) -> Outcome {
    let fails = match cx.len() {
        3 => false,
        4 if cx.is(3, "timeout") => false,
        4 if cx.is(3, "error") => true,
        5.. if cx.state.profile.is_valkey() => false,
        5.. => return Err(cx.subcommand_error()),
        _ => {
            return Err(Error::new(
                "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR",
            ));
        }
    };
    let id = cx.int(2)?;
    let client = u64::try_from(id)
        .ok()
        .and_then(|id| cx.state.clients.remove(&id));
    let mut unblocked = false;
    if let Some(mut client) = client {
        let waits = client
            .blocked
            .as_ref()
            .is_some_and(|blocked| blocked.otherwise != Otherwise::Run);
        if waits && fails {
            cx.state.unblock(&mut client);
            client
                .out
                .error(b"UNBLOCKED client unblocked via CLIENT UNBLOCK");
        } else if waits {
            cx.state.end_wait(&mut client);
        }
        unblocked = waits;
        cx.state.clients.insert(client.id, client);
    }
    cx.out.int(i64::from(unblocked));
    Ok(())
}

/// WAIT and its like: there are no replicas, so a number above none waits for its time-out.
fn wait(cx: &mut Cx<'_>) -> Outcome {
    let replicas = cx.int(1)?;
    let timeout = cx.int_or(2, "ERR timeout is not an integer or out of range")?;
    if timeout < 0 {
        return Err(Error::new("ERR timeout is negative"));
    }
    if cx.state.profile.is_later() && timeout > i64::MAX - cx.now() {
        return Err(Error::new("ERR timeout is out of range"));
    }
    if replicas <= 0 {
        cx.out.int(0);
        return Ok(());
    }
    wait_for_replicas(cx, timeout, Otherwise::Zero)
}

/// Waits in vain. Later versions count the question that they would send to replicas, as one byte.
pub(super) fn wait_for_replicas(cx: &mut Cx<'_>, timeout: i64, otherwise: Otherwise) -> Outcome {
    if cx.mode == Mode::Request && cx.state.profile.is_later() {
        cx.state.replication_offset += 1;
    }
    cx.block(&[], timeout, otherwise)
}
