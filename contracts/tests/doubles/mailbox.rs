//! An async contract, its mock, its model, and a suite whose backend is a stub.

use async_trait::async_trait;
use contrait::check::{Effect, Faults, Model, Stub};
use contrait::{backend, contract, contract_suite};
use mockall::automock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailError {
    /// The letter is empty.
    Empty,
    Timeout,
    Denied,
}

/// Keeps the last letter a name.
#[contract]
#[automock]
#[async_trait]
pub(crate) trait Mailbox: Send + Sync {
    /// Puts a letter, and says how many there are then.
    async fn put(&self, #[key] name: &str, letter: &str) -> Result<usize, MailError>;
    /// The letter.
    #[read]
    async fn letter(&self, #[key] name: &str) -> Result<Option<String>, MailError>;
    /// Without waiting.
    #[read]
    #[infallible]
    fn count(&self) -> usize;
    /// Fails in its own way.
    #[undriven = "it is there for its error"]
    async fn flush(&self) -> Result<(), String>;
}

#[derive(Clone, Debug, Default)]
pub(crate) struct MailboxOfLetters(std::collections::BTreeMap<String, String>);

impl Model for MailboxOfLetters {
    fn error(&self, kind: &str) -> Effect {
        match kind {
            "Timeout" => Effect::Unknown,
            "Denied" => Effect::Nothing,
            _ => Effect::Modelled,
        }
    }
}

impl MailboxModel for MailboxOfLetters {
    fn put(&mut self, name: &str, letter: &str) -> Result<usize, MailError> {
        if letter.is_empty() {
            return Err(MailError::Empty);
        }
        self.0.insert(name.to_owned(), letter.to_owned());
        Ok(self.0.len())
    }

    fn letter(&mut self, name: &str) -> Result<Option<String>, MailError> {
        Ok(self.0.get(name).cloned())
    }

    fn count(&mut self) -> usize {
        self.0.len()
    }
}

pub(crate) fn stub() -> Box<dyn Mailbox> {
    Stub::<MailboxOperation>::new(MailboxOfLetters::default()).object()
}

#[contract_suite(Mailbox)]
mod suite {
    use super::*;

    /// A caller that tries again puts its letter, whatever became of the first try.
    #[case]
    async fn trying_again(mailbox: &dyn Mailbox) -> Result<(), MailError> {
        let faults = Faults::<MailboxOperation>::new(1);
        faults.on("put").error(|| MailError::Timeout).times(1);
        let mailbox = faults.around(Box::new(mailbox));
        assert_eq!(mailbox.put("ada", "hello").await, Err(MailError::Timeout));
        assert_eq!(mailbox.put("ada", "hello").await, Ok(1));
        assert_eq!(faults.hits(), 1);
        Ok(())
    }
}

#[backend(suite)]
fn stubbed() -> Box<dyn Mailbox> {
    stub()
}
