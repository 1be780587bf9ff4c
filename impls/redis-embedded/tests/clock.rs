//! The server's clock in a test's hands: it runs, stands, jumps, and is what the server goes by.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis_embedded::{Clock, Server};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether a clock shows this time, or one that a slow machine may have come to since.
fn is_about(clock: &Clock, time: SystemTime) -> bool {
    let since = clock.now().duration_since(time);
    since.is_ok_and(|since| since < Duration::from_secs(60))
}

fn until_it_moves(clock: &Clock) {
    let before = clock.now();
    while clock.now() == before {}
}

/// Lets the system's clock go on by so much that a running one shows it.
fn until_the_system_moves() {
    let before = SystemTime::now();
    while SystemTime::now() < before + Duration::from_micros(10) {}
}

#[tokio::test]
async fn it_shows_the_systems_time_and_runs() -> Outcome {
    let server = Server::start().await?;
    let before = SystemTime::now();
    assert!(!server.clock().is_frozen());
    assert!(is_about(server.clock(), before - Duration::from_micros(1)));
    until_it_moves(server.clock());
    Ok(())
}

#[tokio::test]
async fn it_stands_from_freeze_to_resume_and_goes_on_from_there() -> Outcome {
    let server = Server::start().await?;
    let clock = server.clock();
    clock.freeze();
    assert!(clock.is_frozen());
    let stopped = clock.now();
    until_the_system_moves();
    assert_eq!(clock.now(), stopped);
    clock.advance(DAY);
    assert_eq!(clock.now(), stopped + DAY);
    clock.resume();
    assert!(!clock.is_frozen());
    assert!(is_about(clock, stopped + DAY));
    until_it_moves(clock);
    Ok(())
}

#[tokio::test]
async fn it_is_advanced_while_it_runs() -> Outcome {
    let server = Server::start().await?;
    let before = server.clock().now();
    server.clock().advance(DAY);
    server.clock().advance(Duration::from_micros(1_500_000));
    assert!(is_about(
        server.clock(),
        before + DAY + Duration::from_millis(1500)
    ));
    assert!(!server.clock().is_frozen());
    Ok(())
}

#[tokio::test]
async fn it_is_set_to_any_time_frozen_or_not() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let clock = server.clock();
    assert!(clock.is_frozen());
    let time = UNIX_EPOCH + Duration::from_micros(1_000_000_000_123_456);
    clock.set(time);
    assert_eq!(clock.now(), time);
    clock.resume();
    let earlier = UNIX_EPOCH + DAY;
    clock.set(earlier);
    assert!(is_about(clock, earlier));
    clock.set(UNIX_EPOCH - DAY);
    assert!(is_about(clock, UNIX_EPOCH), "there is none before 1970");
    Ok(())
}

#[tokio::test]
async fn a_time_beyond_all_times_is_the_last_one() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    server.db(0).set_for("key", "value", DAY);
    server.clock().advance(Duration::MAX);
    server.clock().advance(Duration::MAX);
    assert!(!server.db(0).contains("key"));
    Ok(())
}

#[tokio::test]
async fn it_is_what_the_server_tells_the_time_by() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    server
        .clock()
        .set(UNIX_EPOCH + Duration::from_micros(1_234_567_890_000_042));
    let time = server.command(["TIME"]).to_string();
    assert_eq!(time, r#"["1234567890", "42"]"#);
    let shown = format!("{:?}", server.clock());
    assert!(shown.contains("frozen: true"), "{shown}");
    Ok(())
}
