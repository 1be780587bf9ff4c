//! A contract of a few methods, its model, and an implementation in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use contrait::check::Model;
use contrait::{Context, contract};

/// What can go wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StockError {
    /// There never was such an item.
    Unknown,
    /// There are not so many.
    TooFew,
}

/// How many there are of what.
#[contract]
#[async_trait]
pub(crate) trait Stock: Send + Sync {
    #[read]
    #[errors(Unknown)]
    async fn count(&self, #[key] item: &str) -> Result<u32, StockError>;
    async fn put(&self, #[key] item: &str, amount: u32) -> u32;
    #[errors(Unknown, TooFew)]
    async fn take(&self, #[key] item: &str, amount: u32) -> Result<u32, StockError>;
    #[idempotent]
    async fn clear(&self, #[key] item: &str);
    async fn rename(&self, from: &str, to: &str) -> bool;
}

/// The model, and all that there is to the implementation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Shelf(BTreeMap<String, u32>);

impl Model for Shelf {}

impl StockModel for Shelf {
    fn count(&mut self, item: &str) -> Result<u32, StockError> {
        self.0.get(item).copied().ok_or(StockError::Unknown)
    }

    fn put(&mut self, item: &str, amount: u32) -> u32 {
        let count = self.0.entry(item.to_owned()).or_default();
        *count = count.saturating_add(amount);
        *count
    }

    fn take(&mut self, item: &str, amount: u32) -> Result<u32, StockError> {
        let count = self.0.get_mut(item).ok_or(StockError::Unknown)?;
        *count = count.checked_sub(amount).ok_or(StockError::TooFew)?;
        Ok(*count)
    }

    fn clear(&mut self, item: &str) {
        self.0.insert(item.to_owned(), 0);
    }

    fn rename(&mut self, from: &str, to: &str) -> bool {
        match self.0.remove(from) {
            None => false,
            Some(count) => {
                self.0.insert(to.to_owned(), count);
                true
            }
        }
    }
}

/// Shelves by namespace.
#[derive(Clone, Default)]
pub(crate) struct Store(Arc<Mutex<HashMap<String, Shelf>>>);

/// A handle on one of them.
pub(crate) struct InMemory {
    store: Store,
    namespace: String,
    /// Whether what is put is put twice.
    pub(crate) twice: bool,
}

impl InMemory {
    pub(crate) fn new(context: &Context) -> Self {
        Self {
            store: Store::clone(&context.shared(Store::default)),
            namespace: context.namespace().to_owned(),
            twice: false,
        }
    }

    fn shelf<R>(&self, act: impl FnOnce(&mut Shelf) -> R) -> R {
        let mut shelves: MutexGuard<'_, _> =
            self.store.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(shelves.entry(self.namespace.clone()).or_default())
    }
}

#[async_trait]
impl Stock for InMemory {
    async fn count(&self, item: &str) -> Result<u32, StockError> {
        self.shelf(|shelf| shelf.count(item))
    }

    async fn put(&self, item: &str, amount: u32) -> u32 {
        self.shelf(|shelf| {
            let count = shelf.put(item, amount);
            if self.twice {
                shelf.put(item, amount);
            }
            count
        })
    }

    async fn take(&self, item: &str, amount: u32) -> Result<u32, StockError> {
        self.shelf(|shelf| shelf.take(item, amount))
    }

    async fn clear(&self, item: &str) {
        self.shelf(|shelf| shelf.clear(item));
    }

    async fn rename(&self, from: &str, to: &str) -> bool {
        self.shelf(|shelf| shelf.rename(from, to))
    }
}
