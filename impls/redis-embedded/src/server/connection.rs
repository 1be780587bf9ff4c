//! One connection: reads requests, runs them, sends replies.
//!
//! Reading goes on while replies are sent, since a client may send a whole pipeline before it
//! reads the first reply, and both sides would wait for each other forever.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use super::client::{Client, Ending};
use super::limits::Limits;
use super::shared::Shared;
use super::state::State;
use crate::protocol::{Parsed, Parser};
use crate::{command, control};

const READ: usize = 16 * 1024;
/// What a client that waits for a blocked command may send ahead.
const AHEAD: usize = 1024 * 1024;

/// What has been read and not run, and what has been replied and not sent.
#[derive(Default)]
struct Buffers {
    input: Vec<u8>,
    parser: Parser,
    output: Vec<u8>,
    sent: usize,
}

impl Buffers {
    /// How many bytes of replies wait to be sent.
    fn unsent(&self, client: &Client) -> usize {
        self.output.len() - self.sent + client.out.bytes.len()
    }

    /// Whether the client has sent or left unread more than it may.
    fn exceed(&self, limits: Limits, client: &Client) -> bool {
        self.unsent(client) > limits.output || self.input.len() > limits.input
    }
}

/// What the connection does next.
enum Step {
    /// Goes on; whether it may read more.
    Open(bool),
    /// Sends what there is and ends.
    Finish,
    /// Ends without another word.
    Abort,
    /// Does nothing until it is closed.
    HalfOpen,
}

/// Serves a stream until one side closes it.
pub(crate) async fn serve<S>(shared: Arc<Shared>, stream: S, id: u64, wake: Arc<Notify>)
where
    S: AsyncRead + AsyncWrite + Send,
{
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut buffers = Buffers::default();
    loop {
        let step = run(&shared, id, &mut buffers);
        let unsent = buffers.sent < buffers.output.len();
        let reading = match step {
            Step::Abort => break,
            Step::Finish if !unsent => break,
            Step::HalfOpen if !unsent => {
                wake.notified().await;
                continue;
            }
            Step::Finish | Step::HalfOpen => false,
            Step::Open(reading) => reading,
        };
        if reading {
            make_room(&mut buffers);
        }
        tokio::select! {
            biased;
            sent = writer.write(&buffers.output[buffers.sent..]), if unsent => match sent {
                Ok(0) | Err(_) => break,
                Ok(count) => buffers.sent += count,
            },
            read = reader.read_buf(&mut buffers.input), if reading => match read {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            },
            () = wake.notified() => {}
        }
        if buffers.sent == buffers.output.len() {
            buffers.output.clear();
            buffers.sent = 0;
        }
    }
    // The peer may be gone already.
    let _ = writer.shutdown().await;
    shared.lock().forget(id);
}

fn make_room(buffers: &mut Buffers) {
    let wanted = buffers.parser.wanted(buffers.input.len());
    // Memory follows what has arrived, not what a client says it is going to send.
    let limit = buffers.input.len().max(READ);
    buffers.input.reserve(wanted.clamp(READ / 4, limit));
}

/// Runs the requests that have been read.
fn run(shared: &Shared, id: u64, buffers: &mut Buffers) -> Step {
    let mut state = shared.lock();
    let Some(mut client) = state.clients.remove(&id) else {
        return Step::Abort;
    };
    let mut used = 0;
    while may_go_on(&mut state, &mut client) {
        if buffers.unsent(&client) > state.limits.output {
            break;
        }
        match next(&mut state, &mut client, buffers, used) {
            Some(end) => used = end,
            None => break,
        }
        if !state.ready.is_empty() {
            state.clients.insert(id, client);
            command::serve_ready(&mut state);
            let Some(same) = state.clients.remove(&id) else {
                return Step::Abort;
            };
            client = same;
        }
    }
    buffers.input.drain(..used);
    if buffers.exceed(state.limits, &client) {
        client.ending = Ending::Now;
    }
    if buffers.output.is_empty() {
        std::mem::swap(&mut buffers.output, &mut client.out.bytes);
    } else {
        buffers.output.append(&mut client.out.bytes);
    }
    let waits = client.blocked.is_some() || client.stalled.is_some() || state.paused.is_some();
    let step = match client.ending {
        Ending::No => Step::Open(!waits || buffers.input.len() < AHEAD),
        Ending::AfterReply => Step::Finish,
        Ending::Now => Step::Abort,
        Ending::HalfOpen => Step::HalfOpen,
    };
    state.clients.insert(id, client);
    if state.take_rearm() {
        shared.timer.notify_one();
    }
    let mail = state.has_mail();
    drop(state);
    if mail {
        shared.deliver();
    }
    step
}

/// Whether the next request may run now.
fn may_go_on(state: &mut State, client: &mut Client) -> bool {
    client.ending == Ending::No
        && client.blocked.is_none()
        && !state.holds(client)
        && control::settle(state, client)
}

/// Runs the request that starts at an offset of the input, and returns the offset behind it.
fn next(
    state: &mut State,
    client: &mut Client,
    buffers: &mut Buffers,
    used: usize,
) -> Option<usize> {
    let input = &buffers.input[used..];
    let parser = &mut buffers.parser;
    let end = match parser.parse(input, client.user.is_none()) {
        Ok(Parsed::Incomplete) => return None,
        Ok(Parsed::Nothing(end)) => end,
        Ok(Parsed::Request(end)) => {
            let count = parser.len();
            // Few requests have more arguments, so few need memory for them.
            let mut few: [&[u8]; 16] = [&[]; 16];
            let ran = if let Some(few) = few.get_mut(..count) {
                for (index, slot) in few.iter_mut().enumerate() {
                    *slot = parser.arg(input, index);
                }
                control::run(state, client, few)
            } else {
                let many: Vec<&[u8]> = (0..count).map(|index| parser.arg(input, index)).collect();
                control::run(state, client, &many)
            };
            if !ran {
                return None;
            }
            end
        }
        Err(text) => {
            client
                .out
                .error(format!("ERR Protocol error: {text}").as_bytes());
            client.ending = Ending::AfterReply;
            input.len()
        }
    };
    parser.clear();
    Some(used + end)
}
