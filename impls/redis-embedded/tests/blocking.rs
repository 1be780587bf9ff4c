//! Commands that wait, and connections that are lost, as both clients see them.
//!
//! Nothing here is about the server's own ways, so a real one can be held to the same:
//! `PEER_URL=redis://127.0.0.1:6379 cargo test --test blocking -- --test-threads 1`.

use std::time::Duration;

use fred::error::ErrorKind;
use fred::prelude::{ClientLike, Config, KeysInterface, ListInterface, SortedSetsInterface};
use fred::prelude::{ReconnectPolicy, StreamsInterface};
use fred::types::RespVersion;
use fred::types::lists::LMoveDirection;
use fred::types::streams::XReadResponse;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::{AsyncCommands, AsyncConnectionConfig, cmd};
use redis_embedded::Server;

type Outcome = Result<(), Box<dyn std::error::Error>>;
type Fred = fred::prelude::Client;
type Streams = XReadResponse<String, String, String, String>;

/// The server under test, which is emptied first.
struct Place {
    url: String,
    _server: Option<Server>,
}

impl Place {
    async fn new() -> Result<Place, Box<dyn std::error::Error>> {
        let place = match std::env::var("PEER_URL") {
            Ok(url) => Place { url, _server: None },
            Err(_) => {
                let server = Server::start().await?;
                Place {
                    url: server.url(),
                    _server: Some(server),
                }
            }
        };
        let mut connection = place.redis_rs().await?;
        cmd("FLUSHALL").exec_async(&mut connection).await?;
        Ok(place)
    }

    /// A connection that waits for replies as long as they take.
    async fn redis_rs(&self) -> redis::RedisResult<MultiplexedConnection> {
        self.impatient(None).await
    }

    async fn impatient(
        &self,
        patience: Option<Duration>,
    ) -> redis::RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new().set_response_timeout(patience);
        let client = redis::Client::open(&*self.url)?;
        client
            .get_multiplexed_async_connection_with_config(&config)
            .await
    }

    async fn fred(&self, version: RespVersion) -> Result<Fred, fred::error::Error> {
        let mut config = Config::from_url(&self.url)?;
        config.version = version;
        let policy = ReconnectPolicy::new_constant(0, 1);
        let client = Fred::new(config, None, None, Some(policy));
        client.init().await?;
        Ok(client)
    }

    /// Waits until so many connections wait.
    async fn until_blocked(&self, count: usize) -> redis::RedisResult<()> {
        let mut connection = self.redis_rs().await?;
        let wanted = format!("blocked_clients:{count}\r\n");
        loop {
            let mut request = cmd("INFO");
            let info: String = request.arg("clients").query_async(&mut connection).await?;
            if info.contains(&wanted) {
                return Ok(());
            }
        }
    }
}

#[tokio::test]
async fn a_pop_that_redis_rs_has_given_up_takes_the_next_job() -> Outcome {
    let place = Place::new().await?;
    let mut worker = place.impatient(Some(Duration::from_millis(50))).await?;
    let popped = worker.brpop::<_, Option<[String; 2]>>("jobs", 10.0).await;
    assert!(popped.expect_err("nobody pushed").is_timeout());
    // The server knows nothing of that.
    place.until_blocked(1).await?;
    let mut producer = place.redis_rs().await?;
    let _: i64 = producer.lpush("jobs", "first").await?;
    let _: i64 = producer.lpush("jobs", "second").await?;
    let next: Option<[String; 2]> = worker.brpop("jobs", 10.0).await?;
    assert_eq!(next, Some(["jobs".into(), "second".into()]));
    assert_eq!(producer.llen::<_, i64>("jobs").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_pop_of_redis_rs_holds_up_the_clones_of_its_connection() -> Outcome {
    let place = Place::new().await?;
    let mut worker = place.redis_rs().await?;
    let mut clone = worker.clone();
    let pop = tokio::spawn(async move { worker.brpop::<_, [String; 2]>("jobs", 0.0).await });
    place.until_blocked(1).await?;
    let get = tokio::spawn(async move { clone.get::<_, Option<String>>("key").await });
    let mut producer = place.redis_rs().await?;
    for _ in 0..20 {
        let () = producer.set("key", "value").await?;
        assert!(!get.is_finished(), "it overtook the pop");
    }
    let _: i64 = producer.lpush("jobs", "job").await?;
    assert_eq!(pop.await??, ["jobs", "job"]);
    assert_eq!(get.await??.as_deref(), Some("value"));
    Ok(())
}

/// Whose time is up gets a null, and what the clients make of it.
async fn an_empty_wait(version: RespVersion, parameters: &str) -> Outcome {
    let place = Place::new().await?;
    let fred = place.fred(version).await?;
    let popped = fred.brpop::<[String; 2], _>("none", 0.02).await;
    assert_eq!(*popped.expect_err("no job").kind(), ErrorKind::Timeout);
    let client = redis::Client::open(format!("{}/{parameters}", place.url))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let popped: Option<[String; 2]> = connection.brpop("none", 0.02).await?;
    assert_eq!(popped, None);
    let moved: Option<String> = cmd("BLMOVE")
        .arg(&["none", "other", "LEFT", "LEFT", "0.02"])
        .query_async(&mut connection)
        .await?;
    assert_eq!(moved, None);
    let popped: Option<(String, String, f64)> = connection.bzpopmin("none", 0.02).await?;
    assert_eq!(popped, None);
    Ok(())
}

#[tokio::test]
async fn a_wait_that_ends_empty_is_no_error_but_to_fred() -> Outcome {
    an_empty_wait(RespVersion::RESP2, "").await?;
    an_empty_wait(RespVersion::RESP3, "?protocol=resp3").await
}

#[tokio::test]
async fn who_waits_longest_is_served_first_whichever_client_it_is() -> Outcome {
    let place = Place::new().await?;
    let mut first = place.redis_rs().await?;
    let second = place.fred(RespVersion::RESP3).await?;
    let mut third = place.redis_rs().await?;
    let first = tokio::spawn(async move { first.blpop::<_, [String; 2]>("q", 0.0).await });
    place.until_blocked(1).await?;
    let second = tokio::spawn(async move { second.blpop::<[String; 2], _>("q", 0.0).await });
    place.until_blocked(2).await?;
    let third = tokio::spawn(async move { third.blpop::<_, [String; 2]>("q", 0.0).await });
    place.until_blocked(3).await?;
    let mut producer = place.redis_rs().await?;
    let _: i64 = producer.rpush("q", &["1", "2", "3"]).await?;
    assert_eq!(first.await??[1], "1");
    assert_eq!(second.await??[1], "2");
    assert_eq!(third.await??[1], "3");
    Ok(())
}

/// What fred's commands that wait return when there is something for them.
async fn waits_of_fred(version: RespVersion) -> Outcome {
    let place = Place::new().await?;
    let fred = place.fred(version).await?;
    let mut producer = place.redis_rs().await?;
    let (left, right) = (LMoveDirection::Left, LMoveDirection::Right);
    let moved = fred.blmove::<String, _, _>("from", "to", right, left.clone(), 0.0);
    let push = async {
        place.until_blocked(1).await?;
        producer.rpush::<_, _, i64>("from", &["a", "b"]).await
    };
    let (moved, pushed) = tokio::join!(moved, push);
    assert_eq!((moved?, pushed?), ("b".into(), 2));
    let popped = fred.bzpopmin::<(String, String, f64), _>("scores", 0.0);
    let add = async {
        place.until_blocked(1).await?;
        producer.zadd::<_, _, _, i64>("scores", "ann", 1.5).await
    };
    let (popped, added) = tokio::join!(popped, add);
    assert_eq!((popped?, added?), (("scores".into(), "ann".into(), 1.5), 1));
    let popped = fred.blmpop::<(String, Vec<String>), _>(0.0, "many", left, Some(2));
    let push = async {
        place.until_blocked(1).await?;
        producer.rpush::<_, _, i64>("many", &["1", "2", "3"]).await
    };
    let (popped, pushed) = tokio::join!(popped, push);
    let expected = ("many".into(), vec!["1".into(), "2".into()]);
    assert_eq!((popped?, pushed?), (expected, 3));
    Ok(())
}

#[tokio::test]
async fn lists_and_sorted_sets_serve_fred_when_they_can() -> Outcome {
    waits_of_fred(RespVersion::RESP2).await?;
    waits_of_fred(RespVersion::RESP3).await
}

/// Both ways to read a stream, each waiting for an entry that another client adds.
async fn streams_by_fred(version: RespVersion) -> Outcome {
    let place = Place::new().await?;
    let fred = place.fred(version).await?;
    let mut producer = place.redis_rs().await?;
    let mut add = async |id: &str| {
        place.until_blocked(1).await?;
        let added: redis::RedisResult<String> = producer.xadd("s", id, &[("field", id)]).await;
        added
    };
    let read = fred.xread_map::<String, String, String, String, _, _>(None, Some(0), "s", "$");
    let (read, added) = tokio::join!(read, add("1-1"));
    let (read, _): (Streams, _) = (read?, added?);
    assert_eq!(read["s"][0].0, "1-1");
    let () = fred.xgroup_create("s", "group", "$", false).await?;
    let read = fred.xreadgroup_map::<String, String, String, String, _, _, _, _>(
        "group",
        "me",
        None,
        Some(0),
        false,
        "s",
        ">",
    );
    let (read, added) = tokio::join!(read, add("2-1"));
    let (read, _): (Streams, _) = (read?, added?);
    assert_eq!(read["s"][0].1["field"], "2-1");
    assert_eq!(fred.xack::<i64, _, _, _>("s", "group", "2-1").await?, 1);
    Ok(())
}

#[tokio::test]
async fn streams_serve_fred_when_they_can() -> Outcome {
    streams_by_fred(RespVersion::RESP2).await?;
    streams_by_fred(RespVersion::RESP3).await
}

#[tokio::test]
async fn a_lost_connection_comes_back_with_the_manager_alone() -> Outcome {
    let place = Place::new().await?;
    let mut killer = place.redis_rs().await?;
    let mut kill = async |id: i64| {
        let mut request = cmd("CLIENT");
        request.arg("KILL").arg("ID").arg(id);
        request.query_async::<i64>(&mut killer).await
    };
    let mut plain = place.redis_rs().await?;
    let config = ConnectionManagerConfig::new().set_min_delay(Duration::from_millis(1));
    let client = redis::Client::open(&*place.url)?;
    let mut manager = ConnectionManager::new_with_config(client, config).await?;
    let mut id_of = cmd("CLIENT");
    id_of.arg("ID");
    assert_eq!(kill(id_of.query_async(&mut plain).await?).await?, 1);
    assert_eq!(kill(id_of.query_async(&mut manager).await?).await?, 1);
    // The first request may meet the connection that is not there any more.
    let _ = manager.set::<_, _, ()>("key", "1").await;
    let () = manager.set("key", "2").await?;
    for _ in 0..3 {
        let lost = plain.get::<_, String>("key").await.expect_err("it is lost");
        assert!(lost.is_connection_dropped(), "{lost}");
    }
    Ok(())
}

#[tokio::test]
async fn an_increment_whose_reply_was_lost_is_run_twice_by_fred() -> Outcome {
    let server = Server::start().await?;
    let place = Place {
        url: server.url(),
        _server: None,
    };
    let fred = place.fred(RespVersion::RESP2).await?;
    let lost = server
        .faults()
        .on("INCR")
        .disconnect_after_effect()
        .times(1);
    let counted: i64 = fred.incr("orders").await?;
    assert_eq!((counted, lost.hits()), (2, 1));
    Ok(())
}
