//! Arguments by a strategy of proptest: `#[strategy(any_job())] job: Job`.

use std::borrow::Cow;
use std::fmt::Debug;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::codec::{Codec, to_json};
use super::method::Form;
use crate::check::generate::Draw;

/// How many values the simplest one is looked for from: a strategy can have several ends.
const STARTS: u64 = 4;
/// How often one value is made simpler: a strategy need not have an end.
const SIMPLIFICATIONS: u32 = 256;

/// By the strategy that a function makes.
#[derive(Clone, Copy, Debug)]
pub struct ByStrategy<F>(F);

/// By the strategy that `make` makes.
pub fn by_strategy<S: Strategy, F: Fn() -> S + Copy>(make: F) -> ByStrategy<F> {
    ByStrategy(make)
}

impl<T, S, F> Codec<T> for ByStrategy<F>
where
    T: Clone + Debug + Serialize + DeserializeOwned + 'static,
    S: Strategy<Value = T>,
    F: Fn() -> S + Copy,
{
    fn generate(&self, draw: &mut Draw<'_>) -> T {
        tree(&(self.0)(), draw.bits()).current()
    }

    /// The trees of values that were generated are not kept, since values also come from files; those that a few other
    /// seeds lead down to are as simple as the strategy allows.
    fn simpler(&self, value: &T) -> Vec<T> {
        let text = format!("{value:?}");
        let mut simplest: Vec<T> = (0..STARTS)
            .map(|seed| simplest(&(self.0)(), seed))
            .collect();
        simplest.sort_by_key(|candidate| format!("{candidate:?}").len());
        simplest.retain(|candidate| format!("{candidate:?}").len() < text.len());
        simplest
    }

    fn to_json(&self, value: &T) -> Value {
        to_json(value)
    }

    fn parse_json(&self, json: &Value) -> Result<T, String> {
        T::deserialize(json).map_err(|error| error.to_string())
    }

    fn source(&self, value: &T, form: Form) -> String {
        match form {
            Form::Owned => format!("{value:?}"),
            Form::Borrowed => format!("&{value:?}"),
            Form::OptionBorrowed => format!("{value:?}.as_ref()"),
        }
    }

    fn key<'v>(&self, value: &'v T) -> Cow<'v, str> {
        Cow::Owned(format!("{value:?}"))
    }
}

fn tree<S: Strategy>(strategy: &S, seed: u64) -> S::Tree {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy
        .new_tree(&mut runner)
        .expect("a strategy that yields a value, and does not filter nearly all of them out")
}

fn simplest<S: Strategy>(strategy: &S, seed: u64) -> S::Value {
    let mut tree = tree(strategy, seed);
    for _ in 0..SIMPLIFICATIONS {
        if !tree.simplify() {
            break;
        }
    }
    tree.current()
}
