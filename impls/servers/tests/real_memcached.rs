//! The promises that only a real memcached can keep: run with `--features real` where `memcached` is installed.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;

use contrait_servers::{Environment, Memcached, OwnMemcached, ProcessEnvironment, ServerError};

/// The process environment without a named server, so that a server is started.
struct Local;

impl Environment for Local {
    fn var(&self, name: &str) -> Option<std::ffi::OsString> {
        match name {
            "CONTRAIT_MEMCACHED_URL" => None,
            _ => ProcessEnvironment.var(name),
        }
    }
}

fn own() -> OwnMemcached {
    Memcached::own_from(&Local).unwrap()
}

/// Sends a command to a server and returns the first bytes of its answer.
fn ask(url: &str, command: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(url.strip_prefix("memcached://").unwrap())?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut buffer = [0; 64];
    let read = stream.read(&mut buffer)?;
    let answer = String::from_utf8_lossy(&buffer[..read]);
    Ok(answer.trim_end().to_owned())
}

#[test]
fn a_run_shares_one_that_takes_a_mebibyte() {
    let first = Memcached::shared_from(&Local).unwrap();
    let second = Memcached::shared_from(&Local).unwrap();
    assert_eq!(first.url(), second.url());
    let described = first.describe();
    assert!(described.starts_with("memcached 1."), "{described}");
    assert!(described.contains("(started from /"), "{described}");
    let value = "v".repeat(1 << 20);
    let stored = ask(first.url(), &format!("ms large {}\r\n{value}", value.len()));
    assert_eq!(stored.unwrap(), "HD");
    assert_eq!(ask(second.url(), "mg large s").unwrap(), "HD s1048576");
}

#[test]
fn a_named_one_is_used_as_it_is() {
    let own = own();
    let named = Memcached::shared_from(&[("CONTRAIT_MEMCACHED_URL", own.url())]).unwrap();
    assert_eq!(named.url(), own.url());
    assert!(named.describe().ends_with("(from CONTRAIT_MEMCACHED_URL)"));
}

#[test]
fn a_killed_one_refuses_and_a_restarted_one_is_empty_at_the_same_address() {
    let own = own();
    assert_eq!(ask(own.url(), "ms k 1\r\nv").unwrap(), "HD");
    for end in [OwnMemcached::kill, OwnMemcached::stop] {
        end(&own).unwrap();
        let refused = ask(own.url(), "mn").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        // No other server is started there meanwhile: those choose ports that are free for UDP as well.
        let taken = UdpSocket::bind(own.address()).unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
        assert!(matches!(end(&own), Err(ServerError::NotRunning { .. })));
        assert!(matches!(own.freeze(), Err(ServerError::NotRunning { .. })));
        own.restart().unwrap();
        assert_eq!(ask(own.url(), "mg k v").unwrap(), "EN");
    }
}

#[test]
fn a_frozen_one_is_silent_until_it_thaws() {
    let own = own();
    own.freeze().unwrap();
    let error = Memcached::shared_from(&[("CONTRAIT_MEMCACHED_URL", own.url())]).unwrap_err();
    assert!(error.to_string().contains("gave no answer within 500ms"));
    own.thaw().unwrap();
    assert_eq!(ask(own.url(), "mn").unwrap(), "MN");
}
