//! One connection: reads requests, runs them, sends replies.
//!
//! Reading goes on while replies are sent, since a client may send a whole pipeline before it
//! reads the first reply, and both sides would wait for each other forever.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::task::yield_now;

use super::client::{Client, Ending};
use super::limits::Limits;
use super::shared::Shared;
use super::state::State;
use crate::protocol::{Parsed, Parser};
use crate::{command, control};

const READ: usize = 16 * 1024;
/// What a connection keeps allocated, since the next requests and replies are likely to be as long.
const KEPT: usize = 256 * 1024;
/// What a client that waits for a blocked command may send ahead.
const AHEAD: usize = 1024 * 1024;

/// What has been read and not run, and what has been replied and not sent.
#[derive(Default)]
struct Buffers {
    input: Vec<u8>,
    parser: Parser,
    output: Vec<u8>,
    sent: usize,
    /// Whether there are other connections, which may have sent requests too.
    in_company: bool,
    /// The number of the last turn in which it ran requests.
    turn: Option<u64>,
}

impl Buffers {
    /// How many bytes of replies wait to be sent.
    fn unsent(&self, client: &Client) -> usize {
        self.output.len() - self.sent + client.out.bytes.len()
    }

    /// Takes over what has been replied.
    fn take(&mut self, replies: &mut Vec<u8>) {
        if self.output.is_empty() {
            std::mem::swap(&mut self.output, replies);
        } else if !replies.is_empty() {
            // What has been sent is forgotten, or a reader that is always a little behind would fill the memory.
            self.output.drain(..self.sent);
            self.sent = 0;
            self.output.append(replies);
        }
    }

    /// Sends until all is sent, the stream takes no more, or it is closed, which is false.
    fn send<S: AsyncWrite + Unpin>(&mut self, stream: &mut S, cx: &mut Context<'_>) -> Poll<bool> {
        while self.sent < self.output.len() {
            match ready!(Pin::new(&mut *stream).poll_write(cx, &self.output[self.sent..])) {
                Ok(0) | Err(_) => return Poll::Ready(false),
                Ok(count) => self.sent += count,
            }
        }
        self.output.clear();
        self.output.shrink_to(KEPT);
        self.sent = 0;
        Poll::Ready(true)
    }

    /// Reads what has come; false when the stream is closed.
    fn receive<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<bool> {
        self.make_room();
        let mut read = pin!(stream.read_buf(&mut self.input));
        match ready!(read.as_mut().poll(cx)) {
            Ok(0) | Err(_) => Poll::Ready(false),
            Ok(_) => Poll::Ready(true),
        }
    }

    /// Memory follows what has arrived, not what a client says it is going to send.
    fn make_room(&mut self) {
        let wanted = self.parser.wanted(self.input.len());
        let limit = self.input.len().max(READ);
        self.input.reserve(wanted.clamp(READ, limit));
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
pub(crate) async fn serve<S>(shared: Arc<Shared>, mut stream: S, id: u64, wake: Arc<Notify>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let mut buffers = Buffers::default();
    let mut woken = pin!(wake.notified());
    loop {
        let step = run(&shared, id, &mut buffers);
        let unsent = !buffers.output.is_empty();
        let reading = match step {
            Step::Abort => break,
            Step::Finish if !unsent => break,
            Step::HalfOpen if !unsent => {
                woken.as_mut().await;
                woken.set(wake.notified());
                continue;
            }
            Step::Finish | Step::HalfOpen => false,
            Step::Open(reading) => reading,
        };
        if unsent && buffers.in_company {
            // Others run their requests first, as Redis does it: a client that is woken by each reply sends the next
            // request so early that it has to wake the server for each, and that costs more than the request.
            yield_now().await;
        }
        match poll_fn(|cx| poll(&mut stream, &mut buffers, reading, woken.as_mut(), cx)).await {
            Event::Moved => {}
            Event::Woken => woken.set(wake.notified()),
            Event::Closed => break,
        }
    }
    // The peer may be gone already.
    let _ = stream.shutdown().await;
    shared.lock().forget(id);
}

/// What has happened to a connection.
enum Event {
    /// Bytes went one way or the other.
    Moved,
    Woken,
    Closed,
}

/// Sends what there is, and reads if it is to; both in one go, since what has been sent is usually what the client waits
/// for before it sends more.
fn poll<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    buffers: &mut Buffers,
    reading: bool,
    woken: Pin<&mut Notified<'_>>,
    cx: &mut Context<'_>,
) -> Poll<Event> {
    let had = !buffers.output.is_empty();
    let sent = buffers.send(stream, cx);
    if sent == Poll::Ready(false) {
        return Poll::Ready(Event::Closed);
    }
    if reading && let Poll::Ready(read) = buffers.receive(stream, cx) {
        return Poll::Ready(if read { Event::Moved } else { Event::Closed });
    }
    if woken.poll(cx).is_ready() {
        return Poll::Ready(Event::Woken);
    }
    // The connection may have waited for its last reply to be sent, or for room to run the next request.
    if had && sent.is_ready() && !(reading && buffers.input.is_empty()) {
        return Poll::Ready(Event::Moved);
    }
    Poll::Pending
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
    if used > 0 {
        buffers.turn = Some(shared.busy_poll.turn(buffers.turn));
        let micros = shared.clock.micros() - state.micros;
        state.settle_usage(micros);
    }
    buffers.input.drain(..used);
    buffers.input.shrink_to(KEPT);
    if buffers.exceed(state.limits, &client) {
        client.ending = Ending::Now;
    }
    buffers.take(&mut client.out.bytes);
    let waits = client.blocked.is_some() || client.stalled.is_some() || state.paused.is_some();
    let step = match client.ending {
        Ending::No => Step::Open(!waits || buffers.input.len() < AHEAD),
        Ending::AfterReply => Step::Finish,
        Ending::Now => Step::Abort,
        Ending::HalfOpen => Step::HalfOpen,
    };
    buffers.in_company = !state.clients.is_empty();
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
