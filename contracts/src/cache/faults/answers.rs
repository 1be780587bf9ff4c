//! Whose an answer is, however late, lost, mixed up or senseless answers are.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::calls::{CALLERS, Call, Outcome, all, every, read, store, store_a_value_each, value_of};
use crate::cache::CacheInterface;
use crate::cache::judging::{assert_outage, assert_usable, bounded, unhurried};
use crate::{Clock, Direction, Network, contract_suite};

/// Who gets which answer.
#[contract_suite(CacheInterface, group = answers)]
pub mod suite {
    use super::*;

    /// A reply that comes too late answers nobody: the next call gets its own.
    #[case]
    async fn a_late_reply_answers_nobody(
        cache: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        store(cache, clock, "a", b"of a").await?;
        store(cache, clock, "b", b"of b").await?;
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
        store(cache, clock, "a", b"of a").await?;
        store(cache, clock, "b", b"of b").await?;
        for polls in 0..6 {
            drop_after(polls, cache.get("a")).await;
            let next = unhurried(clock, async || cache.get("b").await).await?;
            assert_eq!(next.as_deref(), Some(&b"of b"[..]), "{polls} polls");
        }
        // And where the reply is on its way already.
        let stalled = network.stall(Direction::ToClient);
        {
            let mut dropped = pin!(cache.get("a"));
            let mut sent = pin!(stalled.reached(1));
            poll_fn(|context| match dropped.as_mut().poll(context) {
                Poll::Pending => sent.as_mut().poll(context),
                // A busy machine has used up its time.
                Poll::Ready(answer) => {
                    assert_outage(&answer.expect_err("its reply is held up"));
                    Poll::Ready(())
                }
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
        clock: &Clock,
    ) -> Outcome {
        let mut expected = 0;
        for polls in 0..6 {
            drop_after(polls, cache.increment("n", 1)).await;
            let counted = unhurried(clock, async || cache.increment("n", 0).await).await?;
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
        clock: &Clock,
    ) -> Outcome {
        store_a_value_each(cache, clock).await?;
        let _slow = network.delay(Direction::Both, Duration::from_millis(3));
        let calls = (0..CALLERS).map(|caller| -> Call<'_, _> {
            Box::pin(async move {
                let key = caller.to_string();
                let asked = unhurried(clock, async || cache.get(&key).await);
                (caller, asked.await)
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
        store_a_value_each(cache, clock).await?;
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
    // Each of them may take all of a client's time twice.
    #[case(timeout = "90s")]
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
}
