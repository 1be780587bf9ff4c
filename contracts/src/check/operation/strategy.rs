//! Arguments by a strategy of proptest: `#[strategy(any_job())] job: Job`.
//!
//! A strategy makes a tree, of which a value is a leaf, and simpler values are found by walking the tree. Operations keep
//! values alone, so the way to each value is kept here: it is walked again where the value is to be made simpler.

use std::any::TypeId;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
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
const MOVES: usize = 256;
/// More ways than this are not worth their memory.
const WAYS: usize = 100_000;

/// By the strategy that a function makes.
#[derive(Clone, Copy, Debug)]
pub struct ByStrategy<F>(F);

/// By the strategy that `make` makes.
pub fn by_strategy<S: Strategy, F: Fn() -> S + Copy>(make: F) -> ByStrategy<F> {
    ByStrategy(make)
}

/// How a value is reached: the tree of a seed, and the moves down it.
#[derive(Clone, Debug)]
struct Way {
    seed: u64,
    moves: Vec<Move>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Simplify,
    Complicate,
}

thread_local! {
    /// The ways to the values of this thread, by type and text.
    static KNOWN: RefCell<HashMap<(TypeId, String), Way>> = RefCell::default();
}

impl Way {
    fn new(seed: u64) -> Self {
        Self {
            seed,
            moves: Vec::new(),
        }
    }

    /// Notes that it leads to a value with this text.
    fn note<T: 'static>(&self, text: String) {
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= WAYS {
                known.clear();
            }
            known.insert((TypeId::of::<T>(), text), self.clone());
        });
    }

    fn to<T: 'static>(text: &str) -> Option<Self> {
        KNOWN.with_borrow(|known| known.get(&(TypeId::of::<T>(), text.to_owned())).cloned())
    }

    fn walked<S: Strategy>(&self, strategy: &S) -> S::Tree {
        let mut tree = tree(strategy, self.seed);
        for step in &self.moves {
            step.make(&mut tree);
        }
        tree
    }
}

impl Move {
    fn make(self, tree: &mut impl ValueTree) -> bool {
        match self {
            Self::Simplify => tree.simplify(),
            Self::Complicate => tree.complicate(),
        }
    }
}

impl<T, S, F> Codec<T> for ByStrategy<F>
where
    T: Clone + Debug + Serialize + DeserializeOwned + 'static,
    S: Strategy<Value = T>,
    F: Fn() -> S + Copy,
{
    fn generate(&self, draw: &mut Draw<'_>) -> T {
        let way = Way::new(draw.bits());
        let value = tree(&(self.0)(), way.seed).current();
        way.note::<T>(text(&value));
        value
    }

    /// The simplest of all, then what proptest would try as long as nothing simpler fails.
    fn simpler(&self, value: &T) -> Vec<T> {
        let (strategy, text) = ((self.0)(), text(value));
        let mut simpler = ends(&strategy, &text);
        if let Some(way) = Way::to::<T>(&text) {
            simpler.extend(descent(&strategy, way, &text));
        }
        simpler
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
            Form::OptionBorrowed => format!("{value:?}.as_deref()"),
            Form::OptionRef => format!("{value:?}.as_ref()"),
        }
    }

    fn key<'v>(&self, value: &'v T) -> Cow<'v, str> {
        Cow::Owned(format!("{value:?}"))
    }
}

fn text(value: &impl Debug) -> String {
    format!("{value:?}")
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

/// The ends that a few seeds lead to, where they are shorter than `original`; the shortest first.
fn ends<S: Strategy<Value: Clone + Debug + 'static>>(
    strategy: &S,
    original: &str,
) -> Vec<S::Value> {
    let ends = (0..STARTS).map(|seed| {
        let (mut tree, mut way) = (tree(strategy, seed), Way::new(seed));
        while way.moves.len() < MOVES && tree.simplify() {
            way.moves.push(Move::Simplify);
        }
        (text(&tree.current()), tree.current(), way)
    });
    let mut ends: Vec<_> = ends
        .filter(|(text, ..)| text.len() < original.len())
        .collect();
    ends.sort_by_key(|(text, ..)| text.len());
    ends.dedup_by(|(one, ..), (other, ..)| one == other);
    let noted = ends.into_iter().map(|(text, value, way)| {
        way.note::<S::Value>(text);
        value
    });
    noted.collect()
}

/// The values that are tried in turn from where `way` leads, which is known to fail: a simpler one, and where that does
/// not fail, one between the two, until there is none.
fn descent<S: Strategy<Value: Clone + Debug + 'static>>(
    strategy: &S,
    mut way: Way,
    original: &str,
) -> Vec<S::Value> {
    let mut tree = way.walked(strategy);
    // Another strategy's value with the same text.
    if text(&tree.current()) != original {
        return Vec::new();
    }
    let mut tried = Vec::new();
    let mut fails = true;
    for _ in 0..MOVES {
        let next = if fails {
            Move::Simplify
        } else {
            Move::Complicate
        };
        if !next.make(&mut tree) {
            break;
        }
        way.moves.push(next);
        let (value, text) = (tree.current(), text(&tree.current()));
        fails = text == original;
        if !fails {
            way.note::<S::Value>(text);
            tried.push(value);
        }
    }
    tried
}
