// An option by a name that is not quite its own.

use contrait::contract;

#[contract(remot = std::fmt::Write)]
trait Write {
    fn write_str(&mut self, text: &str) -> std::fmt::Result;
}

fn main() {}
