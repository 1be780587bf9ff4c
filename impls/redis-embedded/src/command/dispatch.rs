//! From a request to a command that runs: the checks, in the order in which Redis makes them.

use super::{Command, Cx, Error, Mode, acl, flag, lookups, monitor, slowlog};
use crate::profile::Profile;
use crate::protocol::Reply;
use crate::server::client::{Blocked, Client, Ending, Otherwise, Replies};
use crate::server::state::State;

/// Runs a request and writes what it replies to the connection's buffer.
pub(crate) fn run(state: &mut State, client: &mut Client, args: &[&[u8]]) {
    client.active = state.now;
    let start = client.out.bytes.len();
    if args[0].eq_ignore_ascii_case(b"quit") {
        client.out.ok();
        client.ending = Ending::AfterReply;
        return;
    }
    match admit(state, client, args) {
        Ok(command) => proceed(state, client, command, args),
        Err(error) => {
            note_rejected(state, args);
            if args[0].eq_ignore_ascii_case(b"exec") {
                abort(state, client, &error);
            } else {
                refuse(client, &error);
            }
        }
    }
    finish(state, client, start);
}

/// Counts a request that is not let through, if it names a command.
fn note_rejected(state: &mut State, args: &[&[u8]]) {
    if let Some(command) = find_any(args).filter(|command| state.profile.has(command)) {
        state.stats.usage.rejected(command);
    }
}

/// An EXEC that is not well-formed ends the transaction, if there is one, and says why.
fn abort(state: &mut State, client: &mut Client, error: &Error) {
    client.multi = None;
    state.unwatch(client);
    if crate::cluster::is_redirection(error) {
        // Where the client has to go instead, it must be able to read.
        client.out.error(error.bytes());
        return;
    }
    let reason = error.bytes().strip_prefix(b"ERR ").unwrap_or(error.bytes());
    client
        .out
        .error(&[b"EXECABORT Transaction discarded because of: ", reason].concat());
}

/// Lets a command run later.
fn postpone(
    state: &mut State,
    client: &mut Client,
    command: &'static Command,
    args: &[&[u8]],
    until: i64,
) {
    let args = args.iter().map(|arg| arg.to_vec()).collect();
    let (db, deadline, otherwise) = (client.db, Some(until), Otherwise::Run);
    state.block(
        client,
        Blocked {
            command,
            args,
            db,
            keys: Vec::new(),
            deadline,
            otherwise,
        },
    );
}

/// Runs a request that was postponed.
pub(crate) fn resume(state: &mut State, client: &mut Client, args: &[&[u8]]) {
    let start = client.out.bytes.len();
    match admit(state, client, args) {
        Ok(command) => proceed(state, client, command, args),
        Err(error) => refuse(client, &error),
    }
    finish(state, client, start);
}

/// Runs a request of the test itself, which needs no permission and never waits.
pub(crate) fn run_inside(state: &mut State, client: &mut Client, args: &[&[u8]], out: &mut Reply) {
    match find_in(state, args) {
        Ok(command) => {
            call(state, client, command, args, Mode::Inside, out);
        }
        Err(error) => out.error(error.bytes()),
    }
}

/// An error before the command ran, which a transaction does not survive.
fn refuse(client: &mut Client, error: &Error) {
    if let Some(multi) = &mut client.multi {
        multi.aborted = true;
    }
    client.out.error(error.bytes());
}

/// What follows a request: pushes of others, and replies that are not wanted.
fn finish(state: &mut State, client: &mut Client, start: usize) {
    match client.replies {
        Replies::On => {}
        Replies::Off => client.out.bytes.truncate(start),
        Replies::SkipNext => {
            client.out.bytes.truncate(start);
            client.replies = Replies::Skip;
        }
        Replies::Skip => {
            client.out.bytes.truncate(start);
            client.replies = Replies::On;
        }
    }
    state.announce(Some(client));
    if !client.pushes.is_empty() {
        let pushes = std::mem::take(&mut client.pushes);
        client.out.bytes.extend(pushes);
    }
}

/// The command of a request, if the server that this one passes for has it.
fn find_in(state: &State, args: &[&[u8]]) -> Result<&'static Command, Error> {
    let found = find(args);
    // What is not there is unknown, whether its arguments would be right or not.
    let known = found.as_ref().ok().copied().or_else(|| find_any(args));
    match known {
        None => found,
        Some(command) if state.profile.has(command) => {
            let takes = state.profile.takes(command, args.len());
            takes.then_some(command).ok_or(Error::arity(command.name))
        }
        Some(command) if command.container().is_some() => {
            let container = Command::named(args[0]).unwrap_or(command);
            Err(unknown_subcommand(container, args[1]))
        }
        Some(_) => Err(unknown(args)),
    }
}

/// The command of a request, if there is one that takes its arguments.
pub(crate) fn find(args: &[&[u8]]) -> Result<&'static Command, Error> {
    let mut command = Command::of_request(args[0]).ok_or_else(|| unknown(args))?;
    if command.has(flag::CONTAINER) && args.len() > 1 {
        command = command
            .subcommand(args[1])
            .ok_or_else(|| unknown_subcommand(command, args[1]))?;
    }
    if !command.takes(args.len()) {
        return Err(Error::arity(command.name));
    }
    Ok(command)
}

/// The command of a request, whatever its arguments are.
pub(super) fn find_any(args: &[&[u8]]) -> Option<&'static Command> {
    let command = Command::of_request(args.first()?)?;
    if command.has(flag::CONTAINER) && args.len() > 1 {
        command.subcommand(args[1])
    } else {
        Some(command)
    }
}

/// At most so many bytes of an argument, up to a NUL, as C prints a string.
pub(super) fn shown(arg: &[u8], limit: usize) -> &[u8] {
    let end = arg.iter().position(|byte| *byte == 0).unwrap_or(arg.len());
    &arg[..end.min(limit)]
}

fn unknown(args: &[&[u8]]) -> Error {
    let mut rest = Vec::new();
    for arg in &args[1..] {
        if rest.len() >= 128 {
            break;
        }
        let shown = shown(arg, 128 - rest.len());
        rest.extend_from_slice(&[b"'", shown, b"' "].concat());
    }
    let head: [&[u8]; 4] = [
        b"ERR unknown command '",
        shown(args[0], 128),
        b"', with args beginning with: ",
        &rest,
    ];
    head.concat().into()
}

fn unknown_subcommand(command: &Command, name: &[u8]) -> Error {
    let help = command.name.to_ascii_uppercase();
    let text: [&[u8]; 5] = [
        b"ERR unknown subcommand '",
        shown(name, 128),
        b"'. Try ",
        help.as_bytes(),
        b" HELP.",
    ];
    text.concat().into()
}

/// Finds the command of a request and checks whether the connection may run it.
fn admit(
    state: &mut State,
    client: &mut Client,
    args: &[&[u8]],
) -> Result<&'static Command, Error> {
    let command = find_in(state, args)?;
    client.last_command = command.name;
    if command.has(flag::PROTECTED) {
        return Err(Error::new(
            "ERR MODULE command not allowed. If the enable-module-command option is set to \
             \"local\", you can run it from a local connection, otherwise you need to set this \
             option in the configuration file, and then restart the server.",
        ));
    }
    if client.user.is_none() && !command.has(flag::NO_AUTH) {
        return Err(Error::new("NOAUTH Authentication required."));
    }
    if client.multi.is_some() && state.profile.bars_from_multi(command) {
        let name = command.name;
        return Err(if state.profile == Profile::Valkey9_1 {
            format!("ERR Command '{name}' not allowed inside a transaction").into()
        } else {
            Error::new("ERR Command not allowed inside a transaction")
        });
    }
    acl::check(state, client, command, args)?;
    crate::cluster::check(state, client, command, args)?;
    if client.in_subscriber_mode() && !is_allowed_while_subscribed(command) {
        let name = command.name;
        return Err(format!(
            "ERR Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / \
             RESET are allowed in this context"
        )
        .into());
    }
    Ok(command)
}

fn is_allowed_while_subscribed(command: &Command) -> bool {
    const ALLOWED: [&str; 9] = [
        "ping",
        "subscribe",
        "ssubscribe",
        "sunsubscribe",
        "unsubscribe",
        "psubscribe",
        "punsubscribe",
        "quit",
        "reset",
    ];
    ALLOWED.contains(&command.name)
}

/// Queues, postpones or runs a command.
fn proceed(state: &mut State, client: &mut Client, command: &'static Command, args: &[&[u8]]) {
    const AT_ONCE: [&str; 6] = ["exec", "discard", "multi", "watch", "quit", "reset"];
    if let Some(multi) = &mut client.multi
        && !AT_ONCE.contains(&command.name)
    {
        multi
            .queue
            .push((command, args.iter().map(|arg| arg.to_vec()).collect()));
        client.out.simple("QUEUED");
        return;
    }
    if let Some(until) = state.writes_paused
        && until > state.now
        && writes(client, command)
    {
        postpone(state, client, command, args, until);
        return;
    }
    let mut out = std::mem::take(&mut client.out);
    call(state, client, command, args, Mode::Request, &mut out);
    client.out = out;
}

fn writes(client: &Client, command: &Command) -> bool {
    let queued = client.multi.iter().flat_map(|multi| &multi.queue);
    command.has(flag::WRITE | flag::MAY_REPLICATE)
        || matches!(
            command.name,
            "publish" | "pfcount" | "eval" | "evalsha" | "fcall" | "spublish"
        )
        || (command.name == "exec"
            && queued
                .map(|(queued, _)| queued)
                .any(|queued| queued.has(flag::WRITE)))
}

/// Runs a command's function; an error takes the place of what it has replied. False when the
/// command waits.
pub(crate) fn call(
    state: &mut State,
    client: &mut Client,
    command: &'static Command,
    args: &[&[u8]],
    mode: Mode,
    out: &mut Reply,
) -> bool {
    let start = out.bytes.len();
    state.stats.commands += 1;
    client.last_command = command.name;
    // Nothing here takes as long as the default threshold, so only a lower one is worth a look.
    let timed = (0..10_000).contains(&state.config.slowlog_micros);
    let began = timed.then(std::time::Instant::now);
    // A script is told before its commands, everything else when it has run.
    let shown = mode != Mode::Retry && monitor::shows(state, command);
    if shown && command.has(flag::SKIP_MONITOR) {
        monitor::tell(state, client, command, args);
    }
    out.shortest = state.profile != Profile::Redis7_0;
    let sources = lookups::sources(state, client, command, args);
    let reply = std::mem::take(out);
    let mut cx = Cx {
        state,
        client,
        out: reply,
        command,
        args,
        mode,
        waits: false,
    };
    let outcome = (command.run)(&mut cx);
    let waits = cx.waits;
    *out = cx.out;
    lookups::count(state, client, (command, args), &sources, &outcome);
    if let Err(error) = outcome {
        out.bytes.truncate(start);
        out.error(error.bytes());
        state.stats.usage.failed(command);
    }
    if !waits {
        state.stats.usage.ran(command);
    }
    if shown && !command.has(flag::SKIP_MONITOR) {
        monitor::tell(state, client, command, args);
    }
    if let Some(began) = began {
        slowlog::record(state, client, command, args, began.elapsed());
    }
    if command.has(flag::READONLY) && client.tracking.is_some() {
        state.remember_read(client, command, args);
    }
    !waits
}

/// Lets those who wait for keys that have changed try again, in the order they came.
pub(crate) fn serve_ready(state: &mut State) {
    while let Some((db, key)) = state.ready.pop_front() {
        let Some(queue) = state.waiting[db].get(&key) else {
            continue;
        };
        let ids: Vec<u64> = queue.iter().copied().collect();
        state.serving = key;
        for id in ids {
            let Some(mut client) = state.clients.remove(&id) else {
                continue;
            };
            if client.blocked.is_some() {
                retry(state, &mut client);
            }
            state.clients.insert(id, client);
        }
    }
}

/// Runs a blocked command again; if it gets its answer, the connection goes on.
fn retry(state: &mut State, client: &mut Client) {
    let Some(blocked) = client.blocked.take() else {
        return;
    };
    let args: Vec<&[u8]> = blocked.args.iter().map(Vec::as_slice).collect();
    let current = std::mem::replace(&mut client.db, blocked.db);
    let mut out = Reply::new(client.resp3);
    let answered = call(state, client, blocked.command, &args, Mode::Retry, &mut out);
    client.db = current;
    client.blocked = Some(blocked);
    if answered {
        state.unblock(client);
        client.out.bytes.append(&mut out.bytes);
        let start = client.out.bytes.len();
        finish(state, client, start);
    }
}
