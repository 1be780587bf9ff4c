//! All that the expansions of the macros may name. Nobody else may: it changes without notice.

#[cfg(feature = "check")]
pub use crate::check::intercept::{Intercept, Intercepted, Interceptor, now as intercepted_now};
#[cfg(feature = "check")]
pub use crate::check::means::{MakeMeans, Means, MeansOf};
#[cfg(feature = "check")]
pub use crate::check::modelled::Modelled;
#[cfg(feature = "check")]
pub use crate::check::strength::Allowed;
#[cfg(feature = "check")]
pub use crate::check::{Cancellation, concurrent, generated};
#[cfg(feature = "suite")]
pub use crate::runtime::{
    BackendInfo, Body, Call, Case, ClockKind, Conformance, Context, Contracted, Flavor, Group,
    Handle, Lack, LocalFuture, Log, Make, NoOperations, Promise, Recorded, Returned, Returning,
    Setting, SetupError, SetupFailure, Show, Stage, UnderContract, made, no_operations,
    not_under_contract, operations_of,
};
#[cfg(feature = "check")]
pub use crate::runtime::{Check, Decorator, Demand, Reference, Runs};
pub use contrait_macros::{__SuiteCases, __backend, __refused, __tests};

/// The traits of which a method call finds the best for a type. They are imported as a whole, since an import of each
/// would be an unused one for most types.
#[cfg(feature = "suite")]
pub mod showing {
    pub use crate::runtime::{ShowDebug, ShowKnown, ShowOpaque};
}

/// As [`showing`], for what a case returns.
#[cfg(feature = "suite")]
pub mod returning {
    pub use crate::runtime::{ReturnedResult, ReturnedTermination};
}

/// What the operations of a contract are made of.
#[cfg(feature = "check")]
pub mod operation {
    pub use crate::check::Model;
    pub use crate::check::operation::*;
}

/// As [`showing`], for what two answers are compared by.
#[cfg(feature = "check")]
pub mod comparing {
    pub use crate::check::operation::{CompareNothing, CompareText, CompareValue};
}

/// As [`showing`], for the kinds of errors.
#[cfg(feature = "check")]
pub mod kinding {
    pub use crate::check::operation::{KindDebug, KindOpaque, KindVariant, NoKind};
}

/// As [`showing`], for the shapes of answers.
#[cfg(feature = "check")]
pub mod shaping {
    pub use crate::check::operation::{ShapeKnown, ShapeOpaque, ShapeVariant};
}

/// As [`showing`], for answers as Rust.
#[cfg(feature = "check")]
pub mod sourcing {
    pub use crate::check::operation::{SourceArgument, SourceOpaque};
}

/// As [`showing`], for what can be done with answers.
#[cfg(feature = "check")]
pub mod answering {
    pub use crate::check::operation::{
        Copied, Defaulted, NatureDefault, NatureKnown, NatureOfContainer, NatureOfItems,
        NatureUnknown, NotCopied, NotDefaulted,
    };
}

/// As [`showing`], for what judging a suite takes.
#[cfg(feature = "check")]
pub mod judging {
    pub use crate::check::means::{MeansByModel, MeansKnown, MeansUnknown, MeansUnknownByModel};
}

/// As [`showing`], for what is a model.
#[cfg(feature = "check")]
pub mod modelling {
    pub use crate::check::modelled::{ModelKnown, ModelOfAnother, NoModel};
}

/// As [`showing`], for what can be done with handles and models.
#[cfg(feature = "check")]
pub mod enabling {
    pub use crate::check::concurrent::{
        CanBeSent, CanBeShared, CanShare, CannotBeSent, CannotBeShared, CannotShare,
        IdentityByText, IdentityByValue,
    };
}

#[cfg(feature = "check")]
pub use serde;

/// What a suite says of its subject and its model: `modelled!(known, operations, subject, model)`. `known` is the name of the
/// method that finds out whether it is a model, on the user's type.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_modelled {
    ($known:ident, $operations:expr, $subject:expr, $model:expr) => {{
        use $crate::__private::modelling::*;
        (&&&$crate::__private::Modelled::new($operations, $subject, $model)).$known()
    }};
}

/// The check of concurrent clients: `linearizable!(runs, modelled, several)`.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_linearizable {
    ($runs:expr, $modelled:expr, $several:expr) => {{
        let checked = $crate::__private::concurrent::Checked::new($runs, $modelled);
        let able = {
            use $crate::__private::enabling::*;
            $crate::__private::concurrent::Able {
                identity: (&&checked).identity(),
                shared: (&&checked).shared(),
                threads: (&&checked).threads(),
                shared_threads: (&&checked).shared_threads(),
            }
        };
        $crate::__private::generated::linearizable(checked, able, $several)
    }};
}

/// The check of dropped calls: `cancellation!(runs, modelled, declared)`.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_cancellation {
    ($runs:expr, $modelled:expr, $declared:expr) => {{
        let checked = $crate::__private::concurrent::Checked::new($runs, $modelled);
        let identity = {
            use $crate::__private::enabling::*;
            (&&checked).identity()
        };
        $crate::__private::generated::cancellation(checked, identity, $declared)
    }};
}

/// Whether two answers are the same. Both are references.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_compare {
    ($one:expr, $other:expr) => {{
        use $crate::__private::comparing::*;
        (&&&$crate::__private::operation::Compare($one, $other)).compare()
    }};
}

/// The text of an error's kind. The error is a reference.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_kind {
    ($error:expr) => {{
        use $crate::__private::kinding::*;
        (&&&$crate::__private::operation::KindText(&$error.kind())).text()
    }};
}

/// Whether two errors are of one kind. Both are references.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_compare_kinds {
    ($one:expr, $other:expr) => {
        $crate::__private::operation::Comparison::new(
            $crate::__contrait_kind!($one) == $crate::__contrait_kind!($other),
            $crate::__private::operation::By::Kind,
        )
    };
}

/// The shape of an answer, which is a reference.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_shape {
    ($value:expr) => {{
        use $crate::__private::shaping::*;
        (&&&$crate::__private::operation::Shape($value)).shape()
    }};
}

/// An answer as Rust, where it can be written so. The answer is a reference.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_source {
    ($value:expr) => {{
        use $crate::__private::sourcing::*;
        (&&$crate::__private::operation::Source($value)).source()
    }};
}

/// What judging a suite takes, by the type of its handles, by the operations of its contract, and by its model where it
/// has one.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_means {
    ($handle:ty, $operations:expr) => {{
        use $crate::__private::judging::*;
        (&&$crate::__private::MeansOf::<_, $handle>::new($operations)).means()
    }};
    ($handle:ty, $operations:expr, $modelled:expr) => {{
        use $crate::__private::judging::*;
        let modelled = $modelled;
        (&&$crate::__private::MeansOf::<_, $handle>::new($operations))
            .means_by_model(modelled.subject, modelled.model)
    }};
}

/// What can be done with the answers of a method, by their type, which is a `Result` where that is said.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_types {
    ($ty:ty) => {
        $crate::__private::operation::Types {
            value: $crate::__contrait_types!(@ $crate::__private::operation::Of::<$ty>::VALUE),
            error: ::core::option::Option::None,
        }
    };
    (Result: $ty:ty) => {{
        let (value, error) = $crate::__private::operation::Of::<$ty>::VALUE.parts();
        $crate::__private::operation::Types {
            value: $crate::__contrait_types!(@ value),
            error: ::core::option::Option::Some($crate::__contrait_types!(@ error)),
        }
    }};
    (@ $of:expr) => {{
        use $crate::__private::answering::*;
        let of = $of;
        let (spoils, shapes) = (&&&&&of).nature();
        $crate::__private::operation::Abilities {
            id: of.id(),
            name: of.name(),
            copy: (&&of).copy(),
            default: (&&of).default(),
            spoils,
            shapes,
        }
    }};
}

/// Carries out what becomes of a call. It is written where the contract is, since only there a compiler can see that
/// what it awaits can be sent.
#[cfg(feature = "check")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_intercept {
    ($intercepted:ident, $operation:ident, $drive:path, $subject:path, $blocking:expr) => {{
        let mut plan = $intercepted.begin($operation);
        let mut next = plan.next(::core::option::Option::None);
        loop {
            next = match next {
                $crate::check::intercept::Next::Run(operation) => {
                    let outcome = $drive(&operation, $subject($intercepted)).await;
                    plan.next(::core::option::Option::Some(outcome))
                }
                $crate::check::intercept::Next::Wait(time) => {
                    $crate::check::intercept::wait(time, $blocking).await;
                    plan.next(::core::option::Option::None)
                }
                $crate::check::intercept::Next::Yield => {
                    $crate::check::intercept::let_others_run().await;
                    plan.next(::core::option::Option::None)
                }
                $crate::check::intercept::Next::Hang => ::core::future::pending().await,
                $crate::check::intercept::Next::Panic(message) => ::core::panic!("{message}"),
                $crate::check::intercept::Next::Answer(outcome) => break outcome,
            }
        }
    }};
}

#[cfg(feature = "check")]
pub use {
    __contrait_cancellation as cancellation, __contrait_compare as compare,
    __contrait_compare_kinds as compare_kinds, __contrait_intercept as intercept,
    __contrait_kind as kind, __contrait_linearizable as linearizable, __contrait_means as means,
    __contrait_modelled as modelled, __contrait_shape as shape, __contrait_source as source,
    __contrait_types as types,
};

/// What a suite that takes trait objects finds by the name of its contract, unless that says that there are none.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_objects {
    ($object:tt) => {};
}

/// Begins a call: `call!(log, "method", argument, …)`.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_call {
    ($log:expr, $method:literal $(,)?) => {
        $crate::__private::Log::call($log, $method, &[])
    };
    ($log:expr, $method:literal $(, $argument:expr)+ $(,)?) => {{
        use $crate::__private::showing::*;
        $crate::__private::Log::call($log, $method, &[$($crate::__contrait_shown!($argument)),+])
    }};
}

/// Ends a call with its outcome, which it hands on: `returned!(call, outcome)`.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_returned {
    ($call:expr, $outcome:expr) => {{
        let outcome = $outcome;
        {
            use $crate::__private::showing::*;
            $crate::__private::Call::returned($call, &$crate::__contrait_shown!(outcome));
        }
        outcome
    }};
}

/// How a value is shown in the log. It borrows from its own expression, so it has no block around it.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_shown {
    ($value:expr) => {
        (&&&$crate::__private::Show(&$value)).shown()
    };
}

/// The text of a value for the log, by itself.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_show {
    ($value:expr) => {{
        use $crate::__private::showing::*;
        $crate::__contrait_shown!($value).text()
    }};
}

/// What the return value of a case means. `judge` is the name of the method that says so, on the case's return type.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_outcome {
    ($judge:ident, $returned:expr) => {{
        use $crate::__private::returning::*;
        let returned = $returned;
        (&$crate::__private::Returning::of(&returned)).$judge()(returned)
    }};
}

#[cfg(feature = "suite")]
pub use {
    __contrait_call as call, __contrait_objects as not_under_contract,
    __contrait_outcome as outcome, __contrait_returned as returned, __contrait_show as show,
};
