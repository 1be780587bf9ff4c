//! All that the expansions of the macros may name. Nobody else may: it changes without notice.

#[cfg(feature = "suite")]
pub use crate::runtime::{
    BackendInfo, Body, Call, Case, ClockKind, Conformance, Context, Flavor, Group, Handle, Lack,
    LocalFuture, Log, Make, Promise, Recorded, Returned, Returning, Setting, SetupError,
    SetupFailure, Show, Stage, UnderContract, made, not_under_contract,
};
pub use contrait_macros::{__SuiteCases, __backend, __tests};

/// The traits of which a method call finds the best for a type. They are imported as a whole, since an import of each
/// would be an unused one for most types.
#[cfg(feature = "suite")]
pub mod showing {
    pub use crate::runtime::{ShowBytes, ShowDebug, ShowOpaque};
}

/// As [`showing`], for what a case returns.
#[cfg(feature = "suite")]
pub mod returning {
    pub use crate::runtime::{ReturnedResult, ReturnedTermination};
}

/// Begins a call: `call!(log, "method", argument, …)`.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_call {
    ($log:expr, $method:literal $(, $argument:expr)* $(,)?) => {{
        #[allow(unused_imports)]
        use $crate::__private::showing::*;
        $crate::__private::Log::call($log, $method, &[$($crate::__contrait_shown!($argument)),*])
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
pub use {__contrait_call as call, __contrait_outcome as outcome, __contrait_returned as returned};
