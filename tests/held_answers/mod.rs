//! A way to servers on which answers wait until enough has been asked. It knows nothing of the protocol.

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
    /// Ways to these servers, open at first. They end with the runtime.
    pub(crate) async fn before(servers: impl Iterator<Item = SocketAddr>) -> io::Result<Self> {
        let (shared, mut ways) = (Arc::new(Shared::default()), Vec::new());
        for server in servers {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let way = listener.local_addr()?;
            ways.push(way);
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(Arc::clone(&shared).connect(client, server));
                }
            });
        }
        Ok(Self { ways, shared })
    }

    /// Where each of the servers is reached, in their order.
    pub(crate) fn ways(&self) -> &[SocketAddr] {
        &self.ways
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
    async fn connect(self: Arc<Self>, client: TcpStream, server: SocketAddr) {
        let Ok(server) = TcpStream::connect(server).await else {
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
            if to.write_all(&buffer[..read]).await.is_err() {
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
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
