use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract]
trait Keys {
    fn count(&self) -> usize;
}

mod keys {
    #[contrait::contract_suite(super::Keys, group = keys)]
    pub(crate) mod suite {
        use super::super::Keys;

        /// Are there.
        #[case]
        fn there(keys: &dyn Keys) {
            keys.count();
        }
    }
}

#[contract_suite(Store, groups(keys::suite))]
mod suite {}

fn main() {}
