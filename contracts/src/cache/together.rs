//! Callers of a case, side by side on its task. The suites have this of their own, so that whoever builds them builds no
//! other crate for it.

use std::future::{Future, poll_fn};
use std::pin::Pin;
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
