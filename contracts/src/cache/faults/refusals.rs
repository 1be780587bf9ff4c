//! What a handle does when its server is there and cannot serve: full, following another, or not yet ready.

use bytes::Bytes;

use super::calls::{Outcome, assert_everything_fails, read, store};
use crate::cache::judging::{assert_usable, unhurried};
use crate::cache::{CacheError, CacheErrorKind, CacheInterface, TimeToLive};
use crate::{Clock, Server, ServerState, contract_suite};

/// With a server that is there and refuses.
#[contract_suite(CacheInterface, group = refusals)]
pub mod suite {
    use super::*;

    /// What a server that is there says to a call that it cannot serve now.
    #[track_caller]
    fn assert_refused<T>(name: &str, answer: Result<T, CacheError>) {
        match answer {
            Ok(_) => panic!("`{name}` was answered, and the server refuses it"),
            Err(error) => assert_eq!(
                error.kind(),
                CacheErrorKind::Unavailable,
                "{name}: {error:?}"
            ),
        }
    }

    /// Has the server refuse every call that stores something new.
    async fn assert_nothing_is_stored(cache: &dyn CacheInterface, clock: &Clock) {
        let entry = [("new".to_owned(), Bytes::from_static(b"v"))];
        let new = b"a value of some length".repeat(10);
        let set = unhurried(clock, async || cache.set("k", &new, None).await);
        assert_refused("set", set.await);
        let added = unhurried(clock, async || cache.add("new", &new, None).await);
        assert_refused("add", added.await);
        let replaced = unhurried(clock, async || cache.replace("k", &new, None).await);
        assert_refused("replace", replaced.await);
        let batch = unhurried(clock, async || cache.set_many(&entry, None).await).await;
        assert_eq!(batch.as_ref().unwrap_err().keys().len(), 1);
        assert_refused("set_many", batch);
        for _ in 0..3 {
            let counted = unhurried(clock, async || cache.increment("n", 1).await);
            assert_refused("increment", counted.await);
        }
    }

    /// That what was there is still read, and nothing else.
    async fn assert_only_read(cache: &dyn CacheInterface, clock: &Clock) -> Outcome {
        let keys = ["new".to_owned(), "k".to_owned()];
        let expected = [None, Some(Bytes::from_static(b"v"))];
        let many = unhurried(clock, async || cache.get_many(&keys).await);
        assert_eq!(many.await?, expected);
        let one = unhurried(clock, async || cache.get("k").await);
        assert_eq!(one.await?, expected[1]);
        assert!(unhurried(clock, async || cache.exists("k").await).await?);
        let ttl = unhurried(clock, async || cache.ttl("k").await);
        assert_eq!(ttl.await?, TimeToLive::Forever);
        Ok(())
    }

    /// Where the server has no memory left, what needs some is an error of the server, at once, and changes nothing;
    /// reading and deleting go on. When there is memory again, so does the rest, and nothing is made up for.
    #[case(needs(full_memory))]
    async fn full_memory_is_an_error_of_what_needs_some(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        store(cache, clock, "other", b"v").await?;
        store(cache, clock, "n", b"5").await?;
        server.enter(ServerState::Full).await?;
        assert_nothing_is_stored(cache, clock).await;
        assert_only_read(cache, clock).await?;
        unhurried(clock, async || cache.delete("other").await).await?;
        assert!(!unhurried(clock, async || cache.exists("other").await).await?);
        server.enter(ServerState::Serving).await?;
        assert_only_read(cache, clock).await?;
        let counted = unhurried(clock, async || cache.increment("n", 0).await);
        assert_eq!(counted.await?, 5);
        assert_usable(cache, clock).await
    }

    /// A server that follows another one refuses what changes something; reading goes on, and nothing that was refused
    /// happens later.
    #[case(needs(read_only))]
    async fn a_read_only_server_refuses_changes(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        store(cache, clock, "n", b"5").await?;
        server.enter(ServerState::ReadOnly).await?;
        assert_nothing_is_stored(cache, clock).await;
        let deleted = unhurried(clock, async || cache.delete("k").await);
        assert_refused("delete", deleted.await);
        let taken = unhurried(clock, async || cache.take("k").await);
        assert_refused("take", taken.await);
        assert_only_read(cache, clock).await?;
        server.enter(ServerState::Serving).await?;
        assert_only_read(cache, clock).await?;
        let counted = unhurried(clock, async || cache.increment("n", 0).await);
        assert_eq!(counted.await?, 5);
        assert_usable(cache, clock).await
    }

    /// A server that still reads in what it held is an error in every method, and never a miss; when it is done, what it
    /// held is there.
    #[case(needs(loading), timeout = "60s")]
    async fn a_loading_server_is_an_error(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        server.enter(ServerState::Loading).await?;
        assert_everything_fails(cache).await;
        // By now there are connections to it again.
        assert_everything_fails(cache).await;
        server.enter(ServerState::Serving).await?;
        assert_eq!(read(cache, clock, "k").await?.as_deref(), Some(&b"v"[..]));
        assert_usable(cache, clock).await
    }
}
