//! How a call of an implementation ended: with an answer, with a panic, or not at all.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use crate::check::panic_text;

/// How long a call may take, on the clock of the case: on a virtual one it is over as soon as nothing else can happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a call ended.
#[derive(Debug)]
pub enum Answer<R> {
    /// With an answer.
    Returned(R),
    /// With a panic, which said this.
    Panicked(String),
    /// Not within the time that it may take.
    NeverCame,
}

impl<R: fmt::Debug> fmt::Display for Answer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(answer) => answer.fmt(f),
            Self::Panicked(message) => write!(f, "panicked: {message}"),
            Self::NeverCame => f.write_str("never answered"),
        }
    }
}

/// Waits for a call, whatever it does.
pub(crate) async fn answer<R>(call: impl Future<Output = R>) -> Answer<R> {
    let mut call = pin!(call);
    // Most calls in memory are ready at once, and need no timer.
    if let Poll::Ready(answer) = poll_fn(|context| Poll::Ready(poll(call.as_mut(), context))).await
    {
        return answer;
    }
    let rest = poll_fn(|context| poll(call.as_mut(), context));
    let answered = tokio::time::timeout(PATIENCE, rest).await;
    answered.unwrap_or(Answer::NeverCame)
}

fn poll<R>(
    call: Pin<&mut impl Future<Output = R>>,
    context: &mut std::task::Context<'_>,
) -> Poll<Answer<R>> {
    match catch_unwind(AssertUnwindSafe(|| call.poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(answer)) => Poll::Ready(Answer::Returned(answer)),
        Err(panic) => Poll::Ready(Answer::Panicked(panic_text(&*panic))),
    }
}
