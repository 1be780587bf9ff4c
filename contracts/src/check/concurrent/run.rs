//! One program, run on fresh handles: what its clients were answered, and whether the model explains it.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::checked::{Able, Checked, Shared};
use super::failure::Finding;
use super::identity::State;
use super::program::{Planned, Program};
use super::seen::Seen;
use super::specification::{Modelled, is_keyed};
use super::threads::{Calls, Team};
use crate::check::cancellation::dropped_at_poll;
use crate::check::linearizability::{Checker, Client, Verdict};
use crate::check::model::Model;
use crate::check::operation::{Drive, ModelledBy, Operation};
use crate::check::schedule::{Chooser, Ended, Schedule, interleave};
use crate::runtime::LocalFuture;

/// Clients and servers round their clocks, each by up to a millisecond.
const ROUNDING: Duration = Duration::from_millis(2);

/// What programs are run on.
pub(super) struct Stage<'r, O: Operation, H: 'static, S: ?Sized, M> {
    pub(super) checked: Checked<'r, O, H, S, M>,
    pub(super) able: Able<O, H, S, M>,
}

/// What a run came to.
pub(super) struct Ran<O: Operation> {
    /// What is wrong, if anything.
    pub(super) finding: Option<Finding>,
    pub(super) seen: Seen<O>,
    pub(super) schedule: Schedule,
    /// Whether the clients waited for anything outside of this process, or ran on threads: then it need not come out the
    /// same again.
    pub(super) waited: bool,
}

impl<O, H, S, M> Stage<'_, O, H, S, M>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    /// Runs `program` on handles in a namespace of their own.
    ///
    /// # Errors
    /// Where the handles cannot be made.
    pub(super) async fn run(
        &self,
        program: &Program<O>,
        chooser: Chooser,
    ) -> Result<Ran<O>, String> {
        let count = if program.shared {
            1
        } else {
            program.clients.len()
        };
        let mut handles = self.handles(count).await?;
        let model = (self.checked.model)((self.checked.subject)(&mut handles[0]));
        let clock = self.checked.runs.clock();
        let (began, calls) = (clock.now(), Calls::<O>::new());
        let (ended, waited, schedule) = match self.on_threads(program, &mut handles, &calls) {
            Some(ended) => (ended, true, Schedule::default()),
            None => {
                let (ended, waited, schedule) =
                    self.by_turns(program, &mut handles, &calls, chooser).await;
                (ended, waited && !self.checked.runs.is_alone(), schedule)
            }
        };
        let slack = clock.now().saturating_sub(began) + ROUNDING + model.resolution();
        drop(handles);
        let seen = Seen {
            history: calls.history(),
            slack,
        };
        Ok(Ran {
            finding: self.judge(&seen, &ended, model),
            seen,
            schedule,
            waited,
        })
    }

    /// A model in which nothing has happened.
    ///
    /// # Errors
    /// Where there is no handle to make it beside.
    pub(super) async fn model(&self) -> Result<M, String> {
        let mut handles = self.handles(1).await?;
        Ok((self.checked.model)((self.checked.subject)(
            &mut handles[0],
        )))
    }

    async fn handles(&self, count: usize) -> Result<Vec<H>, String> {
        let made = self.checked.runs.fresh_together(count).await;
        made.map_err(|error| format!("the backend could not be made: {error}"))
    }

    /// Whether the clients are on threads: a contract without anything to await has no other way to be concurrent.
    fn on_threads(
        &self,
        program: &Program<O>,
        handles: &mut [H],
        recorder: &Calls<O>,
    ) -> Option<Ended> {
        if O::CONTRACT.methods.iter().any(|method| method.asynchronous) {
            return None;
        }
        let threads = if program.shared {
            &self.able.shared_threads
        } else {
            &self.able.threads
        };
        let mut team = Team {
            handles,
            subject: self.checked.subject,
            clients: &program.clients,
            recorder,
        };
        threads.as_ref().map(|threads| (threads.0)(&mut team))
    }

    async fn by_turns(
        &self,
        program: &Program<O>,
        handles: &mut [H],
        calls: &Calls<O>,
        mut chooser: Chooser,
    ) -> (Ended, bool, Schedule) {
        let clients = match self.able.shared.filter(|_| program.shared) {
            Some(call) => {
                let subject: &S = (self.checked.subject)(&mut handles[0]);
                let clients = program.clients.iter().map(|planned| {
                    let client = calls.client();
                    Box::pin(sharing(planned, call, subject, client)) as LocalFuture<'_, ()>
                });
                clients.collect()
            }
            None => {
                let subjects = handles.iter_mut().map(self.checked.subject);
                let clients = program
                    .clients
                    .iter()
                    .zip(subjects)
                    .map(|(planned, subject)| {
                        Box::pin(owning(planned, subject, calls.client())) as LocalFuture<'_, ()>
                    });
                clients.collect()
            }
        };
        let (ended, waited) = interleave(clients, &mut chooser).await;
        (ended, waited, chooser.into_schedule())
    }

    fn judge(&self, seen: &Seen<O>, ended: &Ended, model: M) -> Option<Finding> {
        let Seen { history, slack } = seen;
        if *ended != Ended::All {
            return Some(Finding::ended(ended, history));
        }
        let checker = Checker::new(Modelled {
            initial: State::new(model, self.able.identity),
            slack: *slack,
            keyed: is_keyed::<O>(),
            operations: PhantomData::<O>,
        });
        match checker.check_here(history) {
            Verdict::Linearizable => None,
            Verdict::Violation(violation) => Some(Finding::violation(
                checker.specification(),
                history,
                &violation,
            )),
            Verdict::Unknown { why } => Some(Finding::undecided(&why)),
        }
    }
}

type Caller<O> = Client<Arc<O>, Arc<<O as Operation>::Outcome>>;

/// A client with a handle of its own.
async fn owning<O: Drive<S>, S: ?Sized>(
    planned: &[Planned<O>],
    subject: &mut S,
    mut client: Caller<O>,
) {
    for call in planned {
        make(call, call.operation.drive(subject), &mut client).await;
    }
}

/// A client beside others on one handle.
async fn sharing<O: Operation, S: ?Sized>(
    planned: &[Planned<O>],
    call: Shared<O, S>,
    subject: &S,
    mut client: Caller<O>,
) {
    for planned in planned {
        make(planned, call(&planned.operation, subject), &mut client).await;
    }
}

/// Makes a call, and records it. Between two calls others may have their turns.
async fn make<O: Operation>(
    planned: &Planned<O>,
    call: impl Future<Output = O::Outcome>,
    client: &mut Caller<O>,
) {
    tokio::task::consume_budget().await;
    let pending = client.call(Arc::clone(&planned.operation));
    let answer = match planned.dropped_after {
        None => Some(call.await),
        Some(polls) => dropped_at_poll(polls, call).await,
    };
    match answer {
        Some(outcome) => pending.returned(Arc::new(outcome)),
        None => pending.unknown("dropped"),
    }
}
