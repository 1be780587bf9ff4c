//! A contract that mockall mocks as well.

use async_trait::async_trait;
use contrait::{backend, contract, contract_suite};
use mockall::automock;

/// Greets.
#[contract]
#[automock]
#[async_trait]
pub trait Greeter: Send + Sync {
    /// Greets somebody.
    async fn greet(&self, name: &str) -> Result<String, String>;
}

/// What a greeter owes.
#[contract_suite(Greeter)]
pub mod greeter {
    use super::*;

    /// A greeting names who is greeted.
    #[case]
    async fn names(greeter: &dyn Greeter) -> Result<(), String> {
        assert!(greeter.greet("Ada").await?.contains("Ada"));
        Ok(())
    }
}

#[backend(greeter)]
fn mock() -> MockGreeter {
    let mut mock = MockGreeter::new();
    mock.expect_greet()
        .returning(|name| Ok(format!("Hello, {name}")));
    mock
}
