//! Redis, and Valkey, which speaks as it does.
//!
//! [`Redis`] is a server that others use as well, [`OwnRedis`] one that a test may do to as it likes; [`cluster`]
//! makes several of either one cluster. [`url`] reads `CONTRAIT_REDIS_URL`, [`greeting`] asks a server whether it lives,
//! [`command`] gives it orders, [`server`] knows the command line.

mod cluster;
mod command;
mod greeting;
mod own;
mod server;
pub(crate) mod url;

use std::ffi::OsStr;
use std::fmt::{self, Debug, Formatter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::ServerError;
#[cfg(feature = "containers")]
use crate::container::{self, Contained};
use crate::environment::{self, Environment, ProcessEnvironment};
use crate::local::{self, Base, Greeting, Hold, Place, Run};
use crate::probe::Address;

pub use cluster::{OwnRedisCluster, RedisCluster};
pub use own::OwnRedis;
#[cfg(feature = "tls")]
pub(crate) use server::Certificate;
use server::RedisServer;

pub(crate) const URL: &str = "CONTRAIT_REDIS_URL";
const BINARY: &str = "CONTRAIT_REDIS_BINARY";
#[cfg(feature = "containers")]
const IMAGE: &str = "CONTRAIT_REDIS_IMAGE";
const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];
const REMEDIES: &[&str] = &[
    "set CONTRAIT_REDIS_URL to a running server, such as redis://127.0.0.1:6379",
    INSTALL,
    #[cfg(feature = "containers")]
    container::REMEDY,
    EMBEDDED,
];
/// A named server is not the test's to kill.
const REMEDIES_OF_OWN: &[&str] = &[INSTALL, EMBEDDED];
const INSTALL: &str = "install redis-server or valkey-server (apt-get install redis-server), or name its binary in CONTRAIT_REDIS_BINARY";
const EMBEDDED: &str = "use the embedded server: CONTRAIT_SERVERS=embedded";
/// An absent server is to be known well within a second.
const PROBE: Duration = Duration::from_millis(500);

/// A Redis that a test may use beside other tests, each in a namespace of its own.
///
/// Clones are handles of the same server. A server that was started here stays for as long as any handle in any process
/// of the run exists, and some five seconds more.
#[derive(Clone)]
pub struct Redis {
    inner: Arc<Inner>,
}

struct Inner {
    url: String,
    source: Source,
    greeting: Greeting,
}

enum Source {
    Named(url::Url),
    Started {
        server: Box<RedisServer>,
        hold: Hold,
    },
    #[cfg(feature = "containers")]
    Contained(Contained),
}

impl Redis {
    /// The server of this run, from the process environment; the process keeps it until it ends.
    ///
    /// A failure is kept as well, so that a thousand tests without a server fail at once. A server that has died since is
    /// replaced. Takes about a millisecond, some 50 ms where the server must be started; blocks for so long.
    ///
    /// # Errors
    ///
    /// [`ServerError::Absent`] where there is none; [`ServerError::Unreachable`] where the named one does not answer;
    /// otherwise what kept a local one or a container from starting.
    pub fn shared() -> Result<Self, ServerError> {
        static SHARED: Mutex<Option<Result<Redis, ServerError>>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        match &*shared {
            Some(Ok(redis)) if redis.is_alive() => return Ok(redis.clone()),
            Some(Err(error)) => return Err(error.clone()),
            _ => {}
        }
        shared
            .insert(Self::shared_from(&ProcessEnvironment))
            .clone()
    }

    /// As [`shared`](Self::shared), from another environment; this process holds the server only while the returned value
    /// or a clone of it exists. `TMPDIR`, `PATH` and `NEXTEST_RUN_ID` are read from `environment` too.
    ///
    /// # Errors
    ///
    /// As [`shared`](Self::shared).
    pub fn shared_from(environment: &dyn Environment) -> Result<Self, ServerError> {
        match environment::text(environment, URL)? {
            Some(url) => Self::named(url),
            None => Self::unnamed(environment),
        }
    }

    /// A server of the caller's own, which is stopped when the value is dropped or the process ends: for tests that kill,
    /// freeze or restart it. Takes some 50 ms and blocks for so long.
    ///
    /// # Errors
    ///
    /// [`ServerError::Absent`] where there is no binary; a named server does not help, since it is not the test's to kill.
    pub fn own() -> Result<OwnRedis, ServerError> {
        Self::own_from(&ProcessEnvironment)
    }

    /// As [`own`](Self::own), and it asks its clients for this password: of letters, digits and `-`, as a URL holds them.
    ///
    /// # Errors
    ///
    /// As [`own`](Self::own).
    pub fn own_with_password(password: &str) -> Result<OwnRedis, ServerError> {
        let server = own_server(&ProcessEnvironment)?.with_password(password);
        OwnRedis::start(server, Base::open(&ProcessEnvironment)?)
    }

    /// As [`own`](Self::own), from another environment.
    ///
    /// # Errors
    ///
    /// As [`own`](Self::own).
    pub fn own_from(environment: &dyn Environment) -> Result<OwnRedis, ServerError> {
        OwnRedis::start(own_server(environment)?, Base::open(environment)?)
    }

    fn named(text: String) -> Result<Self, ServerError> {
        let url =
            url::parse(&text).map_err(|problem| ServerError::Setting { name: URL, problem })?;
        let greeting =
            greeting::of_named(&url, PROBE).map_err(|problem| ServerError::Unreachable {
                server: "Redis",
                address: url.address.to_string(),
                named_by: URL,
                problem,
            })?;
        let inner = Inner {
            url: text,
            source: Source::Named(url),
            greeting,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn unnamed(environment: &dyn Environment) -> Result<Self, ServerError> {
        match binary(environment, "CONTRAIT_REDIS_URL is not set", REMEDIES) {
            Ok(binary) => Self::started(RedisServer::new(binary), environment),
            #[cfg(feature = "containers")]
            Err(absent @ ServerError::Absent { .. }) => Self::contained(environment, absent),
            Err(error) => Err(error),
        }
    }

    #[cfg(feature = "containers")]
    fn contained(environment: &dyn Environment, absent: ServerError) -> Result<Self, ServerError> {
        let server = &contrait_containers::Server::REDIS;
        let contained = Contained::join_or_start(server, IMAGE, environment, absent)?;
        let address = contained.address();
        let greeting = greeting::of_redis(&address, None, PROBE).map_err(|problem| {
            ServerError::Container {
                image: contained.image.to_string(),
                problem,
            }
        })?;
        let inner = Inner {
            url: format!("redis://{address}"),
            source: Source::Contained(contained),
            greeting,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn started(server: RedisServer, environment: &dyn Environment) -> Result<Self, ServerError> {
        let linger = local::linger(environment)?;
        let base = Base::open(environment)?;
        let hold = local::join_or_start(&server, &base, &Run::current(environment), linger)?;
        let inner = Inner {
            url: url_of(&hold.place),
            greeting: hold.greeting.clone(),
            source: Source::Started {
                server: Box::new(server),
                hold,
            },
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn is_alive(&self) -> bool {
        match &self.inner.source {
            Source::Named(url) => greeting::of_named(url, PROBE).is_ok(),
            Source::Started { server, hold } => hold.still_answers(&**server),
            #[cfg(feature = "containers")]
            Source::Contained(contained) => {
                greeting::of_redis(&contained.address(), None, PROBE).is_ok()
            }
        }
    }

    /// What clients connect to, such as `redis://127.0.0.1:6379`; with the password, where the named server has one.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// The version that the server tells, such as `7.0.15`; a server behind a password tells none.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.inner.greeting.version.as_deref()
    }

    /// The Unix socket that the server listens on as well, if it was started here and its directory's path is short enough.
    #[must_use]
    pub fn socket(&self) -> Option<PathBuf> {
        match &self.inner.source {
            Source::Named(_) => None,
            #[cfg(feature = "containers")]
            Source::Contained(_) => None,
            Source::Started { hold, .. } => server::socket(&hold.place),
        }
    }

    /// The server in words, for the output of a failed test: product, version, address and source, never the password.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.inner.source {
            Source::Named(url) => {
                let product = product(&self.inner.greeting, None);
                format!("{product} at {} (from {URL})", url.address)
            }
            Source::Started { server, hold } => {
                describe_started(&self.inner.greeting, server, &hold.place)
            }
            #[cfg(feature = "containers")]
            Source::Contained(contained) => {
                let product = product(&self.inner.greeting, None);
                let (address, image) = (contained.address(), &contained.image);
                format!("{product} at {address} (in a container of {image})")
            }
        }
    }
}

/// The URL is left out, since it may hold a password.
impl Debug for Redis {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Redis").field(&self.describe()).finish()
    }
}

fn own_server(environment: &dyn Environment) -> Result<RedisServer, ServerError> {
    let binary = binary(environment, "it must be the test's own", REMEDIES_OF_OWN)?;
    Ok(RedisServer::new(binary))
}

fn address_of(place: &Place) -> Address {
    Address::Tcp {
        host: "127.0.0.1".to_owned(),
        port: place.port,
    }
}

fn url_of(place: &Place) -> String {
    format!("redis://{}", address_of(place))
}

fn describe_started(greeting: &Greeting, server: &RedisServer, place: &Place) -> String {
    let product = product(greeting, Some(server.program_path()));
    let program = server.program_path().display();
    format!(
        "{product} at {} (started from {program})",
        address_of(place)
    )
}

/// Product and version, as far as they are known.
fn product(greeting: &Greeting, program: Option<&Path>) -> String {
    let name = program.and_then(Path::file_name).and_then(OsStr::to_str);
    let name = greeting.product.or(name).unwrap_or("Redis");
    match &greeting.version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

/// The binary to start. A named one that is missing is an error of its own: to take another would hide the mistake.
fn binary(
    environment: &dyn Environment,
    why: &str,
    remedies: &'static [&'static str],
) -> Result<PathBuf, ServerError> {
    let Some(named) = environment::value(environment, BINARY) else {
        return local::find(environment, &PROGRAMS.map(OsStr::new))
            .ok_or_else(|| absent(why, remedies));
    };
    local::find(environment, &[&named]).ok_or_else(|| ServerError::Setting {
        name: BINARY,
        problem: format!("there is no program `{}`", named.display()),
    })
}

fn absent(why: &str, remedies: &'static [&'static str]) -> ServerError {
    let searched = format!(
        "{why}, and neither {} nor {} is on PATH",
        PROGRAMS[0], PROGRAMS[1]
    );
    ServerError::Absent {
        server: "Redis",
        searched,
        remedies,
    }
}
