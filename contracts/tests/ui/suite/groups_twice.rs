use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

mod keys {
    #[contrait::contract_suite(super::Store, group = keys)]
    pub(crate) mod suite {
        use super::super::Store;

        /// Is there.
        #[case]
        fn there(store: &dyn Store) {
            store.get();
        }
    }
}

#[contract_suite(Store, groups(keys::suite, keys::suite))]
mod suite {}

fn main() {}
