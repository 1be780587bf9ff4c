//! An argument that an earlier call made, where none makes any.

use contrait::contract;

#[contract]
trait Jobs {
    fn start(&self) -> String;
    fn stop(&self, #[made] id: &str) -> bool;
}

fn main() {}
