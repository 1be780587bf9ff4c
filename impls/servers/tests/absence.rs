//! What a test is told when there is no server for it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use contrait_servers::{Environment, Memcached, Redis, ServerError};

fn failure(environment: &dyn Environment) -> ServerError {
    Redis::shared_from(environment).unwrap_err()
}

// With containers it depends on the machine, and a test in `containers.rs` asks for it.
#[cfg(not(feature = "containers"))]
#[test]
fn nothing_at_all_names_the_three_ways() {
    let expected = "\
no Redis for this test: CONTRAIT_REDIS_URL is not set, and neither redis-server nor valkey-server is on PATH. One of these gives it one:
  - set CONTRAIT_REDIS_URL to a running server, such as redis://127.0.0.1:6379
  - install redis-server or valkey-server (apt-get install redis-server), or name its binary in CONTRAIT_REDIS_BINARY
  - use the embedded server: CONTRAIT_SERVERS=embedded";
    assert_eq!(failure(&[]).to_string(), expected);
    assert_eq!(
        failure(&[("PATH", "/nowhere"), ("CONTRAIT_REDIS_URL", "")]).to_string(),
        expected
    );
}

#[test]
fn a_named_server_is_no_server_of_ones_own() {
    let error = Redis::own_from(&[("CONTRAIT_REDIS_URL", "redis://127.0.0.1:6379")]).unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("no Redis for this test: it must be the test's own, and "),
        "{error}"
    );
    assert!(!error.contains("CONTRAIT_REDIS_URL"), "{error}");
}

#[test]
fn a_named_server_that_is_not_there_is_shown_without_its_password() {
    let port = unused_port();
    let url = format!("redis://user:secret@127.0.0.1:{port}/1");
    let error = failure(&[("CONTRAIT_REDIS_URL", url.as_str())]);
    let expected =
        format!("no Redis answers at 127.0.0.1:{port}, which CONTRAIT_REDIS_URL names: ");
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(!format!("{error:?}{error}").contains("secret"));
}

#[test]
fn a_named_server_that_is_silent_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let error = failure(&[("CONTRAIT_REDIS_URL", url.as_str())]).to_string();
    assert!(
        error.ends_with("it took the connection but gave no answer within 500ms"),
        "{error}"
    );
}

#[test]
fn behind_tls_a_connection_is_enough() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("rediss://{}", listener.local_addr().unwrap());
    let redis = Redis::shared_from(&[("CONTRAIT_REDIS_URL", url.as_str())]).unwrap();
    assert_eq!(redis.version(), None);
    let description = format!(
        "Redis at {} (from CONTRAIT_REDIS_URL)",
        listener.local_addr().unwrap()
    );
    assert_eq!(redis.describe(), description);
}

#[test]
fn a_missing_socket_is_named() {
    let url = "unix:///nowhere/redis.sock?pass=secret";
    let error = failure(&[("CONTRAIT_REDIS_URL", url)]).to_string();
    assert!(
        error.starts_with("no Redis answers at /nowhere/redis.sock, which"),
        "{error}"
    );
}

#[test]
fn a_url_that_is_none_is_not_shown() {
    let error = failure(&[("CONTRAIT_REDIS_URL", "secret@host")]).to_string();
    assert_eq!(
        error,
        "CONTRAIT_REDIS_URL cannot be used: it is not a URL, such as redis://127.0.0.1:6379"
    );
}

#[test]
fn a_named_binary_that_is_missing_is_not_replaced_by_another() {
    let environment = [
        ("CONTRAIT_REDIS_BINARY", "no-such-redis"),
        ("PATH", "/usr/bin:/bin"),
    ];
    let error = failure(&environment).to_string();
    assert_eq!(
        error,
        "CONTRAIT_REDIS_BINARY cannot be used: there is no program `no-such-redis`"
    );
}

#[test]
fn a_program_that_is_no_redis_is_an_error_with_its_log() {
    let directory = Directory::new("no-redis");
    // A `sh` that is given redis' options fails, and says so.
    let error = started(&directory, "/bin/sh").to_string();
    assert!(
        error.starts_with("/bin/sh was started but ended with status "),
        "{error}"
    );
    assert!(error.contains("its log ends:\n  "), "{error}");
}

#[test]
fn a_temporary_directory_that_cannot_be_written_is_named() {
    let directory = Directory::new("missing");
    let missing = Directory(directory.0.join("missing"));
    let error = started(&missing, "/bin/sh").to_string();
    let expected = format!("cannot create {}/contrait-servers-", missing.0.display());
    assert!(error.starts_with(&expected), "{error}");
    assert!(
        error.ends_with("(servers live in the temporary directory, which TMPDIR chooses)"),
        "{error}"
    );
}

#[test]
fn a_directory_that_others_could_have_made_is_not_used() {
    let directory = Directory::new("trap");
    let base = base_in(&directory);
    let refusal = "it is not a directory that only this user can enter";

    fs::create_dir(&base).unwrap();
    fs::set_permissions(&base, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(started(&directory, "/bin/sh").to_string().contains(refusal));

    fs::rename(&base, directory.0.join("elsewhere")).unwrap();
    fs::set_permissions(
        directory.0.join("elsewhere"),
        fs::Permissions::from_mode(0o700),
    )
    .unwrap();
    symlink(directory.0.join("elsewhere"), &base).unwrap();
    assert!(started(&directory, "/bin/sh").to_string().contains(refusal));
}

#[test]
fn a_linger_that_is_no_number_is_named() {
    let environment = [
        ("CONTRAIT_SERVERS_LINGER", "long"),
        ("CONTRAIT_REDIS_BINARY", "/bin/sh"),
    ];
    assert_eq!(
        failure(&environment).to_string(),
        "CONTRAIT_SERVERS_LINGER cannot be used: `long` is not a whole number of seconds"
    );
}

fn started(directory: &Directory, binary: &str) -> ServerError {
    let temporary = directory.0.to_str().unwrap();
    failure(&[("TMPDIR", temporary), ("CONTRAIT_REDIS_BINARY", binary)])
}

/// The directory that is used in `directory`, found by letting a start fail there.
fn base_in(directory: &Directory) -> PathBuf {
    started(directory, "/bin/sh");
    let base = fs::read_dir(&directory.0)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::remove_dir_all(&base).unwrap();
    base
}

/// A port that nobody listens on; it is not in the range of outgoing connections, and other tests do not use it.
fn unused_port() -> u16 {
    (9000..10_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

/// A directory for one test, removed at its end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let name = format!("contrait-test-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(not(feature = "containers"))]
#[test]
fn nothing_at_all_names_the_three_ways_to_a_memcached() {
    let expected = "\
no memcached for this test: CONTRAIT_MEMCACHED_URL is not set, and memcached is not on PATH. One of these gives it one:
  - set CONTRAIT_MEMCACHED_URL to a running server that was started with `-I 2m`, such as memcached://127.0.0.1:11211
  - install memcached (apt-get install memcached), or name its binary in CONTRAIT_MEMCACHED_BINARY
  - leave it out: there is no embedded memcached, and without the feature `memcached` nothing needs one";
    let error = Memcached::shared_from(&[("PATH", "/nowhere")]).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_named_memcached_is_no_memcached_of_ones_own() {
    let error = Memcached::own_from(&[("CONTRAIT_MEMCACHED_URL", "memcached://h")]).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("it must be the test's own"), "{error}");
    assert!(!error.contains("set CONTRAIT_MEMCACHED_URL"), "{error}");
}

#[test]
fn a_named_memcached_that_is_none_is_named() {
    let port = unused_port();
    let url = format!("memcached://127.0.0.1:{port}");
    let error = Memcached::shared_from(&[("CONTRAIT_MEMCACHED_URL", &*url)]).unwrap_err();
    let expected =
        format!("no memcached answers at 127.0.0.1:{port}, which CONTRAIT_MEMCACHED_URL names: ");
    assert!(error.to_string().starts_with(&expected), "{error}");
    let error = Memcached::shared_from(&[("CONTRAIT_MEMCACHED_URL", "localhost:11211")]);
    let error = error.unwrap_err().to_string();
    assert_eq!(
        error,
        "CONTRAIT_MEMCACHED_URL cannot be used: it is not a URL such as memcached://127.0.0.1:11211"
    );
    let error = Memcached::shared_from(&[("CONTRAIT_MEMCACHED_BINARY", "/no/memcached")]);
    assert!(matches!(error, Err(ServerError::Setting { .. })));
}
