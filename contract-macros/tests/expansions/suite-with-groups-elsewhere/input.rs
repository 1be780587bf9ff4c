#[contract_suite(Cache, group = keys, groups(ttl::suite, other_crate::keys::suite))]
pub(super) mod suite {
    use super::*;

    /// A key may be empty.
    #[case]
    async fn empty(cache: &dyn Cache) -> Result<(), CacheError> {
        cache.set("", b"v", None).await
    }
}
