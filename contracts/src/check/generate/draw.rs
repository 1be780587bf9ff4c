//! Where generated arguments come from: a seeded generator, and the arguments that were there before.

use std::any::Any;
use std::ops::Range;
use std::time::Duration;

use crate::check::operation::{Argument, Build, Codec, Origin, Parameter, Role};

/// Arguments come from here.
#[derive(Debug)]
pub struct Draw<'g> {
    pub(super) rng: &'g mut fastrand::Rng,
    pub(super) pools: &'g mut Pools,
    pub(super) parameter: Option<&'static Parameter>,
    /// Whether entries may expire meanwhile.
    pub(super) time: bool,
}

/// The arguments of one sequence, by parameter and type: most come again.
#[derive(Debug)]
pub(super) struct Pools {
    pools: Vec<(&'static str, Box<dyn Any>)>,
    /// How many different keys there are at the most.
    keys: usize,
    /// The steps that make values up, counted from 1.
    pub(super) makers: Vec<usize>,
}

/// Arguments that are no keys: so many different ones of a parameter.
const VALUES: usize = 6;

/// Times to live, and the pauses between operations, come from these, so that they meet.
const SHORT: [Duration; 5] = [
    Duration::from_millis(1),
    Duration::from_millis(7),
    Duration::from_millis(50),
    Duration::from_secs(1),
    Duration::from_secs(90),
];

/// For what runs out in the times above: each is there, and most have a part of it beside them of which two outlast it and
/// one does not, so that it shows where a call between the two makes it last longer.
const PAUSES: [Duration; 9] = [
    SHORT[0],
    Duration::from_millis(4),
    SHORT[1],
    Duration::from_millis(30),
    SHORT[2],
    Duration::from_millis(600),
    SHORT[3],
    Duration::from_secs(55),
    SHORT[4],
];

/// None of these has passed when a check is done.
const LONG: [Duration; 4] = [
    Duration::from_secs(3600),
    Duration::from_secs(31 * 24 * 3600),
    Duration::from_secs(100 * 365 * 24 * 3600),
    Duration::MAX,
];

impl Draw<'_> {
    /// A number below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        if limit == 0 {
            0
        } else {
            self.rng.usize(..limit)
        }
    }

    /// A number of `range`, which is not empty.
    pub fn number(&mut self, range: Range<u64>) -> u64 {
        self.rng.u64(range)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.rng.u64(..)
    }

    /// One of `values`, of which there is at least one.
    pub fn of<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.rng.usize(..values.len())]
    }

    /// A clone of one of `values`, of which there is at least one.
    pub fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        self.of(values).clone()
    }

    /// A part of an argument: where the parameter is a key, its parts are keys as well.
    pub fn element<T: Argument>(&mut self) -> T {
        match self.parameter {
            Some(parameter) if matches!(parameter.role, Role::Key | Role::Keys) => {
                self.pooled(parameter, T::generate)
            }
            _ => T::generate(self),
        }
    }

    pub(crate) fn duration(&mut self) -> Duration {
        let is_ttl = self
            .parameter
            .is_some_and(|parameter| parameter.role == Role::Ttl);
        // What would expire by itself at some moment has no certain answer.
        let short = self.time || !is_ttl;
        match self.below(10) {
            0 => Duration::ZERO,
            1 if short => Duration::from_nanos(1),
            2 | 3 => *self.of(&LONG),
            _ if short => *self.of(&SHORT),
            _ => LONG[0],
        }
    }

    /// A step that makes values up, more often a late one, and which of them to take.
    pub(crate) fn origin(&mut self) -> Origin {
        let makers = self.pools.makers.len();
        let index = match self.below(2) {
            0 => self.below(makers),
            _ => makers.saturating_sub(1 + self.below(3)),
        };
        let nth = if self.below(4) == 0 { self.below(3) } else { 0 };
        let step = self.pools.makers.get(index).copied().unwrap_or(0);
        Origin { step, nth }
    }

    /// How long to let pass between two operations.
    pub(super) fn pause(&mut self) -> Duration {
        *self.of(&PAUSES) + Duration::from_millis(self.rng.u64(0..3))
    }

    fn pooled<T: Clone + 'static>(
        &mut self,
        parameter: &'static Parameter,
        make: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let (name, room) = match parameter.role {
            Role::Key | Role::Keys => ("#[key]", self.pools.keys),
            _ => (parameter.name, VALUES),
        };
        let there = self.pools.of::<T>(name).map_or(0, Vec::len);
        // A pool fills as it is drawn from; keys that are no longer new come far more often than others do.
        let fresh = there == 0 || (there < room && self.rng.usize(..3) == 0);
        if fresh {
            let value = make(self);
            self.pools.keep(name, value.clone());
            return value;
        }
        let index = self.rng.usize(..there);
        self.pools.of::<T>(name).expect("there are some")[index].clone()
    }
}

/// Draws that nothing else depends on: of arguments whose values do not matter.
pub(crate) fn with_a_draw<R>(draw: impl FnOnce(&mut Draw<'_>) -> R) -> R {
    draw(&mut Draw {
        rng: &mut fastrand::Rng::with_seed(0),
        pools: &mut Pools::new(1),
        parameter: None,
        time: false,
    })
}

impl Pools {
    pub(super) fn new(keys: usize) -> Self {
        Self {
            pools: Vec::new(),
            keys,
            makers: Vec::new(),
        }
    }

    fn of<T: 'static>(&self, name: &str) -> Option<&Vec<T>> {
        let mut named = self.pools.iter().filter(|(other, _)| *other == name);
        named.find_map(|(_, pool)| pool.downcast_ref())
    }

    fn keep<T: 'static>(&mut self, name: &'static str, value: T) {
        let mut named = self.pools.iter_mut().filter(|(other, _)| *other == name);
        match named.find_map(|(_, pool)| pool.downcast_mut::<Vec<T>>()) {
            Some(pool) => pool.push(value),
            None => self.pools.push((name, Box::new(vec![value]))),
        }
    }
}

impl Build for Draw<'_> {
    type Error = std::convert::Infallible;

    fn argument<T: Clone + 'static>(
        &mut self,
        parameter: &'static Parameter,
        codec: impl Codec<T>,
    ) -> Result<T, Self::Error> {
        self.parameter = Some(parameter);
        if parameter.role == Role::Made {
            return Ok(codec.generate(self));
        }
        Ok(self.pooled(parameter, |draw| codec.generate(draw)))
    }
}
