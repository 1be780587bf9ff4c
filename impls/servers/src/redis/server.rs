//! How a Redis is started: empty, on loopback, and without anything that outlasts it.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{address_of, greeting};
use crate::local::{Greeting, Place, Server};
use crate::probe::Address;

/// A `redis-server` or `valkey-server` binary.
#[derive(Clone)]
pub(super) struct RedisServer {
    program: PathBuf,
    password: Option<String>,
    certificate: Option<Certificate>,
    cluster: Option<Member>,
    snapshot: Option<Arc<[u8]>>,
}

/// A server's part in a cluster.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// Which of the nodes it is. Nodes that differ in this alone are different servers of a run.
    pub(super) number: usize,
    /// How long the others wait for it before they take it for dead.
    pub(super) timeout: Duration,
}

/// A certificate chain, its key and who signed it, each as PEM.
#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) chain: String,
    pub(crate) key: String,
    pub(crate) authority: String,
}

/// The files of a certificate in a server's directory, which is where the server runs.
const FILES: [&str; 3] = ["certificate.pem", "key.pem", "authority.pem"];

/// Where a server saves to and reads from.
pub(super) const SNAPSHOT: &str = "dump.rdb";

/// Half a millisecond an entry, with an ear for clients every few entries.
const SLOW_LOADING: [&str; 4] = [
    "--key-load-delay",
    "500",
    "--loading-process-events-interval-bytes",
    "1024",
];

impl RedisServer {
    pub(super) fn new(program: PathBuf) -> Self {
        Self {
            program,
            password: None,
            certificate: None,
            cluster: None,
            snapshot: None,
        }
    }

    /// Reads in this snapshot when it starts, and slowly, until it is told to hurry.
    pub(super) fn with_snapshot(self, snapshot: Vec<u8>) -> Self {
        Self {
            snapshot: Some(snapshot.into()),
            ..self
        }
    }

    /// Serves a part of the slots of a cluster.
    pub(super) fn of_cluster(self, member: Member) -> Self {
        Self {
            cluster: Some(member),
            ..self
        }
    }

    /// Asks its clients for this password.
    pub(super) fn with_password(self, password: &str) -> Self {
        Self {
            password: Some(password.to_owned()),
            ..self
        }
    }

    /// Speaks TLS alone on its port.
    #[cfg(feature = "tls")]
    pub(super) fn with_certificate(self, certificate: Certificate) -> Self {
        Self {
            certificate: Some(certificate),
            ..self
        }
    }

    fn cluster_arguments(member: Member) -> [String; 6] {
        [
            "--cluster-enabled".to_owned(),
            "yes".to_owned(),
            "--cluster-config-file".to_owned(),
            format!("node-{}.conf", member.number),
            "--cluster-node-timeout".to_owned(),
            member.timeout.as_millis().to_string(),
        ]
    }

    fn tls_arguments(place: &Place) -> Vec<OsString> {
        let [chain, key, authority] = FILES;
        let files = [
            ["--tls-cert-file", chain],
            ["--tls-key-file", key],
            ["--tls-ca-cert-file", authority],
            ["--tls-auth-clients", "no"],
        ];
        let mut arguments: Vec<OsString> = files.concat().into_iter().map(Into::into).collect();
        arguments.extend(["--port", "0", "--tls-port"].map(Into::into));
        arguments.push(place.port.to_string().into());
        arguments
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    pub(super) fn program_path(&self) -> &Path {
        &self.program
    }
}

impl Server for RedisServer {
    fn kind(&self) -> &'static str {
        "redis"
    }

    fn program(&self) -> &Path {
        &self.program
    }

    fn arguments(&self, place: &Place) -> Vec<OsString> {
        let mut arguments: Vec<OsString> =
            ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
                .map(Into::into)
                .into();
        match self.certificate {
            Some(_) => arguments.extend(Self::tls_arguments(place)),
            None => arguments.extend(["--port".into(), place.port.to_string().into()]),
        }
        arguments.extend(["--dir".into(), place.directory.clone().into()]);
        if let Some(password) = &self.password {
            arguments.extend(["--requirepass", password].map(Into::into));
        }
        if self.snapshot.is_some() {
            arguments.extend(SLOW_LOADING.map(Into::into));
        }
        if let Some(member) = self.cluster {
            arguments.extend(Self::cluster_arguments(member).map(Into::into));
        }
        if let Some(socket) = socket(place) {
            arguments.extend(["--unixsocket".into(), socket.into()]);
            arguments.extend(["--unixsocketperm", "700"].map(Into::into));
        }
        arguments
    }

    fn prepare(&self, place: &Place) -> io::Result<()> {
        if let Some(snapshot) = &self.snapshot {
            fs::write(place.directory.join(SNAPSHOT), snapshot)?;
        }
        let Some(certificate) = &self.certificate else {
            return Ok(());
        };
        let contents = [&certificate.chain, &certificate.key, &certificate.authority];
        for (file, content) in FILES.iter().zip(contents) {
            fs::write(place.directory.join(file), content)?;
        }
        Ok(())
    }

    fn greet(&self, place: &Place, within: Duration) -> Result<Greeting, String> {
        let address = match self.certificate {
            // It speaks in the clear on its socket alone.
            Some(_) => {
                Address::Unix(socket(place).ok_or("its directory is too deep for a socket")?)
            }
            None => address_of(place),
        };
        let greeting = greeting::of_redis(&address, self.password(), within);
        match greeting {
            Err(problem) if self.snapshot.is_some() && problem.contains("-LOADING") => {
                Ok(Greeting::default())
            }
            greeting => greeting,
        }
    }

    fn port_was_taken(&self, log: &str) -> bool {
        log.contains("Address already in use")
    }
}

pub(super) fn socket(place: &Place) -> Option<PathBuf> {
    place.socket("redis.sock")
}
