//! Concurrent clients whose interleaving is decided by a seed: futures that are polled in random order, each up to its
//! next [`pause`].

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use contrait::check::linearizability::{History, Numbers, Recorder};

pub(crate) const CLIENTS: usize = 3;
pub(crate) const CALLS: usize = 5;

/// Lets others go first.
pub(crate) async fn pause() {
    let mut waited = false;
    poll_fn(|_| {
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// A history of clients that call `system`, each operation as `choose` picks it. No answer means that the call was given
/// up.
pub(crate) fn run<O: Clone, R: Clone>(
    seed: u64,
    choose: impl Fn(&mut Numbers) -> O,
    system: impl AsyncFn(O) -> Option<R>,
) -> History<O, R> {
    let numbers = RefCell::new(Numbers::new(seed));
    let recorder = Recorder::new();
    let client = async || {
        let mut client = recorder.client();
        for _ in 0..CALLS {
            let operation = choose(&mut numbers.borrow_mut());
            let call = client.call(operation.clone());
            pause().await;
            match system(operation).await {
                Some(outcome) => call.returned(outcome),
                None => call.unknown("timeout"),
            }
        }
    };
    let mut clients: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(Box::pin(client()));
    }
    let mut context = Context::from_waker(Waker::noop());
    while !clients.is_empty() {
        let next = numbers.borrow_mut().below(clients.len() as u64) as usize;
        if clients[next].as_mut().poll(&mut context).is_ready() {
            drop(clients.swap_remove(next));
        }
    }
    let history = recorder.history();
    history.validate().expect("clients take turns");
    history
}
