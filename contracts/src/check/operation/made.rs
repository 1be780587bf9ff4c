//! Values that an implementation makes up, ids and receipts, and arguments that are such values.
//!
//! Nobody can foresee them, so an operation keeps where its argument comes from: "what the first step made". Two
//! implementations make different ones, so answers are compared up to renaming.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::codec::Codec;
use super::method::Form;
use crate::check::generate::Draw;

/// A value that an implementation made up.
pub trait Made: Any {
    /// A copy.
    fn copied(&self) -> Box<dyn Made>;
    /// Whether the other is of the same type, and its equal.
    fn same(&self, other: &dyn Made) -> bool;
    /// Becomes the other, where that is of the same type.
    fn become_other(&mut self, other: &dyn Made);
    /// The value itself.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Clone + PartialEq + 'static> Made for T {
    fn copied(&self) -> Box<dyn Made> {
        Box::new(self.clone())
    }

    fn same(&self, other: &dyn Made) -> bool {
        other.as_any().downcast_ref::<T>() == Some(self)
    }

    fn become_other(&mut self, other: &dyn Made) {
        if let Some(other) = other.as_any().downcast_ref::<T>() {
            self.clone_from(other);
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// An answer of a method that is marked `#[makes]`: which of its parts the implementation makes up.
///
/// Texts and numbers are made up as a whole; an `Ok`, an option and a list are if what is in them is. A type of one's own
/// says which of its fields are:
///
/// ```
/// use contrait::check::{Made, Makes};
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct Receipt(u64);
///
/// struct Received {
///     receipt: Receipt,
///     body: String,
/// }
///
/// impl Makes for Received {
///     fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
///         visit(&mut self.receipt);
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "nobody knows which parts of `{Self}` are made up",
    note = "implement `contrait::check::Makes` for it, or mark the method `#[makes(with = function)]`"
)]
pub trait Makes {
    /// Shows each value that is made up to `visit`, in an order that is always the same.
    fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made));
}

macro_rules! made_as_a_whole {
    ($($ty:ty),*) => {$(
        impl Makes for $ty {
            fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
                visit(self);
            }
        }
    )*};
}

made_as_a_whole!(
    u16, u32, u64, u128, usize, i16, i32, i64, i128, isize, String, Bytes
);

impl<T: Makes> Makes for Option<T> {
    fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
        if let Some(value) = self {
            value.each_made(visit);
        }
    }
}

impl<T: Makes, E> Makes for Result<T, E> {
    fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
        if let Ok(value) = self {
            value.each_made(visit);
        }
    }
}

impl<T: Makes> Makes for Vec<T> {
    fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
        for value in self {
            value.each_made(visit);
        }
    }
}

impl<T: Makes> Makes for Box<T> {
    fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
        (**self).each_made(visit);
    }
}

/// An argument that is marked `#[made]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound<T> {
    /// This value.
    Value(T),
    /// What an earlier step of the same sequence was answered.
    From(Origin),
}

/// Where a value was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The step, counted from 1; 0 is no step, and makes nothing.
    pub step: usize,
    /// Which of its values of the type that is asked for, counted from 0.
    pub nth: usize,
}

impl Origin {
    /// The name by which reports call the value.
    pub(crate) fn name(self) -> String {
        match self {
            Self { step, nth: 0 } => format!("made_{step}"),
            Self { step, nth } => format!("made_{step}_{nth}"),
        }
    }
}

impl<T> Bound<T> {
    /// The value.
    ///
    /// # Panics
    /// Where it is not known yet: the operation is one of a sequence, and has not been bound.
    pub fn value(&self) -> &T {
        match self {
            Self::Value(value) => value,
            Self::From(origin) => panic!("{} is known when its step has run", origin.name()),
        }
    }
}

impl<T> From<T> for Bound<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// By where they come from.
#[derive(Clone, Copy, Debug)]
pub struct ByBinding;

impl<T: Clone + Debug + PartialEq + 'static> Codec<Bound<T>> for ByBinding {
    fn generate(&self, draw: &mut Draw<'_>) -> Bound<T> {
        Bound::From(draw.origin())
    }

    fn simpler(&self, value: &Bound<T>) -> Vec<Bound<T>> {
        match value {
            Bound::From(origin) if origin.nth > 0 => {
                vec![Bound::From(Origin { nth: 0, ..*origin })]
            }
            _ => Vec::new(),
        }
    }

    fn to_json(&self, value: &Bound<T>) -> Value {
        match value {
            Bound::From(origin) => json!({ "made": origin }),
            Bound::Value(value) => Value::String(format!("{value:?}")),
        }
    }

    fn parse_json(&self, json: &Value) -> Result<Bound<T>, String> {
        origin(json).map(Bound::From).ok_or_else(|| {
            "expected where it was made, `{\"made\": {\"step\": 1, \"nth\": 0}}`".to_owned()
        })
    }

    fn source(&self, value: &Bound<T>, form: Form) -> String {
        let source = match value {
            Bound::From(origin) => origin.name(),
            Bound::Value(value) => format!("{value:?}"),
        };
        match form {
            Form::Owned => format!("{source}.clone()"),
            _ => format!("&{source}"),
        }
    }

    fn key<'v>(&self, value: &'v Bound<T>) -> Cow<'v, str> {
        Cow::Owned(format!("{value:?}"))
    }

    fn origin_mut<'v>(&self, value: &'v mut Bound<T>) -> Option<&'v mut Origin> {
        match value {
            Bound::From(origin) => Some(origin),
            Bound::Value(_) => None,
        }
    }

    fn bind(&self, value: &mut Bound<T>, made: &[Box<dyn Made>]) -> bool {
        let Bound::From(Origin { nth, .. }) = *value else {
            return true;
        };
        let mut of_type = made
            .iter()
            .filter_map(|made| (**made).as_any().downcast_ref());
        match of_type.nth(nth) {
            Some(found) => *value = Bound::Value(T::clone(found)),
            None => return false,
        }
        true
    }
}

/// Where an argument comes from that is kept as JSON.
pub(crate) fn origin(json: &Value) -> Option<Origin> {
    Origin::deserialize(json.get("made")?).ok()
}
