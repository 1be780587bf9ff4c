//! Callers of a case, side by side on its task. The suites have this of their own, so that whoever builds them builds no
//! other crate for it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

/// What one of them does.
pub(super) type Caller<'a, E> = Pin<Box<dyn Future<Output = Result<(), E>> + 'a>>;

/// Runs all of them at once, until all have ended or one has failed.
pub(super) async fn together<E>(mut callers: Vec<Caller<'_, E>>) -> Result<(), E> {
    poll_fn(|context| {
        let mut failed = None;
        callers.retain_mut(|caller| match caller.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(ended) => {
                failed = failed.take().or(ended.err());
                false
            }
        });
        match failed {
            Some(error) => Poll::Ready(Err(error)),
            None if callers.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

/// What two calls yield that are made at once.
pub(super) async fn at_once<A, B>(
    one: impl Future<Output = A>,
    other: impl Future<Output = B>,
) -> (A, B) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(yielded) = one.as_mut().poll(context)
        {
            first = Some(yielded);
        }
        if second.is_none()
            && let Poll::Ready(yielded) = other.as_mut().poll(context)
        {
            second = Some(yielded);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

/// Begins a call, and drops it where it has to wait.
pub(super) async fn give_up<T>(call: impl Future<Output = T>) {
    let mut call = pin!(call);
    poll_fn(|context| {
        let _ = call.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}
