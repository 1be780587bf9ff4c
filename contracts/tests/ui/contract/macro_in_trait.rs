// A method that the attribute cannot see.

use contrait::contract;

macro_rules! get {
    () => {
        fn get(&self) -> u8;
    };
}

#[contract]
trait Store {
    get!();
}

fn main() {}
