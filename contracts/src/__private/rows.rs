//! What a suite and its backends have of each case, written once: the macros of contrait only name what differs.
//!
//! The macros are compiled without optimization in a user's build, and the compiler is not. So what is the same for every
//! case is left to `macro_rules!`: a token that is written here costs a fraction of one that the macros write.

/// The tests of cases, in the module that they stand in: `tests!(path::of::check; #[ignore] expires "ttl::expires" …)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_tests {
    ($check:path; $($(#[$attribute:meta])* $name:ident $case:literal)*) => {
        $(
            #[::core::prelude::v1::test]
            $(#[$attribute])*
            fn $name() {
                $check($case);
            }
        )*
    };
}
