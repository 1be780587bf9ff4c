//! A suite that leaves nothing alive that can be noticed.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use contrait::check::strength::Strength;
use contrait::{Context, backend, contract_suite};

use crate::stock::{InMemory, Shelf, Stock, StockError};

#[contract_suite(Stock, model = |_| Shelf::default())]
pub(crate) mod suite {
    use super::*;

    /// Begins a call, and drops it where it waits.
    async fn give_up<T>(call: impl Future<Output = T>) {
        let mut call = pin!(call);
        poll_fn(|context| {
            let _ = call.as_mut().poll(context);
            Poll::Ready(())
        })
        .await;
    }

    /// What two calls yield that are made at once.
    async fn at_once<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> (T, T) {
        let (mut one, mut other) = (pin!(one), pin!(other));
        let mut first = None;
        poll_fn(|context| {
            if first.is_none()
                && let Poll::Ready(yielded) = one.as_mut().poll(context)
            {
                first = Some(yielded);
            }
            match other.as_mut().poll(context) {
                Poll::Ready(second) => Poll::Ready((first.take().expect("begun before"), second)),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Each item is counted by itself, and each call answers for its own.
    #[case]
    async fn items_are_apart(stock: &dyn Stock) {
        assert_eq!(stock.put("nut", 7).await, 7);
        assert_eq!(stock.put("nuts", 5).await, 5);
        assert_eq!(stock.put("nut", 1).await, 8);
        assert_eq!(stock.count("nut").await, Ok(8));
        assert_eq!(stock.count("nuts").await, Ok(5));
        assert_eq!(stock.take("nuts", 2).await, Ok(3));
        assert_eq!(stock.take("nut", 3).await, Ok(5));
        assert_eq!(stock.take("nut", 1).await, Ok(4));
        assert_eq!(stock.count("nut").await, Ok(4));
        assert_eq!(stock.count("nuts").await, Ok(3));
    }

    /// What never was there is unknown, and what is not there cannot be taken.
    #[case]
    async fn refused(stock: &dyn Stock) {
        assert_eq!(stock.count("nut").await, Err(StockError::Unknown));
        assert_eq!(stock.take("nut", 1).await, Err(StockError::Unknown));
        stock.put("nut", 1).await;
        assert_eq!(stock.take("nut", 2).await, Err(StockError::TooFew));
        assert_eq!(stock.count("nut").await, Ok(1));
    }

    /// What is cleared is known, and there is none of it.
    #[case]
    async fn cleared(stock: &dyn Stock) {
        for item in ["nut", "nuts", "bolt"] {
            stock.put(item, 3).await;
        }
        stock.clear("nut").await;
        stock.clear("nuts").await;
        assert_eq!(stock.count("nut").await, Ok(0));
        assert_eq!(stock.count("nuts").await, Ok(0));
        assert_eq!(stock.count("bolt").await, Ok(3));
        stock.clear("bolt").await;
        assert_eq!(stock.count("bolt").await, Ok(0));
        stock.put("nut", 1).await;
        assert_eq!(stock.count("nut").await, Ok(1));
    }

    /// A renamed item is there under its new name alone.
    #[case]
    async fn renamed(stock: &dyn Stock) {
        assert!(!stock.rename("nut", "bolt").await);
        assert_eq!(stock.count("bolt").await, Err(StockError::Unknown));
        stock.put("nut", 1).await;
        stock.put("screws", 2).await;
        assert!(stock.rename("nut", "bolts").await);
        assert_eq!(stock.count("nut").await, Err(StockError::Unknown));
        assert_eq!(stock.count("bolts").await, Ok(1));
        assert!(stock.rename("screws", "pins").await);
        assert_eq!(stock.count("pins").await, Ok(2));
        assert!(!stock.rename("screws", "pins").await);
        stock.put("a", 1).await;
        assert!(stock.rename("a", "a").await);
        assert_eq!(stock.count("a").await, Ok(1));
    }

    /// Handles of one store see the same, and are answered for their own calls.
    #[case]
    async fn shared(one: &dyn Stock, two: &dyn Stock) {
        assert_eq!(one.put("nut", 5).await, 5);
        assert_eq!(two.count("nut").await, Ok(5));
        assert_eq!(two.put("bolt", 9).await, 9);
        assert_eq!(one.count("bolt").await, Ok(9));
        assert_eq!(one.take("nut", 1).await, Ok(4));
        assert_eq!(two.take("bolt", 2).await, Ok(7));
        assert_eq!(one.count("bolt").await, Ok(7));
        assert!(one.rename("nut", "pin").await);
        assert!(!two.rename("nut", "pin").await);
        assert_eq!(two.count("pin").await, Ok(4));
        one.clear("pin").await;
        assert_eq!(two.count("pin").await, Ok(0));
    }

    /// What happens in one namespace happens in no other.
    #[case]
    async fn isolated(#[namespace("a")] a: &dyn Stock, #[namespace("b")] b: &dyn Stock) {
        a.put("nut", 3).await;
        assert_eq!(b.count("nut").await, Err(StockError::Unknown));
        b.put("nut", 5).await;
        a.take("nut", 1).await.unwrap();
        assert_eq!(b.count("nut").await, Ok(5));
        a.rename("nut", "bolt").await;
        assert_eq!(b.count("nut").await, Ok(5));
        a.clear("nut").await;
        assert_eq!(b.count("nut").await, Ok(5));
    }

    /// Calls at once all count.
    #[case]
    async fn together(stock: &dyn Stock) {
        let (one, other) = at_once(stock.put("nut", 1), stock.put("nut", 1)).await;
        assert_eq!(one + other, 3);
        let (one, other) = at_once(stock.take("nut", 1), stock.take("nut", 1)).await;
        assert_eq!(one.unwrap() + other.unwrap(), 1);
        let (one, other) = at_once(stock.rename("nut", "pin"), stock.rename("nut", "pin")).await;
        assert!(one != other);
    }

    /// A dropped call happens at once or never.
    #[case]
    async fn dropped(stock: &dyn Stock) {
        give_up(stock.put("put", 1)).await;
        stock.clear("put").await;
        assert_eq!(stock.count("put").await, Ok(0));
        stock.put("take", 1).await;
        give_up(stock.take("take", 1)).await;
        stock.clear("take").await;
        give_up(stock.take("take", 1)).await;
        assert_eq!(stock.put("take", 1).await, 1);
        assert_eq!(stock.count("take").await, Ok(1));
        give_up(stock.clear("clear")).await;
        stock.put("clear", 4).await;
        assert!(stock.count("clear").await.unwrap() > 0);
        stock.put("from", 1).await;
        give_up(stock.rename("from", "to")).await;
        stock.clear("from").await;
        assert_eq!(stock.count("from").await, Ok(0));
    }
}

#[backend(suite, clock = virtual, reference, coverage)]
fn in_memory(context: &Context) -> InMemory {
    InMemory::new(context)
}

/// Of the generated checks lockstep alone, since all of them on every saboteur take long.
#[backend(
    suite,
    clock = virtual,
    tests = false,
    reference,
    lacks(linearizable = "takes long", cancellation = "takes long")
)]
fn with_lockstep(context: &Context) -> InMemory {
    InMemory::new(context)
}

#[test]
fn all_that_can_be_noticed_is() {
    let matrix = Strength::default().of(&in_memory::conformance()).unwrap();
    assert!(matrix.is_strong(), "{matrix}");
    assert_eq!(matrix.killed(), matrix.killable(), "{matrix}");
    assert!(matrix.killed() >= 60, "{matrix}");
    assert_eq!(matrix.notes, Vec::<String>::new());
}

/// Whoever asks all is told all, and the verdicts are the same.
#[test]
#[ignore = "runs every check on every saboteur, which takes two minutes"]
fn a_thorough_measurement_comes_to_the_same() {
    let quick = Strength::default()
        .of(&with_lockstep::conformance())
        .unwrap();
    let thorough = Strength {
        thorough: true,
        ..Strength::default()
    };
    let thorough = thorough.of(&with_lockstep::conformance()).unwrap();
    assert_eq!(quick.killed_by_cases(), thorough.killed_by_cases());
    assert!(thorough.killed_by_check("generated::lockstep") > thorough.rows.len() / 2);
    let cases = |rows: &[contrait::check::strength::Row]| -> usize {
        rows.iter().map(|row| row.cases.len()).sum()
    };
    assert!(cases(&thorough.rows) > cases(&quick.rows));
}
