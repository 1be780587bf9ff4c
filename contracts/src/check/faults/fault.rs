//! A fault that is there.

use std::ops::Deref;

use super::Faults;
use super::rule::{Frequency, Rule};
use crate::check::operation::Operation;

/// A fault that is there: how often it comes, and how often it came. Dropping this does not remove it; dropping its
/// [guard](Fault::guard) does.
pub struct Fault<O: Operation> {
    faults: Faults<O>,
    id: u64,
}

impl<O: Operation> Fault<O> {
    pub(super) fn new(faults: Faults<O>, id: u64) -> Self {
        Self { faults, id }
    }

    /// Only so many times.
    pub fn times(self, times: u64) -> Self {
        self.change(|frequency| frequency.times = times)
    }

    /// Only every so-manieth call that matches: with 3, the third, the sixth, and so on.
    ///
    /// # Panics
    /// Where it is 0.
    #[track_caller]
    pub fn every(self, nth: u64) -> Self {
        assert!(nth > 0, "every call is `every(1)`, and none is no fault");
        self.change(|frequency| frequency.every = nth)
    }

    /// Lets so many calls that match pass first.
    pub fn after(self, calls: u64) -> Self {
        self.change(|frequency| frequency.skip = calls)
    }

    /// Only in this part of the cases, from 0 to 1, chosen at random from the seed of the faults.
    ///
    /// # Panics
    /// Where it is no such part.
    #[track_caller]
    pub fn rate(self, rate: f64) -> Self {
        assert!(
            (0.0..=1.0).contains(&rate),
            "a rate is from 0 to 1, and this is {rate}"
        );
        self.change(|frequency| frequency.rate = rate)
    }

    /// How many calls it met; none once it is removed.
    pub fn hits(&self) -> u64 {
        self.with_rule(|rule| rule.hits).unwrap_or(0)
    }

    /// Removes it.
    pub fn remove(&self) {
        self.faults.lock().rules.retain(|rule| rule.id != self.id);
    }

    /// Removes it when the guard is dropped.
    pub fn guard(self) -> FaultGuard<O> {
        FaultGuard(self)
    }

    fn change(self, change: impl FnOnce(&mut Frequency)) -> Self {
        self.with_rule(|rule| change(&mut rule.frequency));
        self
    }

    fn with_rule<T>(&self, act: impl FnOnce(&mut Rule<O>) -> T) -> Option<T> {
        let mut state = self.faults.lock();
        let rule = state.rules.iter_mut().find(|rule| rule.id == self.id);
        rule.map(act)
    }
}

/// Removes its fault when it is dropped.
#[must_use = "the fault is removed when this is dropped"]
pub struct FaultGuard<O: Operation>(Fault<O>);

impl<O: Operation> Deref for FaultGuard<O> {
    type Target = Fault<O>;

    fn deref(&self) -> &Fault<O> {
        &self.0
    }
}

impl<O: Operation> Drop for FaultGuard<O> {
    fn drop(&mut self) {
        self.0.remove();
    }
}
