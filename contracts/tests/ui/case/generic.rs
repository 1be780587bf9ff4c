// A case has no parameters that a backend could give.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    use super::Store;

    /// There is a value.
    #[case]
    fn has_a_value<S: Store>(store: &S) {
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
