//! What a handle does when its network or its server fails: for backends whose store is elsewhere.
//!
//! A caller can do without a cache, but not with a wrong answer or without any. So each fault here is held against the
//! same few promises: an error of the right kind, within bounds, that leaves the handle usable; never a miss, never
//! somebody else's answer, never an effect twice. And it is back by itself, within a second of its server's return.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;

use super::{CacheError, CacheErrorKind, CacheInterface, TimeToLive, Version};
use crate::contract_suite;

/// The cases of a cache whose network and server fail.
#[contract_suite(CacheInterface)]
pub mod suite {
    use std::cell::Cell;
    use std::future::{Future, poll_fn};
    use std::pin::{Pin, pin};
    use std::task::Poll;

    use super::*;
    use crate::cache::judging::{BOUND, answered, assert_outage, assert_usable, bounded, shown};
    use crate::{Clock, Direction, Network, NetworkFault, Server, ServerState};

    type Outcome = Result<(), Box<dyn Error>>;
    type Call<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

    /// As many callers as there are at once.
    const CALLERS: usize = 64;

    /// One call of every method that asks the server.
    fn every<'a>(
        cache: &'a dyn CacheInterface,
        keys: &'a [String],
    ) -> Vec<Call<'a, (&'static str, Result<(), CacheError>)>> {
        let mut calls = every_but_clear(cache, keys);
        calls.push(call("clear", cache.clear()));
        calls
    }

    /// Those of them that leave the entry under `k` as it is, whether or not they have their effect.
    fn every_but_clear<'a>(
        cache: &'a dyn CacheInterface,
        keys: &'a [String],
    ) -> Vec<Call<'a, (&'static str, Result<(), CacheError>)>> {
        const MINUTE: Duration = Duration::from_secs(60);
        vec![
            call("get", async { cache.get("k").await.map(drop) }),
            call("get_many", async { cache.get_many(keys).await.map(drop) }),
            call("set", cache.set("set", b"v", None)),
            call("add", async {
                cache.add("add", b"v", None).await.map(drop)
            }),
            call("replace", async {
                cache.replace("k", b"v", None).await.map(drop)
            }),
            call("set_many", async {
                let batch = [("batch".to_owned(), Bytes::from_static(b"v"))];
                cache.set_many(&batch, None).await
            }),
            call("delete_many", async {
                let batch = ["batch".to_owned()];
                cache.delete_many(&batch).await.map(drop)
            }),
            call("take", async { cache.take("taken").await.map(drop) }),
            call("get_versioned", async {
                cache.get_versioned("k").await.map(drop)
            }),
            call("get_if_changed", async {
                let version = Version::new(Bytes::new());
                cache.get_if_changed("k", &version).await.map(drop)
            }),
            call("compare_and_swap", async {
                let version = Version::new(Bytes::new());
                let swap = cache.compare_and_swap("k", &version, b"v", None);
                swap.await.map(drop)
            }),
            call("delete", async { cache.delete("other").await.map(drop) }),
            call("exists", async { cache.exists("k").await.map(drop) }),
            call("increment", async {
                cache.increment("n", 1).await.map(drop)
            }),
            call("touch", async { cache.touch("k", MINUTE).await.map(drop) }),
            call("persist", async { cache.persist("k").await.map(drop) }),
            call("ttl", async { cache.ttl("k").await.map(drop) }),
        ]
    }

    fn call<'a, T>(
        name: &'static str,
        call: impl Future<Output = T> + 'a,
    ) -> Call<'a, (&'static str, T)> {
        Box::pin(async move { (name, bounded(name, call).await) })
    }

    /// Waits for all of them at once.
    async fn all<T>(mut calls: Vec<Call<'_, T>>) -> Vec<T> {
        let mut ended: Vec<Option<T>> = calls.iter().map(|_| None).collect();
        poll_fn(|context| {
            for (call, ended) in calls.iter_mut().zip(&mut ended) {
                if ended.is_none()
                    && let Poll::Ready(value) = call.as_mut().poll(context)
                {
                    *ended = Some(value);
                }
            }
            match ended.iter().all(Option::is_some) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
        ended.into_iter().flatten().collect()
    }

    /// Has every method called at once, each of which must fail as in an outage.
    async fn assert_everything_fails(cache: &dyn CacheInterface) {
        let keys = ["k".to_owned(), "other".to_owned()];
        assert_all_fail(every(cache, &keys)).await;
    }

    /// As [`assert_everything_fails`], where what was called may happen later and `k` is to stay.
    async fn assert_all_but_clear_fail(cache: &dyn CacheInterface) {
        let keys = ["k".to_owned(), "other".to_owned()];
        assert_all_fail(every_but_clear(cache, &keys)).await;
    }

    async fn assert_all_fail(calls: Vec<Call<'_, (&'static str, Result<(), CacheError>)>>) {
        for (name, answer) in all(calls).await {
            match answer {
                Ok(()) => panic!("`{name}` answered, and nobody could have told it what"),
                Err(error) => assert_outage(&error),
            }
        }
    }

    /// Reads until it is answered.
    async fn read(
        cache: &dyn CacheInterface,
        clock: &Clock,
        key: &str,
    ) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
        let answer = answered(clock, async || cache.get(key).await).await?;
        Ok(answer.map(|value| value.to_vec()))
    }

    fn value_of(caller: usize) -> Vec<u8> {
        // Of different lengths, so that a mixed-up answer shows in more than its content.
        format!("value {caller} ").repeat(caller + 1).into_bytes()
    }

    /// What stands under the counter, which is not there before the first increment.
    async fn count(cache: &dyn CacheInterface, clock: &Clock) -> Result<usize, Box<dyn Error>> {
        match read(cache, clock, "n").await? {
            Some(digits) => Ok(String::from_utf8(digits)?.parse()?),
            None => Ok(0),
        }
    }

    // -- a network that fails

    /// Without a server every method is an error, and none is a miss; what needs no server is still answered.
    #[case]
    async fn unavailable_is_an_error_not_a_miss(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        cache.set("k", b"v", None).await?;
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
        cache.set("k", b"v", None).await?;
        outlast(cache, clock, network.stall(Direction::ToServer)).await
    }

    /// A call ends in bounded time where its reply is held up.
    #[case]
    async fn stalled_replies_are_bounded_in_time(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        cache.set("k", b"v", None).await?;
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
            cache.set("k", b"v", None).await?;
            let stalled = network.stall(direction);
            let late = bounded("clear", cache.clear()).await;
            assert_outage(&late.expect_err("it is held up"));
            stalled.heal();
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
        cache.set("k", b"v", None).await?;
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
            answered(clock, async || cache.set("k", &value, None).await).await?;
            let cut = network.reset_after(Direction::ToClient, length);
            match bounded("get", cache.get("k")).await {
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
            answered(clock, async || cache.set("k", &old, None).await).await?;
            let cut = network.reset_after(Direction::ToServer, length);
            let answer = bounded("set", cache.set("k", &new, None)).await;
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
        let connections = network.connections();
        let stalled = network.stall(Direction::ToServer);
        let calls = (0..CALLERS).map(|_| call("increment", cache.increment("n", 1)));
        for (_, answer) in all(calls.collect()).await {
            assert_outage(&answer.expect_err("its request is held up"));
        }
        stalled.heal();
        // What went out on a connection that was given up is through when that has ended.
        network
            .until(|network| network.connections() <= connections)
            .await;
        let counted = count(cache, clock).await?;
        assert!(counted <= CALLERS, "{CALLERS} increments make {counted}");
        assert_usable(cache, clock).await
    }

    /// A reply that comes too late answers nobody: the next call gets its own.
    #[case]
    async fn a_late_reply_answers_nobody(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        cache.set("a", b"of a", None).await?;
        cache.set("b", b"of b", None).await?;
        let stalled = network.stall(Direction::ToClient);
        let late = bounded("get", cache.get("a")).await;
        assert_outage(&late.expect_err("its reply is held up"));
        stalled.heal();
        for _ in 0..3 {
            assert_eq!(
                read(cache, clock, "b").await?.as_deref(),
                Some(&b"of b"[..])
            );
            assert_eq!(read(cache, clock, "missing").await?, None);
        }
        Ok(())
    }

    /// A call that is dropped, at whatever point, leaves the next one its own answer.
    #[case]
    async fn a_cancelled_call_never_answers_the_next_one(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        cache.set("a", b"of a", None).await?;
        cache.set("b", b"of b", None).await?;
        for polls in 0..6 {
            drop_after(polls, cache.get("a")).await;
            assert_eq!(
                cache.get("b").await?.as_deref(),
                Some(&b"of b"[..]),
                "{polls} polls"
            );
        }
        // And where the reply is on its way already.
        let stalled = network.stall(Direction::ToClient);
        {
            let mut dropped = pin!(cache.get("a"));
            let mut sent = pin!(stalled.reached(1));
            poll_fn(|context| {
                assert!(
                    dropped.as_mut().poll(context).is_pending(),
                    "its reply is held up"
                );
                sent.as_mut().poll(context)
            })
            .await;
        }
        stalled.heal();
        assert_eq!(
            read(cache, clock, "b").await?.as_deref(),
            Some(&b"of b"[..])
        );
        assert_eq!(
            read(cache, clock, "a").await?.as_deref(),
            Some(&b"of a"[..])
        );
        Ok(())
    }

    /// A write that is dropped has happened or has not, as a whole, and happens no more once a later one has.
    #[case]
    async fn a_cancelled_write_happened_or_did_not(
        cache: &dyn CacheInterface,
        _: &Network,
    ) -> Outcome {
        let mut expected = 0;
        for polls in 0..6 {
            drop_after(polls, cache.increment("n", 1)).await;
            let counted = cache.increment("n", 0).await?;
            assert!(
                (expected..=expected + 1).contains(&counted),
                "{counted} after {polls} polls"
            );
            expected = counted;
        }
        Ok(())
    }

    /// Polls `call` so often, with everything else given its turn in between, and drops it.
    async fn drop_after<T>(polls: usize, call: impl Future<Output = T>) {
        let mut call = pin!(call);
        for _ in 0..polls {
            let ended =
                poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
            if ended {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// On a slow network each of many callers gets the answer to its own question.
    #[case]
    async fn slow_replies_reach_their_own_callers(
        cache: &dyn CacheInterface,
        network: &Network,
    ) -> Outcome {
        for caller in 0..CALLERS {
            cache
                .set(&caller.to_string(), &value_of(caller), None)
                .await?;
        }
        let _slow = network.delay(Direction::Both, Duration::from_millis(3));
        let calls = (0..CALLERS).map(|caller| -> Call<'_, _> {
            Box::pin(async move {
                let key = caller.to_string();
                (caller, bounded("get", cache.get(&key)).await)
            })
        });
        for (caller, answer) in all(calls.collect()).await {
            assert!(
                answer?.as_deref() == Some(&*value_of(caller)),
                "of caller {caller}"
            );
        }
        Ok(())
    }

    /// While connections are lost again and again, each caller gets its own answer or an error.
    #[case]
    async fn lost_connections_mix_up_no_answers(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        for caller in 0..CALLERS {
            cache
                .set(&caller.to_string(), &value_of(caller), None)
                .await?;
        }
        let over = Cell::new(false);
        let caller = async |caller: usize| {
            let key = caller.to_string();
            while !over.get() {
                match bounded("get", cache.get(&key)).await {
                    Ok(answer) => {
                        assert!(answer.as_deref() == Some(&*value_of(caller)), "{caller}");
                    }
                    Err(error) => assert_outage(&error),
                }
                tokio::task::yield_now().await;
            }
        };
        let trouble = async {
            for bytes in [0, 3, 100, 5000, 20_000] {
                let cut = network.reset_after(Direction::ToClient, bytes);
                cut.reached(1).await;
            }
            over.set(true);
        };
        let callers = (0..CALLERS).map(|number| Box::pin(caller(number)) as Call<'_, ()>);
        all(callers.chain([Box::pin(trouble) as Call<'_, ()>]).collect()).await;
        assert_usable(cache, clock).await
    }

    /// Answers of no protocol are an error or whatever they say, but no panic and no wait without end; and they are
    /// over when they are over.
    #[case]
    async fn answers_of_no_protocol_do_no_harm(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let answers: [&[u8]; 9] = [
            b"\0\xff\xfe garbage \r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            b"$99999999999999999999\r\nx\r\n",
            b"$-7\r\n",
            b"*-9\r\n",
            b"*1000000000\r\n",
            b":not a number\r\n",
            b"VALUE k 0 99999999999\r\nx\r\nEND\r\n",
            b"VA 18446744073709551615 x\r\n",
        ];
        for answer in answers {
            suffer(cache, network, clock, answer).await?;
        }
        Ok(())
    }

    /// An answer that is nested without end is an error, and does not end the process.
    #[case(needs(bounded_nesting))]
    async fn nested_answers_do_no_harm(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        suffer(cache, network, clock, &b"*1\r\n".repeat(4000)).await
    }

    /// Has every method called while `answer` comes in the place of each answer.
    async fn suffer(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
        answer: &[u8],
    ) -> Outcome {
        let hostile = network.replace(Direction::ToClient, answer);
        // What they answer to nonsense is theirs to say. A client that connects anew for it meets it a second time.
        for _ in 0..2 {
            all(every(cache, &["k".to_owned()])).await;
        }
        hostile.heal();
        // Whoever has half an answer waits for the rest of it until the connection ends.
        network.reset();
        assert_usable(cache, clock).await
    }

    // -- a server that fails

    /// A server that is killed and started again under many callers: nobody hears a miss while it was there, everybody
    /// hears of the outage, and everybody is served again by the same handle.
    #[case]
    async fn reconnects_after_a_server_restart(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        for caller in 0..CALLERS {
            cache
                .set(&caller.to_string(), &value_of(caller), None)
                .await?;
        }
        let (answered, failed) = (Cell::new(0), Cell::new(0));
        let caller = async |caller: usize| -> Outcome {
            let key = caller.to_string();
            loop {
                match bounded("get", cache.get(&key)).await {
                    Ok(answer) => {
                        assert!(answer.as_deref() == Some(&*value_of(caller)), "{caller}");
                    }
                    Err(error) => {
                        assert_outage(&error);
                        break;
                    }
                }
                answered.set(answered.get() + 1);
                tokio::task::yield_now().await;
            }
            failed.set(failed.get() + 1);
            // What was only in memory is gone.
            let back = clock.eventually(2 * BOUND, async || cache.get(&key).await);
            assert_eq!(back.await?, None);
            cache.set(&key, &value_of(caller), None).await?;
            assert!(cache.get(&key).await?.as_deref() == Some(&*value_of(caller)));
            Ok(())
        };
        let outage = async || -> Outcome {
            reaches(clock, &answered, 2 * CALLERS).await?;
            server.kill().await?;
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
        cache.set("k", b"v", None).await?;
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
        cache.set("k", b"v", None).await?;
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
        cache.set("k", b"v", None).await?;
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

    // -- a server that refuses

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
    async fn assert_nothing_is_stored(cache: &dyn CacheInterface) {
        let entry = [("new".to_owned(), Bytes::from_static(b"v"))];
        let new = b"a value of some length".repeat(10);
        assert_refused("set", bounded("set", cache.set("k", &new, None)).await);
        assert_refused("add", bounded("add", cache.add("new", &new, None)).await);
        let replaced = bounded("replace", cache.replace("k", &new, None)).await;
        assert_refused("replace", replaced);
        let batch = bounded("set_many", cache.set_many(&entry, None)).await;
        assert_eq!(batch.as_ref().unwrap_err().keys().len(), 1);
        assert_refused("set_many", batch);
        for _ in 0..3 {
            let counted = bounded("increment", cache.increment("n", 1)).await;
            assert_refused("increment", counted);
        }
    }

    /// That what was there is still read, and nothing else.
    async fn assert_only_read(cache: &dyn CacheInterface) -> Outcome {
        let keys = ["new".to_owned(), "k".to_owned()];
        let expected = [None, Some(Bytes::from_static(b"v"))];
        assert_eq!(bounded("get_many", cache.get_many(&keys)).await?, expected);
        assert_eq!(bounded("get", cache.get("k")).await?, expected[1]);
        assert!(bounded("exists", cache.exists("k")).await?);
        assert_eq!(bounded("ttl", cache.ttl("k")).await?, TimeToLive::Forever);
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
        cache.set("k", b"v", None).await?;
        cache.set("other", b"v", None).await?;
        assert_eq!(cache.increment("n", 5).await?, 5);
        server.enter(ServerState::Full).await?;
        assert_nothing_is_stored(cache).await;
        assert_only_read(cache).await?;
        assert!(bounded("delete", cache.delete("other")).await?);
        server.enter(ServerState::Serving).await?;
        assert_only_read(cache).await?;
        assert_eq!(cache.increment("n", 1).await?, 6);
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
        cache.set("k", b"v", None).await?;
        assert_eq!(cache.increment("n", 5).await?, 5);
        server.enter(ServerState::ReadOnly).await?;
        assert_nothing_is_stored(cache).await;
        assert_refused("delete", bounded("delete", cache.delete("k")).await);
        assert_refused("take", bounded("take", cache.take("k")).await);
        assert_only_read(cache).await?;
        server.enter(ServerState::Serving).await?;
        assert_only_read(cache).await?;
        assert_eq!(cache.increment("n", 1).await?, 6);
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
        cache.set("k", b"v", None).await?;
        server.enter(ServerState::Loading).await?;
        assert_everything_fails(cache).await;
        // By now there are connections to it again.
        assert_everything_fails(cache).await;
        server.enter(ServerState::Serving).await?;
        assert_eq!(read(cache, clock, "k").await?.as_deref(), Some(&b"v"[..]));
        assert_usable(cache, clock).await
    }

    /// Errors name the server that they are of.
    #[case]
    async fn errors_name_the_server(cache: &dyn CacheInterface, server: &Server) -> Outcome {
        server.kill().await?;
        let keys = ["k".to_owned()];
        for (name, answer) in all(every(cache, &keys)).await {
            let error = answer.expect_err("the server is dead");
            assert!(
                error.to_string().contains(&server.address()),
                "{name}: {error}"
            );
        }
        Ok(())
    }

    /// Errors never tell the server's password: not as text, not as debug output, not in what caused them.
    #[case(needs(password))]
    async fn errors_tell_no_secret(cache: &dyn CacheInterface, server: &Server) -> Outcome {
        let secret = server
            .secret()
            .ok_or("the server has no password to be told")?;
        server.kill().await?;
        let keys = ["k".to_owned()];
        for (name, answer) in all(every(cache, &keys)).await {
            let error = answer.expect_err("the server is dead");
            assert!(
                !shown(&error).contains(&secret),
                "`{name}` tells the password"
            );
        }
        assert!(!format!("{server:?}").contains(&secret));
        Ok(())
    }
}
