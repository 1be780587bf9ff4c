// Errors have kinds.

use contrait::contract;

#[contract]
trait Cache {
    #[errors()]
    fn get(&self, key: &str) -> Result<u32, String>;
}

fn main() {}
