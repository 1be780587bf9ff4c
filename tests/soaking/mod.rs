//! A soak: many callers, faults every few seconds, and everything that they are answered is checked.
//!
//! Time falls into windows of some seconds. In each, callers work and one fault comes and goes; then they stop, all
//! connections are reset, and what stands under each key is read. Whatever was on its way is through or lost by then, so
//! that a window can be checked on its own, from what the last one left to what it leaves itself, and forgotten: an hour
//! takes as much memory as a minute. What may pile up over the windows is counted between them.

mod back;
mod history;
mod leaks;
mod trouble;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use contrait::cache::{CacheError, CacheErrorKind, CacheInterface};
use contrait::check::linearizability::{Client, Recorder};
use contrait::{Clock, Context, Network, Server, contract_suite};
use futures_util::future::try_join_all;

use back::Back;
use history::{Answer, Call, Operation, Window};
use leaks::Leaks;
pub(crate) use trouble::Refuses;
use trouble::Trouble;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;
type Task<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

const CALLERS: usize = 64;
const HANDLES: usize = 2;
/// So few that every key has several callers at once, and so many that a check is soon done.
const KEYS: usize = 64;
/// How long it takes where nobody says.
const DEFAULT_SECONDS: u64 = 10;
/// Far above what a client's own limits add up to.
const BOUND: Duration = Duration::from_secs(12);
/// Between two calls of one caller, and after one that failed: each of those may have had its effect or not, and a flood
/// of them leaves too many orders to try.
const PACE: Duration = Duration::from_millis(4);
const PATIENCE: Duration = Duration::from_millis(500);
/// How long all goes well before a fault and after it.
const CALM: Duration = Duration::from_millis(500);

/// The soak as a case, for every backend that has a server of its own.
#[contract_suite(CacheInterface)]
pub(crate) mod suite {
    use super::*;

    /// Whatever happens to network and server, many callers are told what some order of their calls explains, what was
    /// acknowledged is there, and nothing piles up.
    #[case(timeout = "14400s")]
    #[ignore = "it takes as many seconds as SOAK_SECONDS says"]
    async fn soak(
        one: &dyn CacheInterface,
        other: &dyn CacheInterface,
        network: &Network,
        server: &Server,
        clock: &Clock,
        context: &Context,
    ) -> Outcome {
        let refuses = context.shared(|| Refuses(true));
        let trouble = Trouble::new(network, Some((server, &refuses)), context.seed());
        Soak::new([one, other], trouble, network, 1, clock)
            .for_as_long_as_asked(context)
            .await
    }
}

/// How many a cluster has.
#[cfg(any(feature = "redis-rs", feature = "fred"))]
const NODES: usize = 3;

/// The same for every backend that has several servers, which share a network: what happens to one of them alone is a
/// failover, of which there is a suite.
#[cfg(any(feature = "redis-rs", feature = "fred"))]
#[contract_suite(CacheInterface)]
pub(crate) mod clustered {
    use super::*;

    /// Whatever happens to the network, many callers are told what some order of their calls explains, what was
    /// acknowledged is there, and nothing piles up.
    #[case(timeout = "14400s")]
    #[ignore = "it takes as many seconds as SOAK_SECONDS says"]
    async fn soak(
        one: &dyn CacheInterface,
        other: &dyn CacheInterface,
        network: &Network,
        clock: &Clock,
        context: &Context,
    ) -> Outcome {
        let trouble = Trouble::new(network, None, context.seed());
        Soak::new([one, other], trouble, network, NODES, clock)
            .for_as_long_as_asked(context)
            .await
    }
}

/// Random numbers that a seed gives again (SplitMix64).
pub(crate) struct Dice(Cell<u64>);

impl Dice {
    fn below(&self, limit: u64) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

#[derive(Clone, Copy, Default)]
struct Errors {
    unavailable: u64,
    timeout: u64,
}

/// What is said at the end.
#[derive(Default)]
struct Tally {
    windows: u64,
    operations: u64,
    errors: Errors,
    /// The longest that a window took to be judged.
    judging: Duration,
    faults: BTreeMap<&'static str, u64>,
    /// The longest that a handle was not served after a fault was over.
    back: Duration,
    /// What might have piled up.
    growth: String,
    lost: u64,
    wrong: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = self.faults.iter();
        let kinds = faults.map(|(kind, times)| format!("{kind} {times}"));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let sum: u64 = self.faults.values().sum();
        let Errors {
            unavailable,
            timeout,
        } = self.errors;
        write!(
            f,
            "windows {} (each judged within {:.1?}), operations {}, faults {sum} ({kinds}), back within {:.1?}, \
             {}, errors: unavailable {unavailable}, timeout {timeout}; lost {}, wrong {}",
            self.windows,
            self.judging,
            self.operations,
            self.back,
            self.growth,
            self.lost,
            self.wrong
        )
    }
}

struct Soak<'a> {
    handles: [&'a dyn CacheInterface; HANDLES],
    clock: &'a Clock,
    network: &'a Network,
    /// How many are behind the network.
    servers: usize,
    trouble: Trouble<'a>,
    /// No two writes store the same, or one could be taken for the other.
    fresh: Cell<i64>,
    errors: Cell<Errors>,
    back: Back,
}

impl<'a> Soak<'a> {
    fn new(
        handles: [&'a dyn CacheInterface; HANDLES],
        trouble: Trouble<'a>,
        network: &'a Network,
        servers: usize,
        clock: &'a Clock,
    ) -> Self {
        Self {
            handles,
            clock,
            trouble,
            network,
            servers,
            fresh: Cell::new(1_000_000),
            errors: Cell::default(),
            back: Back::default(),
        }
    }

    /// Goes on for `SOAK_SECONDS`, and says what was done and seen.
    async fn for_as_long_as_asked(&self, context: &Context) -> Outcome {
        let seconds = match std::env::var("SOAK_SECONDS") {
            Ok(text) => text.parse()?,
            Err(_) => DEFAULT_SECONDS,
        };
        let (tally, outcome) = self.run(Duration::from_secs(seconds)).await?;
        let name = context.backend();
        let seed = context.seed();
        // Not by `println!`, whose output the harness keeps to itself.
        writeln!(
            std::io::stdout(),
            "soak of {name}, {seconds} s, seed {seed:#x}: {tally}"
        )?;
        outcome
    }

    /// Goes on for `time`, or until something is wrong.
    async fn run(&self, time: Duration) -> Outcome<(Tally, Outcome)> {
        let mut tally = Tally::default();
        let mut known = BTreeMap::new();
        let mut leaks = Leaks::new(self.network, self.servers);
        let end = self.clock.now() + time;
        while self.clock.now() < end {
            let (window, after) = self
                .window(std::mem::take(&mut known), &mut leaks, &mut tally)
                .await?;
            leaks.look();
            tally.windows += 1;
            tally.operations += window.operations();
            tally.errors = self.errors.get();
            tally.back = self.back.longest();
            tally.growth = leaks.to_string();
            let begin = Instant::now();
            let verdict = tokio::task::spawn_blocking(move || window.judge()).await?;
            tally.judging = tally.judging.max(begin.elapsed());
            if let Err(wrong) = verdict {
                tally.lost += u64::from(wrong.is_lost);
                tally.wrong += u64::from(!wrong.is_lost);
                return Ok((tally, Err(wrong.report.into())));
            }
            known = after;
        }
        let clean = leaks.judge(self.clock, self.handles[0], &known).await;
        Ok((tally, clean))
    }

    /// One window, from what is `known` to stand under the keys, and what stands there afterwards.
    async fn window(
        &self,
        known: BTreeMap<String, Option<i64>>,
        leaks: &mut Leaks<'_>,
        tally: &mut Tally,
    ) -> Outcome<(Window, BTreeMap<String, Option<i64>>)> {
        let recorder = Recorder::new();
        let over = Cell::new(false);
        let seeds = (0..CALLERS).map(|_| self.trouble.seed());
        let callers = seeds.enumerate().map(|(number, seed)| {
            let dice = Dice(Cell::new(seed));
            Box::pin(self.work(number % HANDLES, dice, recorder.client(), &over)) as Task<'_>
        });
        let mut fault = None;
        let trouble = async {
            tokio::time::sleep(CALM).await;
            fault = Some(self.trouble.make(recorder.client()).await?);
            self.back.fault_is_over();
            tokio::time::sleep(CALM).await;
            over.set(true);
            Ok(())
        };
        try_join_all(callers.chain([Box::pin(trouble) as Task<'_>])).await?;
        *tally.faults.entry(fault.unwrap_or_default()).or_default() += 1;
        leaks.settle(self.clock).await?;
        self.network.reset();
        let after = self.audit(recorder.client()).await?;
        Ok((Window::new(known, &recorder.history()), after))
    }

    /// Reads what stands under each key, until it is answered.
    async fn audit(
        &self,
        mut client: Client<Operation, Answer>,
    ) -> Outcome<BTreeMap<String, Option<i64>>> {
        let mut found = BTreeMap::new();
        for (number, key) in keys().enumerate() {
            let handle = number % HANDLES;
            let answered = self.clock.eventually(BOUND, async || {
                let begun = Instant::now();
                let answer = bounded(self.handles[handle].get(&key)).await?;
                answer.inspect(|_| self.back.answered(handle, begun))
            });
            let pending = client.call(Operation::audit(&key));
            let value = number_of(answered.await?)?;
            pending.returned(Answer::Value(value));
            found.insert(key, value);
        }
        Ok(found)
    }

    /// Calls and calls until it is over.
    async fn work(
        &self,
        handle: usize,
        dice: Dice,
        mut client: Client<Operation, Answer>,
        over: &Cell<bool>,
    ) -> Outcome {
        while !over.get() {
            let key = key(usize::try_from(dice.below(KEYS as u64))?);
            let call = self.call(&dice);
            let pending = client.call(Operation {
                key: key.clone(),
                call,
            });
            let begun = Instant::now();
            let pause = match bounded(ask(self.handles[handle], &key, call)).await? {
                Ok(answer) => {
                    self.back.answered(handle, begun);
                    pending.returned(answer?);
                    PACE
                }
                Err(error) => {
                    self.note(&error)?;
                    pending.unknown("an outage");
                    PATIENCE
                }
            };
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    fn call(&self, dice: &Dice) -> Call {
        let fresh = || {
            self.fresh.set(self.fresh.get() + 1_000_000);
            self.fresh.get()
        };
        match dice.below(20) {
            0..=6 => Call::Get,
            7..=9 => Call::Set(fresh()),
            10..=11 => Call::Add(fresh()),
            12 => Call::Replace(fresh()),
            13 => Call::Delete,
            14 => Call::Take,
            15 => Call::GetMany,
            16 => Call::SetMany(fresh()),
            _ => Call::Increment(1),
        }
    }

    /// Counts what an outage may be; whatever else is none.
    fn note(&self, error: &CacheError) -> Outcome {
        let mut errors = self.errors.get();
        match error.kind() {
            CacheErrorKind::Unavailable => errors.unavailable += 1,
            CacheErrorKind::Timeout => errors.timeout += 1,
            _ => return Err(format!("no outage: {error:?}").into()),
        }
        self.errors.set(errors);
        Ok(())
    }
}

fn key(number: usize) -> String {
    format!("key {number}")
}

fn keys() -> impl Iterator<Item = String> {
    (0..KEYS).map(key)
}

/// Asks, and says what came back; the inner error is of an answer that no number is.
async fn ask(
    cache: &dyn CacheInterface,
    key: &str,
    call: Call,
) -> Result<Outcome<Answer>, CacheError> {
    let bytes = |number: i64| number.to_string().into_bytes();
    Ok(match call {
        Call::Get | Call::Audit => number_of(cache.get(key).await?).map(Answer::Value),
        Call::GetMany => {
            let mut values = cache.get_many(&[key.to_owned()]).await?;
            number_of(values.pop().flatten()).map(Answer::Value)
        }
        Call::Set(number) => {
            cache.set(key, &bytes(number), None).await?;
            Ok(Answer::Done)
        }
        Call::SetMany(number) => {
            let entry = (key.to_owned(), Bytes::from(bytes(number)));
            cache.set_many(&[entry], None).await?;
            Ok(Answer::Done)
        }
        Call::Add(number) => Ok(Answer::Whether(cache.add(key, &bytes(number), None).await?)),
        Call::Replace(number) => {
            let replaced = cache.replace(key, &bytes(number), None).await?;
            Ok(Answer::Whether(replaced))
        }
        Call::Delete => Ok(Answer::Whether(cache.delete(key).await?)),
        Call::Take => number_of(cache.take(key).await?).map(Answer::Value),
        Call::Increment(by) => Ok(Answer::Sum(cache.increment(key, by).await?)),
        Call::Known(_) | Call::Wipe => unreachable!("no caller does that"),
    })
}

fn number_of(value: Option<Bytes>) -> Outcome<Option<i64>> {
    let Some(bytes) = value else { return Ok(None) };
    let number = std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| text.parse().ok());
    let number = number.ok_or_else(|| format!("{bytes:?} is nothing that was stored"))?;
    Ok(Some(number))
}

async fn bounded<T>(call: impl Future<Output = T>) -> Result<T, CacheError> {
    let ended = tokio::time::timeout(BOUND, call).await;
    // A kind that no outage is.
    ended.map_err(|_| CacheError::new(CacheErrorKind::Other, "it does not end"))
}
