//! What a test can do to the server: faults, restarts, direct access, and waiting under its clock.

use std::time::Duration;

use redis::AsyncCommands;
use redis_embedded::{Fault, Restart, Server};

type Outcome = Result<(), Box<dyn std::error::Error>>;
type Connection = redis::aio::MultiplexedConnection;

async fn connect(server: &Server) -> redis::RedisResult<Connection> {
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    redis::Client::open(server.url())?
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// Waits until so many connections are blocked.
async fn blocked(connection: &mut Connection, count: usize) -> Outcome {
    let line = format!("blocked_clients:{count}\r\n");
    loop {
        let info: String = redis::cmd("INFO")
            .arg("clients")
            .query_async(connection)
            .await?;
        if info.contains(&line) {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_fault_hits_the_commands_it_names_as_often_as_it_says() -> Outcome {
    let server = Server::start().await?;
    let mut connection = connect(&server).await?;
    server.inject(
        Fault::on("get")
            .argument("user:*")
            .error("LOADING not yet")
            .after(1)
            .times(1),
    );
    let get = async |connection: &mut Connection, key: &str| {
        connection.get::<_, Option<String>>(key).await
    };
    assert_eq!(get(&mut connection, "user:1").await?, None);
    assert_eq!(get(&mut connection, "other").await?, None);
    let error = get(&mut connection, "user:1").await.expect_err("the fault");
    assert!(error.to_string().contains("not yet"), "{error}");
    assert_eq!(get(&mut connection, "user:1").await?, None);
    Ok(())
}

#[tokio::test]
async fn a_fault_may_delay_by_the_clock_of_the_server() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let (mut connection, mut other) = (connect(&server).await?, connect(&server).await?);
    server.inject(Fault::on("SET").delay(Duration::from_secs(60)).times(1));
    let slow = tokio::spawn(async move { connection.set::<_, _, ()>("key", "late").await });
    blocked(&mut other, 1).await?;
    assert_eq!(server.get(0, "key"), None);
    server.clock().advance(Duration::from_secs(60));
    slow.await??;
    assert_eq!(server.get(0, "key"), Some(b"late".to_vec()));
    Ok(())
}

#[tokio::test]
async fn a_fault_may_drop_the_connection_or_leave_it_half_open() -> Outcome {
    let server = Server::start().await?;
    let mut connection = connect(&server).await?;
    server.inject(Fault::on("get").times(1));
    let error = connection
        .get::<_, Option<String>>("key")
        .await
        .expect_err("dropped");
    assert!(error.is_connection_dropped(), "{error}");
    let mut connection = connect(&server).await?;
    server.inject(Fault::on("get").half_open());
    let silent = tokio::spawn(async move { connection.get::<_, Option<String>>("key").await });
    let mut other = connect(&server).await?;
    for _ in 0..20 {
        let () = redis::cmd("PING").query_async(&mut other).await?;
    }
    assert!(!silent.is_finished());
    server.clear_faults();
    silent.await?.expect_err("the connection is closed");
    Ok(())
}

#[tokio::test]
async fn a_restart_keeps_or_loses_the_data() -> Outcome {
    let server = Server::start().await?;
    let mut connection = connect(&server).await?;
    let () = connection.set("key", "value").await?;
    server.restart(Restart::KeepData);
    connection
        .get::<_, Option<String>>("key")
        .await
        .expect_err("closed");
    let mut connection = connect(&server).await?;
    assert_eq!(
        connection.get::<_, Option<String>>("key").await?.as_deref(),
        Some("value")
    );
    server.restart(Restart::LoseData);
    let mut connection = connect(&server).await?;
    assert_eq!(connection.get::<_, Option<String>>("key").await?, None);
    Ok(())
}

#[tokio::test]
async fn a_test_reads_writes_and_looks_without_a_client() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    server.set(3, "key", "value");
    assert_eq!(server.run(&["INCR", "n"]), b":1\r\n");
    assert_eq!(server.run(&["BLPOP", "list", "0"]), b"*-1\r\n");
    server.run(&["ZADD", "z", "2", "b", "1", "a"]);
    server.run(&["PEXPIRE", "n", "1500"]);
    let expected = "0 \"n\" string (expires in 1500 ms): \"1\"\n0 \"z\" zset: \"a\"=1 \"b\"=2\n\
                    3 \"key\" string: \"value\"\n";
    assert_eq!(server.dump(), expected);
    server.record();
    let mut connection = connect(&server).await?;
    let () = connection.set("key", "value").await?;
    let sets = server
        .recorded()
        .into_iter()
        .filter(|args| args[0] == b"SET")
        .count();
    assert_eq!(sets, 1);
    Ok(())
}

#[tokio::test]
async fn those_who_wait_are_served_in_the_order_they_came() -> Outcome {
    let server = Server::start().await?;
    let mut control = connect(&server).await?;
    let mut waiting = Vec::new();
    for place in 1..=3 {
        let mut connection = connect(&server).await?;
        waiting.push(tokio::spawn(async move {
            connection
                .blpop::<_, (String, String)>(["first", "second"].as_slice(), 0.0)
                .await
        }));
        blocked(&mut control, place).await?;
    }
    let () = redis::pipe()
        .atomic()
        .rpush("second", "a")
        .ignore()
        .rpush("first", "b")
        .ignore()
        .query_async(&mut control)
        .await?;
    let () = control.rpush("second", "c").await?;
    let mut served = Vec::new();
    for task in waiting {
        served.push(task.await??);
    }
    // After a transaction keys are looked at in the order in which they changed.
    let text = |key: &str, value: &str| (key.to_string(), value.to_string());
    assert_eq!(served[2], text("second", "c"));
    served.truncate(2);
    served.sort();
    assert_eq!(served, [text("first", "b"), text("second", "a")]);
    Ok(())
}

#[tokio::test]
async fn a_wait_ends_when_a_frozen_clock_reaches_its_time() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let (mut connection, mut control) = (connect(&server).await?, connect(&server).await?);
    let waiting = tokio::spawn(async move {
        connection
            .blpop::<_, Option<(String, String)>>("list", 30.0)
            .await
    });
    blocked(&mut control, 1).await?;
    server.clock().advance(Duration::from_millis(29_999));
    blocked(&mut control, 1).await?;
    server.clock().advance(Duration::from_millis(1));
    assert_eq!(waiting.await??, None);
    Ok(())
}

#[tokio::test]
async fn a_reader_of_a_stream_waits_for_what_comes_after_the_last_entry() -> Outcome {
    let server = Server::start().await?;
    let (mut connection, mut control) = (connect(&server).await?, connect(&server).await?);
    let () = redis::cmd("XADD")
        .arg(&["s", "1-1", "f", "old"])
        .query_async(&mut control)
        .await?;
    let waiting = tokio::spawn(async move {
        let mut command = redis::cmd("XREAD");
        command.arg(&["BLOCK", "0", "STREAMS", "s", "$"]);
        command
            .query_async::<redis::streams::StreamReadReply>(&mut connection)
            .await
    });
    blocked(&mut control, 1).await?;
    let () = redis::cmd("XADD")
        .arg(&["s", "2-1", "f", "new"])
        .query_async(&mut control)
        .await?;
    let reply = waiting.await??;
    assert_eq!(reply.keys[0].ids[0].id, "2-1");
    Ok(())
}

#[tokio::test]
async fn keyspace_events_are_published_when_a_key_expires() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    server.run(&["CONFIG", "SET", "notify-keyspace-events", "Ex"]);
    let client = redis::Client::open(format!("{}/?protocol=resp3", server.url()))?;
    let (sender, mut pushes) = tokio::sync::mpsc::unbounded_channel();
    let config = redis::AsyncConnectionConfig::new().set_push_sender(sender);
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&config)
        .await?;
    connection.subscribe("__keyevent@0__:expired").await?;
    let () = connection.set_ex("key", "value", 10).await?;
    server.clock().advance(Duration::from_secs(10));
    loop {
        let push = pushes.recv().await.ok_or("no push")?;
        if push.kind == redis::PushKind::Message {
            assert_eq!(push.data[1], redis::Value::BulkString(b"key".to_vec()));
            return Ok(());
        }
    }
}

#[cfg(feature = "scripts")]
#[tokio::test]
async fn scripts_run_and_are_forgotten_by_a_restart() -> Outcome {
    let server = Server::start().await?;
    let script = redis::Script::new(
        "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0",
    );
    for expected in [1, 0] {
        server.set(0, "lock", if expected == 1 { "mine" } else { "other" });
        let mut connection = connect(&server).await?;
        let deleted: i64 = script
            .key("lock")
            .arg("mine")
            .invoke_async(&mut connection)
            .await?;
        assert_eq!(deleted, expected);
        server.restart(Restart::KeepData);
    }
    Ok(())
}
