// A contract is a trait, not an implementation of one.

use contrait::contract;

trait Store {}

struct Memory;

#[contract]
impl Store for Memory {}

fn main() {}
