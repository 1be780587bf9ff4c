//! How an argument arrives as another one.

use std::any::{Any, TypeId, type_name};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::check::operation::{Field, Operation, Role, Slot, deserialize, serialize};

/// How an argument arrives as another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// As if it had not been given: nothing, zero, or empty; of a type that has none of these, as in the first call.
    Ignored,
    /// As in the call before.
    OfCallBefore,
    /// Without its end.
    Cut,
    /// In the opposite order.
    Reversed,
    /// One too high.
    OffByOne,
    /// With the opposite sign, or the opposite truth.
    Negated,
    /// Half as long.
    Halved,
    /// Twice as long.
    Doubled,
}

/// What an argument's type is to those who change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Truth,
    Signed,
    Unsigned,
    Float,
    /// A text or bytes.
    Text,
    Time,
    /// A time, or none.
    MaybeTime,
    List,
    Maybe,
    Other,
}

macro_rules! is_one_of {
    ($id:expr; $($ty:ty),*) => { [$(TypeId::of::<$ty>()),*].contains(&$id) };
}

impl Kind {
    pub(super) fn of<T: 'static>() -> Self {
        let (id, name) = (TypeId::of::<T>(), type_name::<T>());
        if id == TypeId::of::<bool>() {
            Self::Truth
        } else if is_one_of!(id; i8, i16, i32, i64, i128, isize) {
            Self::Signed
        } else if is_one_of!(id; u8, u16, u32, u64, u128, usize) {
            Self::Unsigned
        } else if is_one_of!(id; f32, f64) {
            Self::Float
        } else if is_one_of!(id; String, Vec<u8>, Bytes) {
            Self::Text
        } else if id == TypeId::of::<Duration>() {
            Self::Time
        } else if id == TypeId::of::<Option<Duration>>() {
            Self::MaybeTime
        } else if name.starts_with("alloc::vec::Vec<") {
            Self::List
        } else if name.starts_with("core::option::Option<") {
            Self::Maybe
        } else {
            Self::Other
        }
    }

    pub(super) fn changes(self) -> &'static [Change] {
        use Change::{Cut, Doubled, Halved, Ignored, Negated, OfCallBefore, OffByOne, Reversed};
        match self {
            Self::Truth => &[Ignored, OfCallBefore, Negated],
            Self::Signed => &[Ignored, OfCallBefore, OffByOne, Negated],
            Self::Unsigned => &[Ignored, OfCallBefore, OffByOne],
            Self::Float => &[Ignored, OfCallBefore, Negated],
            Self::Text => &[Ignored, OfCallBefore, Cut],
            Self::Time | Self::MaybeTime => &[Ignored, OfCallBefore, Halved, Doubled],
            Self::List => &[Ignored, OfCallBefore, Cut, Reversed],
            Self::Maybe | Self::Other => &[Ignored, OfCallBefore],
        }
    }
}

impl Change {
    /// Its name, and the words for it.
    pub(super) fn told(self, parameter: &str) -> (String, String) {
        let (name, says) = match self {
            Self::Ignored => ("ignored", format!("ignores `{parameter}`")),
            Self::OfCallBefore => (
                "of-call-before",
                format!("takes `{parameter}` from the call before"),
            ),
            Self::Cut => ("cut", format!("leaves the end of `{parameter}` out")),
            Self::Reversed => (
                "reversed",
                format!("takes `{parameter}` in the opposite order"),
            ),
            Self::OffByOne => ("off-by-one", format!("takes `{parameter}` one too high")),
            Self::Negated => ("negated", format!("takes `{parameter}` for its opposite")),
            Self::Halved => ("halved", format!("takes half of `{parameter}`")),
            Self::Doubled => ("doubled", format!("takes twice `{parameter}`")),
        };
        (format!("{parameter}-{name}"), says)
    }
}

/// The calls that an argument can be taken from instead.
pub(super) struct Earlier<'o, O> {
    pub(super) first: Option<&'o O>,
    pub(super) before: Option<&'o O>,
}

/// Changes the argument at `index`, and says whether it is another one now.
pub(super) fn change<O: Operation>(
    operation: &mut O,
    index: usize,
    kind: Kind,
    change: Change,
    earlier: &Earlier<'_, O>,
) -> bool {
    let source = match (change, kind) {
        (Change::OfCallBefore, _) => earlier.before,
        (Change::Ignored, Kind::Other) => earlier.first,
        (_, Kind::List) => return change_list(operation, index, change),
        _ => {
            let mut changed = false;
            at(operation, index, &mut |role, slot| {
                changed = change_slot(slot, kind, change, role);
            });
            return changed;
        }
    };
    source.is_some_and(|source| take(operation, index, source))
}

/// Gives `operation` the argument of `source`.
fn take<O: Operation>(operation: &mut O, index: usize, source: &O) -> bool {
    let (mut position, mut changed) = (0, false);
    source.visit(&mut |_, field: &dyn Field| {
        if position == index {
            at(operation, index, &mut |_, slot| {
                changed = slot.to_json() != field.to_json();
                slot.replace(field.value());
            });
        }
        position += 1;
    });
    changed
}

/// Exchanges two arguments of one type.
pub(super) fn swap<O: Operation>(operation: &mut O, one: usize, other: usize) -> bool {
    let original = operation.clone();
    let mut changed = false;
    let (mut position, mut values) = (0, [None, None]);
    original.visit(&mut |_, field: &dyn Field| {
        if position == one || position == other {
            values[usize::from(position == other)] = Some(field.to_json());
        }
        position += 1;
    });
    if values[0] != values[1] {
        changed = true;
        let mut position = 0;
        original.visit(&mut |_, field: &dyn Field| {
            if position == one || position == other {
                let place = if position == one { other } else { one };
                at(operation, place, &mut |_, slot| slot.replace(field.value()));
            }
            position += 1;
        });
    }
    changed
}

fn at<O: Operation>(operation: &mut O, index: usize, act: &mut dyn FnMut(Role, &mut dyn Slot)) {
    let mut position = 0;
    operation.visit_mut(&mut |parameter, slot: &mut dyn Slot| {
        if position == index {
            act(parameter.role, slot);
        }
        position += 1;
    });
}

fn change_slot(slot: &mut dyn Slot, kind: Kind, change: Change, role: Role) -> bool {
    let new: Option<Box<dyn Any>> = match (kind, change) {
        (Kind::Maybe, _) => slot.simpler().into_iter().next(),
        (Kind::Truth, change) => on(slot, |truth: &bool| change == Change::Negated && !truth),
        (Kind::Text, change) => on(slot, |text: &String| cut(text, change))
            .or_else(|| on(slot, |bytes: &Vec<u8>| shortened(bytes, change)))
            .or_else(|| on(slot, |bytes: &Bytes| Bytes::from(shortened(bytes, change)))),
        (Kind::Time, change) => on(slot, |time: &Duration| other_time(*time, change, role)),
        (Kind::MaybeTime, Change::Ignored) => on(slot, |_: &Option<Duration>| None::<Duration>),
        (Kind::MaybeTime, change) => on(slot, |time: &Option<Duration>| {
            time.map(|time| other_time(time, change, role))
        }),
        (_, change) => other_number(slot, change),
    };
    let Some(new) = new else { return false };
    let before = slot.to_json();
    slot.replace(&*new);
    slot.to_json() != before
}

fn on<T: 'static>(slot: &dyn Slot, make: impl FnOnce(&T) -> T) -> Option<Box<dyn Any>> {
    let value = slot.value().downcast_ref::<T>()?;
    Some(Box::new(make(value)))
}

fn cut(text: &str, change: Change) -> String {
    let mut text = text.to_owned();
    match change {
        Change::Ignored => text.clear(),
        _ => drop(text.pop()),
    }
    text
}

fn shortened(bytes: &[u8], change: Change) -> Vec<u8> {
    match change {
        Change::Ignored => Vec::new(),
        _ => bytes[..bytes.len().saturating_sub(1)].to_vec(),
    }
}

/// What is stored without a time to live stays; any other time that is ignored is none.
fn other_time(time: Duration, change: Change, role: Role) -> Duration {
    match (change, role) {
        (Change::Halved, _) => time / 2,
        (Change::Doubled, _) => time.saturating_mul(2),
        (_, Role::Ttl) => Duration::MAX,
        _ => Duration::ZERO,
    }
}

macro_rules! numbers {
    ($slot:ident, $change:ident; $($ty:ident $one:expr, $negate:expr;)*) => {
        None$(.or_else(|| on($slot, |number: &$ty| match $change {
            Change::Ignored => 0 as $ty,
            Change::Negated => $negate(*number),
            _ => $one(*number),
        })))*
    };
}

fn other_number(slot: &dyn Slot, change: Change) -> Option<Box<dyn Any>> {
    macro_rules! signed {
        ($($ty:ident),*) => {
            numbers!(slot, change; $($ty |n: $ty| n.wrapping_add(1), |n: $ty| n.wrapping_neg();)*)
        };
    }
    macro_rules! unsigned {
        ($($ty:ident),*) => {
            numbers!(slot, change; $($ty |n: $ty| n.wrapping_add(1), |n: $ty| n;)*)
        };
    }
    macro_rules! floats {
        ($($ty:ident),*) => {
            numbers!(slot, change; $($ty |n: $ty| n + 1.0, |n: $ty| -n;)*)
        };
    }
    let number = signed!(i8, i16, i32, i64, i128, isize);
    let number = number.or_else(|| unsigned!(u8, u16, u32, u64, u128, usize));
    number.or_else(|| floats!(f32, f64))
}

/// Lists are of types that only the contract knows: they are changed in the form in which they are kept.
fn change_list<O: Operation>(operation: &mut O, index: usize, change: Change) -> bool {
    let name = operation.about().parameters[index].name;
    let Ok(mut json) = serialize(operation, serde_json::value::Serializer) else {
        return false;
    };
    let list = json
        .get_mut(operation.about().name)
        .and_then(|arguments| arguments.get_mut(name));
    let Some(Value::Array(list)) = list else {
        return false;
    };
    let before = list.clone();
    match change {
        Change::Ignored => list.clear(),
        Change::Reversed => list.reverse(),
        _ => drop(list.pop()),
    }
    if *list == before {
        return false;
    }
    match deserialize(json) {
        Ok(changed) => {
            *operation = changed;
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_type() {
        assert_eq!(Kind::of::<Vec<u8>>(), Kind::Text);
        assert_eq!(Kind::of::<Vec<String>>(), Kind::List);
        assert_eq!(Kind::of::<Option<Duration>>(), Kind::MaybeTime);
        assert_eq!(Kind::of::<Option<String>>(), Kind::Maybe);
        assert_eq!(Kind::of::<Box<u8>>(), Kind::Other);
    }

    #[test]
    fn times_that_are_ignored_end_never_or_at_once() {
        let minute = Duration::from_secs(60);
        assert_eq!(
            other_time(minute, Change::Ignored, Role::Ttl),
            Duration::MAX
        );
        assert_eq!(
            other_time(minute, Change::Ignored, Role::Plain),
            Duration::ZERO
        );
        assert_eq!(
            other_time(Duration::MAX, Change::Doubled, Role::Ttl),
            Duration::MAX
        );
    }
}
