//! A way to the nodes of a cluster on which answers wait until enough has been asked.
//!
//! It knows nothing of the protocol but how it writes the port of a node, so that clients which learn of other nodes
//! come this way too.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

pub(crate) struct HeldAnswers {
    ways: Vec<SocketAddr>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    asked: Notify,
    /// What stands for a port, and what for the way to it.
    ports: Mutex<Vec<(String, String)>>,
}

#[derive(Default)]
struct State {
    mark: &'static str,
    wanted: usize,
    /// Of each connection, what it was sent since the mark was set.
    requests: Vec<Vec<u8>>,
}

impl State {
    fn is_open(&self) -> bool {
        let mark = self.mark.as_bytes();
        let marks = |request: &Vec<u8>| {
            request
                .windows(mark.len())
                .filter(|part| *part == mark)
                .count()
        };
        self.wanted == 0 || self.requests.iter().map(marks).sum::<usize>() >= self.wanted
    }
}

impl HeldAnswers {
    /// Ways to these nodes, open at first. They end with the runtime.
    pub(crate) async fn before(nodes: impl Iterator<Item = SocketAddr>) -> io::Result<Self> {
        let (shared, mut ways) = (Arc::new(Shared::default()), Vec::new());
        for node in nodes {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let way = listener.local_addr()?;
            let port = |address: SocketAddr| format!(":{}\r\n", address.port());
            lock(&shared.ports).push((port(node), port(way)));
            ways.push(way);
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(Arc::clone(&shared).connect(client, node));
                }
            });
        }
        Ok(Self { ways, shared })
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        let url = |way: &SocketAddr| format!("redis://{way}");
        self.ways.iter().map(url).collect()
    }

    /// From now on answers wait until `mark` has been asked for so often.
    pub(crate) fn until(&self, mark: &'static str, wanted: usize) {
        let mut state = lock(&self.shared.state);
        (state.mark, state.wanted) = (mark, wanted);
        state.requests.iter_mut().for_each(Vec::clear);
        self.shared.asked.notify_waiters();
    }
}

impl Shared {
    async fn connect(self: Arc<Self>, client: TcpStream, node: SocketAddr) {
        let Ok(server) = TcpStream::connect(node).await else {
            return;
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let number = {
            let mut state = lock(&self.state);
            state.requests.push(Vec::new());
            state.requests.len() - 1
        };
        tokio::spawn(Arc::clone(&self).ask(number, from_client, to_server));
        self.answer(from_server, to_client).await;
    }

    async fn ask(self: Arc<Self>, number: usize, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            lock(&self.state).requests[number].extend(&buffer[..read]);
            self.asked.notify_waiters();
            if to.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    }

    async fn answer(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            self.opened().await;
            let answer = self.translated(&buffer[..read]);
            if to.write_all(&answer).await.is_err() {
                return;
            }
        }
    }

    async fn opened(&self) {
        loop {
            let asked = self.asked.notified();
            if lock(&self.state).is_open() {
                return;
            }
            asked.await;
        }
    }

    fn translated(&self, answer: &[u8]) -> Vec<u8> {
        let mut answer = String::from_utf8_lossy(answer).into_owned();
        for (port, way) in lock(&self.ports).iter() {
            answer = answer.replace(port, way);
        }
        answer.into_bytes()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
