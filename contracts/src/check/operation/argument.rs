//! Types that arguments can have: how they are generated, made simpler, kept and printed.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check::generate::Draw;

/// A type of arguments.
///
/// Standard types are arguments. A type of one's own is one with four lines, and is then named to the contract by
/// `#[contract(arguments(Priority))]`:
///
/// ```
/// use contrait::check::{Argument, Draw};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// enum Priority {
///     Low,
///     High,
/// }
///
/// impl Argument for Priority {
///     fn generate(draw: &mut Draw<'_>) -> Self {
///         draw.pick(&[Self::Low, Self::High])
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be generated as an argument",
    note = "implement `contrait::check::Argument` for it, or give the parameter a strategy of proptest: `#[strategy(…)]`"
)]
pub trait Argument: Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// A value, edges among them more often than chance would have it.
    fn generate(draw: &mut Draw<'_>) -> Self;

    /// Values that are simpler, the simplest first. What they are tried for is that a failure stays the same.
    fn simpler(&self) -> Vec<Self> {
        Vec::new()
    }

    /// A Rust expression of the value, owned.
    fn source(&self) -> String {
        format!("{self:?}")
    }

    /// A Rust expression of a reference to the value.
    fn borrowed_source(&self) -> String {
        format!("&{}", self.source())
    }

    /// The value as a name, by which operations on the same part of the state find each other.
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{self:?}"))
    }

    /// Several values: bytes are generated otherwise than what else stands in lists.
    #[doc(hidden)]
    fn generate_many(draw: &mut Draw<'_>) -> Vec<Self> {
        let count = draw.below(5);
        (0..count).map(|_| draw.element()).collect()
    }

    #[doc(hidden)]
    fn simpler_many(many: &[Self]) -> Vec<Vec<Self>> {
        simpler_list(many)
    }

    #[doc(hidden)]
    fn source_many(many: &[Self]) -> String {
        let items: Vec<String> = many.iter().map(Self::source).collect();
        format!("[{}]", items.join(", "))
    }

    #[doc(hidden)]
    fn borrowed_source_many(many: &[Self]) -> String {
        format!("&{}", Self::source_many(many))
    }
}

/// Nothing, then one fewer, then one simpler.
fn simpler_list<T: Argument>(many: &[T]) -> Vec<Vec<T>> {
    let mut simpler = Vec::new();
    if many.len() > 1 {
        simpler.push(Vec::new());
    }
    for index in 0..many.len() {
        let mut fewer = many.to_vec();
        fewer.remove(index);
        simpler.push(fewer);
    }
    for (index, item) in many.iter().enumerate() {
        for candidate in item.simpler() {
            let mut changed = many.to_vec();
            changed[index] = candidate;
            simpler.push(changed);
        }
    }
    simpler
}
