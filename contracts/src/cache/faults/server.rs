//! What a handle does when its server dies, ends or stands still, and how soon it is back.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::calls::{
    CALLERS, Call, Outcome, all, assert_all_but_clear_fail, assert_everything_fails, call, read,
    store, store_a_value_each, value_of,
};
use crate::cache::CacheInterface;
use crate::cache::judging::{BOUND, answered, assert_outage, assert_usable, bounded};
use crate::{Clock, Server, contract_suite};

/// With a server that goes away and comes back.
#[contract_suite(CacheInterface, group = server)]
pub mod suite {
    use super::*;

    /// A server that is killed and started again under many callers: nobody hears a miss while it was there, everybody
    /// hears of the outage, and everybody is served again by the same handle.
    #[case]
    async fn reconnects_after_a_server_restart(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        store_a_value_each(cache, clock).await?;
        let (answered, failed) = (Cell::new(0), Cell::new(0));
        let killed = Cell::new(false);
        let caller = async |caller: usize| -> Outcome {
            let key = caller.to_string();
            loop {
                match bounded("get", cache.get(&key)).await {
                    Ok(answer) => {
                        assert!(answer.as_deref() == Some(&*value_of(caller)), "{caller}");
                        answered.set(answered.get() + 1);
                    }
                    Err(error) => {
                        assert_outage(&error);
                        if killed.get() {
                            break;
                        }
                        // It may be of a busy machine, and the server still have what it had.
                    }
                }
                tokio::task::yield_now().await;
            }
            failed.set(failed.get() + 1);
            // What was only in memory is gone.
            let back = clock.eventually(2 * BOUND, async || cache.get(&key).await);
            assert_eq!(back.await?, None);
            store(cache, clock, &key, &value_of(caller)).await?;
            assert!(read(cache, clock, &key).await? == Some(value_of(caller)));
            Ok(())
        };
        let outage = async || -> Outcome {
            reaches(clock, &answered, 2 * CALLERS).await?;
            server.kill().await?;
            killed.set(true);
            reaches(clock, &failed, CALLERS).await?;
            Ok(server.restart().await?)
        };
        let callers = (0..CALLERS).map(|number| Box::pin(caller(number)) as Call<'_, Outcome>);
        let calls = callers.chain([Box::pin(outage()) as Call<'_, Outcome>]);
        all(calls.collect()).await.into_iter().collect()
    }

    async fn reaches(clock: &Clock, counter: &Cell<usize>, wanted: usize) -> Outcome {
        let reached = clock.eventually(BOUND, async || match counter.get() {
            found if found >= wanted => Ok(()),
            found => Err(found),
        });
        reached
            .await
            .map_err(|late| format!("{late} of {wanted}").into())
    }

    /// A server that is killed is an error in every method, and after its restart the handle is as good as new.
    #[case]
    async fn a_killed_server_is_an_error(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        server.kill().await?;
        assert_everything_fails(cache).await;
        server.restart().await?;
        assert_usable(cache, clock).await
    }

    /// A server that ends in good order is no other thing to its callers than one that is killed.
    #[case]
    async fn a_stopped_server_is_an_error(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        server.stop().await?;
        assert_everything_fails(cache).await;
        server.restart().await?;
        assert_usable(cache, clock).await
    }

    /// However its server was away, a handle is served again within a second of its return.
    #[case]
    async fn is_back_within_a_second(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        server.kill().await?;
        outlast_absence(cache, clock).await;
        server.restart().await?;
        assert_served_within_a_second(cache, "a restart").await;
        server.freeze().await?;
        outlast_absence(cache, clock).await;
        server.thaw().await?;
        assert_served_within_a_second(cache, "a standstill").await;
        Ok(())
    }

    /// So long that a client which waits longer from try to try has come to the longest of its waits.
    async fn outlast_absence(cache: &dyn CacheInterface, clock: &Clock) {
        const ABSENCE: Duration = Duration::from_secs(2);
        let end = clock.now() + ABSENCE;
        while clock.now() < end {
            let answer = bounded("get", cache.get("k")).await;
            assert_outage(&answer.expect_err("the server is away"));
            tokio::task::yield_now().await;
        }
    }

    /// The second is one of this thread, which on a busy machine is longer than others, as the client's own waits are.
    async fn assert_served_within_a_second(cache: &dyn CacheInterface, after: &str) {
        const TICK: Duration = Duration::from_millis(10);
        let served = async {
            while let Err(error) = bounded("get", cache.get("k")).await {
                assert_outage(&error);
                tokio::time::sleep(TICK).await;
            }
        };
        let second = async {
            for _ in 0..100 {
                tokio::time::sleep(TICK).await;
            }
        };
        let (mut served, mut second) = (pin!(served), pin!(second));
        let in_time = poll_fn(|context| match served.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending => second.as_mut().poll(context).map(|()| false),
        });
        assert!(in_time.await, "it is not served within a second of {after}");
    }

    /// A server that stands still is an error in bounded time, and goes on where it was.
    #[case]
    async fn a_frozen_server_is_bounded_in_time(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "k", b"v").await?;
        server.freeze().await?;
        assert_all_but_clear_fail(cache).await;
        let calls = (0..CALLERS).map(|_| call("increment", cache.increment("counted", 1)));
        for (_, answer) in all(calls.collect()).await {
            assert_outage(&answer.expect_err("nobody is there to count"));
        }
        server.thaw().await?;
        assert_eq!(read(cache, clock, "k").await?.as_deref(), Some(&b"v"[..]));
        let counted = answered(clock, async || cache.increment("counted", 0).await).await?;
        let counted = usize::try_from(counted)?;
        assert!(counted <= CALLERS, "{CALLERS} increments make {counted}");
        assert_usable(cache, clock).await
    }
}
