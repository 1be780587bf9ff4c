//! Mistakes that only show where something runs out while several clients are at it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contrait::check::Model;
use contrait::report::{Outcome, Record};
use contrait::{Context, backend, contract, contract_suite};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::planted::calls_left;

/// Numbers by name, which go by themselves.
#[contract]
#[async_trait]
pub(crate) trait Board: Send + Sync {
    #[read]
    async fn get(&self, #[key] name: &str) -> Option<u32>;
    async fn put(&self, #[key] name: &str, number: u32, #[ttl] ttl: Option<Duration>);
    /// Keeps the time that the number has left.
    async fn add(&self, #[key] name: &str, by: u8) -> u32;
    async fn touch(&self, #[key] name: &str, #[ttl] ttl: Duration) -> bool;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct BoardState {
    now: Duration,
    numbers: BTreeMap<String, (u32, Option<Duration>)>,
}

impl Model for BoardState {
    fn advance(&mut self, by: Duration) {
        self.now += by;
        let now = self.now;
        self.numbers
            .retain(|_, (_, end)| end.is_none_or(|end| now < end));
    }
}

impl BoardModel for BoardState {
    fn get(&mut self, name: &str) -> Option<u32> {
        Some(self.numbers.get(name)?.0)
    }

    fn put(&mut self, name: &str, number: u32, ttl: Option<Duration>) {
        let end = ttl.map(|ttl| self.now.saturating_add(ttl));
        self.numbers.insert(name.to_owned(), (number, end));
        self.advance(Duration::ZERO);
    }

    fn add(&mut self, name: &str, by: u8) -> u32 {
        let (number, _) = self.numbers.entry(name.to_owned()).or_default();
        *number = number.wrapping_add(u32::from(by));
        *number
    }

    fn touch(&mut self, name: &str, ttl: Duration) -> bool {
        let end = self.now.saturating_add(ttl);
        let touched = self.numbers.get_mut(name).map(|(_, old)| *old = Some(end));
        self.advance(Duration::ZERO);
        touched.is_some()
    }
}

#[contract_suite(Board, model = |_| BoardState::default())]
pub(crate) mod board {
    use super::*;

    /// Handles of one namespace share what they store.
    #[case]
    async fn handles_share(one: &dyn Board, other: &dyn Board) {
        one.put("a", 1, None).await;
        assert_eq!(other.get("a").await, Some(1));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Nothing,
    /// Where somebody else is at it, a number that is added to stays for ever.
    AddLosesTheTime,
    /// Where somebody else is at it, nobody asks whether the number is still there.
    VisibleForTooLong,
    /// Who finds that a number has run out takes away what is there when it comes to that.
    EndOfTheSuccessor,
    /// What is overwritten leaves its time to the one that comes after.
    OverwritingKeepsTheTime,
}

type Numbers = BTreeMap<String, (u32, Option<Instant>)>;

#[derive(Default)]
struct Boards(std::sync::Mutex<BTreeMap<String, Arc<Mutex<Numbers>>>>);

struct Flawed {
    flaw: Flaw,
    numbers: Arc<Mutex<Numbers>>,
}

impl Flawed {
    fn new(context: &Context, flaw: Flaw) -> Self {
        let boards = context.shared(Boards::default);
        let mut boards = boards.0.lock().unwrap();
        let numbers = boards.entry(context.namespace().to_owned()).or_default();
        Self {
            flaw,
            numbers: Arc::clone(numbers),
        }
    }

    /// The numbers, and whether somebody else had them.
    async fn lock(&self) -> (MutexGuard<'_, Numbers>, bool) {
        tokio::task::consume_budget().await;
        match self.numbers.try_lock() {
            Ok(numbers) => (numbers, false),
            Err(_) => (self.numbers.lock().await, true),
        }
    }

    /// Keeps the numbers for a moment, as who has to look for them.
    async fn search(&self) {
        tokio::task::consume_budget().await;
    }
}

fn end(ttl: Duration) -> Option<Instant> {
    Instant::now().checked_add(ttl)
}

fn is_over(entry: &(u32, Option<Instant>)) -> bool {
    entry.1.is_some_and(|end| Instant::now() >= end)
}

fn clear(numbers: &mut Numbers, name: &str) {
    if numbers.get(name).is_some_and(is_over) {
        numbers.remove(name);
    }
}

#[async_trait]
impl Board for Flawed {
    async fn get(&self, name: &str) -> Option<u32> {
        let (mut numbers, busy) = self.lock().await;
        self.search().await;
        if self.flaw == Flaw::EndOfTheSuccessor && numbers.get(name).is_some_and(is_over) {
            drop(numbers);
            self.numbers.lock().await.remove(name);
            return None;
        }
        if !(busy && self.flaw == Flaw::VisibleForTooLong) {
            clear(&mut numbers, name);
        }
        Some(numbers.get(name)?.0)
    }

    async fn put(&self, name: &str, number: u32, ttl: Option<Duration>) {
        let (mut numbers, _) = self.lock().await;
        self.search().await;
        clear(&mut numbers, name);
        let new = (number, ttl.and_then(end));
        let old = numbers.insert(name.to_owned(), new);
        if let (Flaw::OverwritingKeepsTheTime, Some((_, Some(time)))) = (self.flaw, old) {
            numbers.insert(name.to_owned(), (number, Some(time)));
        }
        clear(&mut numbers, name);
    }

    async fn add(&self, name: &str, by: u8) -> u32 {
        let (mut numbers, busy) = self.lock().await;
        self.search().await;
        clear(&mut numbers, name);
        let (number, time) = numbers.entry(name.to_owned()).or_default();
        *number = number.wrapping_add(u32::from(by));
        if busy && self.flaw == Flaw::AddLosesTheTime {
            *time = None;
        }
        *number
    }

    async fn touch(&self, name: &str, ttl: Duration) -> bool {
        let (mut numbers, _) = self.lock().await;
        self.search().await;
        clear(&mut numbers, name);
        let touched = numbers.get_mut(name).map(|(_, time)| *time = end(ttl));
        clear(&mut numbers, name);
        touched.is_some()
    }
}

fn found(record: &Record, steps: usize) {
    let reason = record.reason.clone().unwrap_or_default();
    assert_eq!(record.outcome, Outcome::Failed, "{record}");
    assert!(reason.starts_with("not linearizable on "), "{record}");
    assert!(
        reason.contains("run again, it failed each time"),
        "{record}"
    );
    assert_eq!(calls_left(&reason), steps, "{record}");
}

/// Each flaw, as a backend whose check has to fail, the seed that what is left depends on, and how many calls and pauses
/// that are.
macro_rules! found {
    ($($name:ident: $flaw:ident, $seed:literal, $steps:literal;)*) => {$(
        #[backend(board, clock = virtual, tests = false)]
        fn $name(context: &Context) -> Flawed {
            Flawed::new(context, Flaw::$flaw)
        }

        #[test]
        fn $flaw() {
            let record = $name::conformance().with_seed($seed).run("generated::linearizable");
            found(&record, $steps);
        }
    )*};
}

#[expect(non_snake_case, reason = "the tests are named after the flaws")]
mod planted {
    use super::*;

    found! {
        add: AddLosesTheTime, 1, 4;
        visible: VisibleForTooLong, 3, 4;
        successor: EndOfTheSuccessor, 2, 6;
        overwriting: OverwritingKeepsTheTime, 1, 3;
    }
}

#[backend(board, clock = virtual)]
fn right(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::Nothing)
}

#[backend(board)]
fn on_a_real_clock(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::Nothing)
}
