// A reference to a wrapper that nothing holds.

use contrait::contract;

#[contract]
trait Store {
    fn chain(&mut self) -> &mut Self;
}

fn main() {}
