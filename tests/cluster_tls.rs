//! A cluster over TLS: every node is verified, the first ones that a client is told of and those that it learns of.

use std::error::Error;

use async_trait::async_trait;
use contrait::cache::{CacheError, CacheErrorKind, CacheInterface};
use contrait_fred::FredCache;
use contrait_redis_rs::RedisCache;
use redis_embedded::{Cluster, Reply, Server, Tls};

type Outcome = Result<(), Box<dyn Error>>;

const NODES: usize = 3;
const PASSWORD: &str = "hunter2-tls";

/// Connects to the cluster that these are nodes of, and trusts who signed with `authority`, or whom the system trusts.
#[async_trait]
trait Connects: Sync {
    async fn connect(
        &self,
        urls: &[String],
        authority: Option<&str>,
    ) -> Result<Box<dyn CacheInterface>, CacheError>;
}

struct RedisRs;

#[async_trait]
impl Connects for RedisRs {
    async fn connect(
        &self,
        urls: &[String],
        authority: Option<&str>,
    ) -> Result<Box<dyn CacheInterface>, CacheError> {
        let builder = RedisCache::cluster(urls);
        let builder = match authority {
            Some(pem) => builder.root_certificate(pem),
            None => builder,
        };
        Ok(Box::new(builder.connect().await?))
    }
}

struct Fred;

#[async_trait]
impl Connects for Fred {
    async fn connect(
        &self,
        urls: &[String],
        authority: Option<&str>,
    ) -> Result<Box<dyn CacheInterface>, CacheError> {
        let builder = FredCache::cluster(urls);
        let builder = match authority {
            Some(pem) => builder.root_certificate(pem),
            None => builder,
        };
        Ok(Box::new(builder.connect().await?))
    }
}

async fn over_tls() -> Result<(Cluster, String), Box<dyn Error>> {
    let tls = Tls::self_signed()?;
    let authority = tls.ca_pem().to_owned();
    let builder = Server::builder().tls(tls).password(PASSWORD);
    Ok((Cluster::start_with(NODES, builder).await?, authority))
}

/// Keys on all nodes are served, though the client was told of one of them alone.
async fn serves_all_slots(
    client: &dyn Connects,
    cluster: &Cluster,
    urls: &[String],
    authority: Option<&str>,
) -> Outcome {
    let cache = client.connect(urls, authority).await?;
    let keys: Vec<String> = (0..30).map(|number| format!("key {number}")).collect();
    for key in &keys {
        cache.set(key, key.as_bytes(), None).await?;
    }
    let values = cache.get_many(&keys).await?;
    assert!(
        keys.iter()
            .zip(&values)
            .all(|(key, value)| value.as_deref() == Some(key.as_bytes()))
    );
    assert_eq!(cache.scan("").await?.len(), keys.len());
    let mut nodes = cluster.nodes().iter();
    assert!(nodes.all(|node| !node.db(0).keys().is_empty()));
    Ok(())
}

async fn is_refused(
    client: &dyn Connects,
    urls: &[String],
    authority: Option<&str>,
    kind: CacheErrorKind,
) -> Outcome {
    let Err(error) = client.connect(urls, authority).await else {
        return Err(format!("it connects to {urls:?}").into());
    };
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(
        !format!("{error} {error:?}").contains(PASSWORD),
        "it tells the password"
    );
    Ok(())
}

/// The same addresses in another scheme.
fn with_scheme(urls: &[String], scheme: &str) -> Vec<String> {
    let rest = urls.iter().filter_map(|url| url.split_once("://"));
    rest.map(|(_, rest)| format!("{scheme}://{rest}")).collect()
}

async fn is_verified(client: &dyn Connects) -> Outcome {
    let (cluster, authority) = over_tls().await?;
    let (urls, authority) = (cluster.urls(), Some(&*authority));
    serves_all_slots(client, &cluster, &urls[..1], authority).await?;
    serves_all_slots(client, &cluster, &with_scheme(&urls, "REDISS"), authority).await?;
    let unavailable = CacheErrorKind::Unavailable;
    is_refused(client, &urls, None, unavailable).await?;
    let (_other, stranger) = over_tls().await?;
    is_refused(client, &urls, Some(&stranger), unavailable).await?;
    is_refused(client, &with_scheme(&urls, "redis"), None, unavailable).await?;
    let wrong: Vec<String> = urls
        .iter()
        .map(|url| url.replace(PASSWORD, "letmein-7"))
        .collect();
    is_refused(client, &wrong, authority, CacheErrorKind::Denied).await
}

/// Who asks for TLS of a cluster that has none is refused, and speaks to nobody in the clear.
async fn is_not_given_up(client: &dyn Connects) -> Outcome {
    let cluster = Cluster::start(NODES).await?;
    for scheme in ["rediss", "REDISS"] {
        let urls = with_scheme(&cluster.urls(), scheme);
        is_refused(client, &urls, None, CacheErrorKind::Unavailable).await?;
    }
    let node = &cluster.nodes()[0];
    let requests = cluster.nodes().iter().flat_map(|node| node.log().entries());
    let commands: Vec<String> = requests
        .map(|request| request.command)
        .filter(|word| is_command(node, word))
        .collect();
    assert!(commands.is_empty(), "{commands:?}");
    Ok(())
}

/// Whether there is such a command. To a server in the clear a handshake is lines of random bytes, and some begin with a
/// word.
fn is_command(node: &Server, word: &str) -> bool {
    node.command(["COMMAND", "INFO", word]) != Reply::Array(vec![Reply::Null])
}

#[tokio::test]
async fn redis_rs_verifies_every_node() -> Outcome {
    is_verified(&RedisRs).await
}

#[tokio::test]
async fn fred_verifies_every_node() -> Outcome {
    is_verified(&Fred).await
}

#[tokio::test]
async fn redis_rs_speaks_to_nobody_in_the_clear() -> Outcome {
    is_not_given_up(&RedisRs).await
}

#[tokio::test]
async fn fred_speaks_to_nobody_in_the_clear() -> Outcome {
    is_not_given_up(&Fred).await
}
