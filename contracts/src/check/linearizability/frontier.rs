//! Just-in-time linearization: all configurations that are possible at a moment, moved on from return to return.
//!
//! A call is applied when a return needs it: its own, or that of another call that can only be answered once this one
//! was applied. Nothing is lost by that, since what was applied earlier could as well have been applied now. The
//! configurations of the past are forgotten, so that memory does not grow with the history, and when none is left, the
//! return that left none is the first impossible one.
//!
//! Good at saying no, and with long histories. Many calls of unknown outcome at once are beyond it where the model
//! tells apart which of them were applied; see `configurations` for where it does not.

use super::answer::{Answer, Blocked, States};
use super::budget::{Exhausted, Meter, Stopped};
use super::configurations::{Configuration, Configurations};
use super::part::{Event, Kind, Part};
use super::specification::{Specification, Step};

/// Whether `part` is possible.
pub(super) fn check<S: Specification>(
    part: &Part<'_, S>,
    meter: &mut Meter<'_>,
) -> Result<Answer<S::State>, Stopped> {
    let mut frontier = Frontier::new(part);
    for event in &part.events {
        match *event {
            Event::Call(call) => frontier.called(call, meter)?,
            Event::Return(call) => {
                if let Some(blocked) = frontier.returned(call, meter)? {
                    return Ok(Answer::Impossible(blocked));
                }
            }
        }
    }
    Ok(Answer::Possible)
}

struct Frontier<'p, 'h, S: Specification> {
    part: &'p Part<'h, S>,
    now: Vec<Configuration<S::State>>,
    /// The call that each bit of a configuration stands for.
    slots: Slots,
    /// The calls of unknown outcome so far.
    open: Vec<u32>,
    /// What is possible before a return, and what after it; kept for their memory.
    before: Configurations<S::State>,
    after: Configurations<S::State>,
}

impl<'p, 'h, S: Specification> Frontier<'p, 'h, S> {
    fn new(part: &'p Part<'h, S>) -> Self {
        let start = Configuration {
            applied: 0,
            used: Vec::new(),
            state: part.specification.initial(),
        };
        Self {
            part,
            now: vec![start],
            slots: Slots::default(),
            open: Vec::new(),
            before: Configurations::new(),
            after: Configurations::new(),
        }
    }

    fn called(&mut self, call: u32, meter: &mut Meter<'_>) -> Result<(), Stopped> {
        let kind = self.part.call(call).kind;
        if kind == Kind::Open {
            self.open.push(call);
            return Ok(());
        }
        let bit = self.slots.give(call, kind)?;
        if kind == Kind::Read {
            meter.spend(self.now.len())?;
            for configuration in &mut self.now {
                if self.part.step(&configuration.state, call).is_possible() {
                    configuration.applied |= bit;
                }
            }
        }
        Ok(())
    }

    /// Moves on past a return; answers where none can be.
    fn returned(
        &mut self,
        call: u32,
        meter: &mut Meter<'_>,
    ) -> Result<Option<Blocked<S::State>>, Stopped> {
        let bit = self.slots.bit_of(call);
        meter.spend(1)?;
        if self.now.iter().all(|one| one.applied & bit != 0) {
            self.now.iter_mut().for_each(|one| one.applied &= !bit);
        } else {
            self.apply(call, bit, meter)?;
        }
        self.slots.take_back(bit);
        Ok(self.now.is_empty().then(|| self.blocked(call)))
    }

    /// Extends every configuration until `call` is applied, in every way.
    fn apply(&mut self, call: u32, bit: u128, meter: &mut Meter<'_>) -> Result<(), Stopped> {
        self.before.clear();
        for one in std::mem::take(&mut self.now) {
            self.add(one, bit);
        }
        let mut place = 0;
        while place < self.before.places() {
            self.extend(place, call, bit, meter)?;
            place += 1;
        }
        self.after.drain_into(&mut self.now);
        Ok(())
    }

    /// Adds a configuration where it belongs.
    fn add(&mut self, mut one: Configuration<S::State>, bit: u128) {
        let state = self.part.specification.fingerprint(&one.state);
        if one.applied & bit != 0 {
            one.applied &= !bit;
            self.after.add(one, state);
        } else {
            self.before.add(one, state);
        }
    }

    /// Adds what one more call makes of the configuration at `place`.
    fn extend(
        &mut self,
        place: usize,
        call: u32,
        bit: u128,
        meter: &mut Meter<'_>,
    ) -> Result<(), Stopped> {
        let Some(one) = self.before.get(place).cloned() else {
            return Ok(());
        };
        let held = (self.before.places() + self.after.places()) * self.weight();
        meter.hold(held)?;
        meter.spend(self.slots.len() + self.open.len())?;
        if self.part.call(call).kind == Kind::Due && !self.part.step(&one.state, call).is_possible()
        {
            let mut dropped = one.clone();
            dropped.applied |= bit;
            self.add(dropped, bit);
        }
        for place in 0..self.slots.len() {
            let Some((next, next_bit)) = self.slots.write_at(place) else {
                continue;
            };
            if one.applied & next_bit == 0 {
                self.follow(&one, next, |new| new.applied |= next_bit, bit);
            }
        }
        for place in 0..self.open.len() {
            let next = self.open[place];
            if let Err(at) = one.used.binary_search(&next) {
                self.follow(&one, next, |new| new.used.insert(at, next), bit);
            }
        }
        Ok(())
    }

    /// Adds what `next` makes of a configuration.
    fn follow(
        &mut self,
        one: &Configuration<S::State>,
        next: u32,
        mark: impl Fn(&mut Configuration<S::State>),
        bit: u128,
    ) {
        let part = self.part;
        let mut add = |state| {
            let mut new = Configuration {
                applied: one.applied,
                used: one.used.clone(),
                state,
            };
            mark(&mut new);
            self.read(&mut new);
            self.add(new, bit);
        };
        match part.step(&one.state, next) {
            Step::Impossible => {}
            // Without effect it may as well not have been applied.
            Step::Unchanged if part.call(next).kind == Kind::Open => {}
            Step::Unchanged => add(one.state.clone()),
            Step::To(state) => add(state),
            Step::Any(states) => states.into_iter().for_each(add),
        }
    }

    /// Applies the reads that match.
    fn read(&self, one: &mut Configuration<S::State>) {
        for (call, bit) in self.slots.reads() {
            if one.applied & bit == 0 && self.part.step(&one.state, call).is_possible() {
                one.applied |= bit;
            }
        }
    }

    /// About what a configuration takes.
    fn weight(&self) -> usize {
        size_of::<Configuration<S::State>>() + 48
    }

    fn blocked(&self, call: u32) -> Blocked<S::State> {
        let mut states = States::new();
        self.before.iter().for_each(|one| states.add(&one.state));
        Blocked { call, states }
    }
}

/// The calls under way, each with a bit of its own until it returns.
#[derive(Default)]
struct Slots {
    calls: Vec<Option<(u32, Kind)>>,
}

impl Slots {
    fn give(&mut self, call: u32, kind: Kind) -> Result<u128, Stopped> {
        let place = match self.calls.iter().position(Option::is_none) {
            Some(place) => place,
            None if self.calls.len() < u128::BITS as usize => {
                self.calls.push(None);
                self.calls.len() - 1
            }
            None => return Err(Stopped::Exhausted(Exhausted::Clients(u128::BITS))),
        };
        self.calls[place] = Some((call, kind));
        Ok(1 << place)
    }

    fn bit_of(&self, call: u32) -> u128 {
        let place = self
            .calls
            .iter()
            .position(|slot| slot.is_some_and(|(one, _)| one == call));
        1 << place.expect("a call that returns is under way")
    }

    fn take_back(&mut self, bit: u128) {
        self.calls[bit.trailing_zeros() as usize] = None;
    }

    fn len(&self) -> usize {
        self.calls.len()
    }

    /// The call at a place, with its bit, if it may change the state.
    fn write_at(&self, place: usize) -> Option<(u32, u128)> {
        let (call, kind) = self.calls[place]?;
        (kind != Kind::Read).then_some((call, 1 << place))
    }

    fn reads(&self) -> impl Iterator<Item = (u32, u128)> {
        (0..)
            .zip(&self.calls)
            .filter_map(|(place, slot)| match slot {
                Some((call, Kind::Read)) => Some((*call, 1 << place)),
                _ => None,
            })
    }
}
