//! What is told where there is no Docker engine.
//!
//! The engine's address is read from the process environment, so that a child process is asked.

use std::process::Command;
use std::time::Duration;

use contrait_containers::{ContainerError, Image, Server, start};

#[test]
fn a_missing_engine_is_known_at_once_and_in_full() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "without_engine", "--ignored", "--nocapture"])
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{output}");
    assert!(output.contains("no Docker engine answers: "), "{output}");
    assert!(output.contains("/nowhere/docker.sock"), "{output}");
}

#[test]
#[ignore = "run by the test above, without an engine"]
#[expect(clippy::print_stdout, reason = "it is what the parent reads")]
fn without_engine() {
    let image = Image::parse("redis:8.2").unwrap();
    let error = start(&Server::REDIS, &image, "contrait-absent", Duration::ZERO).unwrap_err();
    assert!(matches!(error, ContainerError::NoEngine(_)), "{error:?}");
    println!("{error}");
}
