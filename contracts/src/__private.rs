//! All that the expansions of the macros may name. Nobody else may: it changes without notice.

#[cfg(feature = "suite")]
pub use crate::runtime::{
    BackendInfo, Body, Call, Case, ClockKind, Conformance, Context, Flavor, Group, Handle, Lack,
    LocalFuture, Log, Make, Promise, Recorded, Returned, Returning, Setting, SetupError,
    SetupFailure, Show, UnderContract, made, not_under_contract,
};
pub use contrait_macros::{__SuiteCases, __backend, __tests};

/// Which one applies depends on the type: a glob does not ask that all of them are used.
#[cfg(feature = "suite")]
pub mod ways_to_show {
    pub use crate::runtime::{ShowBytes as _, ShowDebug as _, ShowOpaque as _};
}

/// Which one applies depends on the type: a glob does not ask that all of them are used.
#[cfg(feature = "suite")]
pub mod ways_to_return {
    pub use crate::runtime::{ReturnedResult as _, ReturnedTermination as _};
}

/// Begins a call: `call!(log, "method", argument, …)`.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_call {
    ($log:expr, $method:literal $(, $argument:expr)* $(,)?) => {
        $crate::__private::Log::call(&$log, $method, &[$($crate::__contrait_show!($argument)),*])
    };
}

/// Ends a call with its outcome, which it hands on: `returned!(call, outcome)`.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_returned {
    ($call:expr, $outcome:expr) => {{
        let outcome = $outcome;
        $crate::__private::Call::returned($call, $crate::__contrait_show!(outcome));
        outcome
    }};
}

/// The text of a value for the log.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_show {
    ($value:expr) => {{
        use $crate::__private::ways_to_show::*;
        (&&&$crate::__private::Show(&$value)).show()
    }};
}

#[cfg(feature = "suite")]
pub use {__contrait_call as call, __contrait_returned as returned};
