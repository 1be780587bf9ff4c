//! How a server is to be, before it is started.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use super::config::Config;
use super::handle::Server;
use super::limits::Limits;
use super::shared::Shared;
use super::state::State;
use super::{busy_poll, listener, timer};
use crate::clock::Clock;
use crate::command::acl::Acl;
use crate::profile::Profile;

/// Settings of a server; [`Server::builder`] makes one.
#[derive(Debug, Clone)]
pub struct Builder {
    address: SocketAddr,
    password: Option<String>,
    users: Vec<(String, Vec<String>)>,
    databases: usize,
    frozen: bool,
    unix_socket: Option<PathBuf>,
    own_thread: bool,
    seed: u64,
    log: usize,
    allow_remote: bool,
    clustered: bool,
    clock: Option<Clock>,
    limits: Limits,
    profile: Profile,
    #[cfg(feature = "tls")]
    tls: Option<super::tls::Tls>,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            password: None,
            users: Vec::new(),
            databases: 16,
            frozen: false,
            unix_socket: None,
            own_thread: false,
            seed: 0x5eed,
            log: 1000,
            allow_remote: false,
            clustered: false,
            clock: None,
            limits: Limits::default(),
            profile: Profile::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }
}

impl Builder {
    /// Listens on this address instead of a free port of 127.0.0.1. Port 0 takes a free one. Other
    /// addresses than those of this machine's loopback need [`allow_remote`](Builder::allow_remote).
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Builder {
        self.address = address;
        self
    }

    /// Allows an [`address`](Builder::address) that other machines can reach. A fake server has no
    /// business there, so it must be said.
    #[must_use]
    pub fn allow_remote(mut self) -> Builder {
        self.allow_remote = true;
        self
    }

    /// How many bytes of replies a client may leave unread before it is disconnected; 256 MiB by
    /// default.
    #[must_use]
    pub fn output_limit(mut self, bytes: usize) -> Builder {
        self.limits.output = bytes;
        self
    }

    /// How many bytes a client may send that are no whole request yet, or wait behind one that
    /// does, before it is disconnected; 1 GiB by default.
    #[must_use]
    pub fn input_limit(mut self, bytes: usize) -> Builder {
        self.limits.input = bytes;
        self
    }

    /// Speaks TLS on the TCP port; needs the feature `tls`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: super::tls::Tls) -> Builder {
        self.tls = Some(tls);
        self
    }

    /// Asks clients for this password, as `requirepass` does.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Builder {
        self.password = Some(password.into());
        self
    }

    /// A user beside the default one, with a password and rules as ACL SETUSER takes them: commands
    /// and categories of them, keys, channels. [`start`](Builder::start) tells what is wrong with
    /// them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use redis::AsyncCommands;
    /// let builder = redis_embedded::Server::builder();
    /// let server = builder.user("reader", "secret", "+@read ~public:*").start().await?;
    /// let client = redis::Client::open(format!("redis://reader:secret@{}", server.addr()))?;
    /// let mut connection = client.get_multiplexed_async_connection().await?;
    /// assert_eq!(connection.get::<_, Option<String>>("public:1").await?, None);
    /// let error = connection.set::<_, _, ()>("public:1", "x").await.expect_err("it only reads");
    /// assert_eq!(error.code(), Some("NOPERM"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn user(
        mut self,
        name: impl Into<String>,
        password: impl AsRef<str>,
        rules: &str,
    ) -> Builder {
        let mut all = vec!["on".to_owned(), format!(">{}", password.as_ref())];
        all.extend(rules.split_whitespace().map(str::to_owned));
        self.users.push((name.into(), all));
        self
    }

    /// Which server to pass for; Redis 7.0 by default.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Builder {
        self.profile = profile;
        self
    }

    /// How many numbered databases there are; 16 by default, at least one.
    #[must_use]
    pub fn databases(mut self, databases: usize) -> Builder {
        self.databases = databases.max(1);
        self
    }

    /// Starts with a clock that stands still until it is advanced.
    #[must_use]
    pub fn frozen_clock(mut self) -> Builder {
        self.frozen = true;
        self
    }

    /// Listens on this Unix socket as well. The file is removed when the server stops.
    #[must_use]
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Builder {
        self.unix_socket = Some(path.into());
        self
    }

    /// Runs on a thread and a runtime of its own, so that a test which blocks its thread does not
    /// block the server.
    #[must_use]
    pub fn own_thread(mut self) -> Builder {
        self.own_thread = true;
        self
    }

    /// What random commands such as SPOP and RANDOMKEY choose by, and faults with a rate; the same
    /// by default.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Builder {
        self.seed = seed;
        self
    }

    /// How many requests the [log](Server::log) keeps; 1,000 by default, and none turns it off.
    #[must_use]
    pub fn log(mut self, requests: usize) -> Builder {
        self.log = requests;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// When the address or the Unix socket cannot be bound.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time enabled, unless it has its own thread.
    pub async fn start(self) -> io::Result<Server> {
        if self.own_thread {
            self.start_on_own_thread()
        } else {
            self.start_here()
        }
    }

    /// Starts the server on a thread of its own, from where there is no runtime.
    ///
    /// # Errors
    ///
    /// When the address or the Unix socket cannot be bound, or no thread can be started.
    pub fn start_on_own_thread(self) -> io::Result<Server> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (sender, receiver) = mpsc::channel();
        let run = move || {
            runtime.block_on(async move {
                let started = self.start_here();
                let shared = started.as_ref().ok().map(Server::shared);
                // Whoever started this waits for the answer.
                let _ = sender.send(started);
                if let Some(shared) = shared {
                    while !shared.is_stopped() {
                        shared.stopping.notified().await;
                    }
                    shared.stopping.notify_one();
                    // The connections see that they are closed, and say goodbye.
                    tokio::task::yield_now().await;
                }
            });
        };
        std::thread::Builder::new()
            .name("redis-embedded".into())
            .spawn(run)?;
        receiver
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the server's thread ended")))
    }

    fn start_here(self) -> io::Result<Server> {
        if !self.address.ip().is_loopback() && !self.allow_remote {
            let text = "an address that other machines can reach needs `allow_remote`";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        self.check_users()?;
        let socket = listener::bind_tcp(self.address)?;
        let addr = socket.local_addr()?;
        let unix = match &self.unix_socket {
            Some(path) => Some((listener::bind_unix(path)?, path.clone())),
            None => None,
        };
        let clock = self.own_clock();
        let shared = Shared::new(
            self.fresh_state(addr.port(), clock.micros()),
            clock,
            #[cfg(feature = "tls")]
            self.tls.clone(),
        );
        tokio::spawn(timer::run(shared.clone()));
        tokio::spawn(busy_poll::run(shared.clone()));
        tokio::spawn(listener::accept_tcp(shared.clone(), socket));
        if let Some((socket, path)) = unix {
            tokio::spawn(listener::accept_unix(shared.clone(), socket, path));
        }
        Ok(Server::new(Arc::clone(&shared), addr, self))
    }

    /// The state of a server that has just been started.
    pub(crate) fn fresh_state(&self, port: u16, micros: i64) -> State {
        let password = self.password.as_deref();
        let config = Config::new(port, self.databases, password, self.profile);
        let mut state = State::new(config, self.databases, self.seed, self.log, micros);
        state.limits = self.limits;
        state.profile = self.profile;
        state.acl = self.users();
        if self.clustered {
            state.config.enable_cluster();
        }
        state
    }

    /// The users that there are from the start. Their rules have been looked at before.
    fn users(&self) -> Acl {
        let mut acl = Acl::new(self.password.as_deref().unwrap_or_default(), self.profile);
        for (name, rules) in &self.users {
            let rules: Vec<&[u8]> = rules.iter().map(String::as_bytes).collect();
            let _ = acl.set(name.as_bytes(), &rules);
        }
        acl
    }

    /// What is wrong with the rules of the users.
    fn check_users(&self) -> io::Result<()> {
        let mut acl = Acl::new("", self.profile);
        for (name, rules) in &self.users {
            let rules: Vec<&[u8]> = rules.iter().map(String::as_bytes).collect();
            acl.set(name.as_bytes(), &rules).map_err(|error| {
                let text = format!("user {name}: {}", String::from_utf8_lossy(&error));
                io::Error::new(io::ErrorKind::InvalidInput, text)
            })?;
        }
        Ok(())
    }

    /// The clock the server is to have.
    pub(crate) fn own_clock(&self) -> Clock {
        self.clock
            .clone()
            .unwrap_or_else(|| Clock::new(self.frozen))
    }

    /// Whether several servers can be as this says.
    pub(crate) fn can_be_repeated(&self) -> bool {
        self.address.port() == 0 && self.unix_socket.is_none()
    }

    /// Settings for a node of a cluster.
    pub(crate) fn node(mut self, index: u64, clock: Clock) -> Builder {
        // The generator makes the same of a seed and the next one.
        self.seed = self.seed.wrapping_add(index * 2);
        self.databases = 1;
        self.clustered = true;
        self.clock = Some(clock);
        self
    }

    /// The scheme of the server's url.
    pub(crate) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return "rediss";
        }
        "redis"
    }

    #[cfg(feature = "tls")]
    pub(crate) fn tls_settings(&self) -> Option<&super::tls::Tls> {
        self.tls.as_ref()
    }

    pub(crate) fn password_text(&self) -> Option<&str> {
        self.password.as_deref()
    }

    pub(crate) fn unix_path(&self) -> Option<&std::path::Path> {
        self.unix_socket.as_deref()
    }
}
