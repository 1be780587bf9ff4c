//! What each client calls, and when it lets time pass.

use std::sync::Arc;
use std::time::Duration;

use super::timed::ttl;
use crate::check::generate::{Generator, Step};
use crate::check::operation::Operation;

/// The calls of all clients, and how they take their handles.
#[derive(Clone, Debug)]
pub(super) struct Program<O> {
    /// A list a client. Clients that lost all their calls keep their place, since schedules go by it.
    pub(super) clients: Vec<Vec<Planned<O>>>,
    /// Whether they share one handle.
    pub(super) shared: bool,
}

/// What a client does next.
#[derive(Clone, Debug)]
pub(super) enum Planned<O> {
    Call(Call<O>),
    /// It lets time pass, for all.
    Pass(Duration),
}

/// A call to be made.
#[derive(Clone, Debug)]
pub(super) struct Call<O> {
    pub(super) operation: Arc<O>,
    /// After how many polls that were pending the call is dropped, if at all.
    pub(super) dropped_after: Option<u32>,
}

impl<O> Planned<O> {
    pub(super) fn call(&self) -> Option<&Call<O>> {
        match self {
            Self::Call(call) => Some(call),
            Self::Pass(_) => None,
        }
    }
}

/// Longer than what runs out during a run.
const LONG_ENOUGH: Duration = Duration::from_secs(100);
/// So many last looks at the most.
const LOOKS: usize = 3;

/// How large programs are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) clients: usize,
    /// The calls of each.
    pub(super) calls: usize,
}

impl<O: Operation> Program<O> {
    /// Deals a generated sequence out to the clients. In every other program, some calls are dropped.
    pub(super) fn generate(
        generator: &mut Generator,
        rng: &mut fastrand::Rng,
        size: Size,
        shared: bool,
    ) -> Self {
        let drops = has_async::<O>() && rng.bool();
        let mut clients: Vec<Vec<Planned<O>>> = (0..size.clients).map(|_| Vec::new()).collect();
        for (index, step) in generator.sequence::<O>().into_iter().enumerate() {
            let planned = match step {
                Step::Pass(by) => Planned::Pass(by),
                Step::Call(operation) => {
                    let dropped = drops && operation.about().asynchronous && rng.u8(..6) == 0;
                    // When what it stores runs out is not known of a call of which nothing is.
                    let dropped = dropped && ttl(&operation).is_none();
                    Planned::Call(Call {
                        operation: Arc::new(operation),
                        dropped_after: dropped.then(|| rng.u32(1..4)),
                    })
                }
            };
            clients[index % size.clients].push(planned);
        }
        Self { clients, shared }
    }

    /// With a last look at what there is, when all that may run out has had the time to.
    pub(super) fn with_a_last_look(mut self, rng: &mut fastrand::Rng) -> Self {
        let calls = self.clients.iter().flatten().filter_map(Planned::call);
        let mut looks: Vec<Arc<O>> = calls
            .filter(|call| call.operation.about().read)
            .map(|call| Arc::clone(&call.operation))
            .collect();
        looks.dedup_by(|one, other| one.key() == other.key());
        rng.shuffle(&mut looks);
        looks.truncate(LOOKS);
        let client = rng.usize(..self.clients.len());
        self.clients[client].push(Planned::Pass(LONG_ENOUGH));
        let looks = looks.into_iter().map(|operation| {
            Planned::Call(Call {
                operation,
                dropped_after: None,
            })
        });
        self.clients[client].extend(looks);
        self
    }

    /// How many calls there are, and how often time passes.
    pub(super) fn len(&self) -> usize {
        self.clients.iter().map(Vec::len).sum()
    }

    /// Whether time matters: it passes, or something could run out.
    pub(super) fn is_timed(&self) -> bool {
        let mut planned = self.clients.iter().flatten();
        planned.any(|planned| {
            planned
                .call()
                .is_none_or(|call| ttl(&*call.operation).is_some())
        })
    }

    /// For how long time passes, by itself or by being moved.
    pub(super) fn passes(&self) -> Duration {
        let planned = self.clients.iter().flatten();
        planned
            .map(|planned| match planned {
                Planned::Pass(by) => *by,
                Planned::Call(_) => Duration::ZERO,
            })
            .sum()
    }

    /// How many clients call anything.
    pub(super) fn active(&self) -> usize {
        self.clients
            .iter()
            .filter(|calls| !calls.is_empty())
            .count()
    }

    /// Its client, once for each call, where there is one alone, whose calls all end.
    pub(super) fn of_one_client(&self) -> Option<Vec<usize>> {
        let mut active = (0..self.clients.len()).filter(|client| !self.clients[*client].is_empty());
        let (client, None) = (active.next()?, active.next()) else {
            return None;
        };
        let calls = &self.clients[client];
        let whole = calls
            .iter()
            .filter_map(Planned::call)
            .all(|call| call.dropped_after.is_none());
        whole.then(|| vec![client; calls.len()])
    }

    /// Without the calls at these positions, counted through all clients.
    pub(super) fn without(&self, positions: std::ops::Range<usize>) -> Self {
        let mut position = 0;
        let mut program = self.clone();
        for calls in &mut program.clients {
            calls.retain(|_| {
                position += 1;
                !positions.contains(&(position - 1))
            });
        }
        program
    }

    /// All of it as a sequence, as shrinkers of arguments take it.
    pub(super) fn steps(&self) -> Vec<Step<O>> {
        let planned = self.clients.iter().flatten();
        planned
            .map(|planned| match planned {
                Planned::Call(call) => Step::Call((*call.operation).clone()),
                Planned::Pass(by) => Step::Pass(*by),
            })
            .collect()
    }

    /// With these steps in the place of its own.
    pub(super) fn with_steps(&self, steps: Vec<Step<O>>) -> Self {
        let mut program = self.clone();
        let planned = program.clients.iter_mut().flatten();
        for (planned, step) in planned.zip(steps) {
            match (planned, step) {
                (Planned::Call(call), Step::Call(operation)) => {
                    call.operation = Arc::new(operation);
                }
                (planned, Step::Pass(by)) => *planned = Planned::Pass(by),
                (Planned::Pass(_), Step::Call(_)) => {}
            }
        }
        program
    }
}

pub(super) fn has_async<O: Operation>() -> bool {
    O::CONTRACT.methods.iter().any(|method| method.asynchronous)
}
