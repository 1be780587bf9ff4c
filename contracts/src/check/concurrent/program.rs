//! What each client calls.

use std::sync::Arc;

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

/// A call to be made.
#[derive(Clone, Debug)]
pub(super) struct Planned<O> {
    pub(super) operation: Arc<O>,
    /// After how many polls that were pending the call is dropped, if at all.
    pub(super) dropped_after: Option<u32>,
}

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
            let Step::Call(operation) = step else {
                continue;
            };
            let dropped = drops && operation.about().asynchronous && rng.u8(..6) == 0;
            clients[index % size.clients].push(Planned {
                operation: Arc::new(operation),
                dropped_after: dropped.then(|| rng.u32(1..4)),
            });
        }
        Self { clients, shared }
    }

    pub(super) fn calls(&self) -> usize {
        self.clients.iter().map(Vec::len).sum()
    }

    /// How many clients call anything.
    pub(super) fn active(&self) -> usize {
        self.clients
            .iter()
            .filter(|calls| !calls.is_empty())
            .count()
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

    /// The calls as a sequence, as shrinkers of arguments take it.
    pub(super) fn steps(&self) -> Vec<Step<O>> {
        let calls = self.clients.iter().flatten();
        calls
            .map(|call| Step::Call((*call.operation).clone()))
            .collect()
    }

    /// With these calls in the place of its own.
    pub(super) fn with_steps(&self, steps: Vec<Step<O>>) -> Self {
        let mut program = self.clone();
        let planned = program.clients.iter_mut().flatten();
        for (planned, step) in planned.zip(steps) {
            if let Step::Call(operation) = step {
                planned.operation = Arc::new(operation);
            }
        }
        program
    }
}

fn has_async<O: Operation>() -> bool {
    O::CONTRACT.methods.iter().any(|method| method.asynchronous)
}
