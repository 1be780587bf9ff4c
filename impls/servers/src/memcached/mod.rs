//! memcached, of which there is no embedded one: a run has a real one, or fails.
//!
//! [`Memcached`] is a server that others use as well, [`OwnMemcached`] one that a test may do to as it likes.
//! [`greeting`] asks a server whether it lives, [`server`] knows the command line.

mod greeting;
mod own;
mod server;

use std::ffi::OsStr;
use std::fmt::{self, Debug, Formatter};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::ServerError;
#[cfg(feature = "containers")]
use crate::container::{self, Contained};
use crate::environment::{self, Environment, ProcessEnvironment};
use crate::local::{self, Base, Greeting, Hold, Place, Run, Server};
use crate::probe::Address;

pub use own::OwnMemcached;
use server::MemcachedServer;

const URL: &str = "CONTRAIT_MEMCACHED_URL";
const BINARY: &str = "CONTRAIT_MEMCACHED_BINARY";
#[cfg(feature = "containers")]
const IMAGE: &str = "CONTRAIT_MEMCACHED_IMAGE";
const PROGRAM: &str = "memcached";
const PORT: u16 = 11211;
const REMEDIES: &[&str] = &[
    "set CONTRAIT_MEMCACHED_URL to a running server that was started with `-I 2m`, such as memcached://127.0.0.1:11211",
    INSTALL,
    #[cfg(feature = "containers")]
    container::REMEDY,
    WITHOUT,
];
/// A named server is not the test's to kill.
const REMEDIES_OF_OWN: &[&str] = &[INSTALL, WITHOUT];
const INSTALL: &str = "install memcached (apt-get install memcached), or name its binary in CONTRAIT_MEMCACHED_BINARY";
const WITHOUT: &str = "leave it out: there is no embedded memcached, and without the feature `memcached` nothing needs one";
/// An absent server is to be known well within a second.
const PROBE: Duration = Duration::from_millis(500);

/// A memcached that a test may use beside other tests, each in a namespace of its own.
///
/// Clones are handles of the same server. A server that was started here stays for as long as any handle in any process
/// of the run exists, and some five seconds more.
#[derive(Clone)]
pub struct Memcached {
    inner: Arc<Inner>,
}

struct Inner {
    url: String,
    description: String,
    source: Source,
}

enum Source {
    Named(Address),
    Started {
        server: MemcachedServer,
        hold: Hold,
    },
    #[cfg(feature = "containers")]
    Contained(Contained),
}

impl Memcached {
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
        static SHARED: Mutex<Option<Result<Memcached, ServerError>>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        match &*shared {
            Some(Ok(memcached)) if memcached.is_alive() => return Ok(memcached.clone()),
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
    pub fn own() -> Result<OwnMemcached, ServerError> {
        Self::own_from(&ProcessEnvironment)
    }

    /// As [`own`](Self::own), from another environment.
    ///
    /// # Errors
    ///
    /// As [`own`](Self::own).
    pub fn own_from(environment: &dyn Environment) -> Result<OwnMemcached, ServerError> {
        let binary = binary(environment, "it must be the test's own", REMEDIES_OF_OWN)?;
        OwnMemcached::start(MemcachedServer::new(binary), Base::open(environment)?)
    }

    fn named(url: String) -> Result<Self, ServerError> {
        let address = parse(&url).ok_or_else(|| ServerError::Setting {
            name: URL,
            problem: "it is not a URL such as memcached://127.0.0.1:11211".to_owned(),
        })?;
        let greeting = greeting::of_memcached(&address, PROBE).map_err(|problem| {
            ServerError::Unreachable {
                server: "memcached",
                address: address.to_string(),
                named_by: URL,
                problem,
            }
        })?;
        let inner = Inner {
            url,
            description: format!("{} at {address} (from {URL})", product(&greeting)),
            source: Source::Named(address),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn unnamed(environment: &dyn Environment) -> Result<Self, ServerError> {
        let why = format!("{URL} is not set");
        match binary(environment, &why, REMEDIES) {
            Ok(binary) => Self::started(MemcachedServer::new(binary), environment),
            #[cfg(feature = "containers")]
            Err(absent @ ServerError::Absent { .. }) => Self::contained(environment, absent),
            Err(error) => Err(error),
        }
    }

    #[cfg(feature = "containers")]
    fn contained(environment: &dyn Environment, absent: ServerError) -> Result<Self, ServerError> {
        let server = &contrait_containers::Server::MEMCACHED;
        let contained = Contained::join_or_start(server, IMAGE, environment, absent)?;
        let (address, image) = (contained.address(), &contained.image);
        let greeting =
            greeting::of_memcached(&address, PROBE).map_err(|problem| ServerError::Container {
                image: image.to_string(),
                problem,
            })?;
        let product = product(&greeting);
        let inner = Inner {
            url: format!("memcached://{address}"),
            description: format!("{product} at {address} (in a container of {image})"),
            source: Source::Contained(contained),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn started(
        server: MemcachedServer,
        environment: &dyn Environment,
    ) -> Result<Self, ServerError> {
        let linger = local::linger(environment)?;
        let base = Base::open(environment)?;
        let hold = local::join_or_start(&server, &base, &Run::current(environment), linger)?;
        let inner = Inner {
            url: url_of(&hold.place),
            description: describe_started(&hold.greeting, &server, &hold.place),
            source: Source::Started { server, hold },
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn is_alive(&self) -> bool {
        match &self.inner.source {
            Source::Named(address) => greeting::of_memcached(address, PROBE).is_ok(),
            Source::Started { server, hold } => hold.still_answers(server),
            #[cfg(feature = "containers")]
            Source::Contained(contained) => {
                greeting::of_memcached(&contained.address(), PROBE).is_ok()
            }
        }
    }

    /// What clients connect to, such as `memcached://127.0.0.1:11211`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// The server in words, for the output of a failed test: version, address and source.
    #[must_use]
    pub fn describe(&self) -> String {
        self.inner.description.clone()
    }
}

impl Debug for Memcached {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Memcached").field(&self.describe()).finish()
    }
}

/// Reads `memcached://host` and `memcached://host:port`.
fn parse(url: &str) -> Option<Address> {
    let authority = url.strip_prefix("memcached://")?.trim_end_matches('/');
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an address of version 6 are within its brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = (!host.is_empty()).then(|| host.to_owned())?;
    Some(Address::Tcp { host, port })
}

fn address_of(place: &Place) -> Address {
    Address::Tcp {
        host: "127.0.0.1".to_owned(),
        port: place.port,
    }
}

fn url_of(place: &Place) -> String {
    format!("memcached://{}", address_of(place))
}

fn describe_started(greeting: &Greeting, server: &MemcachedServer, place: &Place) -> String {
    let (product, address) = (product(greeting), address_of(place));
    let program = server.program().display();
    format!("{product} at {address} (started from {program})")
}

fn product(greeting: &Greeting) -> String {
    let version = greeting.version.as_deref();
    version.map_or(PROGRAM.to_owned(), |version| format!("{PROGRAM} {version}"))
}

/// The binary to start. A named one that is missing is an error of its own: to take another would hide the mistake.
fn binary(
    environment: &dyn Environment,
    why: &str,
    remedies: &'static [&'static str],
) -> Result<PathBuf, ServerError> {
    let Some(named) = environment::value(environment, BINARY) else {
        let found = local::find(environment, &[OsStr::new(PROGRAM)]);
        return found.ok_or_else(|| ServerError::Absent {
            server: PROGRAM,
            searched: format!("{why}, and {PROGRAM} is not on PATH"),
            remedies,
        });
    };
    local::find(environment, &[&named]).ok_or_else(|| ServerError::Setting {
        name: BINARY,
        problem: format!("there is no program `{}`", named.display()),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn host_and_port_are_read_from_the_url() {
        let read = |url| parse(url).map(|address| address.to_string());
        let seven = Some("h:7".to_owned());
        assert_eq!(read("memcached://h:7"), seven);
        assert_eq!(read("memcached://h:7/"), seven);
        assert_eq!(read("memcached://h").as_deref(), Some("h:11211"));
        assert_eq!(read("memcached://[::1]").as_deref(), Some("[::1]:11211"));
        assert_eq!(read("memcached://[::1]:7").as_deref(), Some("[::1]:7"));
        for other in ["", "h:7", "redis://h:7", "memcached://", "memcached://h:x"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
