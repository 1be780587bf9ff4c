//! How often a batch goes back and forth: once, however many keys it has, and on a cluster once a node.
//!
//! No answer comes before all of a batch has been asked for, so that whoever waits in between waits in vain. That of
//! memcached is in `impls/memcached`, since its keys are not to be recognised on their way.

mod held_answers;

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use contrait::cache::{CacheError, CacheInterface, Namespace};
use contrait_fred::FredCache;
use contrait_memory::MemoryStore;
use contrait_redis_rs::RedisCache;
use contrait_rustis::RustisCache;
use contrait_two_level::TwoLevelCache;
use held_answers::HeldAnswers;
use redis_embedded::{Cluster, Server};

type Outcome = Result<(), Box<dyn Error>>;

const NODES: usize = 3;
const NAMESPACE: &str = "ns";
const MARK: &str = "mark-";
/// Who waits in vain has waited for so long, and a busy machine is no reason to give up.
const PATIENCE: Duration = Duration::from_secs(15);

fn keys() -> Vec<String> {
    (0..100).map(|number| format!("{MARK}{number}")).collect()
}

/// Whether every batch is asked for as a whole before anything is answered.
async fn take_one_round_trip(held: &HeldAnswers, cache: &dyn CacheInterface) -> Outcome {
    let keys = keys();
    let entries: Vec<(String, Bytes)> = keys
        .iter()
        .map(|key| (key.clone(), Bytes::from(key.clone())))
        .collect();
    for ttl in [None, Some(Duration::from_secs(60))] {
        // Each entry has the mark in its key and in its value.
        held.until(MARK, 2 * keys.len());
        cache.set_many(&entries, ttl).await?;
        held.until(MARK, keys.len());
        let values = cache.get_many(&keys).await?;
        let expected = entries.iter().map(|(_, value)| value);
        assert!(values.iter().flatten().eq(expected));
    }
    held.until(MARK, keys.len());
    assert_eq!(cache.delete_many(&keys).await?, keys.len() as u64);
    held.until(MARK, 0);
    Ok(())
}

/// Runs the test with a server of its own and a client that is led to it by way of held answers.
async fn on_one_server<C: CacheInterface>(
    connect: impl AsyncFn(&str) -> Result<C, CacheError>,
) -> Outcome {
    let server = Server::start().await?;
    let held = HeldAnswers::before([server.addr()].into_iter()).await?;
    for protocol in ["resp2", "resp3"] {
        let url = format!("{}?protocol={protocol}", held.urls()[0]);
        take_one_round_trip(&held, &connect(&url).await?).await?;
    }
    Ok(())
}

async fn redis_rs(url: &str) -> Result<RedisCache, CacheError> {
    let builder = RedisCache::builder(url).namespace(NAMESPACE);
    builder.response_timeout(PATIENCE).connect().await
}

#[tokio::test]
async fn redis_rs_takes_one() -> Outcome {
    on_one_server(redis_rs).await
}

#[tokio::test]
async fn fred_takes_one() -> Outcome {
    on_one_server(async |url| {
        let builder = FredCache::builder(url).namespace(NAMESPACE);
        builder.response_timeout(PATIENCE).connect().await
    })
    .await
}

#[tokio::test]
async fn rustis_takes_one() -> Outcome {
    on_one_server(async |url| {
        // It speaks one protocol, and its URLs name none.
        let url = url.split('?').next().unwrap_or_default();
        let builder = RustisCache::builder(url).namespace(NAMESPACE);
        builder.response_timeout(PATIENCE).connect().await
    })
    .await
}

#[tokio::test]
async fn two_levels_take_one() -> Outcome {
    on_one_server(async |url| {
        let near = MemoryStore::default().cache("near")?;
        Ok(TwoLevelCache::new(near, redis_rs(url).await?))
    })
    .await
}

/// However many slots a batch is over, it takes as long as one command.
async fn on_a_cluster<C: CacheInterface>(
    connect: impl AsyncFn(&[String]) -> Result<C, CacheError>,
) -> Outcome {
    let cluster = Cluster::start(NODES).await?;
    let held = HeldAnswers::before(cluster.nodes().iter().map(Server::addr)).await?;
    for (node, way) in held.ways().iter().enumerate() {
        cluster.announce(node, *way);
    }
    let namespace = Namespace::new(NAMESPACE)?;
    let slots: BTreeSet<u16> = keys()
        .iter()
        .map(|key| Ok(Cluster::slot_of(namespace.join(key)?)))
        .collect::<Result<_, Box<dyn Error>>>()?;
    assert!(
        slots.len() > 90,
        "hardly any two keys can be in one command"
    );
    take_one_round_trip(&held, &connect(&held.urls()).await?).await
}

#[tokio::test]
async fn redis_rs_takes_one_a_node() -> Outcome {
    on_a_cluster(async |urls| {
        let builder = RedisCache::cluster(urls).namespace(NAMESPACE);
        builder.response_timeout(PATIENCE).connect().await
    })
    .await
}

#[tokio::test]
async fn fred_takes_one_a_node() -> Outcome {
    on_a_cluster(async |urls| {
        let builder = FredCache::cluster(urls).namespace(NAMESPACE);
        builder.response_timeout(PATIENCE).connect().await
    })
    .await
}
