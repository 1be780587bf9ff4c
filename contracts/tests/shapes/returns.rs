//! What a case may return.

use std::convert::Infallible;
use std::fmt::{self, Debug};
use std::process::{ExitCode, Termination};

use contrait::{backend, contract, contract_suite};

/// Something to be under contract.
#[contract]
pub trait Subject {
    /// Works, or does not.
    fn work(&self) -> Result<(), Failure>;
}

/// An error that is `Debug` and nothing more.
#[derive(Debug)]
pub struct Failure;

/// An error of many, which is no `Error` itself, as anyhow's.
pub struct AnyError(Box<dyn std::error::Error>);

impl<E: std::error::Error + 'static> From<E> for AnyError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl Debug for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A way to end that a user made.
pub struct Ended(u8);

impl Termination for Ended {
    fn report(self) -> ExitCode {
        ExitCode::from(self.0)
    }
}

struct Unit;

impl Subject for Unit {
    fn work(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// What it owes.
#[contract_suite(Subject)]
pub mod suite {
    use super::*;

    /// Nothing.
    #[case]
    fn nothing(subject: &dyn Subject) {
        subject.work().expect("works");
    }

    /// A result with an error that is `Debug`.
    #[case]
    async fn result(subject: &dyn Subject) -> Result<(), Failure> {
        subject.work()?;
        subject.work()
    }

    /// An error of many.
    #[case]
    fn any_error(_: &dyn Subject) -> Result<(), AnyError> {
        let _: u8 = "1".parse()?;
        Ok(())
    }

    /// A boxed error.
    #[case]
    fn boxed_error(_: &dyn Subject) -> Result<(), Box<dyn std::error::Error>> {
        let _: u8 = "1".parse()?;
        Ok(())
    }

    /// An alias.
    #[case]
    fn alias(_: &dyn Subject) -> fmt::Result {
        Ok(())
    }

    /// A code.
    #[case]
    async fn code(_: &dyn Subject) -> ExitCode {
        ExitCode::SUCCESS
    }

    /// A code within a result.
    #[case]
    fn code_in_result(_: &dyn Subject) -> Result<ExitCode, Failure> {
        Ok(ExitCode::SUCCESS)
    }

    /// Something of the user's.
    #[case]
    fn ended(_: &dyn Subject) -> Ended {
        Ended(0)
    }

    /// Something that is not named.
    #[case]
    fn opaque(_: &dyn Subject) -> impl Termination {
        ExitCode::SUCCESS
    }

    /// Never.
    #[case]
    #[should_panic(expected = "at all")]
    fn never(_: &dyn Subject) -> ! {
        panic!("not at all");
    }

    /// No error can be.
    #[case]
    fn infallible(_: &dyn Subject) -> Result<(), Infallible> {
        Ok(())
    }

    /// Cases that fail by what they return.
    pub mod failing {
        use super::*;

        /// By a result.
        #[case(needs(luck))]
        fn result(_: &dyn Subject) -> Result<(), Failure> {
            Err(Failure)
        }

        /// By an error of many.
        #[case(needs(luck))]
        async fn any_error(_: &dyn Subject) -> Result<(), AnyError> {
            let _: u8 = "none".parse()?;
            Ok(())
        }

        /// By a code.
        #[case(needs(luck))]
        fn code(_: &dyn Subject) -> ExitCode {
            ExitCode::from(3)
        }

        /// By something of the user's.
        #[case(needs(luck))]
        fn ended(_: &dyn Subject) -> Ended {
            Ended(4)
        }

        /// By a code within a result.
        #[case(needs(luck))]
        fn code_in_result(_: &dyn Subject) -> Result<ExitCode, Failure> {
            Ok(ExitCode::FAILURE)
        }
    }
}

#[backend(suite, lacks(luck = "it fails whatever it returns"))]
fn unit() -> Unit {
    Unit
}

#[backend(suite, tests = false)]
fn unlucky() -> Unit {
    Unit
}

#[test]
fn a_failure_says_what_was_returned() {
    let conformance = unlucky::conformance();
    for (case, text) in [
        ("failing::result", "Err(Failure)"),
        ("failing::any_error", "invalid digit"),
        ("failing::code", "3"),
        ("failing::ended", "4"),
        ("failing::code_in_result", "1"),
    ] {
        let reason = conformance.run(case).reason.expect("it failed");
        assert!(reason.contains(text), "{case}: {reason}");
    }
}
