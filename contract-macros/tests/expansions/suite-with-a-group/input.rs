#[contract_suite(Cache)]
pub mod suite {
    use super::*;

    /// A value that was set is returned.
    #[case]
    async fn set_then_get(cache: &dyn Cache) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await
    }

    /// A lost connection is no lost entry.
    #[case(needs(network))]
    async fn outlives_a_reset(cache: &dyn Cache, network: &Network, server: &Server) {
        network.reset();
    }

    pub mod ttl {
        use super::*;

        /// An entry is gone once its time to live has passed.
        #[case(needs(ttl), timeout = "5s", tags(slow))]
        async fn expires(cache: &dyn Cache, clock: &Clock, other: &dyn Cache) {
            clock.advance(SECOND).await;
        }

        /// A time to live is never negative.
        #[case]
        #[cfg(unix)]
        #[should_panic(expected = "negative")]
        fn never_negative(cache: &mut dyn Cache) {
            negative(cache);
        }
    }
}
