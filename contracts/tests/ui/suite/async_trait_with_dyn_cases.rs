// Cases that take trait objects of a trait with native `async fn`: one error, however many there are.

use contrait::{backend, contract, contract_suite};

#[contract]
trait Store: Send + Sync {
    async fn put(&self, value: u8);
    async fn get(&self) -> u8;
}

struct Nothing;

impl Store for Nothing {
    async fn put(&self, _value: u8) {}

    async fn get(&self) -> u8 {
        0
    }
}

#[contract_suite(Store)]
mod suite {
    use super::*;

    /// What was put is there.
    #[case]
    async fn put_then_get(store: &dyn Store) {
        store.put(1).await;
        assert_eq!(store.get().await, 1);
    }

    /// What was put last is there.
    #[case]
    async fn the_last_one_counts(store: &mut dyn Store, other: &dyn Store) {
        other.put(1).await;
        store.put(2).await;
        assert_eq!(store.get().await, 2);
    }
}

#[backend(suite)]
fn nothing() -> Nothing {
    Nothing
}

fn main() {}
