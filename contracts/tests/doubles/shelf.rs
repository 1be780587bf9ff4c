//! A sync contract some of whose methods take `&mut self`, its mock and its model.

use std::collections::BTreeMap;

use contrait::check::Model;
use contrait::contract;
use mockall::automock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing;

/// Numbers by name.
#[contract]
#[automock]
pub(crate) trait Shelf {
    fn put(&mut self, #[key] name: &str, number: u32) -> Option<u32>;
    #[read]
    fn get(&self, #[key] name: &str) -> Option<u32>;
    fn take(&mut self, #[key] name: &str) -> Result<u32, Missing>;
    #[read]
    fn owner(&self) -> &str;
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ShelfModel(BTreeMap<String, u32>);

impl Model for ShelfModel {}

impl Shelf for ShelfModel {
    fn put(&mut self, name: &str, number: u32) -> Option<u32> {
        self.0.insert(name.to_owned(), number)
    }

    fn get(&self, name: &str) -> Option<u32> {
        self.0.get(name).copied()
    }

    fn take(&mut self, name: &str) -> Result<u32, Missing> {
        self.0.remove(name).ok_or(Missing)
    }

    fn owner(&self) -> &str {
        "nobody"
    }
}
