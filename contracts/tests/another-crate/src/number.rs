//! A number that is counted up.

use behaviour::{Context, backend, contract, contract_suite};

/// Counts up.
#[contract(crate = behaviour)]
pub trait Number {
    /// One more.
    fn increment(&mut self) -> u32;
}

/// Counts a tuple up, which no object of can be made.
#[contract(crate = behaviour)]
pub trait Pair: Sized {
    /// Another one.
    fn another(&self) -> Self;
    /// The sum of both.
    fn sum(&self) -> u32;
}

impl Number for u32 {
    fn increment(&mut self) -> u32 {
        *self += 1;
        *self
    }
}

impl Pair for (u32, u32) {
    fn another(&self) -> Self {
        *self
    }
    fn sum(&self) -> u32 {
        self.0 + self.1
    }
}

/// What a number owes.
#[contract_suite(Number, crate = behaviour)]
pub mod suite {
    use super::*;

    /// One more is one more.
    #[case]
    fn counts(number: &mut dyn Number) {
        let first = number.increment();
        assert_eq!(number.increment(), first + 1);
    }

    /// There is an end to it.
    #[case(needs(end))]
    fn ends(number: &mut dyn Number, context: &Context) {
        assert_eq!(context.case(), "ends");
        assert_eq!(number.increment(), 0);
    }

    /// Only where this crate has more.
    #[case]
    #[cfg(feature = "more")]
    fn more(number: &mut dyn Number) {
        number.increment();
    }

    /// What is grouped.
    pub mod group {
        use super::*;

        /// It can be counted twice.
        #[case]
        #[should_panic(expected = "twice")]
        fn twice(number: &mut dyn Number) {
            number.increment();
            panic!("counted {}", "twice");
        }
    }
}

/// What a pair owes.
#[contract_suite(Pair, crate = behaviour)]
pub mod pair {
    use super::*;

    /// Another one is like it.
    #[case]
    fn is_alike(pair: &impl Pair) {
        assert_eq!(pair.another().sum(), pair.sum());
    }
}

/// A plain number.
#[backend(suite, tests = false, lacks(end = "it is far away"), crate = behaviour)]
pub fn plain() -> u32 {
    0
}

/// A pair of numbers, which is a number as well.
#[backend(suite, pair as both, crate = behaviour)]
pub fn several() -> Several {
    Several(u32::MAX)
}

/// A number and a pair.
pub struct Several(u32);

impl Number for Several {
    fn increment(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        self.0
    }
}

impl Pair for Several {
    fn another(&self) -> Self {
        Self(self.0)
    }
    fn sum(&self) -> u32 {
        self.0
    }
}
