//! One connection, on which requests follow each other without waiting for replies.
//!
//! One task writes and one reads, so that a call that is dropped breaks no request and no reply in two: its request is
//! sent before those that come later, and its replies are read and thrown away.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::reply::{self, Reply};
use crate::request::Request;

/// Requests are written together up to this size.
const TOGETHER_BYTES: usize = 64 << 10;

/// Why a request had no replies.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection was lost, and with it whether the request was done.
    Lost(Option<Arc<io::Error>>),
    /// The server did not answer in time.
    Late,
}

/// A connection to a server. Dropped, it is closed.
pub(crate) struct Connection {
    requests: mpsc::UnboundedSender<(Vec<u8>, Waiting)>,
    shared: Arc<Shared>,
    tasks: [AbortHandle; 2],
}

/// Who waits for the replies to a request.
struct Waiting {
    commands: usize,
    replies: Vec<Reply>,
    answer: oneshot::Sender<Vec<Reply>>,
}

#[derive(Default)]
struct Shared {
    /// In the order of their requests.
    waiting: Mutex<VecDeque<Waiting>>,
    /// How many requests were answered.
    answers: AtomicU64,
    lost: AtomicBool,
    cause: Mutex<Option<Arc<io::Error>>>,
}

impl Connection {
    /// Connects to `host:port`.
    pub(crate) async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        let (requests, queue) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::default());
        let writing = write(writer, queue, Arc::clone(&shared));
        let reading = read(reader, Arc::clone(&shared));
        Ok(Self {
            requests,
            tasks: [
                tokio::spawn(writing).abort_handle(),
                tokio::spawn(reading).abort_handle(),
            ],
            shared,
        })
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.shared.lost.load(Ordering::Acquire)
    }

    /// Sends `request` once, and waits `within` that time for its replies.
    pub(crate) async fn ask(
        &self,
        request: Request,
        within: Duration,
    ) -> Result<Vec<Reply>, Failure> {
        let before = self.shared.answers.load(Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            commands: request.commands,
            replies: Vec::with_capacity(request.commands),
            answer,
        };
        let sent = self.requests.send((request.bytes, waiting));
        if sent.is_err() || self.is_lost() {
            return Err(self.shared.failure());
        }
        match tokio::time::timeout(within, answered).await {
            Ok(Ok(replies)) => Ok(replies),
            Ok(Err(_)) => Err(self.shared.failure()),
            Err(_) => {
                // Nobody had an answer for as long as one may take: it is dead, and not slow.
                if self.shared.answers.load(Ordering::Relaxed) == before {
                    self.end();
                }
                Err(Failure::Late)
            }
        }
    }

    fn end(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.shared.lose(None);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    /// Tells everybody who waits that there will be no replies.
    fn lose(&self, cause: Option<io::Error>) {
        self.lost.store(true, Ordering::Release);
        if let Some(cause) = cause {
            *self.cause.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(cause));
        }
        self.waiting().clear();
    }

    fn failure(&self) -> Failure {
        let cause = self.cause.lock().unwrap_or_else(PoisonError::into_inner);
        Failure::Lost(cause.clone())
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a reply to whoever waits for it.
    fn deliver(&self, reply: Reply) -> io::Result<()> {
        let mut waiting = self.waiting();
        let Some(first) = waiting.front_mut() else {
            let unasked = "this is no memcached: it answers unasked";
            return Err(io::Error::new(io::ErrorKind::InvalidData, unasked));
        };
        first.commands -= usize::from(reply.is_last());
        first.replies.push(reply);
        if first.commands == 0
            && let Some(first) = waiting.pop_front()
        {
            self.answers.fetch_add(1, Ordering::Relaxed);
            // Who was dropped meanwhile wants none.
            let _ = first.answer.send(first.replies);
        }
        Ok(())
    }
}

async fn write(
    mut writer: OwnedWriteHalf,
    mut queue: mpsc::UnboundedReceiver<(Vec<u8>, Waiting)>,
    shared: Arc<Shared>,
) {
    while let Some((mut bytes, waiting)) = queue.recv().await {
        shared.waiting().push_back(waiting);
        while bytes.len() < TOGETHER_BYTES
            && let Ok((more, waiting)) = queue.try_recv()
        {
            shared.waiting().push_back(waiting);
            bytes.extend_from_slice(&more);
        }
        // Those who came too late to be told.
        if shared.lost.load(Ordering::Acquire) {
            return shared.lose(None);
        }
        if let Err(error) = writer.write_all(&bytes).await {
            return shared.lose(Some(error));
        }
    }
}

async fn read(mut reader: OwnedReadHalf, shared: Arc<Shared>) {
    let mut buffer = BytesMut::with_capacity(8 << 10);
    let ended: io::Result<Infallible> = async {
        loop {
            while let Some(reply) = reply::take(&mut buffer)? {
                shared.deliver(reply)?;
            }
            if reader.read_buf(&mut buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    .await;
    let Err(error) = ended;
    shared.lose(Some(error));
}
