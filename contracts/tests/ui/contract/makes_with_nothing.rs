//! How made values are found is a function.

use contrait::contract;

#[contract]
trait Jobs {
    #[makes(id)]
    fn start(&self) -> String;
}

fn main() {}
