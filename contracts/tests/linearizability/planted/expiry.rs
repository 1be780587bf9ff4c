//! A cache whose entries expire, on a clock that is advanced by hand.

use contrait::check::linearizability::{History, Numbers, Specification, Step};

use super::{find, find_nothing};

/// One entry, by the version that stored it.
#[derive(Clone)]
struct Cache;

#[derive(Clone, Debug)]
enum Operation {
    Get,
    Set(u64),
    ExpireIf(u64),
}

impl Specification for Cache {
    type Operation = Operation;
    type Outcome = Option<u64>;
    type State = Option<u64>;

    fn initial(&self) -> Option<u64> {
        None
    }

    fn step(
        &self,
        state: &Option<u64>,
        operation: &Operation,
        outcome: Option<&Option<u64>>,
    ) -> Step<Option<u64>> {
        match operation {
            Operation::Get => Step::unchanged_if(outcome.is_none_or(|answer| answer == state)),
            Operation::Set(version) => Step::To(Some(*version)),
            Operation::ExpireIf(version) => Step::to_if(*state == Some(*version), || None),
        }
    }

    fn is_read(&self, operation: &Operation) -> bool {
        matches!(operation, Operation::Get)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// An entry lives half as long again.
    TooLong,
    /// An entry lives half as long.
    TooShort,
    /// Overwriting an entry leaves it the time that the old one had.
    TimeOfTheOld,
}

const TTL: u64 = 100;
const TOLERANCE: u64 = 5;

/// What clients see whose calls take no time but overlap, of a cache that is exact up to 3.
fn history(bug: Bug, seed: u64) -> History<Operation, Option<u64>> {
    let mut numbers = Numbers::new(seed);
    let mut history = History::new();
    let mut entry: Option<(u64, u64)> = None;
    let mut now = 10;
    for version in 0..12 {
        now += 2 + numbers.below(60);
        let client = version as u32 % 3;
        if entry.is_some_and(|(_, end)| now >= end) {
            entry = None;
        }
        if numbers.percent(40.0) {
            let ttl = match bug {
                Bug::TooLong => TTL * 3 / 2,
                Bug::TooShort => TTL / 2,
                _ => TTL + numbers.below(3),
            };
            let end = match entry {
                Some((_, end)) if bug == Bug::TimeOfTheOld => end,
                _ => now + ttl,
            };
            entry = Some((version, end));
            let set = history.returned(client, (now - 1, now + 1), Operation::Set(version), None);
            history.expiry(set, Operation::ExpireIf(version), TTL, TOLERANCE);
        } else {
            let answer = entry.map(|(version, _)| version);
            history.returned(client, (now - 1, now + 1), Operation::Get, answer);
        }
    }
    history
}

#[test]
fn planted_none_in_a_cache() {
    find_nothing(Cache, |seed| history(Bug::None, seed));
}

#[test]
fn planted_entry_that_lives_too_long() {
    find(&Cache, |seed| history(Bug::TooLong, seed), 3);
}

#[test]
fn planted_entry_that_dies_early() {
    find(&Cache, |seed| history(Bug::TooShort, seed), 2);
}

#[test]
fn planted_entry_with_the_time_of_the_old_one() {
    find(&Cache, |seed| history(Bug::TimeOfTheOld, seed), 4);
}
