//! Accepts connections.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

use super::client::Client;
use super::connection;
use super::shared::Shared;

/// Accepts on a TCP port until the server stops.
pub(crate) async fn accept_tcp(shared: Arc<Shared>, listener: TcpListener) {
    while !shared.is_stopped() {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.stopping.notified() => break,
        };
        // An error concerns one connection, such as one that was reset before it was accepted.
        let Ok((stream, peer)) = accepted else {
            continue;
        };
        // Nagle's algorithm would hold replies back; a socket that refuses still works.
        let _ = stream.set_nodelay(true);
        let local = stream
            .local_addr()
            .map(|addr| addr.to_string())
            .unwrap_or_default();
        start(&shared, stream, peer.to_string(), local);
    }
    shared.stopping.notify_one();
}

/// Accepts on a Unix socket until the server stops; the handle removes its file.
pub(crate) async fn accept_unix(shared: Arc<Shared>, listener: UnixListener, path: PathBuf) {
    while !shared.is_stopped() {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
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
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let client = {
        let mut state = shared.lock();
        let id = state.next_client();
        let mut client = Client::new(id, addr, local, state.now);
        client.user = state.default_user();
        let wake = client.wake.clone();
        state.stats.connections += 1;
        state.clients.insert(id, Box::new(client));
        (id, wake)
    };
    tokio::spawn(connection::serve(
        shared.clone(),
        stream,
        client.0,
        client.1,
    ));
}
