//! Streams, as Redis answers about them, and readers that wait.

mod transcripts;

use std::time::Duration;

use fred::prelude::{ClientLike, Config, StreamsInterface};
use fred::types::RespVersion;
use redis::streams::{StreamReadOptions, StreamReadReply};
use redis::{AsyncCommands, Value};
use redis_embedded::Server;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn replies_are_those_of_redis() -> Outcome {
    transcripts::replay(include_str!("transcripts/streams.txt")).await
}

async fn connect(
    server: &Server,
    parameters: &str,
) -> redis::RedisResult<redis::aio::MultiplexedConnection> {
    let client = redis::Client::open(format!("{}/{parameters}", server.url()))?;
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// Waits until so many connections wait.
async fn until_blocked(
    connection: &mut redis::aio::MultiplexedConnection,
    count: usize,
) -> Outcome {
    let wanted = format!("blocked_clients:{count}\r\n");
    loop {
        let info: String = redis::cmd("INFO")
            .arg("clients")
            .query_async(connection)
            .await?;
        if info.contains(&wanted) {
            return Ok(());
        }
    }
}

async fn a_reader_waits(parameters: &str) -> Outcome {
    let server = Server::start().await?;
    let mut writer = connect(&server, parameters).await?;
    let _: String = writer.xadd("stream", "5-1", &[("old", "1")]).await?;
    let mut reader = connect(&server, parameters).await?;
    let options = StreamReadOptions::default().block(0);
    let keys = ["other", "stream"];
    let read = reader.xread_options::<_, _, Option<StreamReadReply>>(&keys, &["$", "$"], &options);
    let write = async {
        until_blocked(&mut writer, 1).await?;
        // An entry that is not behind the last one when the wait began is none.
        let _: String = redis::cmd("XADD")
            .arg(&["stream", "5-2", "new", "2"])
            .query_async(&mut writer)
            .await?;
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let (reply, written) = tokio::join!(read, write);
    written?;
    let reply = reply?.ok_or("a reply")?;
    assert_eq!(reply.keys.len(), 1);
    assert_eq!(reply.keys[0].key, "stream");
    assert_eq!(reply.keys[0].ids.len(), 1);
    assert_eq!(reply.keys[0].ids[0].id, "5-2");
    assert_eq!(reply.keys[0].ids[0].get::<i64>("new"), Some(2));
    Ok(())
}

#[tokio::test]
async fn a_reader_waits_for_what_comes_after_the_last_entry() -> Outcome {
    a_reader_waits("").await?;
    a_reader_waits("?protocol=resp3").await
}

#[tokio::test]
async fn a_wait_ends_when_the_clock_says_so() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let mut reader = connect(&server, "").await?;
    let mut other = connect(&server, "").await?;
    let mut request = redis::cmd("XREAD");
    request.arg(&["BLOCK", "5000", "STREAMS", "stream", "$"]);
    let read = request.query_async::<Value>(&mut reader);
    let advance = async {
        until_blocked(&mut other, 1).await?;
        server.clock().advance(Duration::from_secs(5));
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let (reply, advanced) = tokio::join!(read, advance);
    advanced?;
    assert_eq!(reply?, Value::Nil);
    Ok(())
}

/// What a waiting reader of a group is told when something else happens to the stream.
async fn told(change: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let mut other = connect(&server, "").await?;
    let () = other.xgroup_create_mkstream("stream", "group", "$").await?;
    let mut reader = connect(&server, "").await?;
    let mut request = redis::cmd("XREADGROUP");
    request.arg(&[
        "GROUP", "group", "me", "BLOCK", "0", "STREAMS", "stream", ">",
    ]);
    let read = request.query_async::<Value>(&mut reader);
    let act = async {
        until_blocked(&mut other, 1).await?;
        let mut command = redis::cmd(change[0]);
        let _: Value = command.arg(&change[1..]).query_async(&mut other).await?;
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let (reply, acted) = tokio::join!(read, act);
    acted?;
    Ok(match reply {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    })
}

#[tokio::test]
async fn a_waiting_reader_of_a_group_learns_that_it_is_gone() -> Outcome {
    for change in [
        &["DEL", "stream"][..],
        &["SET", "stream", "x"],
        &["FLUSHALL"],
    ] {
        let told = told(change).await?;
        assert!(
            told.contains("UNBLOCKED") || told.contains("the stream key no longer exists"),
            "{told}"
        );
    }
    let told = told(&["XGROUP", "DESTROY", "stream", "group"]).await?;
    assert!(
        told.contains("the consumer group this client was blocked on no longer exists"),
        "{told}"
    );
    Ok(())
}

#[tokio::test]
async fn a_waiting_reader_of_a_group_gets_an_entry_that_is_pending_then() -> Outcome {
    let told = told(&["XADD", "stream", "1-1", "a", "b"]).await?;
    assert!(told.contains("1-1"), "{told}");
    Ok(())
}

#[tokio::test]
async fn of_two_keys_changed_at_once_the_first_one_changed_is_read() -> Outcome {
    let server = Server::start().await?;
    let mut writer = connect(&server, "").await?;
    let mut reader = connect(&server, "").await?;
    let mut request = redis::cmd("XREAD");
    request.arg(&["BLOCK", "0", "STREAMS", "a", "b", "$", "$"]);
    let read = request.query_async::<StreamReadReply>(&mut reader);
    let write = async {
        until_blocked(&mut writer, 1).await?;
        let _: (String, String) = redis::pipe()
            .atomic()
            .xadd("b", "1-1", &[("k", "v")])
            .xadd("a", "1-1", &[("k", "v")])
            .query_async(&mut writer)
            .await?;
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let (reply, written) = tokio::join!(read, write);
    written?;
    let keys: Vec<String> = reply?.keys.into_iter().map(|key| key.key).collect();
    assert_eq!(keys, ["b"]);
    Ok(())
}

async fn groups_by_fred(version: RespVersion) -> Outcome {
    let server = Server::start().await?;
    let mut config = Config::from_url(&server.url())?;
    config.version = version;
    let client = fred::prelude::Client::new(config, None, None, None);
    client.init().await?;
    let () = client.xgroup_create("stream", "group", "$", true).await?;
    let id: String = client
        .xadd("stream", false, None, "7-1", ("field", "value"))
        .await?;
    assert_eq!(id, "7-1");
    let read: fred::types::streams::XReadResponse<String, String, String, String> = client
        .xreadgroup_map("group", "me", None, None, false, "stream", ">")
        .await?;
    assert_eq!(read["stream"][0].0, "7-1");
    assert_eq!(read["stream"][0].1["field"], "value");
    let acknowledged: i64 = client.xack("stream", "group", "7-1").await?;
    assert_eq!(acknowledged, 1);
    Ok(())
}

#[tokio::test]
async fn fred_reads_as_a_group_in_both_protocols() -> Outcome {
    groups_by_fred(RespVersion::RESP2).await?;
    groups_by_fred(RespVersion::RESP3).await
}
