//! A way to one server: a port that stays the network's own, whether or not it listens there.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::link;
use super::shared::Shared;

/// A wake-up call on loopback takes microseconds; one that nobody answers is given up.
const WAKE: Duration = Duration::from_secs(1);

pub(super) struct Route {
    server: SocketAddr,
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<Listening>,
    /// Keeps others off the port while nobody listens there.
    _hold: Option<socket2::Socket>,
}

struct Listening {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The address of the route to `server`, which is made where there is none.
pub(super) fn through(shared: &Arc<Shared>, server: SocketAddr) -> io::Result<SocketAddr> {
    let mut routes = shared.routes();
    if let Some(route) = routes.iter().find(|route| route.server == server) {
        return Ok(route.address);
    }
    let mut route = Route::new(Arc::clone(shared), server)?;
    if shared.refuses() {
        route.listening = None;
    }
    let address = route.address;
    routes.push(route);
    Ok(address)
}

impl Route {
    fn new(shared: Arc<Shared>, server: SocketAddr) -> io::Result<Self> {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let hold = hold(free)?;
        let address = match &hold {
            Some(hold) => hold.local_addr()?.as_socket().unwrap_or(free),
            None => free,
        };
        let listening = Listening::start(TcpListener::bind(address)?, &shared, server)?;
        Ok(Self {
            server,
            address: listening.address,
            shared,
            listening: Some(listening),
            _hold: hold,
        })
    }

    /// Listens, or has connections refused. On return it is so.
    pub(super) fn set_open(&mut self, open: bool) {
        if !open {
            self.listening = None;
        } else if self.listening.is_none() {
            let listener = TcpListener::bind(self.address);
            // Where the port could not be held and is taken, clients stay refused, and the case tells.
            self.listening = listener
                .and_then(|listener| Listening::start(listener, &self.shared, self.server))
                .ok();
        }
    }
}

/// A socket that is bound and does not listen. On Linux others that reuse addresses can listen beside it, and no port is
/// given away that it has; elsewhere there is no such thing.
fn hold(address: SocketAddr) -> io::Result<Option<socket2::Socket>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(Some(socket))
}

impl Listening {
    fn start(listener: TcpListener, shared: &Arc<Shared>, server: SocketAddr) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let (shared, stop) = (Arc::clone(shared), Arc::clone(&stopping));
        let thread = thread::Builder::new()
            .name("network".to_owned())
            .spawn(move || accept(&listener, &shared, server, &stop))?;
        Ok(Self {
            address,
            stopping,
            thread: Some(thread),
        })
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, server: SocketAddr, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) {
        // An error concerns one connection, such as one that was reset before it was accepted.
        let Ok((client, _)) = listener.accept() else {
            continue;
        };
        if stop.load(Ordering::Acquire) {
            return;
        }
        let shared = Arc::clone(shared);
        // A connection for which there is no thread is dropped.
        let _ = thread::Builder::new()
            .name("network".to_owned())
            .spawn(move || link::serve(&shared, client, server));
    }
}

/// On return nobody listens any more.
impl Drop for Listening {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        let _ = TcpStream::connect_timeout(&self.address, WAKE);
        if let Some(thread) = self.thread.take() {
            // It does not panic; and who stops listening has nobody to tell.
            let _ = thread.join();
        }
    }
}
