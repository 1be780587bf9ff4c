//! MONITOR: every command that runs, told to whoever asks for that.

use super::table::commands;
use super::{Command, Cx, Error, Mode, Outcome, flag};
use crate::server::client::Client;
use crate::server::state::State;

commands! {
    "monitor" 1 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => monitor;
}

fn monitor(cx: &mut Cx<'_>) -> Outcome {
    if cx.mode == Mode::Inside {
        return Err(Error::new(
            "ERR MONITOR isn't allowed for DENY BLOCKING client",
        ));
    }
    if !cx.client.monitor {
        cx.client.monitor = true;
        cx.state.monitors.push(cx.client.id);
    }
    cx.out.ok();
    Ok(())
}

/// Whether a command is told at all: those about the server are too dangerous to be shown.
pub(super) fn shows(state: &State, command: &Command) -> bool {
    !state.monitors.is_empty() && !command.has(flag::ADMIN)
}

/// Tells a command to all who monitor.
pub(super) fn tell(state: &mut State, client: &mut Client, command: &Command, args: &[&[u8]]) {
    let line = line(state, client, command, args);
    for id in state.monitors.clone() {
        state.push_with(id, Some(client), |reply| {
            reply.bytes.extend_from_slice(&line);
        });
    }
}

fn line(state: &State, client: &Client, command: &Command, args: &[&[u8]]) -> Vec<u8> {
    let (seconds, micros) = (state.micros / 1_000_000, state.micros % 1_000_000);
    let from = if client.in_script {
        "lua"
    } else {
        &client.addr
    };
    let mut line = format!("+{seconds}.{micros:06} [{} {from}]", client.db).into_bytes();
    for (index, arg) in args.iter().enumerate() {
        line.extend_from_slice(b" \"");
        if index > 0 && is_secret(command, args, index) {
            line.extend_from_slice(b"(redacted)");
        } else {
            arg.iter().for_each(|byte| escape(&mut line, *byte));
        }
        line.push(b'"');
    }
    line.extend_from_slice(b"\r\n");
    line
}

/// Whether an argument is a name or a password that nobody is to see.
fn is_secret(command: &Command, args: &[&[u8]], index: usize) -> bool {
    let is_auth = |at: usize| args[at].eq_ignore_ascii_case(b"auth");
    match command.name {
        "auth" => true,
        "hello" => (1..=2).any(|back| index > back && is_auth(index - back)),
        _ => false,
    }
}

fn escape(line: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x07 => b'a',
        0x08 => b'b',
        b'\\' | b'"' => byte,
        b' '..=b'~' => return line.push(byte),
        _ => return line.extend(format!("\\x{byte:02x}").bytes()),
    };
    line.extend_from_slice(&[b'\\', short]);
}
