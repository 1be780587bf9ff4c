//! A real server to compare with.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redis_embedded::Profile;

use super::wire::{Value, Wire, request};

/// A server process, stopped when it is dropped.
pub(crate) struct Peer {
    child: Child,
    directory: String,
    pub(crate) port: u16,
}

impl Peer {
    pub(crate) fn start(binary: &str) -> std::io::Result<Peer> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // Of its own, since a server reads what another one has written where it starts.
        let directory = format!("{}/peer-{port}", env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(&directory)?;
        let options = format!(
            "--port {port} --bind 127.0.0.1 --appendonly no --hz 500 \
             --slowlog-log-slower-than -1 --enable-debug-command yes --crash-memcheck-enabled no"
        );
        let child = Command::new(binary)
            .args(options.split(' '))
            .args(["--save", "", "--dir", &directory])
            .stdout(Stdio::null())
            .spawn()?;
        let peer = Peer {
            child,
            port,
            directory,
        };
        let until = Instant::now() + Duration::from_secs(20);
        while Wire::connect(port)
            .and_then(|mut wire| wire.run(&[request("ping")]))
            .is_err()
        {
            if Instant::now() > until {
                return Err(std::io::Error::other("the server does not answer"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(peer)
    }

    /// Whether the process is gone, which some requests bring about in real servers.
    pub(crate) fn has_ended(&mut self) -> bool {
        // It closes its connections a moment before it is gone.
        std::thread::sleep(Duration::from_millis(200));
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// The digit that patterns know the server by, and what this one has to pass for.
    pub(crate) fn kind(&self) -> std::io::Result<(char, Profile)> {
        let info = Wire::connect(self.port)?.run(&[request("info server")])?;
        let info = info.first().map(Value::to_string).unwrap_or_default();
        if info.contains("valkey_version:9.1") {
            Ok(('9', Profile::Valkey9_1))
        } else if info.contains("redis_version:8.2") {
            Ok(('8', Profile::Redis8_2))
        } else if info.contains("redis_version:7.0") {
            Ok(('7', Profile::Redis7_0))
        } else {
            Err(std::io::Error::other(
                "there is no profile for this version",
            ))
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
