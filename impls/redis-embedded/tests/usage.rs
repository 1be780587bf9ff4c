//! What the server counts of the commands that it runs, as LATENCY HISTOGRAM and INFO tell it.

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use redis_embedded::Server;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A server whose time stands still, so that commands take none, and a connection to it.
async fn connected() -> Result<(Server, MultiplexedConnection), Box<dyn std::error::Error>> {
    let server = Server::builder().frozen_clock().start().await?;
    let client = redis::Client::open(server.url())?;
    let connection = client.get_multiplexed_async_connection().await?;
    Ok((server, connection))
}

/// The lines of a section of INFO that begin so.
async fn info(
    connection: &mut MultiplexedConnection,
    section: &str,
    start: &str,
) -> redis::RedisResult<Vec<String>> {
    let mut request = redis::cmd("INFO");
    let info: String = request.arg(section).query_async(connection).await?;
    let lines = info.lines().filter(|line| line.starts_with(start));
    Ok(lines.map(String::from).collect())
}

#[tokio::test]
async fn calls_are_counted_by_the_time_that_they_take() -> Outcome {
    let (server, mut connection) = connected().await?;
    let mut pipe = redis::pipe();
    pipe.set("a", 1).set("b", 1).get("a");
    let _: ((), (), i64) = pipe.query_async(&mut connection).await?;
    for names in [["set", "nosuch"], ["SET", "ping"]] {
        assert_eq!(
            server
                .command(["LATENCY", "HISTOGRAM", names[0], names[1]])
                .to_string(),
            r#"{"set": {"calls": 2, "histogram_usec": {1: 2}}}"#
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_container_stands_for_its_subcommands() -> Outcome {
    let (server, mut connection) = connected().await?;
    let mut request = redis::cmd("CONFIG");
    let request = request.arg("GET").arg("port");
    let _: Vec<String> = request.query_async(&mut connection).await?;
    let shown = server
        .command(["LATENCY", "HISTOGRAM", "config"])
        .to_string();
    assert_eq!(
        shown,
        r#"{"config|get": {"calls": 1, "histogram_usec": {1: 1}}}"#
    );
    Ok(())
}

#[tokio::test]
async fn nothing_is_timed_where_that_is_turned_off() -> Outcome {
    let (server, mut connection) = connected().await?;
    server.command(["CONFIG", "SET", "latency-tracking", "no"]);
    let () = connection.set("a", 1).await?;
    assert_eq!(
        server.command(["LATENCY", "HISTOGRAM", "set"]).to_string(),
        "{}"
    );
    assert_eq!(
        info(&mut connection, "commandstats", "cmdstat_set:calls=1,")
            .await?
            .len(),
        1
    );
    Ok(())
}

#[tokio::test]
async fn info_tells_what_failed_and_what_was_rejected() -> Outcome {
    let (_server, mut connection) = connected().await?;
    let () = connection.set("a", 1).await?;
    let failed: redis::RedisResult<i64> = connection.lpush("a", 1).await;
    let rejected: redis::RedisResult<i64> = redis::cmd("LPUSH").query_async(&mut connection).await;
    assert!(failed.is_err() && rejected.is_err());
    assert_eq!(
        info(&mut connection, "commandstats", "cmdstat_lpush").await?,
        ["cmdstat_lpush:calls=1,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=1"]
    );
    assert_eq!(
        info(
            &mut connection,
            "latencystats",
            "latency_percentiles_usec_lpush"
        )
        .await?,
        ["latency_percentiles_usec_lpush:p50=1.031,p99=1.031,p99.9=1.031"]
    );
    Ok(())
}

#[tokio::test]
async fn a_blocked_command_is_counted_when_it_is_answered() -> Outcome {
    let (server, mut connection) = connected().await?;
    let mut other = connected_to(&server).await?;
    let waits = tokio::spawn(async move { other.blpop::<_, Vec<String>>("list", 0.0).await });
    while !server
        .command(["INFO", "clients"])
        .to_string()
        .contains("blocked_clients:1")
    {
        tokio::task::yield_now().await;
    }
    assert!(
        info(&mut connection, "commandstats", "cmdstat_blpop")
            .await?
            .is_empty()
    );
    let _: i64 = connection.rpush("list", "a").await?;
    waits.await??;
    let told = info(&mut connection, "commandstats", "cmdstat_blpop:calls=1,").await?;
    assert_eq!(told.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_counts_are_reset_and_are_no_usual_part_of_info() -> Outcome {
    let (_server, mut connection) = connected().await?;
    let () = connection.set("a", 1).await?;
    assert!(
        info(&mut connection, "default", "cmdstat")
            .await?
            .is_empty()
    );
    assert_eq!(
        info(&mut connection, "everything", "cmdstat_set")
            .await?
            .len(),
        1
    );
    let () = redis::cmd("CONFIG")
        .arg("RESETSTAT")
        .query_async(&mut connection)
        .await?;
    let told = info(&mut connection, "all", "cmdstat_").await?;
    assert_eq!(
        told,
        [
            "cmdstat_config|resetstat:calls=1,usec=0,usec_per_call=0.00,rejected_calls=0,failed_calls=0"
        ]
    );
    Ok(())
}

async fn connected_to(server: &Server) -> redis::RedisResult<MultiplexedConnection> {
    let client = redis::Client::open(server.url())?;
    client.get_multiplexed_async_connection().await
}
