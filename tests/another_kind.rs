//! What somebody else stored as another kind of data under a key: an error of what needs the value, and never a miss, a
//! panic or the end of that data; and an entry like any other for what does not.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, IfChanged, Namespace, TimeToLive, Version,
};
use contrait_fred::FredCache;
use contrait_memory::MemoryStore;
use contrait_redis_rs::RedisCache;
use contrait_rustis::RustisCache;
use contrait_two_level::TwoLevelCache;
use redis_embedded::{Cluster, Reply, Server};

type Outcome = Result<(), Box<dyn Error>>;

const NAMESPACE: &str = "ns";
/// On a busy machine an answer may come late, and is none too late.
const PATIENCE: Duration = Duration::from_secs(20);

/// The options of a client that is patient.
macro_rules! patient {
    ($builder:expr) => {
        $builder
            .namespace(NAMESPACE)
            .connection_timeout(PATIENCE)
            .response_timeout(PATIENCE)
    };
}

#[track_caller]
fn assert_wrong_kind<T: Debug>(name: &str, answer: Result<T, CacheError>) {
    let error = answer.expect_err(name);
    assert_eq!(error.kind(), CacheErrorKind::WrongKind, "{name}: {error:?}");
}

/// Has a list stand under the key of each step.
async fn is_judged<'a>(
    cache: &dyn CacheInterface,
    node_of: impl Fn(&str) -> &'a Server,
) -> Outcome {
    let namespace = Namespace::new(NAMESPACE)?;
    let stored = |key: &str| namespace.join(key);
    let place = |key: &str| -> Outcome {
        let stored = stored(key)?;
        node_of(&stored).command(["RPUSH", &stored, "somebody's"]);
        Ok(())
    };
    place("list")?;
    cache.set("k", b"v", None).await?;
    let version = cache.get_versioned("k").await?.expect("it was set").version;
    for version in [version, Version::new(Bytes::new())] {
        let swap = cache.compare_and_swap("list", &version, b"v", None);
        assert_wrong_kind("compare_and_swap", swap.await);
        let read = cache.get_if_changed("list", &version).await;
        assert_wrong_kind(
            "get_if_changed",
            read.map(|read| read == IfChanged::Missing),
        );
    }
    assert_wrong_kind("get", cache.get("list").await);
    assert_wrong_kind("get_versioned", cache.get_versioned("list").await);
    assert_wrong_kind("take", cache.take("list").await);
    assert_wrong_kind("increment", cache.increment("list", 1).await);
    // MGET takes it for nothing.
    let many = cache.get_many(&["list".to_owned(), "k".to_owned()]).await?;
    assert_eq!(many, [None, Some(Bytes::from_static(b"v"))]);

    assert!(cache.exists("list").await?);
    assert!(!cache.add("list", b"v", None).await?);
    assert_eq!(cache.ttl("list").await?, TimeToLive::Forever);
    assert!(cache.touch("list", Duration::from_secs(60)).await?);
    assert!(cache.persist("list").await?);
    assert!(cache.scan("").await?.contains("list"));
    let list = stored("list")?;
    let length = node_of(&list).command(["LLEN", &list]);
    assert_eq!(length, Reply::Int(1), "it is as it was");

    assert!(cache.replace("list", b"v", None).await?);
    assert_eq!(cache.get("list").await?.as_deref(), Some(&b"v"[..]));
    for key in ["set", "batch", "deleted", "deleted with others"] {
        place(key)?;
    }
    cache.set("set", b"v", None).await?;
    let batch = [("batch".to_owned(), Bytes::from_static(b"v"))];
    cache.set_many(&batch, None).await?;
    assert!(cache.exists("set").await? && cache.exists("batch").await?);
    assert!(cache.delete("deleted").await?);
    assert_eq!(
        cache
            .delete_many(&["deleted with others".to_owned()])
            .await?,
        1
    );
    place("cleared")?;
    cache.clear().await?;
    assert!(!cache.exists("cleared").await?);
    Ok(())
}

async fn on_one_server<C: CacheInterface>(
    connect: impl AsyncFn(&str) -> Result<C, CacheError>,
) -> Outcome {
    let server = Server::start().await?;
    is_judged(&connect(&server.url()).await?, |_| &server).await
}

#[tokio::test]
async fn redis_rs_says_so() -> Outcome {
    on_one_server(async |url| patient!(RedisCache::builder(url)).connect().await).await
}

#[tokio::test]
async fn redis_rs_says_so_in_resp3() -> Outcome {
    on_one_server(async |url| {
        let builder = patient!(RedisCache::builder(url));
        builder.resp3().connect().await
    })
    .await
}

#[tokio::test]
async fn fred_says_so() -> Outcome {
    on_one_server(async |url| patient!(FredCache::builder(url)).connect().await).await
}

#[tokio::test]
async fn fred_says_so_in_resp3() -> Outcome {
    on_one_server(async |url| {
        let builder = patient!(FredCache::builder(url));
        builder.resp3().connect().await
    })
    .await
}

#[tokio::test]
async fn rustis_says_so() -> Outcome {
    on_one_server(async |url| patient!(RustisCache::builder(url)).connect().await).await
}

#[tokio::test]
async fn two_levels_say_so() -> Outcome {
    on_one_server(async |url| {
        let near = MemoryStore::default().cache("near")?;
        let far = patient!(RedisCache::builder(url)).connect().await?;
        Ok(TwoLevelCache::new(near, far))
    })
    .await
}

#[tokio::test]
async fn redis_rs_says_so_on_a_cluster() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let builder = patient!(RedisCache::cluster(cluster.urls()));
    is_judged(&builder.connect().await?, |stored| cluster.node_of(stored)).await
}

#[tokio::test]
async fn fred_says_so_on_a_cluster() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let builder = patient!(FredCache::cluster(cluster.urls()));
    is_judged(&builder.connect().await?, |stored| cluster.node_of(stored)).await
}
