//! The two servers: Debian's in a process of its own, the embedded one on a thread of its own.

use contrait_servers::{OwnRedis, Redis};
use redis_embedded::Server;

use crate::Outcome;
use crate::processor::{self, Threads};

/// A server that clients reach by TCP.
pub(crate) struct Contestant {
    pub(crate) url: String,
    pub(crate) description: String,
    pub(crate) threads: Threads,
}

/// Both servers; they stop with this.
pub(crate) struct Servers {
    pub(crate) real: Contestant,
    pub(crate) embedded: Contestant,
    _own: OwnRedis,
    _server: Server,
}

impl Servers {
    /// Starts both; the error names the ways to get a real one where there is none.
    pub(crate) fn start() -> Outcome<Self> {
        let own = Redis::own()?;
        let server = Server::builder().own_thread().start_on_own_thread()?;
        let real = Contestant {
            url: own.url().to_owned(),
            description: own.describe(),
            threads: Threads::of_process(process_of(own.url())?)?,
        };
        let embedded = Contestant {
            url: server.url(),
            description: "redis-embedded".to_owned(),
            threads: Threads::named("redis-embedded")?,
        };
        let (for_servers, for_clients) = processor::for_servers_and_clients()?;
        real.threads.stay_on(for_servers)?;
        embedded.threads.stay_on(for_servers)?;
        processor::stay_here(for_clients)?;
        Ok(Self {
            real,
            embedded,
            _own: own,
            _server: server,
        })
    }

    pub(crate) fn both(&self) -> [&Contestant; 2] {
        [&self.real, &self.embedded]
    }

    /// Empties both.
    pub(crate) fn flush(&self) -> Outcome<()> {
        for server in self.both() {
            let mut connection = redis::Client::open(&*server.url)?.get_connection()?;
            redis::cmd("FLUSHALL").exec(&mut connection)?;
        }
        Ok(())
    }
}

impl Contestant {
    pub(crate) fn port(&self) -> Outcome<&str> {
        let (_, port) = self.url.rsplit_once(':').ok_or("a URL without a port")?;
        Ok(port.split('/').next().unwrap_or(port))
    }
}

fn process_of(url: &str) -> Outcome<u32> {
    let mut connection = redis::Client::open(url)?.get_connection()?;
    let info: String = redis::cmd("INFO").arg("server").query(&mut connection)?;
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("process_id:"));
    Ok(line.ok_or("INFO has no process_id")?.trim().parse()?)
}
