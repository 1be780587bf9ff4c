//! What a handle does on a network that fails: it ends in bounded time, and neither loses nor repeats what it said it did.

use std::error::Error;

use super::calls::{
    CALLERS, Call, Outcome, all, assert_all_but_clear_fail, assert_everything_fails, call, read,
    store,
};
use crate::cache::judging::{assert_outage, assert_usable, bounded};
use crate::cache::{CacheError, CacheErrorKind, CacheInterface};
use crate::{Clock, Direction, Network, NetworkFault, contract_suite};

/// On a network that fails.
#[contract_suite(CacheInterface, group = network)]
pub mod suite {
    use super::*;

    /// What a call comes to once the fault has met it: on a busy machine a caller may give up before.
    async fn once_met<T>(
        fault: &NetworkFault,
        attempt: impl AsyncFn() -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        loop {
            let answer = bounded("a try", attempt()).await;
            if answer.is_ok() || fault.hits() > 0 {
                return answer;
            }
        }
    }

    /// What stands under the counter, which is not there before the first increment.
    async fn count(cache: &dyn CacheInterface, clock: &Clock) -> Result<usize, Box<dyn Error>> {
        match read(cache, clock, "n").await? {
            Some(digits) => Ok(String::from_utf8(digits)?.parse()?),
            None => Ok(0),
        }
    }

    /// Without a server every method is an error, and none is a miss; what needs no server is still answered.
    #[case]
    async fn unavailable_is_an_error_not_a_miss(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        let limits = cache.limits();
        let refused = network.refuse();
        network.reset();
        assert_everything_fails(cache).await;
        assert_eq!(cache.limits(), limits);
        refused.heal();
        assert_eq!(read(cache, clock, "k").await?.as_deref(), Some(&b"v"[..]));
        assert_usable(cache, clock).await
    }

    /// A call ends in bounded time where its request is held up.
    #[case]
    async fn stalled_requests_are_bounded_in_time(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        outlast(cache, clock, network.stall(Direction::ToServer)).await
    }

    /// A call ends in bounded time where its reply is held up.
    #[case]
    async fn stalled_replies_are_bounded_in_time(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        outlast(cache, clock, network.stall(Direction::ToClient)).await
    }

    /// A clear that is held up is an error, and has happened or has not: nothing is left of what it has removed.
    #[case]
    async fn a_late_clear_happened_or_did_not(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        for direction in [Direction::ToServer, Direction::ToClient] {
            store(cache, clock, "k", b"v").await?;
            let stalled = network.stall(direction);
            let late = bounded("clear", cache.clear()).await;
            assert_outage(&late.expect_err("it is held up"));
            stalled.heal();
            // Or what is stored from here on would be removed as well.
            network.drained().await;
            let left = read(cache, clock, "k").await?;
            assert!(left.as_deref().is_none_or(|left| left == b"v"), "{left:?}");
            assert_usable(cache, clock).await?;
        }
        Ok(())
    }

    /// A call ends in bounded time where everything is lost without a word, and a connection that will never speak
    /// again is replaced.
    #[case(needs(replaced_connections))]
    async fn a_black_hole_is_bounded_in_time(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        outlast(cache, clock, network.black_hole(Direction::Both)).await
    }

    async fn outlast(cache: &dyn CacheInterface, clock: &Clock, fault: NetworkFault) -> Outcome {
        assert_all_but_clear_fail(cache).await;
        fault.heal();
        assert_eq!(read(cache, clock, "k").await?.as_deref(), Some(&b"v"[..]));
        assert_usable(cache, clock).await
    }

    /// Whoever waits for a reply when the connection is reset is told, and does not wait on.
    #[case]
    async fn a_reset_reaches_everybody_who_waits(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let stalled = network.stall(Direction::ToClient);
        let callers = (0..CALLERS).map(|_| call("get", cache.get("k")));
        let reset = async {
            stalled.reached(1).await;
            network.reset();
            (
                "reset",
                Err(CacheError::new(CacheErrorKind::Unavailable, "")),
            )
        };
        let calls = callers.chain([Box::pin(reset) as Call<'_, _>]);
        for (_, answer) in all(calls.collect()).await {
            assert_outage(&answer.expect_err("there was no reply"));
        }
        stalled.heal();
        assert_usable(cache, clock).await
    }

    /// A reply that is cut short is no value.
    #[case]
    async fn a_reply_cut_short_is_no_value(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let value = b"a value of some length".repeat(1000);
        for length in [1, 7, 1000, value.len() as u64] {
            // Each time anew: who keeps a copy has no use for a value that is the same.
            store(cache, clock, "k", &value).await?;
            let cut = network.reset_after(Direction::ToClient, length);
            match once_met(&cut, async || cache.get("k").await).await {
                // A client may ask again: a read is harmless.
                Ok(answer) => assert!(answer.as_deref() == Some(&*value), "after {length} bytes"),
                Err(error) => assert_outage(&error),
            }
            assert_eq!(cut.hits(), 1);
            assert!(
                read(cache, clock, "k").await? == Some(value.clone()),
                "after {length} bytes"
            );
        }
        Ok(())
    }

    /// A request that is cut short stores nothing but all of it.
    #[case]
    async fn a_request_cut_short_tears_no_value(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let (old, new) = (b"old".repeat(1000), b"new value".repeat(1000));
        for length in [0, 1, 20, 1000, 9000] {
            store(cache, clock, "k", &old).await?;
            let cut = network.reset_after(Direction::ToServer, length);
            let answer = once_met(&cut, async || cache.set("k", &new, None).await).await;
            assert_eq!(cut.hits(), 1);
            let stored = read(cache, clock, "k").await?.unwrap_or_default();
            assert!(stored == old || stored == new, "after {length} bytes");
            match answer {
                Ok(()) => assert!(stored == new, "it was said to be stored"),
                Err(error) => assert_outage(&error),
            }
        }
        Ok(())
    }

    /// An increment whose reply is lost was applied once or not at all, and an error; it is never applied twice.
    #[case]
    async fn no_increment_is_applied_twice(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let (mut acknowledged, mut tried) = (0, 0);
        for direction in [
            Direction::ToClient,
            Direction::ToServer,
            Direction::ToClient,
        ] {
            let cut = network.reset_after(direction, 0);
            // Until the fault has met one: what a client says before by itself would be met first.
            while cut.hits() == 0 {
                tried += 1;
                match bounded("increment", cache.increment("n", 1)).await {
                    Ok(_) => acknowledged += 1,
                    Err(error) => assert_outage(&error),
                }
            }
            let counted = count(cache, clock).await?;
            assert!(
                (acknowledged..=tried).contains(&counted),
                "{tried} increments, of which {acknowledged} were acknowledged, make {counted}"
            );
        }
        Ok(())
    }

    /// An increment that took too long was applied once or not at all.
    #[case]
    async fn a_late_increment_is_applied_once(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let stalled = network.stall(Direction::ToServer);
        let calls = (0..CALLERS).map(|_| call("increment", cache.increment("n", 1)));
        for (_, answer) in all(calls.collect()).await {
            assert_outage(&answer.expect_err("its request is held up"));
        }
        stalled.heal();
        network.drained().await;
        let counted = count(cache, clock).await?;
        assert!(counted <= CALLERS, "{CALLERS} increments make {counted}");
        assert_usable(cache, clock).await
    }
}
