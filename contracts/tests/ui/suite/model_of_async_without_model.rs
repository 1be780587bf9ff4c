// A model that implements the methods of an async contract, and not `Model`.

use contrait::{contract, contract_suite};

#[contract]
trait Counter: Send + Sync {
    async fn add(&self, by: u32) -> u32;
}

#[derive(Clone, Debug, Default)]
struct Count(u32);

impl CounterModel for Count {
    fn add(&mut self, by: u32) -> u32 {
        self.0 += by;
        self.0
    }
}

#[contract_suite(Counter, model = |_| Count::default())]
mod suite {
    use super::*;

    /// What was added is there.
    #[case]
    async fn counts(counter: &impl Counter) {
        assert_eq!(counter.add(1).await, 1);
    }
}

fn main() {}
