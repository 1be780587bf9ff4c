//! Traits with parameters, lifetimes and associated items.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use contrait::{backend, contract, contract_suite};

/// A map of anything.
#[contract]
pub trait Store<K, V = u32>
where
    K: Eq + Hash,
{
    /// Stores, and returns what was there.
    fn put(&mut self, key: K, value: V) -> Option<V>;
    /// What is there.
    fn get(&self, key: &K) -> Option<&V>;
}

impl<K: Eq + Hash, V> Store<K, V> for HashMap<K, V> {
    fn put(&mut self, key: K, value: V) -> Option<V> {
        self.insert(key, value)
    }
    fn get(&self, key: &K) -> Option<&V> {
        HashMap::get(self, key)
    }
}

/// What a map of numbers by text owes.
#[contract_suite(Store<String, u32>)]
pub mod store {
    use super::*;

    /// What was put is there.
    #[case]
    fn put_then_get(store: &mut dyn Store<String, u32>) {
        assert_eq!(store.put("k".to_owned(), 1), None);
        assert_eq!(store.put("k".to_owned(), 2), Some(1));
        assert_eq!(store.get(&"k".to_owned()), Some(&2));
    }
}

#[backend(store)]
fn map() -> HashMap<String, u32> {
    HashMap::new()
}

#[backend(store)]
fn boxed_map() -> Box<dyn Store<String>> {
    Box::new(map())
}

/// Borrows what it is over.
#[contract]
pub trait Words<'a> {
    /// The first of them.
    fn first(&self) -> Option<&'a str>;
    /// The longer of two, of which one may be its own.
    fn longer<'b>(&'b self, other: &'b str) -> &'b str
    where
        'a: 'b;
}

impl<'a> Words<'a> for Vec<&'a str> {
    fn first(&self) -> Option<&'a str> {
        <[_]>::first(self).copied()
    }
    fn longer<'b>(&'b self, other: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.iter()
            .copied()
            .chain([other])
            .max_by_key(|word| word.len())
            .unwrap_or(other)
    }
}

/// What words owe.
#[contract_suite(Words<'static>)]
pub mod words {
    use super::*;

    /// The first is the first, and the longest the longest.
    #[case]
    fn finds(words: &dyn Words<'static>) {
        assert_eq!(words.first(), Some("one"));
        assert_eq!(words.longer("four"), "three");
    }
}

#[backend(words)]
fn few_words() -> Vec<&'static str> {
    vec!["one", "three"]
}

#[backend(words)]
fn boxed_words() -> Box<dyn Words<'static>> {
    Box::new(few_words())
}

/// Has a type, a constant and a constructor of its own.
#[contract]
pub trait Counter: Sized {
    /// What it counts with.
    type Number: Copy + Debug + PartialEq + From<u8>;
    /// Why it would not.
    type Error: Debug;
    /// Where it begins.
    const START: u8;
    /// One that begins anew.
    fn fresh() -> Self;
    /// One that begins at `at`.
    fn at(at: Self::Number) -> Result<Self, Self::Error>;
    /// Where it is.
    fn now(&self) -> Self::Number;
    /// One further.
    fn next(&self) -> Option<Self>;
    /// Whether both are at one place.
    fn meets(&self, other: &Self) -> bool;
    /// Goes to where the other is.
    fn follow(&mut self, other: &mut Self) -> <Self as Counter>::Number;
}

impl Counter for u32 {
    type Number = u32;
    type Error = String;
    const START: u8 = 7;
    fn fresh() -> Self {
        Self::START.into()
    }
    fn at(at: u32) -> Result<Self, String> {
        if at < 100 {
            Ok(at)
        } else {
            Err("too far".to_owned())
        }
    }
    fn now(&self) -> u32 {
        *self
    }
    fn next(&self) -> Option<Self> {
        self.checked_add(1)
    }
    fn meets(&self, other: &Self) -> bool {
        self == other
    }
    fn follow(&mut self, other: &mut Self) -> u32 {
        *self = *other;
        *self
    }
}

/// What a counter owes.
#[contract_suite(Counter)]
pub mod counter {
    use super::*;

    fn begins_anew<C: Counter>(_: &C) -> C {
        C::fresh()
    }

    fn begins_at<C: Counter>(_: &C, at: u8) -> Result<C, C::Error> {
        C::at(at.into())
    }

    fn start<C: Counter>(_: &C) -> C::Number {
        C::START.into()
    }

    /// A fresh one is at the start, and the next one is not.
    #[case]
    fn counts(counter: &impl Counter, other: &mut impl Counter) {
        let mut fresh = begins_anew(counter);
        assert_eq!(fresh.now(), start(counter));
        let mut next = fresh.next().expect("there is one");
        assert!(!fresh.meets(&next));
        fresh.follow(&mut next);
        assert!(fresh.meets(&next));
        assert!(begins_at(other, 200).is_err());
        assert!(begins_at(other, 7).expect("is near").now() == begins_anew(other).now());
    }
}

#[backend(counter)]
fn number() -> u32 {
    0
}

/// Lends what it holds.
#[contract]
pub trait Lending {
    /// What it lends.
    type Item<'a>: Debug + PartialEq<&'a str>
    where
        Self: 'a;
    /// The next loan.
    fn lend(&mut self) -> Option<Self::Item<'_>>;
}

impl Lending for Vec<String> {
    type Item<'a> = &'a str;
    fn lend(&mut self) -> Option<&str> {
        self.rotate_left(1);
        self.last().map(String::as_str)
    }
}

/// What lending owes.
#[contract_suite(Lending)]
pub mod lending {
    use super::*;

    /// Each is lent in its turn.
    #[case]
    fn lends(lending: &mut impl Lending) {
        assert_eq!(lending.lend().expect("there is one"), "a");
        assert_eq!(lending.lend().expect("there is one"), "b");
    }
}

#[backend(lending)]
fn shelf() -> Vec<String> {
    vec!["a".to_owned(), "b".to_owned()]
}

#[backend(lending)]
fn boxed_shelf() -> Box<impl Lending> {
    Box::new(shelf())
}

/// Of a size that the type knows.
#[contract]
pub trait Block<const N: usize> {
    /// All of it.
    fn all(&self) -> [u8; N];
    /// The first of it.
    fn start<const M: usize>(&self) -> [u8; M];
}

impl<const N: usize> Block<N> for [u8; N] {
    fn all(&self) -> [u8; N] {
        *self
    }
    fn start<const M: usize>(&self) -> [u8; M] {
        std::array::from_fn(|index| self[index])
    }
}

/// What a block owes.
#[contract_suite(Block<4>)]
pub mod block {
    use super::*;

    /// The start is the start of it all.
    #[case]
    fn starts(block: &impl Block<4>) {
        assert_eq!(block.start::<2>(), block.all()[..2]);
    }
}

#[backend(block)]
fn bytes() -> [u8; 4] {
    [1, 2, 3, 4]
}

/// Takes and makes anything.
#[contract]
pub trait Converter {
    /// Makes what is asked for.
    fn make<T: From<u8>>(&self) -> T;
    /// Takes what is given, without knowing it, and makes what is asked for.
    fn take<T, U>(&self, taken: T, names: impl IntoIterator<Item = U>) -> Vec<U>
    where
        T: Into<u64>;
    /// Calls back.
    fn call<F: FnMut(u8) -> u8>(&self, call: F) -> u8;
}

impl Converter for u8 {
    fn make<T: From<u8>>(&self) -> T {
        T::from(*self)
    }
    fn take<T, U>(&self, taken: T, names: impl IntoIterator<Item = U>) -> Vec<U>
    where
        T: Into<u64>,
    {
        let many = usize::try_from(taken.into()).unwrap_or(usize::MAX);
        names.into_iter().take(many).collect()
    }
    fn call<F: FnMut(u8) -> u8>(&self, mut call: F) -> u8 {
        call(*self)
    }
}

/// What a converter owes.
#[contract_suite(Converter)]
pub mod converter {
    use super::*;

    struct Opaque;

    /// All types will do.
    #[case]
    fn converts(converter: &impl Converter) {
        assert_eq!(converter.make::<u16>(), 5);
        assert_eq!(converter.take(1_u32, [Opaque, Opaque]).len(), 1);
        let mut calls = 0;
        let doubled = converter.call(|value| {
            calls += 1;
            2 * value
        });
        assert_eq!((doubled, calls), (10, 1));
    }
}

#[backend(converter)]
fn five() -> u8 {
    5
}

#[backend(converter)]
fn boxed_five() -> &'static u8 {
    &5
}
