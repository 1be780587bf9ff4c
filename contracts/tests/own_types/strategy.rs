//! `#[strategy(…)]`, in a sync contract and by reference in an async one.

use std::sync::Mutex;

use async_trait::async_trait;
use contrait::check::Model;
use contrait::check::Regressions;
use contrait::check::lockstep::{Lockstep, Sequence};
use contrait::contract;
use proptest::collection::vec;
use proptest::strategy::Strategy;
use serde::{Deserialize, Serialize};

use crate::{always_shrinks_to, found};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    amount: u32,
    parts: Vec<u8>,
}

fn any_order() -> impl Strategy<Value = Order> {
    (0..1000_u32, vec(0..26_u8, 0..8)).prop_map(|(amount, parts)| Order { amount, parts })
}

#[contract]
pub(crate) trait Orders {
    fn place(&mut self, #[strategy(any_order())] order: Order) -> u32;
    fn total(&self) -> u32;
}

#[contract]
#[async_trait]
pub(crate) trait Shop: Send + Sync {
    async fn order(
        &self,
        #[strategy(any_order())] order: &Order,
        #[strategy(0..100_u32)] hour: u32,
    ) -> u32;
    async fn total(&self) -> u32;
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Sum(u32);

impl Model for Sum {}

impl Orders for Sum {
    fn place(&mut self, order: Order) -> u32 {
        self.0 += order.amount;
        self.0
    }
    fn total(&self) -> u32 {
        self.0
    }
}

impl ShopModel for Sum {
    fn order(&mut self, order: &Order, _: u32) -> u32 {
        self.place(order.clone())
    }
    fn total(&mut self) -> u32 {
        self.0
    }
}

/// Counts large orders of several parts one short.
#[derive(Default)]
struct OneShort(Sum);

fn one_short(order: &Order) -> Order {
    let mut order = order.clone();
    if order.amount >= 137 && order.parts.len() >= 3 {
        order.amount -= 1;
    }
    order
}

impl Orders for OneShort {
    fn place(&mut self, order: Order) -> u32 {
        self.0.place(one_short(&order))
    }
    fn total(&self) -> u32 {
        self.0.0
    }
}

#[derive(Default)]
struct OneShortLate(Mutex<Sum>);

#[async_trait]
impl Shop for OneShortLate {
    async fn order(&self, order: &Order, hour: u32) -> u32 {
        let order = if hour >= 21 {
            one_short(order)
        } else {
            order.clone()
        };
        self.0.lock().unwrap().place(order)
    }
    async fn total(&self) -> u32 {
        self.0.lock().unwrap().0
    }
}

#[test]
fn sync_bug_shrinks_to_the_smallest_order() {
    always_shrinks_to::<OrdersOperation, _, _>(
        &["place(Order { amount: 137, parts: [0, 0, 0] })"],
        OneShort::default,
        Sum::default,
    );
}

#[test]
fn async_bug_shrinks_to_the_smallest_order_and_hour() {
    always_shrinks_to::<ShopOperation, _, _>(
        &["order(&Order { amount: 137, parts: [0, 0, 0] }, 21)"],
        OneShortLate::default,
        Sum::default,
    );
}

/// What comes from a file was made by no strategy, and shrinks to what the strategy has.
#[test]
fn failure_is_kept_and_comes_back() {
    let failure = found::<OrdersOperation, _, _>(Lockstep::new(3), OneShort::default, Sum::default);
    let failure = failure.expect("the bug is found");
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("strategy.jsonl");
    let _ = std::fs::remove_file(&path);
    let regressions = Regressions::at(&path);
    let kept = Sequence {
        steps: failure.steps.clone(),
    };
    regressions
        .add("lockstep", "orders", 3, &kept)
        .expect("kept");
    let text = std::fs::read_to_string(&path).expect("a file");
    let written = r#""steps":[{"call":{"place":{"order":{"amount":137,"parts":[0,0,0]}}}}]"#;
    assert!(text.contains(written), "{text}");
    let read: Vec<Sequence<OrdersOperation>> = regressions.read("lockstep").expect("read");
    assert_eq!(format!("{read:?}"), format!("{:?}", [&kept]));
}
