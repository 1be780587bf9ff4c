// A suite is that of a trait that is there.

use contrait::contract_suite;

#[contract_suite(Store)]
mod suite {
    /// There is a value.
    #[case]
    fn has_a_value(store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
