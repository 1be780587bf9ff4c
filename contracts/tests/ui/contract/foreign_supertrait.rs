// A supertrait that nothing can record.

use contrait::{contract, contract_suite};

#[contract]
trait Numbers: std::str::FromStr {
    fn sum(&self) -> u32;
}

#[contract_suite(Numbers)]
mod suite {
    use super::Numbers;

    /// There is a sum.
    #[case]
    fn has_a_sum(numbers: &impl Numbers) {
        assert_eq!(numbers.sum(), 1);
    }
}

fn main() {}
