//! How a value of a type can be wrong and still look right: `None` for some, one off, cut short.

use std::any::Any;
use std::time::Duration;

use bytes::Bytes;

use super::answer::{Of, Value};

/// A way in which a value of a type can be wrong.
#[derive(Clone, Copy, Debug)]
pub struct Spoil {
    /// A name of its own among those of the type: `none-for-some`.
    pub name: &'static str,
    /// In words, after the name of a method: ``answers `None` for something``.
    pub says: &'static str,
    /// The wrong value, where this one can be wrong in that way.
    pub apply: fn(&dyn Any) -> Option<Value>,
}

const fn spoil(
    name: &'static str,
    says: &'static str,
    apply: fn(&dyn Any) -> Option<Value>,
) -> Spoil {
    Spoil { name, says, apply }
}

/// What a value becomes, where it is of type `T` and there is something to be done.
fn when<T: 'static, R: 'static>(
    value: &dyn Any,
    make: impl FnOnce(&T) -> Option<R>,
) -> Option<Value> {
    Some(Box::new(make(value.downcast_ref()?)?))
}

/// Types that have something in them which can be missing or cut: texts, bytes, lists.
pub trait Cut: Clone + Default + 'static {
    /// Without its end, where it has one.
    fn cut(&self) -> Option<Self>;
}

impl Cut for String {
    fn cut(&self) -> Option<Self> {
        let mut text = self.clone();
        text.pop().map(|_| text)
    }
}

impl Cut for Bytes {
    fn cut(&self) -> Option<Self> {
        (!self.is_empty()).then(|| self.slice(..self.len() - 1))
    }
}

impl<T: Clone + 'static> Cut for Vec<T> {
    fn cut(&self) -> Option<Self> {
        let (_, rest) = self.split_last()?;
        Some(rest.to_vec())
    }
}

/// Types of which a number can be one off.
pub trait Off: Clone + 'static {
    /// One more, or one fewer at the end of the range.
    fn off_by_one(&self) -> Self;
}

macro_rules! integers {
    ($($ty:ident),*) => {$(
        impl Off for $ty {
            fn off_by_one(&self) -> Self {
                self.checked_add(1).unwrap_or(<$ty>::MAX - 1)
            }
        }
    )*};
}

integers!(
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
);

impl Off for Duration {
    fn off_by_one(&self) -> Self {
        self.checked_add(Self::from_secs(1)).unwrap_or(Self::ZERO)
    }
}

fn emptied<T: Cut>() -> Spoil {
    spoil("emptied", "answers something empty", |value| {
        when(value, |value: &T| value.cut().map(|_| T::default()))
    })
}

fn cut<T: Cut>() -> Spoil {
    spoil("cut", "leaves the end of its answer out", |value| {
        when(value, T::cut)
    })
}

fn reversed<T: Clone + 'static>() -> Spoil {
    spoil("reversed", "answers in the opposite order", |value| {
        when(value, |list: &Vec<T>| {
            (list.len() > 1).then(|| list.iter().rev().cloned().collect::<Vec<T>>())
        })
    })
}

fn none_for_some<T: 'static>() -> Spoil {
    spoil("none-for-some", "answers `None` for something", |value| {
        when(value, |option: &Option<T>| {
            option.is_some().then_some(None::<T>)
        })
    })
}

fn default_for_none<T: Default + 'static>() -> Spoil {
    spoil(
        "default-for-none",
        "answers something empty for `None`",
        |value| {
            when(value, |option: &Option<T>| {
                option.is_none().then(|| Some(T::default()))
            })
        },
    )
}

fn none_for_empty<T: Cut>() -> Spoil {
    spoil(
        "none-for-empty",
        "answers `None` for something empty",
        |value| {
            when(value, |option: &Option<T>| {
                let empty = option.as_ref().is_some_and(|value| value.cut().is_none());
                empty.then_some(None::<T>)
            })
        },
    )
}

fn cut_within<T: Cut>() -> Spoil {
    spoil("cut", "leaves the end of its answer out", |value| {
        when(value, |option: &Option<T>| option.as_ref()?.cut().map(Some))
    })
}

fn off_by_one<T: Off>() -> Spoil {
    spoil("off-by-one", "answers one too many", |value| {
        when(value, |number: &T| Some(number.off_by_one()))
    })
}

fn off_within<T: Off>() -> Spoil {
    spoil("off-by-one", "answers one too many", |value| {
        when(value, |option: &Option<T>| {
            option.as_ref().map(|number| Some(number.off_by_one()))
        })
    })
}

fn without_nones<T: Clone + 'static>() -> Spoil {
    spoil("without-nones", "leaves each `None` out", |value| {
        when(value, |list: &Vec<Option<T>>| {
            let some: Vec<Option<T>> = list.iter().filter(|item| item.is_some()).cloned().collect();
            (some.len() < list.len()).then_some(some)
        })
    })
}

/// What can be wrong with a type that is known, and its shapes.
pub type Nature = (Vec<Spoil>, &'static [&'static str]);

const OPTION: &[&str] = &["None", "Some"];
const LIST: &[&str] = &["[]", "[_]"];

/// The best known types.
pub trait NatureKnown {
    /// What can be wrong with a value.
    fn nature(&self) -> Nature;
}

/// What is less well known than [`NatureKnown`].
pub trait NatureOfItems {
    /// What can be wrong with a value.
    fn nature(&self) -> Nature;
}

/// What is less well known than [`NatureOfItems`].
pub trait NatureOfContainer {
    /// What can be wrong with a value.
    fn nature(&self) -> Nature;
}

/// All others with a default.
pub trait NatureDefault {
    /// What can be wrong with a value.
    fn nature(&self) -> Nature;
}

/// All others.
pub trait NatureUnknown {
    /// What can be wrong with a value.
    fn nature(&self) -> Nature {
        (Vec::new(), &[])
    }
}

impl NatureKnown for &&&&Of<()> {
    fn nature(&self) -> Nature {
        (Vec::new(), &[])
    }
}

impl NatureKnown for &&&&Of<bool> {
    fn nature(&self) -> Nature {
        let spoils = vec![
            spoil("always-true", "answers `true` for `false`", |value| {
                when(value, |told: &bool| (!told).then_some(true))
            }),
            spoil("always-false", "answers `false` for `true`", |value| {
                when(value, |told: &bool| (*told).then_some(false))
            }),
        ];
        (spoils, &["false", "true"])
    }
}

impl<T: Cut> NatureKnown for &&&&Of<Option<T>> {
    fn nature(&self) -> Nature {
        let spoils = vec![
            none_for_some::<T>(),
            default_for_none::<T>(),
            none_for_empty::<T>(),
            cut_within::<T>(),
        ];
        (spoils, OPTION)
    }
}

impl<T: Clone + 'static> NatureKnown for &&&&Of<Vec<Option<T>>> {
    fn nature(&self) -> Nature {
        let spoils = vec![
            emptied::<Vec<Option<T>>>(),
            cut::<Vec<Option<T>>>(),
            reversed::<Option<T>>(),
            without_nones::<T>(),
        ];
        (spoils, LIST)
    }
}

impl<T: Off> NatureOfItems for &&&Of<Option<T>> {
    fn nature(&self) -> Nature {
        (vec![none_for_some::<T>(), off_within::<T>()], OPTION)
    }
}

impl<T: Off> NatureOfItems for &&&Of<T> {
    fn nature(&self) -> Nature {
        (vec![off_by_one::<T>()], &[])
    }
}

impl<T: Clone + 'static> NatureOfContainer for &&Of<Vec<T>> {
    fn nature(&self) -> Nature {
        let spoils = vec![emptied::<Vec<T>>(), cut::<Vec<T>>(), reversed::<T>()];
        (spoils, LIST)
    }
}

impl<T: 'static> NatureOfContainer for &&Of<Option<T>> {
    fn nature(&self) -> Nature {
        (vec![none_for_some::<T>()], OPTION)
    }
}

impl NatureOfContainer for &&Of<String> {
    fn nature(&self) -> Nature {
        (vec![emptied::<String>(), cut::<String>()], &[])
    }
}

impl NatureOfContainer for &&Of<Bytes> {
    fn nature(&self) -> Nature {
        (vec![emptied::<Bytes>(), cut::<Bytes>()], &[])
    }
}

impl<T: Default + 'static> NatureDefault for &Of<T> {
    fn nature(&self) -> Nature {
        let default = spoil("default", "always answers the default", |_| {
            Some(Box::new(T::default()))
        });
        (vec![default], &[])
    }
}

impl<T> NatureUnknown for Of<T> {}
