//! The two clients of the workspace against the server, in both protocols.

use std::time::Duration;

use fred::prelude::{ClientLike, Config, KeysInterface, TransactionInterface};
use fred::types::{Expiration, RespVersion};
use redis::AsyncCommands;
use redis_embedded::Server;

type Outcome = Result<(), Box<dyn std::error::Error>>;

async fn redis_rs(
    server: &Server,
    parameters: &str,
) -> redis::RedisResult<redis::aio::MultiplexedConnection> {
    let client = redis::Client::open(format!("{}/{parameters}", server.url()))?;
    client.get_multiplexed_async_connection().await
}

async fn fred(
    server: &Server,
    version: RespVersion,
) -> Result<fred::prelude::Client, fred::error::Error> {
    let mut config = Config::from_url(&server.url())?;
    config.version = version;
    let client = fred::prelude::Client::new(config, None, None, None);
    client.init().await?;
    Ok(client)
}

async fn strings_by_redis_rs(parameters: &str) -> Outcome {
    let server = Server::start().await?;
    let mut connection = redis_rs(&server, parameters).await?;
    let () = connection.set("key", "value").await?;
    assert_eq!(connection.get::<_, String>("key").await?, "value");
    assert_eq!(connection.get::<_, Option<String>>("other").await?, None);
    let (first, second): (i64, Vec<Option<String>>) = redis::pipe()
        .atomic()
        .incr("n", 41)
        .mget(&["key", "other"])
        .query_async(&mut connection)
        .await?;
    assert_eq!((first, second), (41, vec![Some("value".into()), None]));
    let error = connection
        .incr::<_, _, i64>("key", 1)
        .await
        .expect_err("no number");
    assert!(
        error
            .to_string()
            .contains("value is not an integer or out of range"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn redis_rs_speaks_to_it_in_resp2() -> Outcome {
    strings_by_redis_rs("").await
}

#[tokio::test]
async fn redis_rs_speaks_to_it_in_resp3_and_another_database() -> Outcome {
    strings_by_redis_rs("5?protocol=resp3").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_on_several_threads() -> Outcome {
    strings_by_redis_rs("").await
}

async fn strings_by_fred(version: RespVersion) -> Outcome {
    let server = Server::start().await?;
    let client = fred(&server, version).await?;
    let () = client
        .set("key", "value", Some(Expiration::EX(100)), None, false)
        .await?;
    assert_eq!(client.get::<String, _>("key").await?, "value");
    assert_eq!(client.ttl::<i64, _>("key").await?, 100);
    let multi = client.multi();
    let () = multi.incr("n").await?;
    let () = multi.get("other").await?;
    let (n, other): (i64, Option<String>) = multi.exec(true).await?;
    assert_eq!((n, other), (1, None));
    let error = client.incr::<i64, _>("key").await.expect_err("no number");
    assert!(
        error
            .to_string()
            .contains("value is not an integer or out of range"),
        "{error}"
    );
    client.quit().await?;
    Ok(())
}

#[tokio::test]
async fn fred_speaks_to_it_in_resp2() -> Outcome {
    strings_by_fred(RespVersion::RESP2).await
}

#[tokio::test]
async fn fred_speaks_to_it_in_resp3() -> Outcome {
    strings_by_fred(RespVersion::RESP3).await
}

#[tokio::test]
async fn a_password_is_asked_for() -> Outcome {
    let server = Server::builder().password("s/e+cret").start().await?;
    let mut connection = redis_rs(&server, "").await?;
    let () = connection.set("key", 1).await?;
    let without = redis::Client::open(format!("redis://{}", server.addr()))?;
    let mut guest = without.get_multiplexed_async_connection().await?;
    let error = guest.get::<_, i64>("key").await.expect_err("a guest");
    assert!(
        error.to_string().contains("Authentication required"),
        "{error}"
    );
    let client = fred(&server, RespVersion::RESP3).await?;
    assert_eq!(client.get::<i64, _>("key").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_frozen_clock_moves_when_it_is_told_to() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let mut connection = redis_rs(&server, "").await?;
    let () = connection.set_ex("key", "value", 3600).await?;
    server.clock().advance(Duration::from_secs(3599));
    assert_eq!(connection.pttl::<_, i64>("key").await?, 1000);
    // Redis keeps a key through the whole millisecond that it expires in.
    server.clock().advance(Duration::from_secs(1));
    assert_eq!(connection.pttl::<_, i64>("key").await?, 0);
    server.clock().advance(Duration::from_millis(1));
    assert_eq!(connection.get::<_, Option<String>>("key").await?, None);
    Ok(())
}

#[tokio::test]
async fn a_test_may_block_its_runtime_when_the_server_has_its_own_thread() -> Outcome {
    let server = Server::builder().own_thread().start().await?;
    let mut connection = redis::Client::open(server.url())?.get_connection()?;
    let () = redis::Commands::set(&mut connection, "key", "value")?;
    let value: String = redis::Commands::get(&mut connection, "key")?;
    assert_eq!(value, "value");
    Ok(())
}

#[tokio::test]
async fn a_unix_socket_is_served_too_and_removed() -> Outcome {
    let path = std::env::temp_dir().join(format!("redis-embedded-{}.sock", std::process::id()));
    let server = Server::builder()
        .unix_socket(&path)
        .own_thread()
        .start()
        .await?;
    let url = format!("redis+unix://{}", path.display());
    let mut connection = redis::Client::open(url)?
        .get_multiplexed_async_connection()
        .await?;
    let () = connection.set("key", "value").await?;
    assert_eq!(connection.get::<_, String>("key").await?, "value");
    server.stop().await;
    assert!(!path.exists());
    Ok(())
}

#[tokio::test]
async fn dropping_the_server_closes_its_connections_and_its_port() -> Outcome {
    let server = Server::start().await?;
    let addr = server.addr();
    let mut connection = redis_rs(&server, "").await?;
    let () = connection.set("key", "value").await?;
    drop(server);
    connection
        .get::<_, String>("key")
        .await
        .expect_err("the connection is closed");
    tokio::time::timeout(Duration::from_secs(10), async {
        while tokio::net::TcpStream::connect(addr).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_pipeline_may_be_sent_before_any_reply_is_read() -> Outcome {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::start().await?;
    let mut stream = tokio::net::TcpStream::connect(server.addr()).await?;
    let value = "x".repeat(100_000);
    let request = format!("*2\r\n$4\r\nECHO\r\n${}\r\n{value}\r\n", value.len()).repeat(200);
    stream.write_all(request.as_bytes()).await?;
    let mut reply = vec![0; (value.len() + 11) * 200];
    stream.read_exact(&mut reply).await?;
    assert!(reply.starts_with(b"$100000\r\nxxx"));
    assert!(reply.ends_with(b"xxx\r\n"));
    Ok(())
}
