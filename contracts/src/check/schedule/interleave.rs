//! Clients that run by turns, within one task.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use tokio::runtime::Handle;

use super::brake::{Brake, is_used_up};
use super::chooser::Chooser;
use super::plan::{Turn, Units};
use crate::check::panic_text;
use crate::runtime::LocalFuture;

/// How long clients may wait for what is not theirs, on the clock of the runtime: on a virtual one it is over as soon as
/// nothing else can happen.
const PATIENCE: Duration = Duration::from_secs(20);
/// So often it begins anew where one of them went on meanwhile: it may have moved the clock.
const ANEW: usize = 64;

/// How clients ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All of them did.
    All,
    /// One panicked, with this message.
    Panicked { client: usize, message: String },
    /// These wait for what never comes.
    Stuck { clients: Vec<usize> },
}

/// Runs `clients` to their ends, with the turns that `chooser` gives them. Says as well whether they ever waited for
/// anything but each other.
pub(crate) async fn interleave(
    clients: Vec<LocalFuture<'_, ()>>,
    chooser: &mut Chooser,
) -> (Ended, bool) {
    have_a_budget().await;
    let mut clients = Clients::new(clients);
    chooser.with_rest(has_other_tasks());
    // What runs in memory is done in one poll, and needs no timer.
    let first = poll_fn(|context| Poll::Ready(clients.poll(chooser, context))).await;
    if let Poll::Ready(ended) = first {
        return (ended, clients.waited);
    }
    for _ in 0..ANEW {
        let turns = clients.turns;
        let rest = poll_fn(|context| clients.poll(chooser, context));
        match tokio::time::timeout(PATIENCE, rest).await {
            Ok(ended) => return (ended, clients.waited),
            Err(_) if clients.turns > turns => {}
            Err(_) => break,
        }
    }
    let ended = Ended::Stuck {
        clients: clients.left(),
    };
    (ended, clients.waited)
}

/// Gives way where so little of the budget is left that clients could not be held up: the next poll has all of it.
pub(crate) async fn have_a_budget() {
    let enough = poll_fn(|context| Poll::Ready(Brake::new(context).is_some())).await;
    if !enough && Handle::try_current().is_ok() {
        tokio::task::yield_now().await;
    }
}

/// Tasks of the runtime run only while the clients give way.
fn has_other_tasks() -> bool {
    Handle::try_current().is_ok_and(|handle| handle.metrics().num_alive_tasks() > 0)
}

struct Clients<'a> {
    clients: Vec<Client<'a>>,
    around: Arc<Around>,
    runnable: Vec<usize>,
    /// How many they had.
    turns: usize,
    waited: bool,
}

struct Client<'a> {
    /// Nothing once it has ended.
    future: Option<LocalFuture<'a, ()>>,
    signal: Arc<Signal>,
    waker: Waker,
}

/// Whether a client may have something to do.
struct Signal {
    awake: AtomicBool,
    around: Arc<Around>,
}

/// The task that the clients run within.
#[derive(Default)]
struct Around {
    sleeps: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Around {
    fn sleep(&self, waker: &Waker) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
        self.sleeps.store(true, Ordering::SeqCst);
    }

    fn wake(&self) {
        if self.sleeps.swap(false, Ordering::SeqCst) {
            let waker = self
                .waker
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            waker.iter().for_each(Waker::wake_by_ref);
        }
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.awake.store(true, Ordering::SeqCst);
        self.around.wake();
    }
}

impl<'a> Client<'a> {
    fn new(future: LocalFuture<'a, ()>, around: &Arc<Around>) -> Self {
        let signal = Arc::new(Signal {
            awake: AtomicBool::new(true),
            around: Arc::clone(around),
        });
        Self {
            future: Some(future),
            waker: Waker::from(Arc::clone(&signal)),
            signal,
        }
    }

    fn can_run(&self) -> bool {
        self.future.is_some() && self.signal.awake.load(Ordering::SeqCst)
    }

    /// One turn. `Err` holds the message of its panic.
    fn run(&mut self) -> Result<(), String> {
        let Some(future) = &mut self.future else {
            return Ok(());
        };
        self.signal.awake.store(false, Ordering::SeqCst);
        let mut context = Context::from_waker(&self.waker);
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context))) {
            Ok(Poll::Ready(())) => self.future = None,
            // It did not wait: it was held up.
            Ok(Poll::Pending) if is_used_up() => self.signal.awake.store(true, Ordering::SeqCst),
            Ok(Poll::Pending) => {}
            Err(panic) => {
                self.future = None;
                return Err(panic_text(&*panic));
            }
        }
        Ok(())
    }
}

impl<'a> Clients<'a> {
    fn new(futures: Vec<LocalFuture<'a, ()>>) -> Self {
        let around = Arc::<Around>::default();
        let clients = futures
            .into_iter()
            .map(|future| Client::new(future, &around));
        Self {
            clients: clients.collect(),
            around,
            runnable: Vec::new(),
            turns: 0,
            waited: false,
        }
    }

    fn left(&self) -> Vec<usize> {
        let all = 0..self.clients.len();
        all.filter(|index| self.clients[*index].future.is_some())
            .collect()
    }

    fn look(&mut self) {
        self.runnable.clear();
        let all = self.clients.iter().enumerate();
        let runnable = all.filter(|(_, client)| client.can_run());
        self.runnable.extend(runnable.map(|(index, _)| index));
    }

    fn poll(&mut self, chooser: &mut Chooser, context: &mut Context<'_>) -> Poll<Ended> {
        let mut brake = Brake::new(context);
        loop {
            self.look();
            if self.runnable.is_empty() {
                if self.clients.iter().all(|client| client.future.is_none()) {
                    return Poll::Ready(Ended::All);
                }
                self.waited = true;
                self.around.sleep(context.waker());
                // One may have been woken meanwhile, on another thread.
                self.look();
                if self.runnable.is_empty() {
                    return Poll::Pending;
                }
            }
            let (client, units) = match chooser.choose(&self.runnable) {
                Turn::Client { client, units } => (client, units),
                Turn::Rest => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            };
            leave(&mut brake, units, context);
            self.turns += 1;
            if let Err(message) = self.clients[client].run() {
                return Poll::Ready(Ended::Panicked { client, message });
            }
        }
    }
}

fn leave(brake: &mut Option<Brake>, units: Units, context: &mut Context<'_>) {
    if let Some(brake) = brake {
        brake.leave(units, context);
    }
}
