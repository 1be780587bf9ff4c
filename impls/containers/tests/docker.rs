//! Containers of a real Docker engine.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use contrait_containers::{Container, Image, Server, start};

fn started(server: &Server, name: &str) -> Container {
    let name = format!("contrait-test-{name}-{}", std::process::id());
    let image = Image::parse(server.image).unwrap();
    start(server, &image, &name, Duration::from_secs(1)).unwrap()
}

fn ask(container: &Container, request: &str) -> String {
    let mut stream = TcpStream::connect((container.host(), container.port())).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[test]
#[ignore = "needs a Docker engine"]
fn a_redis_is_shared_by_name_and_ends_after_its_last_user() {
    let one = started(&Server::REDIS, "redis");
    let other = started(&Server::REDIS, "redis");
    assert_eq!(one.port(), other.port());
    assert_eq!(ask(&one, "SET key value\r\n"), "+OK\r\n");
    let (host, port) = (one.host().to_owned(), one.port());
    drop(one);
    assert_eq!(ask(&other, "GET key\r\n"), "$5\r\nvalue\r\n");
    drop(other);
    let deadline = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect((&*host, port)).is_ok() {
        assert!(Instant::now() < deadline, "the container is still there");
        thread::sleep(Duration::from_secs(2));
    }
}

#[test]
#[ignore = "needs a Docker engine"]
fn a_memcached_has_room_for_a_mebibyte() {
    let memcached = started(&Server::MEMCACHED, "memcached");
    let value = "x".repeat(1 << 20);
    let request = format!("set key 0 0 {}\r\n{value}\r\n", value.len());
    assert_eq!(ask(&memcached, &request), "STORED\r\n");
}

#[test]
#[ignore = "needs a Docker engine"]
fn an_image_that_is_none_is_no_missing_engine() {
    let image = Image::parse("contrait-has-no-such-image:1").unwrap();
    let error = start(&Server::REDIS, &image, "contrait-none", Duration::ZERO).unwrap_err();
    assert!(
        error.to_string().contains("contrait-has-no-such-image:1"),
        "{error}"
    );
}
