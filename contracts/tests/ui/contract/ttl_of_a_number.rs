//! How long something is there is a time.

use contrait::contract;

#[contract]
trait Store {
    fn put(&self, key: &str, #[ttl] seconds: u32);
}

fn main() {}
