//! What cases of several groups call, and what they expect of it.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;

use crate::Clock;
use crate::cache::judging::{answered, assert_outage, bounded};
use crate::cache::{CacheError, CacheInterface, Version};

pub(super) type Outcome = Result<(), Box<dyn Error>>;
pub(super) type Call<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// As many callers as there are at once.
pub(super) const CALLERS: usize = 64;

/// One call of every method that asks the server.
pub(super) fn every<'a>(
    cache: &'a dyn CacheInterface,
    keys: &'a [String],
) -> Vec<Call<'a, (&'static str, Result<(), CacheError>)>> {
    let mut calls = every_but_clear(cache, keys);
    calls.push(call("clear", cache.clear()));
    calls
}

/// Those of them that leave the entry under `k` as it is, whether or not they have their effect.
pub(super) fn every_but_clear<'a>(
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

pub(super) fn call<'a, T>(
    name: &'static str,
    call: impl Future<Output = T> + 'a,
) -> Call<'a, (&'static str, T)> {
    Box::pin(async move { (name, bounded(name, call).await) })
}

/// Waits for all of them at once.
pub(super) async fn all<T>(mut calls: Vec<Call<'_, T>>) -> Vec<T> {
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
pub(super) async fn assert_everything_fails(cache: &dyn CacheInterface) {
    let keys = ["k".to_owned(), "other".to_owned()];
    assert_all_fail(every(cache, &keys)).await;
}

/// As [`assert_everything_fails`], where what was called may happen later and `k` is to stay.
pub(super) async fn assert_all_but_clear_fail(cache: &dyn CacheInterface) {
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

/// Stores until it is answered: what a case begins with.
pub(super) async fn store(
    cache: &dyn CacheInterface,
    clock: &Clock,
    key: &str,
    value: &[u8],
) -> Outcome {
    answered(clock, async || cache.set(key, value, None).await).await
}

/// Reads until it is answered.
pub(super) async fn read(
    cache: &dyn CacheInterface,
    clock: &Clock,
    key: &str,
) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
    let answer = answered(clock, async || cache.get(key).await).await?;
    Ok(answer.map(|value| value.to_vec()))
}

pub(super) fn value_of(caller: usize) -> Vec<u8> {
    // Of different lengths, so that a mixed-up answer shows in more than its content.
    format!("value {caller} ").repeat(caller + 1).into_bytes()
}

/// Under the number of each caller, a value of its own.
pub(super) async fn store_a_value_each(cache: &dyn CacheInterface, clock: &Clock) -> Outcome {
    for caller in 0..CALLERS {
        store(cache, clock, &caller.to_string(), &value_of(caller)).await?;
    }
    Ok(())
}
