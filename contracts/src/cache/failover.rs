//! What a handle does when a node of its cluster is lost and another takes its place: for backends on clusters.
//!
//! Until the others have agreed on a successor nobody can serve what the lost node had. That is an outage like any other
//! for its callers, but not one that anybody has to end: service resumes by itself, at another address. What a lost node
//! had not handed on in time is lost with it, which a cache can bear; nothing is there twice.

use std::error::Error;
use std::time::Duration;

use super::CacheInterface;
use crate::contract_suite;

/// How long the others may take to agree: they wait for the lost node first.
const ELECTION: Duration = Duration::from_secs(40);

/// The cases of a cache whose cluster loses the node that the case is given as `&Server`.
#[contract_suite(CacheInterface)]
pub mod suite {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::cache::judging::{answered, assert_outage, assert_usable, bounded};
    use crate::cache::together::{Caller, together};
    use crate::{Clock, Server};

    type Outcome = Result<(), Box<dyn Error>>;
    type Task<'a> = Caller<'a, Box<dyn Error>>;

    /// As many callers as there are at once, each with a counter of its own, somewhere in the cluster.
    const CALLERS: usize = 64;

    /// What one caller knows of its counter.
    #[derive(Clone, Copy, Default)]
    struct Counted {
        acknowledged: i64,
        /// Of the increments that failed, each was applied once or not at all.
        unknown: i64,
    }

    impl Counted {
        fn assert_possible(self, shown: i64, caller: usize) {
            let Self {
                acknowledged,
                unknown,
            } = self;
            assert!(
                shown <= acknowledged + unknown,
                "{acknowledged} increments of caller {caller} and {unknown} that failed make {shown}"
            );
        }
    }

    /// Callers that count until it is over, and what they have seen.
    struct Callers<'a> {
        cache: &'a dyn CacheInterface,
        clock: &'a Clock,
        counted: RefCell<Vec<Counted>>,
        over: Cell<bool>,
    }

    impl Callers<'_> {
        async fn count(&self, caller: usize) -> Outcome {
            let key = format!("counter {caller}");
            while !self.over.get() {
                let answer = bounded("increment", self.cache.increment(&key, 1)).await;
                let counted = {
                    let mut all = self.counted.borrow_mut();
                    match &answer {
                        Ok(_) => all[caller].acknowledged += 1,
                        Err(_) => all[caller].unknown += 1,
                    }
                    all[caller]
                };
                match answer {
                    Ok(shown) => counted.assert_possible(shown, caller),
                    Err(error) => {
                        assert_outage(&error);
                        // One increment a failure, and not one a try: what happens twice is to be seen.
                        let back = async || bounded("get", self.cache.get(&key)).await;
                        drop(self.clock.eventually(ELECTION, back).await?);
                    }
                }
                tokio::task::yield_now().await;
            }
            Ok(())
        }

        /// Waits until every caller has been acknowledged this often since now.
        async fn all_answered(&self, times: i64) -> Outcome {
            let before = self.counted.borrow().clone();
            let answered = self.clock.eventually(ELECTION, async || {
                let now = self.counted.borrow();
                let waiting = before
                    .iter()
                    .zip(now.iter())
                    .filter(|(before, now)| now.acknowledged < before.acknowledged + times);
                match waiting.count() {
                    0 => Ok(()),
                    waiting => Err(waiting),
                }
            });
            let late = answered.await.err().map(crate::Late::into_last);
            match late {
                None => Ok(()),
                Some(waiting) => Err(format!("{waiting} callers are not served again").into()),
            }
        }
    }

    /// Has callers count meanwhile, and judges what they have counted to.
    async fn while_counting<'a>(
        cache: &'a dyn CacheInterface,
        clock: &'a Clock,
        trouble: impl AsyncFn(&Callers<'a>) -> Outcome,
    ) -> Outcome {
        let callers = Callers {
            cache,
            clock,
            counted: RefCell::new(vec![Counted::default(); CALLERS]),
            over: Cell::new(false),
        };
        let trouble = async {
            let outcome = trouble(&callers).await;
            callers.over.set(true);
            outcome
        };
        let counting = (0..CALLERS).map(|caller| Box::pin(callers.count(caller)) as Task<'_>);
        together(counting.chain([Box::pin(trouble) as Task<'_>]).collect()).await?;
        let counted = callers.counted.take();
        for (caller, counted) in counted.into_iter().enumerate() {
            let key = format!("counter {caller}");
            let shown = answered(clock, async || cache.increment(&key, 0).await).await?;
            counted.assert_possible(shown, caller);
        }
        assert_usable(cache, clock).await
    }

    /// After a node was killed, writes to what it had resume by themselves on its successor, and no increment is applied
    /// twice.
    #[case(timeout = "90s")]
    async fn a_killed_node_is_succeeded(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        while_counting(cache, clock, async |callers| {
            callers.all_answered(2).await?;
            server.kill().await?;
            callers.all_answered(2).await
        })
        .await
    }

    /// After a node stood still, writes to what it had resume by themselves on its successor; when it goes on, it is not
    /// believed any more, and no increment is applied twice.
    #[case(timeout = "90s")]
    async fn a_frozen_node_is_succeeded(
        cache: &dyn CacheInterface,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        while_counting(cache, clock, async |callers| {
            callers.all_answered(2).await?;
            server.freeze().await?;
            callers.all_answered(2).await?;
            server.thaw().await?;
            callers.all_answered(10).await
        })
        .await
    }
}
