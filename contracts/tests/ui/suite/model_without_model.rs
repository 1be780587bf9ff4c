// A model that implements the contract, and not `Model`.

use contrait::{backend, contract, contract_suite};

#[contract]
trait Counter {
    fn add(&mut self, by: u32) -> u32;
}

#[derive(Clone, Debug, Default)]
struct Count(u32);

impl Counter for Count {
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
    fn counts(counter: &mut dyn Counter) {
        assert_eq!(counter.add(1), 1);
    }
}

#[backend(suite)]
fn count() -> Count {
    Count::default()
}

fn main() {}
