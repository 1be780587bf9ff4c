//! The ways in which a method may be asynchronous.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use contrait::{Context, backend, contract, contract_suite};

/// The one state behind all of the implementations.
#[derive(Debug, Default)]
struct Cell(Mutex<u32>);

impl Cell {
    fn add(&self, by: u32) -> u32 {
        let mut value = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *value += by;
        *value
    }
}

/// By async-trait.
#[contract]
#[async_trait]
pub trait Boxing: Send + Sync {
    /// Adds and tells the sum.
    async fn add(&self, by: u32) -> Result<u32, String>;
    /// Adds one.
    async fn increment(&self) -> Result<u32, String> {
        self.add(1).await
    }
}

#[async_trait]
impl Boxing for Cell {
    async fn add(&self, by: u32) -> Result<u32, String> {
        Ok(Cell::add(self, by))
    }
    async fn increment(&self) -> Result<u32, String> {
        Ok(Cell::add(self, 100))
    }
}

/// By async-trait, in one thread.
#[contract]
#[async_trait(?Send)]
pub trait Local {
    /// Adds and tells the sum.
    async fn add(&mut self, by: u32) -> u32;
}

#[async_trait(?Send)]
impl Local for Rc<RefCell<u32>> {
    async fn add(&mut self, by: u32) -> u32 {
        let held = Rc::clone(self);
        tokio::task::yield_now().await;
        *held.borrow_mut() += by;
        *held.borrow()
    }
}

/// By the language.
#[contract]
#[expect(async_fn_in_trait, reason = "one of the shapes")]
pub trait Native {
    /// Adds and tells the sum.
    async fn add(&self, by: u32) -> u32;
    /// Adds one.
    async fn increment(&self) -> u32 {
        self.add(1).await
    }
}

impl Native for Cell {
    async fn add(&self, by: u32) -> u32 {
        Cell::add(self, by)
    }
    async fn increment(&self) -> u32 {
        Cell::add(self, 100)
    }
}

/// By a promise that it is `Send`.
#[contract]
pub trait Promised: Send + Sync {
    /// Adds and tells the sum.
    fn add(&self, by: u32) -> impl Future<Output = u32> + Send;
    /// Adds to what is borrowed.
    fn add_to<'a>(&'a self, sum: &'a mut u32) -> impl Future<Output = ()> + Send + 'a;
}

impl Promised for Cell {
    async fn add(&self, by: u32) -> u32 {
        Cell::add(self, by)
    }
    async fn add_to(&self, sum: &mut u32) {
        *sum += Cell::add(self, 0);
    }
}

/// By hand.
#[contract]
pub trait Handmade: Send + Sync {
    /// Adds and tells the sum.
    fn add(&self, by: u32) -> Pin<Box<dyn Future<Output = u32> + Send + '_>>;
}

impl Handmade for Cell {
    fn add(&self, by: u32) -> Pin<Box<dyn Future<Output = u32> + Send + '_>> {
        Box::pin(async move { Cell::add(self, by) })
    }
}

/// What async-trait's owes.
#[contract_suite(Boxing)]
pub mod boxing {
    use super::*;

    /// What was added is in the sum, and an override is what runs.
    #[case]
    async fn adds(cell: &dyn Boxing) -> Result<(), String> {
        assert_eq!(cell.add(2).await?, 2);
        assert_eq!(cell.increment().await?, 102);
        Ok(())
    }
}

/// What that of one thread owes.
#[contract_suite(Local)]
pub mod local {
    use super::*;

    /// What was added is in the sum.
    #[case]
    async fn adds(cell: &mut dyn Local) {
        cell.add(2).await;
        assert_eq!(cell.add(2).await, 4);
    }
}

/// What the language's owes.
#[contract_suite(Native)]
pub mod native {
    use super::*;

    /// What was added is in the sum, and an override is what runs.
    #[case]
    async fn adds(cell: &impl Native) {
        assert_eq!(cell.add(2).await, 2);
        assert_eq!(cell.increment().await, 102);
    }
}

/// What the promised one owes.
#[contract_suite(Promised)]
pub mod promised {
    use super::*;

    fn is_send<T: Send>(value: T) -> T {
        value
    }

    /// What was added is in the sum.
    #[case]
    async fn adds(cell: &impl Promised) {
        assert_eq!(is_send(cell.add(2)).await, 2);
        let mut sum = 1;
        is_send(cell.add_to(&mut sum)).await;
        assert_eq!(sum, 3);
    }
}

/// What the one by hand owes.
#[contract_suite(Handmade)]
pub mod handmade {
    use super::*;

    /// What was added is in the sum.
    #[case]
    async fn adds(cell: &dyn Handmade) {
        assert_eq!(cell.add(2).await, 2);
    }
}

#[backend(boxing, handmade)]
fn cell() -> Cell {
    Cell::default()
}

#[backend(native, promised)]
async fn cell_by_reference(_context: &Context) -> Result<&'static Cell, std::fmt::Error> {
    Ok(Box::leak(Box::default()))
}

#[backend(boxing, native, handmade, promised, clock = virtual)]
async fn counted_cell() -> Arc<Cell> {
    tokio::task::yield_now().await;
    Arc::default()
}

#[backend(boxing, handmade, flavor = multi_thread)]
fn boxed_cell() -> Box<Cell> {
    Box::default()
}

#[backend(local)]
fn local_cell() -> Rc<RefCell<u32>> {
    Rc::default()
}

#[backend(local)]
fn boxed_local_cell() -> Box<dyn Local> {
    Box::new(local_cell())
}
