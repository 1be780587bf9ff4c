//! Wing and Gong's search with Lowe's memory: depth first, one order after the other.
//!
//! It holds the calls and returns that are not yet placed in a linked list. A call that stands before the list's first
//! return may come next; placing it takes it and its return out. Where the first return blocks everything, the last
//! choice is undone. What has been tried is remembered by the number of the configuration (see `fingerprint`), which
//! costs 16 bytes, however long the history is.
//!
//! Three things differ from the textbook. Reads that match are placed at once and are no choice: whatever could follow
//! can follow still. Calls of unknown outcome are tried only where nothing else is left. And where the first return is
//! the end of an operation of the system's own that can do nothing, that operation is dropped there.
//!
//! Good with many unknown outcomes, and at saying yes; the frontier is better at saying no.

use std::collections::HashSet;
use std::mem;

use super::answer::{Answer, Blocked, States};
use super::budget::{Meter, Stopped};
use super::fingerprint;
use super::identity::Identity;
use super::links::{Links, Position};
use super::part::{Event, Kind, Part};
use super::specification::{Specification, Step};

/// Whether `part` is possible.
pub(super) fn check<S: Specification>(
    part: &Part<'_, S>,
    meter: &mut Meter<'_>,
) -> Result<Answer<S::State>, Stopped> {
    Search::new(part).run(meter)
}

struct Search<'p, 'h, S: Specification> {
    part: &'p Part<'h, S>,
    links: Links,
    state: S::State,
    /// The number of the set of calls that are placed.
    placed: u128,
    /// The calls that must still be placed.
    left: usize,
    choices: Vec<Choice<S::State>>,
    /// Reads that were placed after a choice, oldest first.
    reads: Vec<u32>,
    seen: HashSet<u128, Identity>,
    furthest: Option<(Position, Blocked<S::State>)>,
}

/// A call that was placed, and what is needed to take it back.
struct Choice<T> {
    call: u32,
    /// Where to go on looking for another one.
    next: Cursor,
    /// The state before, where it changed.
    before: Option<T>,
    /// Further states that the call could lead to.
    others: Vec<T>,
    /// How many reads had been placed.
    reads: usize,
}

/// Where in the candidates a search is.
#[derive(Clone, Copy)]
pub(super) enum Cursor {
    /// At this place of the list of calls that have an end.
    Ending(Position),
    /// At this place of the list of calls that have none.
    Open(Position),
    Exhausted,
}

/// How a search goes on.
enum Next {
    /// With the configuration that it has just come to.
    Fresh,
    /// With other candidates.
    From(Cursor),
    Nothing,
}

/// A call that may come next.
struct Candidate<T> {
    call: u32,
    next: Cursor,
    step: Step<T>,
}

impl<'p, 'h, S: Specification> Search<'p, 'h, S> {
    fn new(part: &'p Part<'h, S>) -> Self {
        Self {
            part,
            links: Links::of(part),
            state: part.specification.initial(),
            placed: 0,
            left: part.calls.iter().filter(|c| c.kind != Kind::Open).count(),
            choices: Vec::new(),
            reads: Vec::new(),
            seen: HashSet::default(),
            furthest: None,
        }
    }

    fn run(mut self, meter: &mut Meter<'_>) -> Result<Answer<S::State>, Stopped> {
        self.place_reads(meter)?;
        let mut cursor = self.links.first();
        while self.left > 0 {
            let next = match self.candidate(cursor, meter)? {
                Some(candidate) => self.place(candidate),
                None => {
                    self.note();
                    self.retreat()
                }
            };
            cursor = match self.settle(next, meter)? {
                Some(cursor) => cursor,
                None => return Ok(self.impossible()),
            };
        }
        Ok(Answer::Possible)
    }

    /// Where to look for the next candidate; nowhere, where everything has been tried.
    fn settle(&mut self, mut next: Next, meter: &mut Meter<'_>) -> Result<Option<Cursor>, Stopped> {
        loop {
            match next {
                Next::From(cursor) => return Ok(Some(cursor)),
                Next::Nothing => return Ok(None),
                Next::Fresh => {
                    self.place_reads(meter)?;
                    if self.is_new(meter)? {
                        return Ok(Some(self.links.first()));
                    }
                    next = self.retreat();
                }
            }
        }
    }

    /// The next call that may follow, from `cursor` on.
    fn candidate(
        &self,
        cursor: Cursor,
        meter: &mut Meter<'_>,
    ) -> Result<Option<Candidate<S::State>>, Stopped> {
        let found = match cursor {
            Cursor::Ending(at) => match self.ending(at, meter)? {
                None => self.open_or_dropped(self.links.first_open(), meter)?,
                found => found,
            },
            Cursor::Open(at) => self.open_or_dropped(at, meter)?,
            Cursor::Exhausted => None,
        };
        Ok(found)
    }

    /// A call that has an end, before the first end.
    fn ending(
        &self,
        mut at: Position,
        meter: &mut Meter<'_>,
    ) -> Result<Option<Candidate<S::State>>, Stopped> {
        while let Event::Call(call) = self.part.events[at as usize] {
            let next = self.links.after(at);
            // A read that matches was placed before; one that does not cannot come next.
            if self.part.call(call).kind != Kind::Read {
                meter.spend(1)?;
                let step = self.part.step(&self.state, call);
                if step.is_possible() {
                    let next = Cursor::Ending(next);
                    return Ok(Some(Candidate { call, next, step }));
                }
            }
            at = next;
        }
        Ok(None)
    }

    fn open_or_dropped(
        &self,
        mut at: Position,
        meter: &mut Meter<'_>,
    ) -> Result<Option<Candidate<S::State>>, Stopped> {
        let (barrier, ended) = self.barrier();
        while at < barrier {
            let Event::Call(call) = self.part.events[at as usize] else {
                unreachable!("what is open has no return")
            };
            let next = self.links.after(at);
            meter.spend(1)?;
            let step = self.part.step(&self.state, call);
            // Without effect it may as well not have been applied.
            if step.is_possible() && step != Step::Unchanged {
                let next = Cursor::Open(next);
                return Ok(Some(Candidate { call, next, step }));
            }
            at = next;
        }
        Ok(self.dropped(ended))
    }

    /// The call that ends first, where it is the system's and has nothing to do.
    fn dropped(&self, call: u32) -> Option<Candidate<S::State>> {
        let drops = self.part.call(call).kind == Kind::Due
            && !self.part.step(&self.state, call).is_possible();
        drops.then_some(Candidate {
            call,
            next: Cursor::Exhausted,
            step: Step::Unchanged,
        })
    }

    /// The first end that is left, and whose it is.
    fn barrier(&self) -> (Position, u32) {
        let Cursor::Ending(mut at) = self.links.first() else {
            unreachable!("the first is one that ends")
        };
        loop {
            match self.part.events[at as usize] {
                Event::Return(call) => return (at, call),
                Event::Call(_) => at = self.links.after(at),
            }
        }
    }

    fn place(&mut self, candidate: Candidate<S::State>) -> Next {
        let Candidate { call, next, step } = candidate;
        let mut others = Vec::new();
        let state = match step {
            Step::To(state) => Some(state),
            Step::Any(mut states) => {
                let state = states.pop();
                others = states;
                state
            }
            Step::Unchanged | Step::Impossible => None,
        };
        let before = state.map(|state| mem::replace(&mut self.state, state));
        self.take(call);
        self.choices.push(Choice {
            call,
            next,
            before,
            others,
            reads: self.reads.len(),
        });
        Next::Fresh
    }

    /// Places the reads that match, up to the first return that stays.
    fn place_reads(&mut self, meter: &mut Meter<'_>) -> Result<(), Stopped> {
        if self.left == 0 {
            return Ok(());
        }
        let Cursor::Ending(mut at) = self.links.first() else {
            unreachable!("the first is one that ends")
        };
        while self.left > 0
            && let Event::Call(call) = self.part.events[at as usize]
        {
            if self.part.call(call).kind == Kind::Read {
                meter.spend(1)?;
                if self.part.step(&self.state, call).is_possible() {
                    self.take(call);
                    self.reads.push(call);
                }
            }
            // After it was taken out, since what followed may have been its own end.
            at = self.links.after(at);
        }
        Ok(())
    }

    /// Whether the configuration has not been met before.
    fn is_new(&mut self, meter: &mut Meter<'_>) -> Result<bool, Stopped> {
        if self.seen.len() == self.seen.capacity() {
            // A table that grows holds its old half too until it is done.
            meter.hold_patiently(self.seen.capacity() * 3 * (size_of::<u128>() + 1))?;
        }
        let state = self.part.specification.fingerprint(&self.state);
        Ok(self.seen.insert(fingerprint::of_both(self.placed, state)))
    }

    /// Takes the last choice back, or what it led to.
    fn retreat(&mut self) -> Next {
        let Some(mut choice) = self.choices.pop() else {
            return Next::Nothing;
        };
        while self.reads.len() > choice.reads {
            let read = self.reads.pop().expect("there are more");
            self.put_back(read);
        }
        if let Some(state) = choice.others.pop() {
            self.state = state;
            self.choices.push(choice);
            return Next::Fresh;
        }
        self.put_back(choice.call);
        if let Some(before) = choice.before {
            self.state = before;
        }
        Next::From(choice.next)
    }

    fn take(&mut self, call: u32) {
        self.links.lift(call);
        self.placed ^= fingerprint::of_index(call);
        self.left -= usize::from(self.part.call(call).kind != Kind::Open);
    }

    fn put_back(&mut self, call: u32) {
        self.links.unlift(call);
        self.placed ^= fingerprint::of_index(call);
        self.left += usize::from(self.part.call(call).kind != Kind::Open);
    }

    /// Remembers where the search is, since it leads no further, if none led further yet.
    fn note(&mut self) {
        let (at, call) = self.barrier();
        let (furthest, blocked) = self.furthest.get_or_insert_with(|| {
            let states = States::new();
            (at, Blocked { call, states })
        });
        if at < *furthest {
            return;
        }
        if at > *furthest {
            (*furthest, blocked.call) = (at, call);
            blocked.states.clear();
        }
        blocked.states.add(&self.state);
    }

    /// The answer when everything has been tried.
    fn impossible(self) -> Answer<S::State> {
        let (_, blocked) = self.furthest.expect("what is left has a first return");
        Answer::Impossible(blocked)
    }
}
