//! One program, run on fresh handles: what its clients were answered, and whether the model explains it.

use std::cell::RefCell;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::checked::{Able, Checked, Shared};
use super::failure::Finding;
use super::identity::State;
use super::in_time::{InTime, ModelledInTime};
use super::program::{Call, Planned, Program};
use super::seen::{Answered, Passed, Seen};
use super::specification::{Modelled, is_keyed};
use super::threads::{Calls, Team};
use super::timed::{Precision, timed, told};
use crate::check::cancellation::dropped_at_poll;
use crate::check::linearizability::{Checker, Client, Entry, Verdict};
use crate::check::model::Model;
use crate::check::operation::{Drive, ModelledBy, Operation};
use crate::check::schedule::{Chooser, Ended, Schedule, interleave};
use crate::runtime::{Clock, LocalFuture};

/// Clients and servers round their clocks, each by up to a millisecond.
const ROUNDING: Duration = Duration::from_millis(2);

/// The clock of this process, which moves when it is moved, and never differs from itself by as much.
const NOTHING_BETWEEN: Duration = Duration::from_micros(10);

/// What programs are run on.
pub(super) struct Stage<'r, O: Operation, H: 'static, S: ?Sized, M> {
    pub(super) checked: Checked<'r, O, H, S, M>,
    pub(super) able: Able<O, H, S, M>,
}

/// What is to be said of a run.
pub(super) enum Judged {
    Right,
    Wrong(Finding),
    /// Calls were made just when something ran out: either answer is right, and more cannot be said.
    Open,
}

/// What a run came to.
pub(super) struct Ran<O: Operation> {
    pub(super) judged: Judged,
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
        let calls = match program.is_timed() {
            true => Calls::<O>::of_case(clock),
            false => Calls::<O>::new(),
        };
        let (began, passed) = (clock.now(), RefCell::default());
        let (ended, waited, schedule) = match self.on_threads(program, &mut handles, &calls) {
            Some(ended) => (ended, true, Schedule::default()),
            None => {
                let (ended, waited, schedule) = self
                    .by_turns(program, &mut handles, (&calls, &passed), chooser)
                    .await;
                (ended, waited && !self.checked.runs.is_alone(), schedule)
            }
        };
        let slack = clock.now().saturating_sub(began) + ROUNDING + model.resolution();
        drop(handles);
        let seen = Seen {
            history: calls.history(),
            passed: passed.into_inner(),
            slack,
        };
        Ok(Ran {
            judged: match ended {
                Ended::All if program.is_timed() => self.judge_in_time(&seen, model),
                Ended::All => self.judge(&seen, model),
                _ => Judged::Wrong(Finding::ended(&ended, &seen.history)),
            },
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
        (calls, passed): (&Calls<O>, &RefCell<Vec<Passed>>),
        mut chooser: Chooser,
    ) -> (Ended, bool, Schedule) {
        let clock = self.checked.runs.clock();
        let client = || Caller {
            recorded: calls.client(),
            clock,
            passed,
        };
        let clients = match self.able.shared.filter(|_| program.shared) {
            Some(call) => {
                let subject: &S = (self.checked.subject)(&mut handles[0]);
                let clients = program.clients.iter().map(|planned| {
                    Box::pin(sharing(planned, call, subject, client())) as LocalFuture<'_, ()>
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
                        Box::pin(owning(planned, subject, client())) as LocalFuture<'_, ()>
                    });
                clients.collect()
            }
        };
        let (ended, waited) = interleave(clients, &mut chooser).await;
        (ended, waited, chooser.into_schedule())
    }

    fn judge(&self, seen: &Seen<O>, model: M) -> Judged {
        let checker = Checker::new(Modelled {
            initial: State::new(model, self.able.identity),
            slack: seen.slack,
            keyed: is_keyed::<O>(),
            operations: PhantomData::<O>,
        });
        match checker.check_here(&seen.history) {
            Verdict::Linearizable => Judged::Right,
            Verdict::Violation(violation) => Judged::Wrong(Finding::violation(
                checker.specification(),
                &seen.history,
                &violation,
            )),
            Verdict::Unknown { why } => Judged::Wrong(Finding::undecided(&why)),
        }
    }

    /// Judges a run in which something may have run out.
    fn judge_in_time(&self, seen: &Seen<O>, model: M) -> Judged {
        let step = model.resolution().max(Duration::from_nanos(1));
        let tolerance = match self.checked.runs.is_alone() {
            true => NOTHING_BETWEEN,
            false => ROUNDING,
        };
        let (keyed, precision) = (is_keyed::<O>(), Precision { step, tolerance });
        let Some((history, off)) = timed(&seen.history, keyed, precision) else {
            return Judged::Open;
        };
        let checker = Checker::new(InTime {
            modelled: ModelledInTime {
                initial: State::new(model, self.able.identity),
                slack: off + longest_call(&seen.history) + ROUNDING,
                keyed,
                step,
            },
            operations: PhantomData::<O>,
        });
        match checker.check_here(&history) {
            Verdict::Linearizable => Judged::Right,
            Verdict::Violation(violation) => {
                let told = told(&history, &seen.passed, violation.partition.as_deref());
                let specification = checker.specification();
                Judged::Wrong(Finding::violation(specification, &told, &violation))
            }
            Verdict::Unknown { why } => Judged::Wrong(Finding::undecided(&why)),
        }
    }
}

fn longest_call<O: Operation>(history: &Answered<O>) -> Duration {
    let ended = |entry: &Entry<_, _>| Some(entry.end.moment()?.saturating_sub(entry.from));
    let longest = history.entries().iter().filter_map(ended).max();
    Duration::from_nanos(longest.unwrap_or(0))
}

/// A client, and what it takes to let time pass.
struct Caller<'c, O: Operation> {
    recorded: Client<Arc<O>, Arc<O::Outcome>>,
    clock: &'c Clock,
    passed: &'c RefCell<Vec<Passed>>,
}

/// A client with a handle of its own.
async fn owning<O: Drive<S>, S: ?Sized>(
    planned: &[Planned<O>],
    subject: &mut S,
    mut client: Caller<'_, O>,
) {
    for planned in planned {
        match planned {
            Planned::Call(call) => make(call, call.operation.drive(subject), &mut client).await,
            Planned::Pass(by) => client.pass(*by).await,
        }
    }
}

/// A client beside others on one handle.
async fn sharing<O: Operation, S: ?Sized>(
    planned: &[Planned<O>],
    call: Shared<O, S>,
    subject: &S,
    mut client: Caller<'_, O>,
) {
    for planned in planned {
        match planned {
            Planned::Call(planned) => {
                make(planned, call(&planned.operation, subject), &mut client).await;
            }
            Planned::Pass(by) => client.pass(*by).await,
        }
    }
}

/// Makes a call, and records it. Between two calls others may have their turns.
async fn make<O: Operation>(
    planned: &Call<O>,
    call: impl Future<Output = O::Outcome>,
    client: &mut Caller<'_, O>,
) {
    tokio::task::consume_budget().await;
    let pending = client.recorded.call(Arc::clone(&planned.operation));
    let answer = match planned.dropped_after {
        None => Some(call.await),
        Some(polls) => dropped_at_poll(polls, call).await,
    };
    match answer {
        Some(outcome) => pending.returned(Arc::new(outcome)),
        None => pending.unknown("dropped"),
    }
}

impl<O: Operation> Caller<'_, O> {
    async fn pass(&self, by: Duration) {
        tokio::task::consume_budget().await;
        let from = self.recorded.now();
        self.clock.advance(by).await;
        let (client, at) = (self.recorded.number(), self.recorded.now());
        let passed = Passed {
            client,
            from,
            at,
            by,
        };
        self.passed.borrow_mut().push(passed);
    }
}
