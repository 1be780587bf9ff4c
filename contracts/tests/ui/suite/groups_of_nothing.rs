use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store, groups())]
mod suite {
    use super::*;

    /// Is there.
    #[case]
    fn there(store: &dyn Store) {
        store.get();
    }
}

fn main() {}
