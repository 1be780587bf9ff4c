// An attribute that rewrites the trait stands below.

use async_trait::async_trait;
use contrait::contract;

#[async_trait]
#[contract]
trait Store {
    async fn get(&self, key: &str) -> u8;
    async fn set(&self, key: &str);
}

fn main() {}
