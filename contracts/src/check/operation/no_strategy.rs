//! What is said where a parameter has a strategy of proptest and contrait was built without it.

use super::codec::ByType;

/// No type: strategies are there with proptest alone.
#[diagnostic::on_unimplemented(
    message = "`#[strategy(…)]` needs contrait's feature `proptest`",
    label = "a strategy of proptest",
    note = "turn it on where the feature `check` is: `features = [\"proptest\"]`"
)]
pub trait Strategy {}

/// Makes no codec, and says why.
pub fn by_strategy<S: Strategy, F: Fn() -> S + Copy>(_: F) -> ByType {
    ByType
}
