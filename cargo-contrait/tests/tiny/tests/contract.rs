//! The counter's contract on its backends. `TINY` makes things happen that a test of the command is about.

use std::io::Read;
use std::net::TcpStream;

use contrait::{backend, contract, contract_suite};

/// Counts.
#[contract]
trait Counter: Send {
    /// Adds to what was counted, and says what it has come to.
    fn add(&mut self, by: u8) -> u64;
    /// What was counted; nothing before anything was.
    fn count(&mut self) -> Option<u64>;
}

/// As it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Right(Option<u64>);

impl contrait::check::Model for Right {}

impl Counter for Right {
    fn add(&mut self, by: u8) -> u64 {
        *self.0.insert(self.0.unwrap_or(0) + u64::from(by))
    }

    fn count(&mut self) -> Option<u64> {
        self.0
    }
}

/// Forgets that nothing was counted, and counts ones alone.
#[derive(Debug, Default)]
struct Wrong(u64);

impl Counter for Wrong {
    fn add(&mut self, by: u8) -> u64 {
        self.0 += u64::from(by.min(1));
        self.0
    }

    fn count(&mut self) -> Option<u64> {
        Some(self.0)
    }
}

fn happens(what: &str) -> bool {
    std::env::var("TINY").is_ok_and(|happening| happening == what)
}

/// Tells that it has come so far, by connecting, and never returns.
fn hang_on(address: &str) {
    let mut connection = TcpStream::connect(address).expect("the test listens");
    let _ = connection.read(&mut [0]);
}

#[contract_suite(Counter, model = |_| Right::default())]
mod suite {
    use super::*;

    /// What was added is counted.
    #[case]
    fn counts(counter: &mut dyn Counter) {
        counter.add(2);
        assert_eq!(counter.add(3), 5);
    }

    mod nothing {
        use super::*;

        /// Before anything was added there is no count, | and <b>nothing</b> else.
        #[case(needs(nothing))]
        fn is_no_count(counter: &mut dyn Counter) {
            assert_eq!(counter.count(), None);
        }
    }

    /// This one waits for better times.
    #[case]
    #[ignore = "nobody decided yet"]
    fn is_undecided(_counter: &mut dyn Counter) {}

    /// It may end the process, or never end.
    #[case]
    fn may_happen(counter: &mut dyn Counter) {
        if happens("abort") {
            std::process::abort();
        }
        if let Ok(address) = std::env::var("TINY_HANGS_ON") {
            hang_on(&address);
        }
        assert_eq!(counter.add(0), 0);
    }
}

#[backend(suite, clock = virtual, reference = checks, coverage)]
fn right() -> Right {
    Right::default()
}

#[backend(suite, lacks(nothing = "it counts from zero"))]
fn wrong() -> Wrong {
    Wrong::default()
}

#[test]
fn a_plain_test() {
    assert!(!happens("fail"), "as `TINY` says");
}

/// Two tests of which the second fails after the first: what `shuffle` is to find.
mod order {
    use std::sync::atomic::{AtomicBool, Ordering};

    static SPOILT: AtomicBool = AtomicBool::new(false);

    #[test]
    fn a_spoils() {
        SPOILT.store(super::happens("order"), Ordering::SeqCst);
    }

    #[test]
    fn b_is_spoilt() {
        assert!(!SPOILT.load(Ordering::SeqCst), "something spoilt it");
    }
}
