// A remote trait is named by its option.

use contrait::contract;

#[contract(std::fmt::Write)]
trait Write {
    fn write_str(&mut self, text: &str) -> std::fmt::Result;
}

fn main() {}
