//! Containers are the last source that is asked, and a Docker engine that is missing is told of.
//!
//! The engine's address is read from the process environment, so that child processes ask: this test binary itself.

use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use contrait_servers::{Memcached, ProcessEnvironment, Redis};

/// What a process without any other setting than these is told that asks for a server.
fn told(server: &str, settings: &[(&str, &str)]) -> String {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", server, "--ignored", "--nocapture"])
        .env_clear()
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    let output = String::from_utf8(child.stdout).unwrap();
    assert!(child.status.success(), "{output}");
    let (_, told) = output.split_once("<<<").expect("an answer");
    let (told, _) = told.split_once(">>>").expect("its end");
    told.to_owned()
}

fn tell<T>(
    ask: impl FnOnce() -> Result<T, contrait_servers::ServerError>,
    describe: impl FnOnce(&T) -> String,
) {
    let answer = ask().map_or_else(|error| error.to_string(), |server| describe(&server));
    print(&answer);
}

#[expect(clippy::print_stdout, reason = "it is what the parent reads")]
fn print(answer: &str) {
    println!("<<<{answer}>>>");
}

#[test]
#[ignore = "run by the tests below, in processes of their own"]
fn redis() {
    tell(|| Redis::shared_from(&ProcessEnvironment), Redis::describe);
}

#[test]
#[ignore = "run by the tests below, in processes of their own"]
fn memcached() {
    tell(
        || Memcached::shared_from(&ProcessEnvironment),
        Memcached::describe,
    );
}

const NO_ENGINE: (&str, &str) = ("DOCKER_HOST", "unix:///nowhere/docker.sock");

#[test]
fn without_an_engine_the_ways_to_a_redis_are_named() {
    let expected = "\
no Redis for this test: CONTRAIT_REDIS_URL is not set, and neither redis-server nor valkey-server is on PATH; for a container of redis:8.2 no Docker engine answers: failed to initialize a docker client: Socket not found: /nowhere/docker.sock. One of these gives it one:
  - set CONTRAIT_REDIS_URL to a running server, such as redis://127.0.0.1:6379
  - install redis-server or valkey-server (apt-get install redis-server), or name its binary in CONTRAIT_REDIS_BINARY
  - start a Docker engine, or name its socket in DOCKER_HOST: the server then comes in a container
  - use the embedded server: CONTRAIT_SERVERS=embedded";
    assert_eq!(told("redis", &[NO_ENGINE]), expected);
    let image = ("CONTRAIT_REDIS_IMAGE", "valkey/valkey:9.1");
    let expected = expected.replace("redis:8.2", "valkey/valkey:9.1");
    assert_eq!(told("redis", &[NO_ENGINE, image]), expected);
}

#[test]
fn without_an_engine_the_ways_to_a_memcached_are_named() {
    let expected = "\
no memcached for this test: CONTRAIT_MEMCACHED_URL is not set, and memcached is not on PATH; for a container of memcached:1.6 no Docker engine answers: failed to initialize a docker client: Socket not found: /nowhere/docker.sock. One of these gives it one:
  - set CONTRAIT_MEMCACHED_URL to a running server that was started with `-I 2m`, such as memcached://127.0.0.1:11211
  - install memcached (apt-get install memcached), or name its binary in CONTRAIT_MEMCACHED_BINARY
  - start a Docker engine, or name its socket in DOCKER_HOST: the server then comes in a container
  - leave it out: there is no embedded memcached, and without the feature `memcached` nothing needs one";
    assert_eq!(told("memcached", &[NO_ENGINE]), expected);
}

#[test]
fn an_image_that_is_none_is_named() {
    let image = ("CONTRAIT_MEMCACHED_IMAGE", "memcached:");
    assert_eq!(
        told("memcached", &[NO_ENGINE, image]),
        "CONTRAIT_MEMCACHED_IMAGE cannot be used: it is not an image with its tag, such as memcached:1.6"
    );
}

#[test]
fn a_url_comes_before_a_container() {
    let engine = Engine::new("url");
    // Behind TLS a connection is enough.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let url = format!("rediss://{address}");
    let settings = [
        ("DOCKER_HOST", &*engine.host()),
        ("CONTRAIT_REDIS_URL", &url),
    ];
    let expected = format!("Redis at {address} (from CONTRAIT_REDIS_URL)");
    assert_eq!(told("redis", &settings), expected);
    assert!(!engine.was_asked());
}

#[test]
fn a_url_without_a_server_is_not_replaced_by_a_container() {
    let engine = Engine::new("no-url");
    let url = ("CONTRAIT_REDIS_URL", "unix:///nowhere/redis.sock");
    let told = told("redis", &[("DOCKER_HOST", &engine.host()), url]);
    assert!(
        told.starts_with("no Redis answers at /nowhere/redis.sock"),
        "{told}"
    );
    assert!(!engine.was_asked());
}

#[test]
fn a_binary_comes_before_a_container() {
    let engine = Engine::new("binary");
    let host = engine.host();
    // It is no server, and says so: it was started.
    for (server, binary) in [
        ("redis", "CONTRAIT_REDIS_BINARY"),
        ("memcached", "CONTRAIT_MEMCACHED_BINARY"),
    ] {
        let settings = [
            ("PATH", "/usr/bin:/bin"),
            ("DOCKER_HOST", &host),
            (binary, "/bin/sh"),
        ];
        let told = told(server, &settings);
        assert!(told.starts_with("/bin/sh was started but ended"), "{told}");
    }
    assert!(!engine.was_asked());
}

#[test]
fn an_engine_is_asked_last() {
    let engine = Engine::new("asked");
    let told = told("redis", &[("DOCKER_HOST", &engine.host())]);
    let expected = "no Docker engine answers: failed to list containers";
    assert!(told.contains(expected), "{told}");
    assert!(engine.was_asked());
}

/// A socket in an engine's place: it closes every connection, and remembers that there was one.
struct Engine {
    path: PathBuf,
    asked: Arc<AtomicBool>,
}

impl Engine {
    fn new(name: &str) -> Self {
        let name = format!("contrait-test-engine-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let socket = UnixListener::bind(&path).unwrap();
        let asked = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for connection in socket.incoming() {
                seen.store(true, Ordering::SeqCst);
                drop(connection);
            }
        });
        Self { path, asked }
    }

    fn host(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    fn was_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
