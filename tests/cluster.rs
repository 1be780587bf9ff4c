//! What a cluster adds: slots that move, nodes that fail in part, as callers of each client see it. That all else is as
//! on one server is the suite's to show, and how often its batches go back and forth is in `round_trips`.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use contrait::cache::{CacheErrorKind, CacheInterface, Namespace};
use contrait_fred::FredCache;
use contrait_redis_rs::RedisCache;
use redis_embedded::{Cluster, Server};

type Outcome = Result<(), Box<dyn Error>>;

const NODES: usize = 3;
const NAMESPACE: &str = "ns";
/// On a busy machine an answer may come late, and is none too late.
const PATIENCE: Duration = Duration::from_secs(20);

async fn redis_rs(urls: &[String], response: Duration) -> Result<RedisCache, Box<dyn Error>> {
    let builder = RedisCache::cluster(urls).namespace(NAMESPACE);
    let builder = builder
        .connection_timeout(PATIENCE)
        .response_timeout(response);
    Ok(builder.connect().await?)
}

async fn fred(urls: &[String], response: Duration) -> Result<FredCache, Box<dyn Error>> {
    let builder = FredCache::cluster(urls).namespace(NAMESPACE);
    let builder = builder
        .connection_timeout(PATIENCE)
        .response_timeout(response);
    Ok(builder.connect().await?)
}

/// Runs the test on a cluster of its own for each client, which waits for each answer for as long as that.
async fn each_client(
    response: Duration,
    test: impl AsyncFn(&str, &Cluster, &dyn CacheInterface) -> Outcome,
) -> Outcome {
    let cluster = Cluster::start(NODES).await?;
    let cache = redis_rs(&cluster.urls(), response).await?;
    test("redis-rs", &cluster, &cache).await?;
    let cluster = Cluster::start(NODES).await?;
    let cache = fred(&cluster.urls(), response).await?;
    test("fred", &cluster, &cache).await
}

/// What the servers know a key by.
fn stored(key: &str) -> String {
    let namespace = Namespace::new(NAMESPACE).expect("it is short");
    namespace.join(key).expect("it is short")
}

fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("mark-{number}")).collect()
}

fn number_of(cluster: &Cluster, key: &str) -> usize {
    let owner = cluster.node_of(stored(key)).addr();
    let nodes = cluster.nodes().iter().map(Server::addr);
    let mut found = nodes.enumerate().filter(|(_, addr)| *addr == owner);
    found.next().expect("it is one of them").0
}

/// Moves the slot of `key` to another node than it is on.
fn move_slot_of(cluster: &Cluster, key: &str) {
    let other = (number_of(cluster, key) + 1) % NODES;
    cluster.move_slot(Cluster::slot_of(stored(key)), other);
}

/// A slot that has moved is found at once: the caller hears nothing of it.
#[tokio::test]
async fn moved_slots_are_followed() -> Outcome {
    each_client(PATIENCE, async |client, cluster, cache| {
        for key in keys(10) {
            cache.set(&key, b"1", None).await?;
            move_slot_of(cluster, &key);
            assert_eq!(cache.increment(&key, 1).await?, 2, "{client}");
            move_slot_of(cluster, &key);
            let batch = cache.get_many(std::slice::from_ref(&key)).await?;
            assert_eq!(batch, [Some(Bytes::from_static(b"2"))], "{client}");
        }
        Ok(())
    })
    .await
}

/// What a slot on its way to another node has there already is answered by redis-rs, and an outage with fred, until it
/// has arrived.
#[tokio::test]
async fn slots_on_their_way_are_followed_or_an_outage() -> Outcome {
    each_client(PATIENCE, async |client, cluster, cache| {
        let key = "on the way";
        let to = (number_of(cluster, key) + 1) % NODES;
        cluster.begin_moving_slot(Cluster::slot_of(stored(key)), to);
        match (client, cache.increment(key, 1).await) {
            ("redis-rs", answer) => assert_eq!(answer?, 1),
            (_, answer) => {
                let error = answer.expect_err("it cannot follow");
                assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error:?}");
            }
        }
        cluster.move_slot(Cluster::slot_of(stored(key)), to);
        let before = i64::from(client == "redis-rs");
        assert_eq!(cache.increment(key, 1).await?, before + 1, "{client}");
        Ok(())
    })
    .await
}

/// A counter whose answer is lost with its connection is counted once, and the caller hears of the outage.
#[tokio::test]
async fn a_lost_answer_is_counted_once() -> Outcome {
    each_client(PATIENCE, async |client, cluster, cache| {
        for key in keys(5) {
            let faults = cluster.node_of(stored(&key)).faults();
            let lost = faults.on("INCRBY").disconnect_after_effect().times(1);
            let error = cache.increment(&key, 1).await.expect_err("nobody answered");
            assert_eq!(
                error.kind(),
                CacheErrorKind::Unavailable,
                "{client}: {error:?}"
            );
            assert_eq!(lost.hits(), 1);
            let node = cluster.node_of(stored(&key)).db(0);
            assert_eq!(
                node.get_text(stored(&key)).as_deref(),
                Some("1"),
                "{client}"
            );
            while cache.get(&key).await.is_err() {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    })
    .await
}

/// A connection to one node that has died without a word, while those to the others live on, is replaced by redis-rs.
/// With fred what that node has is an outage until the system gives the connection up; the rest is served.
#[tokio::test]
async fn a_silent_connection_is_replaced_or_an_outage() -> Outcome {
    each_client(Duration::from_secs(2), async |client, cluster, cache| {
        let key = "k";
        let (silent, others) = (number_of(cluster, key), keys(10));
        let faults = cluster.node_of(stored(key)).faults();
        let _silent = faults.on("GET").stall().times(1);
        for _ in 0..2 {
            match cache.get(key).await {
                Err(error) => assert_eq!(error.kind(), CacheErrorKind::Timeout, "{client}"),
                Ok(_) => break,
            }
            for other in &others {
                if number_of(cluster, other) != silent {
                    assert_eq!(cache.get(other).await?, None, "{client}");
                }
            }
        }
        assert_eq!(
            cache.get(key).await.is_ok(),
            client == "redis-rs",
            "{client}"
        );
        Ok(())
    })
    .await
}

/// A batch that fails on one node names what it failed on there, and has been written everywhere else.
#[tokio::test]
async fn what_failed_of_a_batch_is_named() -> Outcome {
    each_client(PATIENCE, async |client, cluster, cache| {
        let keys = keys(30);
        let full = cluster.nodes()[1].faults();
        let _full = full.on("MSET").error("OOM command not allowed").guard();
        let entries: Vec<_> = keys
            .iter()
            .map(|key| (key.clone(), Bytes::from_static(b"v")))
            .collect();
        let error = cache
            .set_many(&entries, None)
            .await
            .expect_err("one is full");
        assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{client}");
        let failed: BTreeSet<&str> = error.keys().collect();
        for key in &keys {
            let there = number_of(cluster, key) != 1;
            assert_eq!(!failed.contains(&**key), there, "{client}: {key}");
            assert_eq!(cache.exists(key).await?, there, "{client}: {key}");
        }
        Ok(())
    })
    .await
}
