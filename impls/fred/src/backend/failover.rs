//! fred on clusters that lose a node, with the times that a caller gets who says nothing.

use contrait::{Context, SetupError, backend};

use crate::FredCache;

/// fred on a Redis Cluster, of the kind that the run chose.
#[backend(contrait::cache::failover::suite, tests = false)]
pub async fn fred_cluster(cx: &Context) -> Result<FredCache, SetupError> {
    super::faults::fred_cluster(cx).await
}
