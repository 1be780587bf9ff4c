//! Several values that earlier calls made.

use contrait::contract;

#[contract]
trait Jobs {
    #[makes]
    fn start(&self) -> String;
    fn stop(&self, #[made] ids: &[String]) -> bool;
}

fn main() {}
