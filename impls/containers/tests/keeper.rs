//! What runs in the container: that a server stays while somebody is connected to it, and ends when nobody is.
//!
//! Tried here without a container: the connections are this test's own, and so is what `sleep` means to the script.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Far above what anything here takes, also on a busy machine.
const BOUND: Duration = Duration::from_secs(60);
const SECOND: &str = "#!/bin/sh\necho >>\"$TICKS\"\nexec /bin/sleep 0.02\n";

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + BOUND;
    while !condition() {
        assert!(Instant::now() < deadline, "not within {BOUND:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A script at work on `port`, whose seconds are short and counted.
struct Keeper {
    directory: PathBuf,
    script: Child,
}

impl Keeper {
    fn start(name: &str, port: u16, first: u32, linger: u32, server: &[&str]) -> Self {
        let name = format!("contrait-test-keeper-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir(&directory).unwrap();
        let second = directory.join("sleep");
        fs::write(&second, SECOND).unwrap();
        fs::set_permissions(&second, fs::Permissions::from_mode(0o755)).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/keeper.sh");
        let script = Command::new("sh")
            .arg(script)
            .args([format!("{port:04X}"), first.to_string(), linger.to_string()])
            .args(server)
            .env("PATH", format!("{}:/usr/bin:/bin", directory.display()))
            .env("TICKS", directory.join("ticks"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self { directory, script }
    }

    /// How many of its seconds have passed.
    fn seconds(&self) -> usize {
        fs::read(self.directory.join("ticks")).map_or(0, |ticks| ticks.len())
    }

    fn order_to_end(&self) {
        let script = self.script.id().to_string();
        let _ = Command::new("kill")
            .arg(script)
            .stderr(Stdio::null())
            .status();
    }

    fn has_ended(&mut self) -> bool {
        self.script.try_wait().unwrap().is_some()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // By its own order, so that its server ends as well.
        self.order_to_end();
        let _ = self.script.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A server that only an order ends: `sleep` as the system has it.
const SERVER: &[&str] = &["/bin/sleep", "1000"];

#[test]
fn a_server_stays_while_somebody_is_connected_and_then_ends() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(listener) = TcpListener::bind(address) else {
            continue; // A machine without version 6 has nothing to count there.
        };
        let user = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (served, _) = listener.accept().unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut keeper = Keeper::start(&format!("stays-{port}"), port, 0, 2, SERVER);
        eventually("ten seconds have passed", || {
            keeper.seconds() >= 10 || keeper.has_ended()
        });
        assert!(!keeper.has_ended(), "somebody is connected");
        drop((user, served));
        eventually("it ends", || keeper.has_ended());
    }
}

#[test]
fn a_first_user_has_longer_to_come() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut keeper = Keeper::start("first", port, 15, 1, SERVER);
    eventually("it ends", || keeper.has_ended());
    assert_eq!(keeper.seconds(), 16);
}

#[test]
fn it_ends_with_its_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _user = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut keeper = Keeper::start("server", port, 0, 1000, &["/bin/true"]);
    eventually("it ends", || keeper.has_ended());
}

#[test]
fn an_order_to_end_reaches_the_server() {
    let mut keeper = Keeper::start("order", 1, 1000, 1000, SERVER);
    eventually("it runs", || keeper.seconds() > 0);
    keeper.order_to_end();
    eventually("it ends", || keeper.has_ended());
}
