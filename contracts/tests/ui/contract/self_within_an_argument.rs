// A `Self` that no wrapper can be taken off.

use contrait::contract;

#[contract]
trait Store: Sized {
    fn merge(&mut self, others: &[Self]);
}

fn main() {}
