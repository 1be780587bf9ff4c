//! The saboteurs that the answers to concurrent clients look like.
//!
//! No order explains what an implementation answered. Of a saboteur, a call is a few steps between which others come in:
//! all orders of those are tried that fit what was seen, in which a call begins after those that had returned before.
//! Beside the saboteurs there are calls in two steps, which stand in front of nothing but the model's own state.

use std::sync::Arc;
use std::time::Duration;

use super::Suspects;
use crate::check::intercept::{Next, Plan};
use crate::check::linearizability::Moment;
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};
use crate::check::strength::course::Course;
use crate::check::strength::derive::Scope;
use crate::check::strength::sabotage::{Sabotage, Who};

/// So many orders are tried of a saboteur at the most.
const ORDERS: usize = 300;

/// A call of a client, and what was seen of it.
pub(crate) struct Seen<'s, O: Operation> {
    pub(crate) operation: &'s O,
    pub(crate) from: Moment,
    /// When it returned, and what; nothing where it was dropped.
    pub(crate) returned: Option<(Moment, &'s O::Outcome)>,
}

/// What the saboteurs do wrong that can have answered the calls of each client as was seen; nothing where there are none.
/// `model` is one in which nothing has happened, and `slack` is by how much two clocks may differ.
pub(crate) fn nearest_to_clients<O: ModelledBy<M>, M: Model>(
    model: &M,
    clients: &[Vec<Seen<'_, O>>],
    handle_each: bool,
    slack: Duration,
) -> Option<String> {
    let scope = Scope {
        handles: handle_each,
        namespaces: false,
    };
    let fits = |suspect: &dyn Fn() -> Suspect<O>| {
        let mut choices = Choices::default();
        for _ in 0..ORDERS {
            let mut run = Run {
                suspect: suspect(),
                model: model.clone(),
                clients: clients.iter().map(|calls| Client::new(calls)).collect(),
                handle_each,
                slack,
            };
            if run.fits(&mut choices) {
                return true;
            }
            if !choices.go_on() {
                break;
            }
        }
        false
    };
    in_two_steps::<O>(|method, how| fits(&|| Suspect::InTwoSteps(method, how))).or_else(|| {
        let suspects = Suspects::of(model, scope);
        suspects.named(|sabotage| fits(&|| Suspect::Saboteur(sabotage())))
    })
}

/// What a method does in two steps that has to be done in one; nothing where `fits` holds for none.
fn in_two_steps<O: Operation>(fits: impl Fn(usize, Between) -> bool) -> Option<String> {
    let methods = O::CONTRACT.methods.iter().enumerate();
    let mut changing = methods.filter(|(_, about)| !about.read);
    changing.find_map(|(method, about)| {
        let how = [Between::Lost, Between::Unseen];
        let how = how.into_iter().find(|how| fits(method, *how))?;
        let name = about.name;
        Some(match how {
            Between::Lost => format!(
                "`{name}` reads in one step and writes in another: what others do between them is lost"
            ),
            Between::Unseen => {
                format!("`{name}` decides in one step and acts in another, whatever comes between")
            }
        })
    })
}

/// Who may have answered so.
enum Suspect<O: Operation> {
    Saboteur(Arc<Sabotage<O>>),
    /// The method of that position is done in two steps.
    InTwoSteps(usize, Between),
}

/// What becomes of that which others do between two steps.
#[derive(Clone, Copy)]
enum Between {
    /// The second step writes what the first one has made of what was there.
    Lost,
    /// The first step decides what to answer, and the second one does it.
    Unseen,
}

/// Choices, each of so many: all of them in turn.
#[derive(Default)]
struct Choices {
    taken: Vec<(usize, usize)>,
    at: usize,
}

impl Choices {
    fn one_of(&mut self, count: usize) -> usize {
        if self.at == self.taken.len() {
            self.taken.push((0, count));
        }
        self.at += 1;
        self.taken[self.at - 1].0
    }

    /// Whether there is another way to choose.
    fn go_on(&mut self) -> bool {
        self.taken.truncate(self.at);
        self.at = 0;
        while let Some((taken, count)) = self.taken.pop() {
            if taken + 1 < count {
                self.taken.push((taken + 1, count));
                return true;
            }
        }
        false
    }
}

struct Client<'s, O: Operation, M> {
    calls: &'s [Seen<'s, O>],
    /// How many have ended.
    ended: usize,
    under_way: Option<UnderWay<O, M>>,
}

enum UnderWay<O: Operation, M> {
    /// Before this step of the plan, where it is known already: what comes after waiting depends on what comes between.
    Sabotaged(Course<O>, Option<Next<O>>),
    /// After the first of two steps: what it has made of the state, and what it answers.
    First(M, O::Outcome),
}

/// What a client does next.
#[derive(Clone, Copy)]
enum Turn {
    Step,
    /// It drops its call.
    Drop,
}

impl<'s, O: Operation, M> Client<'s, O, M> {
    fn new(calls: &'s [Seen<'s, O>]) -> Self {
        Self {
            calls,
            ended: 0,
            under_way: None,
        }
    }

    fn end(&mut self) {
        self.ended += 1;
        self.under_way = None;
    }
}

/// One order.
struct Run<'s, O: Operation, M> {
    suspect: Suspect<O>,
    model: M,
    clients: Vec<Client<'s, O, M>>,
    handle_each: bool,
    slack: Duration,
}

impl<O: ModelledBy<M>, M: Model> Run<'_, O, M> {
    /// Whether all calls are answered as was seen.
    fn fits(&mut self, choices: &mut Choices) -> bool {
        loop {
            let turns = self.turns();
            if turns.is_empty() {
                let mut clients = self.clients.iter();
                return clients.all(|client| client.ended == client.calls.len());
            }
            let fits = match turns[choices.one_of(turns.len())] {
                (client, Turn::Drop) => {
                    self.clients[client].end();
                    true
                }
                (client, Turn::Step) => self.step(client),
            };
            if !fits {
                return false;
            }
        }
    }

    fn turns(&self) -> Vec<(usize, Turn)> {
        let mut turns = Vec::new();
        for (index, client) in self.clients.iter().enumerate() {
            let Some(call) = client.calls.get(client.ended) else {
                continue;
            };
            if client.under_way.is_some() || self.may_begin(call) {
                turns.push((index, Turn::Step));
            }
            if client.under_way.is_some() && call.returned.is_none() {
                turns.push((index, Turn::Drop));
            }
        }
        turns
    }

    /// Whether all have ended that had when it was called.
    fn may_begin(&self, call: &Seen<'_, O>) -> bool {
        self.clients.iter().all(|client| {
            let mut left = client.calls[client.ended..].iter();
            left.all(|other| other.returned.is_none_or(|(at, _)| at >= call.from))
        })
    }

    /// Goes on with a call up to where others may come in. `false` where it is answered otherwise.
    fn step(&mut self, index: usize) -> bool {
        let client = &mut self.clients[index];
        let operation = client.calls[client.ended].operation;
        let under_way = client.under_way.take();
        let (sabotage, who) = match (&self.suspect, under_way) {
            (_, Some(UnderWay::First(made, outcome))) => {
                self.second_step(operation, made);
                return self.answers(index, &outcome);
            }
            (_, Some(UnderWay::Sabotaged(mut plan, next))) => {
                let next = next.unwrap_or_else(|| plan.next(None));
                return self.go_on(index, plan, next);
            }
            (Suspect::InTwoSteps(method, _), _) if *method == operation.method() => {
                let mut made = self.model.clone();
                let outcome = operation.on_model(&mut made);
                client.under_way = Some(UnderWay::First(made, outcome));
                return true;
            }
            (Suspect::InTwoSteps(..), _) => {
                let outcome = operation.on_model(&mut self.model);
                return self.answers(index, &outcome);
            }
            (Suspect::Saboteur(sabotage), None) => {
                let handle = if self.handle_each { index } else { 0 };
                let namespace = 0;
                (sabotage, Who { handle, namespace })
            }
        };
        let mut plan = sabotage.begin(who, operation.clone());
        let next = plan.next(None);
        self.go_on(index, plan, next)
    }

    fn second_step(&mut self, operation: &O, made: M) {
        match self.suspect {
            Suspect::InTwoSteps(_, Between::Unseen) => drop(operation.on_model(&mut self.model)),
            _ => self.model = made,
        }
    }

    fn go_on(&mut self, index: usize, mut plan: Course<O>, mut next: Next<O>) -> bool {
        let mut ran = false;
        loop {
            match next {
                Next::Run(operation) if !ran => {
                    let outcome = operation.on_model(&mut self.model);
                    ran = true;
                    next = plan.next(Some(outcome));
                }
                Next::Run(_) => {
                    let next = Some(next);
                    self.clients[index].under_way = Some(UnderWay::Sabotaged(plan, next));
                    return true;
                }
                Next::Yield | Next::Wait(_) => {
                    self.clients[index].under_way = Some(UnderWay::Sabotaged(plan, None));
                    return true;
                }
                Next::Answer(outcome) => return self.answers(index, &outcome),
                Next::Panic(_) | Next::Hang => return false,
            }
        }
    }

    /// Ends a call. `false` where it was seen to be answered otherwise.
    fn answers(&mut self, index: usize, outcome: &O::Outcome) -> bool {
        let client = &mut self.clients[index];
        let seen = client.calls[client.ended].returned;
        client.end();
        seen.is_none_or(|(_, seen)| outcome.compare(seen, self.slack).same)
    }
}
