//! Accepts connections.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::watch;

use super::client::Client;
use super::connection;
use super::gate::Gate;
use super::shared::Shared;

/// Accepts on a TCP port until the server stops.
pub(crate) async fn accept_tcp(shared: Arc<Shared>, listener: TcpListener) {
    let Ok(addr) = listener.local_addr() else {
        return;
    };
    let mut wanted = shared.gate.wanted.subscribe();
    let mut listener = Some(listener);
    while !shared.is_stopped() {
        let gate = follow(&mut wanted, &mut listener, addr);
        shared.gate.reached.send_replace(gate);
        let open = listener.as_ref().filter(|_| gate == Gate::Open);
        let accepted = tokio::select! {
            accepted = accept(open) => accepted,
            _ = wanted.changed() => continue,
            () = shared.stopping.notified() => break,
        };
        // An error concerns one connection, such as one that was reset before it was accepted.
        if let Ok((stream, peer)) = accepted {
            welcome(&shared, stream, peer);
        }
    }
    shared.stopping.notify_one();
}

/// Opens or closes the port as the gate is wanted, and returns how it stands now.
fn follow(
    wanted: &mut watch::Receiver<Gate>,
    listener: &mut Option<TcpListener>,
    addr: std::net::SocketAddr,
) -> Gate {
    let gate = *wanted.borrow_and_update();
    if gate == Gate::Closed {
        *listener = None;
    } else if listener.is_none() {
        *listener = bind_tcp(addr).ok();
        if listener.is_none() {
            return Gate::Failed;
        }
    }
    gate
}

/// Binds a port, also one whose last connections the system still remembers.
pub(crate) fn bind_tcp(addr: std::net::SocketAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(addr)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// The next connection, or nothing ever.
async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, std::net::SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

fn welcome(shared: &Arc<Shared>, stream: TcpStream, peer: std::net::SocketAddr) {
    // Nagle's algorithm would hold replies back; a socket that refuses still works.
    let _ = stream.set_nodelay(true);
    let local = stream
        .local_addr()
        .map(|addr| addr.to_string())
        .unwrap_or_default();
    #[cfg(feature = "tls")]
    if let Some(tls) = &shared.tls {
        tls.welcome(shared, stream, peer.to_string(), local);
        return;
    }
    start(shared, stream, peer.to_string(), local);
}

/// Accepts on a Unix socket until the server stops; the handle removes its file.
pub(crate) async fn accept_unix(shared: Arc<Shared>, listener: UnixListener, path: PathBuf) {
    let mut wanted = shared.gate.wanted.subscribe();
    while !shared.is_stopped() {
        let paused = *wanted.borrow_and_update() == Gate::Paused;
        let accepted = tokio::select! {
            accepted = listener.accept(), if !paused => accepted,
            _ = wanted.changed() => continue,
            () = shared.stopping.notified() => break,
        };
        let Ok((stream, _)) = accepted else { continue };
        let name = format!("{}:0", path.display());
        start(&shared, stream, name.clone(), name);
    }
    shared.stopping.notify_one();
}

/// Binds a Unix socket, over one that a dead process has left.
pub(crate) fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    if std::os::unix::net::UnixStream::connect(path).is_err() {
        // What is no socket, or is not there, makes the bind say so.
        let _ = std::fs::remove_file(path);
    }
    UnixListener::bind(path)
}

/// Serves a stream in a task of its own.
pub(crate) fn start<S>(shared: &Arc<Shared>, stream: S, addr: String, local: String)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    if shared.is_stopped() || shared.gate.is_closed() {
        return;
    }
    let (id, wake) = {
        let mut state = shared.lock();
        let id = state.next_client();
        let mut client = Client::new(id, addr, local, state.now);
        client.user = state.default_user();
        if state.is_full() {
            client.refuse("ERR max number of clients reached");
        }
        let wake = client.wake.clone();
        state.stats.connections += 1;
        state.clients.insert(id, Box::new(client));
        (id, wake)
    };
    let task = connection::serve(shared.clone(), stream, id, wake);
    shared.runtime.spawn(task);
}
