//! Clients of a contract without async methods, each on a thread.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::thread;

use super::program::Planned;
use crate::check::linearizability::{Client, Recorder};
use crate::check::operation::{Drive, DriveShared, Operation};
use crate::check::panic_text;
use crate::check::schedule::Ended;

/// A recorder of the calls of a contract.
pub(super) type Calls<O> = Recorder<Arc<O>, Arc<<O as Operation>::Outcome>>;

/// Runs all clients on threads.
pub struct OnThreads<O: Operation, H, S: ?Sized>(pub(super) fn(&mut Team<'_, O, H, S>) -> Ended);

/// The clients of a run on threads.
pub(super) struct Team<'t, O: Operation, H, S: ?Sized> {
    pub(super) handles: &'t mut [H],
    pub(super) subject: fn(&mut H) -> &mut S,
    pub(super) clients: &'t [Vec<Planned<O>>],
    pub(super) recorder: &'t Calls<O>,
}

pub(super) fn with_a_handle_each<O, H, S>(team: &mut Team<'_, O, H, S>) -> Ended
where
    O: Drive<S> + Send + Sync,
    O::Outcome: Send + Sync,
    H: Send,
    S: ?Sized,
{
    let start = Barrier::new(team.clients.len());
    let subject = team.subject;
    thread::scope(|scope| {
        let threads = team
            .handles
            .iter_mut()
            .zip(team.clients)
            .map(|(handle, calls)| {
                let (start, mut client) = (&start, team.recorder.client());
                scope.spawn(move || {
                    let subject = subject(handle);
                    start.wait();
                    each(
                        calls,
                        &mut client,
                        |operation| now(operation.drive(subject)),
                    )
                })
            });
        let threads: Vec<_> = threads.collect();
        ended(threads.into_iter().map(thread::ScopedJoinHandle::join))
    })
}

pub(super) fn with_one_handle<O, H, S>(team: &mut Team<'_, O, H, S>) -> Ended
where
    O: DriveShared<S> + Send + Sync,
    O::Outcome: Send + Sync,
    S: ?Sized + Sync,
{
    let start = Barrier::new(team.clients.len());
    let subject: &S = (team.subject)(&mut team.handles[0]);
    thread::scope(|scope| {
        let threads = team.clients.iter().map(|calls| {
            let (start, mut client) = (&start, team.recorder.client());
            scope.spawn(move || {
                start.wait();
                each(calls, &mut client, |operation| {
                    now(operation.drive_shared(subject))
                })
            })
        });
        let threads: Vec<_> = threads.collect();
        ended(threads.into_iter().map(thread::ScopedJoinHandle::join))
    })
}

/// Makes the calls of a client. `Err` holds the message of a panic.
fn each<O: Operation>(
    calls: &[Planned<O>],
    client: &mut Client<Arc<O>, Arc<O::Outcome>>,
    mut call: impl FnMut(&O) -> O::Outcome,
) -> Result<(), String> {
    // Nobody passes time there.
    for planned in calls.iter().filter_map(Planned::call) {
        let pending = client.call(Arc::clone(&planned.operation));
        let answer = catch_unwind(AssertUnwindSafe(|| call(&planned.operation)));
        match answer {
            Ok(outcome) => pending.returned(Arc::new(outcome)),
            Err(panic) => return Err(panic_text(&*panic)),
        }
    }
    Ok(())
}

/// What a future yields that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("a method without `async` waits for something"),
    }
}

fn ended(joined: impl Iterator<Item = thread::Result<Result<(), String>>>) -> Ended {
    for (client, joined) in joined.enumerate() {
        let message = match joined {
            Ok(Ok(())) => continue,
            Ok(Err(message)) => message,
            Err(panic) => panic_text(&*panic),
        };
        return Ended::Panicked { client, message };
    }
    Ended::All
}
