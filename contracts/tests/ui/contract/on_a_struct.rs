// A contract is a trait.

use contrait::contract;

#[contract]
struct Store;

fn main() {}
