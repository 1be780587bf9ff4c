//! fred on clusters that lose a node, with the times that a caller gets who says nothing.

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::FredCache;

/// fred on a Redis Cluster, of the kind that the run chose.
#[backend(contrait::cache::failover::suite, tests = false)]
pub async fn fred_cluster(cx: &Context) -> Result<FredCache, SetupError> {
    let cluster = cx.redis_cluster().await?;
    let builder = FredCache::cluster(cluster.urls()).namespace(cx.namespace());
    Ok(builder.connect().await?)
}
