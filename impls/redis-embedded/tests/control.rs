//! What a test does to the server: faults, direct reads and writes, dumps, restarts, the log.

use std::time::Duration;

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use redis_embedded::{Reply, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

type Outcome = Result<(), Box<dyn std::error::Error>>;

async fn connect(server: &Server) -> redis::RedisResult<MultiplexedConnection> {
    let client = redis::Client::open(server.url())?;
    client.get_multiplexed_async_connection().await
}

/// Sends requests over a stream of its own and reads what comes back until the end, or `length`
/// bytes.
async fn exchange(server: &Server, request: &str, length: usize) -> std::io::Result<String> {
    let mut stream = server.connect_in_memory();
    stream.write_all(request.as_bytes()).await?;
    read(&mut stream, length).await
}

async fn read(stream: &mut DuplexStream, length: usize) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    stream.take(length as u64).read_to_end(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn an_error_meets_the_requests_it_is_for_and_as_often_as_it_is_to() -> Outcome {
    let server = Server::start().await?;
    let mut connection = connect(&server).await?;
    let fault = server
        .faults()
        .on("GET")
        .with_args(|args| args[0] == b"slow")
        .error("LOADING not yet")
        .times(2);
    assert_eq!(connection.get::<_, Option<i64>>("quick").await?, None);
    for _ in 0..2 {
        let error = connection.get::<_, Option<i64>>("slow").await;
        let error = error.expect_err("a fault").to_string();
        assert!(error.contains("not yet"), "{error}");
    }
    assert_eq!(connection.get::<_, Option<i64>>("slow").await?, None);
    assert_eq!(fault.hits(), 2);
    Ok(())
}

#[tokio::test]
async fn an_error_after_the_effect_leaves_the_effect() -> Outcome {
    let server = Server::start().await?;
    let mut connection = connect(&server).await?;
    server.faults().on("set").error_after_effect("ERR lost");
    connection
        .set::<_, _, ()>("key", "value")
        .await
        .expect_err("a fault");
    assert_eq!(server.db(0).get_text("key").as_deref(), Some("value"));
    Ok(())
}

#[tokio::test]
async fn a_guard_takes_its_fault_with_it() -> Outcome {
    let server = Server::start().await?;
    let mut connection = connect(&server).await?;
    {
        let _guard = server
            .faults()
            .on("*")
            .with_key("a*")
            .error("ERR no")
            .guard();
        assert!(connection.get::<_, Option<i64>>("abc").await.is_err());
        assert!(connection.get::<_, Option<i64>>("bcd").await.is_ok());
    }
    assert!(connection.get::<_, Option<i64>>("abc").await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_delay_passes_with_the_servers_clock() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let mut connection = connect(&server).await?;
    let fault = server
        .faults()
        .on("SET")
        .delay(Duration::from_secs(60))
        .times(1);
    let mut behind = connection.clone();
    let set = tokio::spawn(async move { connection.set::<_, _, ()>("key", "value").await });
    fault.reached(1).await;
    // Those behind it on the same connection wait too, those on another do not.
    let get = tokio::spawn(async move { behind.get::<_, String>("key").await });
    assert_eq!(server.db(0).get("key"), None);
    assert!(connect(&server).await?.ping::<String>().await.is_ok());
    server.clock().advance(Duration::from_secs(59));
    assert_eq!(server.db(0).get("key"), None);
    server.clock().advance(Duration::from_secs(1));
    set.await??;
    assert_eq!(get.await??, "value");
    assert_eq!(fault.hits(), 1);
    Ok(())
}

#[tokio::test]
async fn a_delay_meets_each_request_once() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let delay = server.faults().on("PING").delay(Duration::from_secs(1));
    let mut stream = server.connect_in_memory();
    for hits in 1..3 {
        stream.write_all(b"PING\r\n").await?;
        delay.reached(hits).await;
        server.clock().advance(Duration::from_secs(1));
        let reply = tokio::time::timeout(Duration::from_secs(20), read(&mut stream, 7)).await?;
        assert_eq!(reply?, "+PONG\r\n");
        assert_eq!(delay.hits(), hits);
    }
    Ok(())
}

#[tokio::test]
async fn a_delay_after_the_effect_holds_only_the_reply_back() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    let mut connection = connect(&server).await?;
    let fault = server
        .faults()
        .on("SET")
        .delay_after_effect(Duration::from_secs(1));
    let set = tokio::spawn(async move { connection.set::<_, _, ()>("key", "value").await });
    fault.reached(1).await;
    assert_eq!(server.db(0).get_text("key").as_deref(), Some("value"));
    tokio::task::yield_now().await;
    assert!(!set.is_finished());
    server.clock().advance(Duration::from_secs(1));
    set.await??;
    Ok(())
}

#[tokio::test]
async fn a_disconnect_comes_before_or_after_the_effect_and_after_earlier_replies() -> Outcome {
    let server = Server::start().await?;
    let faults = server.faults();
    faults.on("INCR").disconnect().times(1);
    let request = "PING\r\nINCR n\r\nPING\r\n";
    assert_eq!(exchange(&server, request, 1000).await?, "+PONG\r\n");
    assert_eq!(server.db(0).get("n"), None);
    faults.on("INCR").disconnect_after_effect().times(1);
    assert_eq!(exchange(&server, request, 1000).await?, "+PONG\r\n");
    assert_eq!(server.db(0).get_text("n").as_deref(), Some("1"));
    faults.on("GET").disconnect_within_reply().times(1);
    assert_eq!(exchange(&server, "GET n\r\n", 1000).await?, "$1\r");
    assert_eq!(exchange(&server, "GET n\r\n", 7).await?, "$1\r\n1\r\n");
    Ok(())
}

#[tokio::test]
async fn a_stalled_connection_stays_open_without_a_word() -> Outcome {
    let server = Server::start().await?;
    let fault = server.faults().on("GET").stall().times(1);
    let mut stream = server.connect_in_memory();
    stream.write_all(b"PING\r\nGET n\r\nPING\r\n").await?;
    assert_eq!(read(&mut stream, 7).await?, "+PONG\r\n");
    fault.reached(1).await;
    let mut other = connect(&server).await?;
    let (): () = other.ping().await?;
    let nothing = Box::pin(read(&mut stream, 1)).now_or_never();
    assert!(nothing.is_none(), "{nothing:?}");
    server.disconnect_all();
    assert_eq!(read(&mut stream, 1).await?, "", "it is closed now");
    Ok(())
}

#[tokio::test]
async fn a_fault_after_the_effect_waits_for_a_command_that_waits() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    server.faults().on("WAIT").error_after_effect("ERR lost");
    let mut stream = server.connect_in_memory();
    stream.write_all(b"WAIT 1 1000\r\n").await?;
    let mut state = tokio::spawn(async move { read(&mut stream, 11).await });
    while server.log().total() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(state.now_or_never().is_none());
    server.clock().advance(Duration::from_secs(1));
    assert_eq!(state.await??, "-ERR lost\r\n");
    Ok(())
}

/// Looks whether a task has ended, without waiting for it.
trait NowOrNever: Future + Unpin {
    fn now_or_never(&mut self) -> Option<Self::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(self).poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}

impl<F: Future + Unpin> NowOrNever for F {}

#[tokio::test]
async fn a_rate_is_chosen_by_a_seed() -> Outcome {
    let server = Server::start().await?;
    server.faults().on("PING").rate(0.3).error("ERR unlucky");
    let request = "PING\r\n".repeat(1000);
    let mut runs = Vec::new();
    for _ in 0..2 {
        server.faults().seed(7);
        let mut stream = server.connect_in_memory();
        stream.write_all(request.as_bytes()).await?;
        stream.write_all(b"QUIT\r\n").await?;
        runs.push(read(&mut stream, 100_000).await?);
    }
    let errors = runs[0].matches("unlucky").count();
    assert!((250..350).contains(&errors), "{errors}");
    assert_eq!(runs[0], runs[1]);
    Ok(())
}

#[tokio::test]
async fn a_fault_in_a_transaction_aborts_it() -> Outcome {
    let server = Server::start().await?;
    server.faults().on("INCR").after(1).error("ERR no");
    let request = "MULTI\r\nINCR a\r\nINCR b\r\nEXEC\r\nQUIT\r\n";
    let replies = exchange(&server, request, 1000).await?;
    assert_eq!(
        replies,
        "+OK\r\n+QUEUED\r\n-ERR no\r\n-EXECABORT Transaction discarded because of previous \
         errors.\r\n+OK\r\n"
    );
    Ok(())
}

#[tokio::test]
async fn faults_choose_by_subcommand_database_and_client() -> Outcome {
    let server = Server::start().await?;
    let faults = server.faults();
    faults.on("client id").error("ERR by subcommand");
    faults.on("GET").in_db(1).reply("from a fault");
    faults.on("ECHO").from_client("worker").reply(Reply::Null);
    let request = "CLIENT ID\r\nCLIENT GETNAME\r\nGET k\r\nSELECT 1\r\nGET k\r\nECHO a\r\n\
                   CLIENT SETNAME worker\r\nECHO a\r\nQUIT\r\n";
    assert_eq!(
        exchange(&server, request, 1000).await?.replace("\r\n", " "),
        "-ERR by subcommand $-1 $-1 +OK $12 from a fault $1 a +OK $-1 +OK "
    );
    faults.clear();
    assert_eq!(exchange(&server, "GET k\r\n", 5).await?, "$-1\r\n");
    Ok(())
}

#[tokio::test]
async fn the_database_is_read_and_written_without_a_client() -> Outcome {
    let server = Server::builder()
        .password("secret")
        .frozen_clock()
        .start()
        .await?;
    let db = server.db(3);
    db.set("b", [0xff, 0]);
    db.set_for("a", "text", Duration::from_secs(60));
    assert_eq!(db.key_texts(), ["a", "b"]);
    assert_eq!(db.get("b"), Some(vec![0xff, 0]));
    assert_eq!(db.get_text("a").as_deref(), Some("text"));
    assert_eq!(db.ttl("a"), Some(Duration::from_secs(60)));
    assert_eq!(db.ttl("b"), None);
    assert_eq!(db.kind("a").as_deref(), Some("string"));
    assert_eq!(db.kind("c"), None);
    assert!(db.expire("b", Duration::from_secs(1)) && db.contains("b"));
    server.clock().advance(Duration::from_millis(1001));
    assert!(!db.contains("b") && !db.remove("b") && db.remove("a"));
    assert!(db.is_empty() && server.db(0).is_empty());
    let error = server.command(["INCRBY", "k"]);
    assert_eq!(
        error.as_error(),
        Some("ERR wrong number of arguments for 'incrby' command")
    );
    assert_eq!(server.command(["SET", "k", "v"]), "OK");
    server.flush();
    assert_eq!(server.command(["DBSIZE"]), 0);
    Ok(())
}

#[tokio::test]
async fn a_write_of_the_test_is_seen_by_who_watches() -> Outcome {
    let server = Server::start().await?;
    let mut stream = server.connect_in_memory();
    stream.write_all(b"WATCH k\r\nMULTI\r\nPING\r\n").await?;
    assert_eq!(read(&mut stream, 19).await?, "+OK\r\n+OK\r\n+QUEUED\r\n");
    server.db(0).set("k", "v");
    stream.write_all(b"EXEC\r\n").await?;
    assert_eq!(read(&mut stream, 5).await?, "*-1\r\n");
    Ok(())
}

#[tokio::test]
async fn a_dump_shows_every_key() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    assert_eq!(server.dump(), "no keys\n");
    server.db(0).set("text", "line\n");
    server
        .db(2)
        .set_for("short", "x".repeat(300), Duration::from_secs(90));
    let dump = server.dump();
    assert!(
        dump.starts_with("db0: 1 keys\n  \"text\" string = \"line\\n\"\n"),
        "{dump}"
    );
    assert!(
        dump.contains("db2: 1 keys\n  \"short\" string for 90 s = \"xxx"),
        "{dump}"
    );
    assert!(dump.ends_with("xxx… (302 bytes)\n"), "{dump}");
    Ok(())
}

#[tokio::test]
async fn a_restart_closes_connections_and_keeps_the_port_the_clock_and_the_data() -> Outcome {
    let server = Server::builder().frozen_clock().start().await?;
    server.clock().advance(Duration::from_secs(1000));
    let time = server.clock().now();
    let mut connection = connect(&server).await?;
    let () = connection.set("key", "value").await?;
    let _: () = redis::cmd("CONFIG")
        .arg(&["SET", "maxmemory", "1mb"])
        .query_async(&mut connection)
        .await?;
    server.restart();
    assert!(connection.get::<_, String>("key").await.is_err());
    assert_eq!(server.clock().now(), time);
    let mut again = connect(&server).await?;
    assert_eq!(again.get::<_, String>("key").await?, "value");
    let limit = server.command(["CONFIG", "GET", "maxmemory"]);
    assert_eq!(limit, Reply::Map(vec![("maxmemory".into(), "0".into())]));
    server.restart_empty();
    assert!(again.get::<_, String>("key").await.is_err());
    assert_eq!(
        connect(&server)
            .await?
            .get::<_, Option<String>>("key")
            .await?,
        None
    );
    Ok(())
}

#[tokio::test]
async fn a_transaction_and_a_wait_do_not_survive_a_restart() -> Outcome {
    let server = Server::start().await?;
    let mut stream = server.connect_in_memory();
    stream.write_all(b"WAIT 1 0\r\n").await?;
    while server.log().total() == 0 {
        tokio::task::yield_now().await;
    }
    server.restart();
    assert_eq!(read(&mut stream, 1).await?, "");
    assert_eq!(server.connections(), 0);
    Ok(())
}

#[tokio::test]
async fn connections_are_held_up_or_refused_until_they_are_accepted_again() -> Outcome {
    let server = Server::start().await?;
    server.refuse_connections().await?;
    let error = tokio::net::TcpStream::connect(server.addr()).await;
    let error = error.expect_err("nobody listens");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    assert_eq!(exchange(&server, "", 1).await?, "");
    server.pause_accepting().await?;
    let mut stream = tokio::net::TcpStream::connect(server.addr()).await?;
    stream.write_all(b"PING\r\n").await?;
    let mut reply = [0; 7];
    // One that is accepted goes through the same runtime, and this one has come first.
    assert_eq!(exchange(&server, "PING\r\n", 7).await?, "+PONG\r\n");
    assert_eq!(server.log().total(), 1);
    server.accept_connections().await?;
    stream.read_exact(&mut reply).await?;
    assert_eq!(&reply, b"+PONG\r\n");
    Ok(())
}

#[tokio::test]
async fn one_connection_is_closed_by_its_number() -> Outcome {
    let server = Server::start().await?;
    let mut first = connect(&server).await?;
    let mut second = connect(&server).await?;
    let id: u64 = redis::cmd("CLIENT")
        .arg("ID")
        .query_async(&mut first)
        .await?;
    assert!(server.disconnect(id));
    assert!(!server.disconnect(id));
    assert!(first.ping::<String>().await.is_err());
    assert!(second.ping::<String>().await.is_ok());
    Ok(())
}

#[tokio::test]
async fn the_log_has_what_was_sent_and_hides_passwords() -> Outcome {
    let server = Server::builder().frozen_clock().log(4).start().await?;
    let request = "PING\r\nSELECT 2\r\nset \"a b\" c\r\nAUTH name s3cret\r\nECHO \"\"\r\n";
    exchange(&server, &format!("{request}QUIT\r\n"), 1000).await?;
    let log = server.log();
    assert_eq!(
        log.lines(),
        [
            "SET \"a b\" c",
            "AUTH (hidden) (hidden)",
            "ECHO \"\"",
            "QUIT"
        ]
    );
    assert_eq!(log.total(), 6);
    let set = &log.of("set")[0];
    assert_eq!((set.db, set.at, set.whole), (2, server.clock().now(), true));
    assert_eq!(set.args, [b"a b".to_vec(), b"c".to_vec()]);
    log.clear();
    exchange(
        &server,
        &format!("ECHO {}\r\nQUIT\r\n", "x".repeat(9000)),
        10_000,
    )
    .await?;
    let echo = &log.of("ECHO")[0];
    assert!(!echo.whole && echo.args[0].len() < 4096);
    Ok(())
}

#[tokio::test]
async fn a_time_to_live_may_be_longer_than_a_server_can_count() -> Outcome {
    let server = Server::start().await?;
    server.db(0).set_for("key", "value", Duration::MAX);
    assert_eq!(server.db(0).get_text("key").as_deref(), Some("value"));
    assert!(server.db(0).expire("key", Duration::MAX));
    assert!(server.db(0).ttl("key") > Some(Duration::from_secs(1 << 40)));
    Ok(())
}
