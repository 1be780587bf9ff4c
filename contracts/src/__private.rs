//! All that the expansions of the macros may name. Nobody else may: it changes without notice.

#[cfg(feature = "suite")]
pub use crate::runtime::{
    BackendInfo, Body, Call, Case, ClockKind, Conformance, Context, Flavor, Group, Handle, Lack,
    LocalFuture, Log, Make, Promise, Recorded, Returned, ReturnedResult, ReturnedTermination,
    Returning, Setting, SetupError, Show, ShowBytes, ShowDebug, ShowOpaque, awaited,
};
pub use contrait_macros::{__SuiteCases, __backend, __tests};

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
        #[allow(unused_imports, reason = "which one is used depends on the type")]
        use $crate::__private::{ShowBytes as _, ShowDebug as _, ShowOpaque as _};
        (&&&$crate::__private::Show(&$value)).show()
    }};
}

/// What the return value of a case means.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_outcome {
    ($returned:expr) => {{
        #[allow(unused_imports, reason = "which one is used depends on the type")]
        use $crate::__private::{ReturnedResult as _, ReturnedTermination as _};
        let returned = $returned;
        (&$crate::__private::Returning::of(&returned)).judge()(returned)
    }};
}

/// What the value means that an async case yields. The case's own future is boxed as it is, since one around it would be
/// compiled once a case.
#[cfg(feature = "suite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_awaited {
    ($case:expr) => {{
        #[allow(unused_imports, reason = "which one is used depends on the type")]
        use $crate::__private::{ReturnedResult as _, ReturnedTermination as _};
        let case: $crate::__private::LocalFuture<'_, _> = ::std::boxed::Box::pin($case);
        let judge = (&$crate::__private::Returning::of_future(&case)).judge();
        $crate::__private::awaited(case, judge)
    }};
}

#[cfg(feature = "suite")]
pub use {
    __contrait_awaited as awaited, __contrait_call as call, __contrait_outcome as outcome,
    __contrait_returned as returned,
};
