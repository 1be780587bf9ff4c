//! Fields of hashes that expire, in the profiles that have them.

use std::time::Duration;

use redis::AsyncCommands;
use redis_embedded::{Profile, Reply, Server};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const WITH_EXPIRY: [Profile; 2] = [Profile::Redis8_2, Profile::Valkey9_1];

async fn frozen(profile: Profile) -> std::io::Result<Server> {
    let builder = Server::builder().profile(profile).frozen_clock();
    builder.start().await
}

fn answer(server: &Server, line: &str) -> String {
    server.command(line.split(' ')).to_string()
}

#[tokio::test]
async fn a_field_goes_when_its_time_has_come_and_the_key_with_the_last_one() -> Outcome {
    for profile in WITH_EXPIRY {
        let server = frozen(profile).await?;
        server.command(["HSET", "h", "a", "1", "b", "2"]);
        server.command(["HPEXPIRE", "h", "100", "FIELDS", "1", "a"]);
        server.clock().advance(Duration::from_millis(100));
        assert_eq!(server.command(["HLEN", "h"]), 2, "{profile:?}");
        server.clock().advance(Duration::from_millis(1));
        assert_eq!(
            server.command(["HGETALL", "h"]).to_string(),
            "{\"b\": \"2\"}"
        );
        server.command(["HEXPIRE", "h", "1", "FIELDS", "1", "b"]);
        server.clock().advance(Duration::from_secs(2));
        assert!(server.db(0).is_empty(), "{profile:?}");
    }
    Ok(())
}

#[tokio::test]
async fn times_go_with_the_hash_and_end_with_a_new_value() -> Outcome {
    for profile in WITH_EXPIRY {
        let server = frozen(profile).await?;
        server.command(["HSETEX", "h", "EX", "60", "FIELDS", "2", "a", "1", "b", "2"]);
        server.command(["COPY", "h", "copy"]);
        server.command(["RENAME", "h", "renamed"]);
        let Reply::Bulk(payload) = server.command(["DUMP", "renamed"]) else {
            return Err("no payload".into());
        };
        server.command([b"RESTORE".as_slice(), b"restored", b"0", &payload]);
        server.command(["HSET", "renamed", "b", "3"]);
        for key in ["copy", "restored"] {
            let ttl = answer(&server, &format!("HTTL {key} FIELDS 2 a b"));
            assert_eq!(ttl, "[60, 60]", "{profile:?} {key}");
        }
        assert_eq!(answer(&server, "HTTL renamed FIELDS 2 a b"), "[60, -1]");
        server.clock().advance(Duration::from_secs(61));
        assert_eq!(server.db(0).key_texts(), ["renamed"], "{profile:?}");
    }
    Ok(())
}

#[tokio::test]
async fn who_listens_is_told_and_who_watches_too() -> Outcome {
    let server = frozen(Profile::Redis8_2).await?;
    let client = redis::Client::open(format!("{}?protocol=resp3", server.url()))?;
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    let config = redis::AsyncConnectionConfig::new().set_push_sender(sender);
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&config)
        .await?;
    server.command(["CONFIG", "SET", "notify-keyspace-events", "Kh"]);
    server.command(["HSET", "h", "a", "1"]);
    server.command(["HPEXPIRE", "h", "5", "FIELDS", "1", "a"]);
    connection.subscribe("__keyspace@0__:h").await?;
    let mut watching = client.get_multiplexed_async_connection().await?;
    let () = redis::cmd("WATCH")
        .arg("h")
        .query_async(&mut watching)
        .await?;
    server.clock().advance(Duration::from_millis(6));
    let event = loop {
        let push = events.recv().await.ok_or("the connection has ended")?;
        if push.kind == redis::PushKind::Message {
            break push.data;
        }
    };
    assert_eq!(
        event.last(),
        Some(&redis::Value::BulkString(b"hexpired".to_vec()))
    );
    let () = redis::cmd("MULTI").query_async(&mut watching).await?;
    let () = watching.ping().await?;
    let executed: redis::Value = redis::cmd("EXEC").query_async(&mut watching).await?;
    assert_eq!(executed, redis::Value::Nil);
    Ok(())
}

#[tokio::test]
async fn redis_7_0_does_not_have_them() -> Outcome {
    let server = Server::start().await?;
    let refused = answer(&server, "HEXPIRE h 1 FIELDS 1 a");
    assert!(refused.contains("unknown command 'HEXPIRE'"), "{refused}");
    Ok(())
}
