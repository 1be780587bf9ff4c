//! All that the clients of a program may be answered, one call at a time: what a case asserts.

use std::collections::HashSet;
use std::sync::Arc;

use super::program::{Planned, Program};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation};

/// A case has no more ways to be right than these.
const WAYS: usize = 16;
/// So many calls are looked at in all orders.
const LOOKED_AT: usize = 50_000;

/// What the calls that return may be answered, client by client.
pub(super) type Way<O> = Vec<Arc<<O as Operation>::Outcome>>;

/// All ways in which the program may be answered; nothing where there are too many.
pub(super) fn ways<O: ModelledBy<M>, M: Model>(
    program: &Program<O>,
    model: &M,
) -> Option<Vec<Way<O>>> {
    let mut orders = Orders {
        clients: &program.clients,
        known: HashSet::new(),
        ways: Vec::new(),
        left: LOOKED_AT,
    };
    let begun = State {
        model: model.clone(),
        at: vec![0; program.clients.len()],
        answers: vec![Vec::new(); program.clients.len()],
        dropped: Vec::new(),
    };
    orders.look(&begun);
    let all = orders.left > 0 && orders.ways.len() <= WAYS;
    all.then_some(orders.ways)
}

struct Orders<'p, O: Operation> {
    clients: &'p [Vec<Planned<O>>],
    known: HashSet<String>,
    ways: Vec<Way<O>>,
    left: usize,
}

/// What has happened so far.
#[derive(Clone)]
struct State<O: Operation, M> {
    model: M,
    /// How many calls each client has made.
    at: Vec<usize>,
    answers: Vec<Way<O>>,
    /// Calls that were dropped, and may yet take effect.
    dropped: Vec<Arc<O>>,
}

impl<O: Operation> Orders<'_, O> {
    fn look<M: Model>(&mut self, state: &State<O, M>)
    where
        O: ModelledBy<M>,
    {
        if self.left == 0 || self.ways.len() > WAYS {
            return;
        }
        self.left -= 1;
        let mut ended = true;
        for client in 0..self.clients.len() {
            if let Some(planned) = self.clients[client].get(state.at[client]) {
                ended = false;
                self.look(&after(state, client, planned));
            }
        }
        if ended {
            self.keep(state);
            return;
        }
        for dropped in 0..state.dropped.len() {
            let mut next = state.clone();
            let landed = next.dropped.swap_remove(dropped);
            landed.on_model(&mut next.model);
            self.look(&next);
        }
    }

    fn keep<M>(&mut self, state: &State<O, M>) {
        let way: Way<O> = state.answers.iter().flatten().cloned().collect();
        if self.known.insert(format!("{way:?}")) {
            self.ways.push(way);
        }
    }
}

/// What follows when a client makes a call.
fn after<O: ModelledBy<M>, M: Model>(
    state: &State<O, M>,
    client: usize,
    planned: &Planned<O>,
) -> State<O, M> {
    let mut next = state.clone();
    next.at[client] += 1;
    if planned.dropped_after.is_some() {
        next.dropped.push(Arc::clone(&planned.operation));
    } else {
        let answer = planned.operation.on_model(&mut next.model);
        next.answers[client].push(Arc::new(answer));
    }
    next
}
