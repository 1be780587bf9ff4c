//! The promises that only a real server can keep: run with `--features real` where `redis-server` is installed.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use contrait_servers::{
    Environment, OwnRedis, OwnRedisCluster, ProcessEnvironment, Redis, RedisCluster, ServerError,
};

/// The process environment without a named server, so that a server is started.
struct Local;

impl Environment for Local {
    fn var(&self, name: &str) -> Option<std::ffi::OsString> {
        match name {
            "CONTRAIT_REDIS_URL" => None,
            _ => ProcessEnvironment.var(name),
        }
    }
}

fn connect(url: &str) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(url.strip_prefix("redis://").unwrap())?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(stream)
}

/// Sends a command and returns the first bytes of its answer.
fn ask(stream: &mut (impl Read + Write), command: &str) -> std::io::Result<String> {
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut buffer = [0; 512];
    let read = stream.read(&mut buffer)?;
    Ok(String::from_utf8_lossy(&buffer[..read])
        .trim_end()
        .to_owned())
}

fn own() -> OwnRedis {
    Redis::own_from(&Local).unwrap()
}

#[test]
fn a_shared_server_keeps_what_a_test_writes() {
    let first = Redis::shared_from(&Local).unwrap();
    let second = Redis::shared_from(&Local).unwrap();
    assert_eq!(first.url(), second.url());
    assert_eq!(
        ask(&mut connect(first.url()).unwrap(), "SET shared:k v").unwrap(),
        "+OK"
    );
    assert_eq!(
        ask(&mut connect(second.url()).unwrap(), "GET shared:k").unwrap(),
        "$1\r\nv"
    );
}

#[test]
fn it_is_described_by_product_version_address_and_source() {
    let redis = Redis::shared_from(&Local).unwrap();
    let address = redis.url().strip_prefix("redis://").unwrap();
    let version = redis.version().unwrap();
    let description = redis.describe();
    assert!(
        description.contains(&format!("-server {version} at {address} (started from /")),
        "{description}"
    );
}

#[test]
fn it_listens_on_its_socket() {
    let redis = Redis::shared_from(&Local).unwrap();
    let mut stream = UnixStream::connect(redis.socket().unwrap()).unwrap();
    assert_eq!(ask(&mut stream, "PING").unwrap(), "+PONG");
    let url = format!("unix://{}", redis.socket().unwrap().display());
    let named = Redis::shared_from(&[("CONTRAIT_REDIS_URL", &*url)]).unwrap();
    assert_eq!(named.version(), redis.version());
}

#[test]
fn it_writes_nothing_to_the_disk() {
    let redis = Redis::shared_from(&Local).unwrap();
    let mut stream = connect(redis.url()).unwrap();
    assert!(ask(&mut stream, "CONFIG GET save").unwrap().ends_with("$0"));
    assert!(
        ask(&mut stream, "CONFIG GET appendonly")
            .unwrap()
            .ends_with("no")
    );
}

#[test]
fn a_named_server_is_used_as_it_is() {
    let own = own();
    let named = Redis::shared_from(&[("CONTRAIT_REDIS_URL", own.url())]).unwrap();
    assert_eq!(named.url(), own.url());
    assert!(
        named.describe().ends_with("(from CONTRAIT_REDIS_URL)"),
        "{named:?}"
    );
}

#[test]
fn a_named_server_behind_a_password_is_alive() {
    let own = own();
    assert_eq!(
        ask(
            &mut connect(own.url()).unwrap(),
            "CONFIG SET requirepass secret"
        )
        .unwrap(),
        "+OK"
    );
    let url = own.url().replace("redis://", "redis://:secret@");
    let named = Redis::shared_from(&[("CONTRAIT_REDIS_URL", &*url)]).unwrap();
    assert_eq!(named.url(), url);
    assert!(!format!("{named:?}").contains("secret"));
}

#[test]
fn own_servers_are_apart() {
    let (one, other) = (own(), own());
    assert_ne!(one.url(), other.url());
    one.kill().unwrap();
    assert_eq!(
        ask(&mut connect(other.url()).unwrap(), "PING").unwrap(),
        "+PONG"
    );
}

#[test]
fn a_killed_server_refuses_and_a_restarted_one_is_empty_at_the_same_address() {
    let own = own();
    let mut before = connect(own.url()).unwrap();
    assert_eq!(ask(&mut before, "SET k v").unwrap(), "+OK");

    own.kill().unwrap();
    assert_eq!(
        connect(own.url()).unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    // No other server is started there meanwhile: those choose ports that are free for UDP as well.
    let taken = UdpSocket::bind(own.address()).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    assert!(matches!(own.kill(), Err(ServerError::NotRunning { .. })));
    assert!(matches!(own.freeze(), Err(ServerError::NotRunning { .. })));

    own.restart().unwrap();
    assert_eq!(
        ask(&mut connect(own.url()).unwrap(), "GET k").unwrap(),
        "$-1"
    );
    // A restart of a server that runs replaces it too.
    own.restart().unwrap();
    assert_eq!(
        ask(&mut connect(own.url()).unwrap(), "PING").unwrap(),
        "+PONG"
    );
}

#[test]
fn a_frozen_server_is_silent_until_it_thaws() {
    let own = own();
    own.freeze().unwrap();
    let error = Redis::shared_from(&[("CONTRAIT_REDIS_URL", own.url())]).unwrap_err();
    assert!(
        error.to_string().contains("gave no answer within 500ms"),
        "{error}"
    );
    own.thaw().unwrap();
    assert_eq!(
        ask(&mut connect(own.url()).unwrap(), "PING").unwrap(),
        "+PONG"
    );
}

#[test]
fn a_frozen_server_can_be_stopped() {
    let own = own();
    own.freeze().unwrap();
    let url = own.url().to_owned();
    let dropped = thread::spawn(move || drop(own));
    // A polite signal would wait in vain, and its supervisor gives it three seconds. These two are of this thread, which
    // on a busy machine are longer, as all else is.
    let soon = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(10));
        dropped.is_finished()
    });
    assert!(soon, "it is waited for");
    dropped.join().unwrap();
    assert_eq!(
        connect(&url).unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

#[test]
fn a_server_with_a_password_serves_who_knows_it_also_after_a_restart_with_another() {
    let redis = Redis::own_with_password("hunter2").unwrap();
    let asked = |password: &str| {
        let mut stream = TcpStream::connect(redis.address()).unwrap();
        ask(&mut stream, &format!("AUTH {password}")).unwrap()
    };
    assert_eq!(redis.password().as_deref(), Some("hunter2"));
    assert_eq!(redis.url(), format!("redis://:hunter2@{}", redis.address()));
    assert!(!format!("{redis:?} {}", redis.describe()).contains("hunter2"));
    assert_eq!(asked("hunter2"), "+OK");
    redis.restart_with_password("letmein").unwrap();
    assert!(asked("hunter2").starts_with("-WRONGPASS"));
    assert_eq!(asked("letmein"), "+OK");
}

#[test]
fn a_stopped_server_is_gone_until_it_is_restarted() {
    let redis = own();
    redis.stop().unwrap();
    let error = connect(redis.url()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(matches!(redis.stop(), Err(ServerError::NotRunning { .. })));
    redis.restart().unwrap();
    assert_eq!(
        ask(&mut connect(redis.url()).unwrap(), "PING").unwrap(),
        "+PONG"
    );
}

#[test]
fn a_shared_cluster_serves_with_all_slots_and_is_shared() {
    let first = RedisCluster::shared_from(&Local).unwrap();
    let second = RedisCluster::shared_from(&Local).unwrap();
    assert_eq!(first.urls(), second.urls());
    assert_eq!(first.urls().len(), 3);
    assert!(first.describe().contains("a cluster of 3 nodes"));
    for url in first.urls() {
        let info = ask(&mut connect(&url).unwrap(), "CLUSTER INFO").unwrap();
        assert!(info.contains("cluster_state:ok"), "{info}");
        assert!(info.contains("cluster_slots_ok:16384"), "{info}");
    }
}

#[test]
fn a_lost_node_of_an_own_cluster_is_succeeded() {
    let cluster = OwnRedisCluster::start().unwrap();
    let urls = cluster.urls();
    assert!(!urls.contains(&cluster.first().url().to_owned()));
    cluster.first().kill().unwrap();
    let deadline = Instant::now() + Duration::from_secs(40);
    // The slot of `b` is 3300, and the first node had those up to 5460.
    let served = |url: &String| ask(&mut connect(url).unwrap(), "SET b v").unwrap() == "+OK";
    while !urls.iter().any(served) {
        assert!(Instant::now() < deadline, "nobody has taken its place");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nodes_of_a_patient_cluster_wait_for_one_another() {
    let cluster = OwnRedisCluster::start().unwrap();
    cluster.be_patient().unwrap();
    for node in cluster.nodes() {
        let mut stream = connect(node.url()).unwrap();
        let told = ask(&mut stream, "CONFIG GET cluster-node-timeout").unwrap();
        assert!(told.ends_with("\n60000"), "{told}");
    }
}

#[test]
fn a_server_is_full_read_only_and_loading_until_it_recovers() {
    let redis = Redis::own_with_password("hunter2").unwrap();
    let asked = |command: &str| {
        let mut stream = connect(&format!("redis://{}", redis.address())).unwrap();
        ask(&mut stream, "AUTH hunter2").unwrap();
        ask(&mut stream, command).unwrap()
    };
    assert_eq!(asked("SET k v"), "+OK");
    redis.fill_memory().unwrap();
    assert!(asked("SET k w").starts_with("-OOM"));
    redis.recover().unwrap();
    redis.demote().unwrap();
    assert!(asked("SET k w").starts_with("-READONLY"));
    assert_eq!(asked("GET k"), "$1\r\nv");
    redis.recover().unwrap();
    redis.restart_loading().unwrap();
    assert!(asked("GET k").starts_with("-LOADING"));
    redis.recover().unwrap();
    assert_eq!(asked("GET k"), "$1\r\nv");
    redis.restart().unwrap();
    assert_eq!(asked("GET k"), "$-1");
}
