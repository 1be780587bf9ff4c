//! Where a call is dropped.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};

use serde::{Deserialize, Serialize};

use crate::check::schedule::{Brake, FINEST, Units, have_a_budget, is_used_up};

/// A point at which a call is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cut {
    /// When it has passed so many awaits of tokio's primitives, at the next.
    Awaits(u32),
    /// When it was pending so many times.
    Polls(u32),
}

/// How a call ended that was to be dropped.
pub(super) enum Dropped<T> {
    Returned(T),
    Dropped,
}

impl<T> Dropped<T> {
    fn returned(self) -> Option<T> {
        match self {
            Self::Returned(outcome) => Some(outcome),
            Self::Dropped => None,
        }
    }
}

impl Cut {
    pub(super) fn next(self) -> Self {
        match self {
            Self::Awaits(passed) => Self::Awaits(passed + 1),
            Self::Polls(polls) => Self::Polls(polls + 1),
        }
    }

    /// Runs `call` up to here and drops it. Says as well whether it waited for anything.
    pub(super) async fn run<T>(self, call: impl Future<Output = T>) -> (Dropped<T>, bool) {
        let mut call = pin!(call);
        let mut waited = false;
        let mut left = match self {
            Self::Awaits(passed) => passed,
            Self::Polls(polls) => polls,
        };
        let ended = poll_fn(|context| {
            let polled = match self {
                Self::Awaits(_) => {
                    passing(&mut left, context, |context| call.as_mut().poll(context))
                }
                Self::Polls(_) => match call.as_mut().poll(context) {
                    Poll::Ready(outcome) => Poll::Ready(Dropped::Returned(outcome)),
                    Poll::Pending => {
                        left -= 1;
                        if left == 0 {
                            Poll::Ready(Dropped::Dropped)
                        } else {
                            Poll::Pending
                        }
                    }
                },
            };
            waited |= polled.is_pending();
            polled
        })
        .await;
        (ended, waited)
    }
}

/// Runs `call` to its `nth` await of a primitive of tokio, counted from 1, and drops it there, though nothing may keep it;
/// answers what it yields where it has fewer.
///
/// Where something is truly waited for, it goes on when that has come. As the generated check drops calls, so that a case
/// can.
pub async fn dropped_at_await<T>(nth: u32, call: impl Future<Output = T>) -> Option<T> {
    have_a_budget().await;
    Cut::Awaits(nth.saturating_sub(1))
        .run(call)
        .await
        .0
        .returned()
}

/// Polls `call` until it was pending for the `nth` time, counted from 1, and drops it then; answers what it yields where
/// it was not.
pub async fn dropped_at_poll<T>(nth: u32, call: impl Future<Output = T>) -> Option<T> {
    Cut::Polls(nth.max(1)).run(call).await.0.returned()
}

/// Polls until `left` awaits were passed, or something is waited for.
fn passing<T>(
    left: &mut u32,
    context: &mut Context<'_>,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Poll<Dropped<T>> {
    let Some(mut brake) = Brake::new(context) else {
        return poll(context).map(Dropped::Returned);
    };
    loop {
        let units = (*left).min(u32::from(FINEST) - 1);
        brake.leave(Units::Few(units as u8), context);
        match poll(context) {
            Poll::Ready(outcome) => return Poll::Ready(Dropped::Returned(outcome)),
            Poll::Pending if !is_used_up() => return Poll::Pending,
            Poll::Pending => {}
        }
        *left -= units;
        if *left == 0 {
            return Poll::Ready(Dropped::Dropped);
        }
    }
}

impl Cut {
    /// A call that is dropped here, as Rust.
    pub(super) fn source(self, call: &str) -> String {
        match self {
            Self::Awaits(passed) => format!("dropped_at_await({}, {call})", passed + 1),
            Self::Polls(polls) => format!("dropped_at_poll({polls}, {call})"),
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Awaits(passed) => write!(f, "dropped at its {} await", nth(passed + 1)),
            Self::Polls(1) => write!(f, "dropped when it was pending for the first time"),
            Self::Polls(polls) => write!(
                f,
                "dropped when it was pending for the {} time",
                nth(*polls)
            ),
        }
    }
}

fn nth(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_told_in_words() {
        assert_eq!(Cut::Awaits(0).to_string(), "dropped at its 1st await");
        assert_eq!(Cut::Awaits(10).to_string(), "dropped at its 11th await");
        assert_eq!(Cut::Awaits(21).to_string(), "dropped at its 22nd await");
        assert_eq!(
            Cut::Polls(3).to_string(),
            "dropped when it was pending for the 3rd time"
        );
    }

    /// What is passed of twenty awaits by a call that may pass so many, and whether it returned.
    async fn passed(awaits: u32) -> (u32, bool) {
        let mut passed = 0;
        let call = async {
            for _ in 0..20 {
                tokio::task::consume_budget().await;
                passed += 1;
            }
        };
        let (ended, waited) = Cut::Awaits(awaits).run(call).await;
        assert!(!waited);
        (passed, matches!(ended, Dropped::Returned(())))
    }

    #[test]
    fn a_call_passes_as_many_awaits_as_it_is_given() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        for awaits in 0..30 {
            let passed = runtime.block_on(passed(awaits));
            assert_eq!(passed, (awaits.min(20), awaits >= 20), "of {awaits}");
        }
    }
}
