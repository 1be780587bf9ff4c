//! A small store, its model, and what can be wrong with it.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use contrait::check::Model;
use contrait::{Context, contract, contract_suite};
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};

/// Numbers by name.
#[contract]
#[async_trait]
pub(crate) trait Store: Send + Sync {
    #[read]
    async fn get(&self, #[key] name: &str) -> Option<u32>;
    async fn put(&self, #[key] name: &str, number: u32);
    async fn add(&self, #[key] name: &str, by: u8) -> u32;
    /// Stores where nothing is, and says whether it did.
    async fn claim(&self, #[key] name: &str, number: u32) -> bool;
    async fn take(&self, #[key] name: &str) -> Option<u32>;
    /// Has two keys: it is no part of what is checked key by key.
    async fn rename(&self, #[key] from: &str, #[key] to: &str) -> bool;
    #[read]
    async fn count(&self) -> usize;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct StoreState(BTreeMap<String, u32>);

impl Model for StoreState {}

impl StoreModel for StoreState {
    fn get(&mut self, name: &str) -> Option<u32> {
        self.0.get(name).copied()
    }

    fn put(&mut self, name: &str, number: u32) {
        self.0.insert(name.to_owned(), number);
    }

    fn add(&mut self, name: &str, by: u8) -> u32 {
        let number = self.0.entry(name.to_owned()).or_default();
        *number = number.wrapping_add(u32::from(by));
        *number
    }

    fn claim(&mut self, name: &str, number: u32) -> bool {
        let free = !self.0.contains_key(name);
        if free {
            self.0.insert(name.to_owned(), number);
        }
        free
    }

    fn take(&mut self, name: &str) -> Option<u32> {
        self.0.remove(name)
    }

    fn rename(&mut self, from: &str, to: &str) -> bool {
        let number = self.0.remove(from);
        number
            .map(|number| self.0.insert(to.to_owned(), number))
            .is_some()
    }

    fn count(&mut self) -> usize {
        self.0.len()
    }
}

macro_rules! suites {
    ($($name:ident $(, $policy:ident)?;)*) => {$(
        #[contract_suite(Store, model = |_| StoreState::default() $(, cancellation = $policy)?)]
        pub(crate) mod $name {
            use super::*;

            /// Handles of one namespace share what they store.
            #[case]
            async fn handles_share(one: &dyn Store, other: &dyn Store) {
                one.put("a", 1).await;
                assert_eq!(other.get("a").await, Some(1));
            }
        }
    )*};
}

suites! {
    suite;
    lenient, may_land;
    strict, no_effect;
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Nothing,
    // What concurrent clients see.
    AddInTwoSteps,
    TakeInTwoSteps,
    ClaimInTwoSteps,
    PutByWayOfZero,
    TakeAndPutBack,
    LostWhereBusy,
    AddTwiceWhereBusy,
    ReadsAreCached,
    WritesAreKept,
    NumberOfAnotherCall,
    AnswerOfAnotherCall,
    PutLater,
    AddPanics,
    // What a dropped call leaves behind.
    TornRename,
    TornPut,
    TornAdd,
    TornTake,
    CountedLate,
    BusyForEver,
    PermitForgotten,
    PanicsWhenLeft,
    AnswersStay,
    DoneTwice,
    Unlocked,
    LandsLater,
}

use Flaw::{
    AddInTwoSteps, AddPanics, AddTwiceWhereBusy, AnswerOfAnotherCall, AnswersStay, BusyForEver,
    ClaimInTwoSteps, CountedLate, DoneTwice, LandsLater, LostWhereBusy, NumberOfAnotherCall,
    PanicsWhenLeft, PermitForgotten, PutByWayOfZero, PutLater, ReadsAreCached, TakeAndPutBack,
    TakeInTwoSteps, TornAdd, TornPut, TornRename, TornTake, Unlocked, WritesAreKept,
};

/// What all handles of a namespace share.
#[derive(Default)]
struct Shared {
    numbers: Mutex<BTreeMap<String, u32>>,
    count: Mutex<usize>,
    scratch: AtomicU32,
    busy: AtomicBool,
    answers: Mutex<Vec<Option<u32>>>,
    unfinished: Mutex<Option<(String, u32)>>,
    permits: Permits,
}

struct Permits(Semaphore);

impl Default for Permits {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

/// By namespace.
#[derive(Default)]
struct Stores(std::sync::Mutex<BTreeMap<String, Arc<Shared>>>);

/// A handle of a store with a flaw.
pub(crate) struct Flawed {
    flaw: Flaw,
    shared: Arc<Shared>,
    /// What this handle alone knows.
    own: Mutex<BTreeMap<String, Option<u32>>>,
}

impl Flawed {
    pub(crate) fn new(context: &Context, flaw: Flaw) -> Self {
        let stores = context.shared(Stores::default);
        let mut stores = stores.0.lock().unwrap();
        Self {
            flaw,
            shared: Arc::clone(stores.entry(context.namespace().to_owned()).or_default()),
            own: Mutex::default(),
        }
    }

    async fn insert(&self, name: &str, number: u32) {
        self.shared
            .numbers
            .lock()
            .await
            .insert(name.to_owned(), number);
    }

    async fn read(&self, name: &str) -> Option<u32> {
        self.shared.numbers.lock().await.get(name).copied()
    }

    /// What every call begins with.
    async fn begin(&self) {
        if self.flaw == PanicsWhenLeft || self.flaw == BusyForEver {
            let busy = self.shared.busy.swap(true, Ordering::SeqCst);
            assert!(
                !busy || self.flaw == BusyForEver,
                "somebody left in the middle"
            );
            self.pause().await;
        }
        if self.flaw == PermitForgotten {
            self.shared
                .permits
                .0
                .acquire()
                .await
                .expect("is open")
                .forget();
            self.pause().await;
            self.shared.permits.0.add_permits(1);
        }
        if self.flaw == DoneTwice
            && let Some((name, number)) = self.shared.unfinished.lock().await.take()
        {
            let mut numbers = self.shared.numbers.lock().await;
            *numbers.entry(name).or_default() += number;
        }
    }

    fn end(&self) {
        self.shared.busy.store(false, Ordering::SeqCst);
    }

    /// An await that waits for nothing.
    async fn pause(&self) {
        tokio::task::consume_budget().await;
    }

    /// Writes that a handle kept to itself, but for those of `name`, which are its own to know.
    async fn flush(&self) {
        let mut own = self.own.lock().await;
        let mut numbers = self.shared.numbers.lock().await;
        for (name, number) in std::mem::take(&mut *own) {
            if let Some(number) = number {
                numbers.insert(name, number);
            }
        }
    }

    fn later(&self, act: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(async move {
            tokio::task::yield_now().await;
            act.await;
        });
    }
}

#[async_trait]
impl Store for Flawed {
    async fn get(&self, name: &str) -> Option<u32> {
        self.begin().await;
        let number = match self.flaw {
            BusyForEver if self.shared.busy.load(Ordering::SeqCst) && name.is_empty() => None,
            ReadsAreCached => {
                let read = self.read(name).await;
                *self.own.lock().await.entry(name.to_owned()).or_insert(read)
            }
            WritesAreKept => {
                let own = self.own.lock().await.get(name).copied().flatten();
                match own {
                    Some(number) => Some(number),
                    None => self.read(name).await,
                }
            }
            AnswerOfAnotherCall | AnswersStay => {
                let number = self.read(name).await;
                self.shared.answers.lock().await.insert(0, number);
                self.pause().await;
                self.shared.answers.lock().await.pop().expect("just pushed")
            }
            _ => self.read(name).await,
        };
        self.end();
        number
    }

    async fn put(&self, name: &str, number: u32) {
        self.begin().await;
        match self.flaw {
            PutByWayOfZero => {
                self.insert(name, 0).await;
                self.pause().await;
                self.insert(name, number).await;
            }
            TornPut => {
                self.insert(name, number & 0xffff).await;
                self.insert(name, number).await;
            }
            LostWhereBusy => {
                if let Ok(mut numbers) = self.shared.numbers.try_lock() {
                    self.pause().await;
                    numbers.insert(name.to_owned(), number);
                }
            }
            NumberOfAnotherCall => {
                self.shared.scratch.store(number, Ordering::SeqCst);
                self.pause().await;
                self.insert(name, self.shared.scratch.load(Ordering::SeqCst))
                    .await;
            }
            WritesAreKept => {
                self.flush().await;
                self.own.lock().await.insert(name.to_owned(), Some(number));
            }
            ReadsAreCached => {
                self.own.lock().await.insert(name.to_owned(), Some(number));
                self.insert(name, number).await;
            }
            PutLater => {
                let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
                self.later(async move {
                    shared.numbers.lock().await.insert(name, number);
                });
            }
            LandsLater => {
                let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
                let (done, answer) = oneshot::channel();
                self.later(async move {
                    shared.numbers.lock().await.insert(name, number);
                    let _ = done.send(());
                });
                answer.await.expect("is sent");
            }
            CountedLate => {
                let new = self
                    .shared
                    .numbers
                    .lock()
                    .await
                    .insert(name.to_owned(), number);
                *self.shared.count.lock().await += usize::from(new.is_none());
            }
            _ => self.insert(name, number).await,
        }
        self.end();
    }

    async fn add(&self, name: &str, by: u8) -> u32 {
        self.begin().await;
        assert!(self.flaw != AddPanics, "nobody can add");
        let by = u32::from(by);
        let sum = match self.flaw {
            AddInTwoSteps => {
                let sum = self.read(name).await.unwrap_or(0).wrapping_add(by);
                self.insert(name, sum).await;
                sum
            }
            AddTwiceWhereBusy => {
                let busy = self.shared.numbers.try_lock().is_err();
                let mut numbers = self.shared.numbers.lock().await;
                let number = numbers.entry(name.to_owned()).or_default();
                *number = number.wrapping_add(if busy { 2 * by } else { by });
                *number
            }
            TornAdd => {
                let old = self.read(name).await.unwrap_or(0);
                self.insert(name, old.wrapping_add(by / 2)).await;
                self.insert(name, old.wrapping_add(by)).await;
                old.wrapping_add(by)
            }
            DoneTwice => {
                *self.shared.unfinished.lock().await = Some((name.to_owned(), by));
                let sum = {
                    let mut numbers = self.shared.numbers.lock().await;
                    let number = numbers.entry(name.to_owned()).or_default();
                    *number = number.wrapping_add(by);
                    *number
                };
                self.shared.unfinished.lock().await.take();
                sum
            }
            _ => {
                let mut numbers = self.shared.numbers.lock().await;
                let number = numbers.entry(name.to_owned()).or_default();
                *number = number.wrapping_add(by);
                let sum = *number;
                let new = sum == by && self.flaw == CountedLate;
                drop(numbers);
                if new {
                    *self.shared.count.lock().await += 1;
                }
                sum
            }
        };
        self.end();
        sum
    }

    async fn claim(&self, name: &str, number: u32) -> bool {
        self.begin().await;
        let free = if self.flaw == ClaimInTwoSteps {
            let free = self.read(name).await.is_none();
            if free {
                self.insert(name, number).await;
            }
            free
        } else {
            let mut numbers = self.shared.numbers.lock().await;
            let free = !numbers.contains_key(name);
            if free {
                numbers.insert(name.to_owned(), number);
            }
            free
        };
        self.end();
        free
    }

    async fn take(&self, name: &str) -> Option<u32> {
        self.begin().await;
        let taken = match self.flaw {
            TakeInTwoSteps => {
                let taken = self.read(name).await;
                self.shared.numbers.lock().await.remove(name);
                taken
            }
            TakeAndPutBack => {
                let all = std::mem::take(&mut *self.shared.numbers.lock().await);
                self.pause().await;
                let mut numbers = self.shared.numbers.lock().await;
                let taken = all.get(name).copied();
                numbers.extend(all.into_iter().filter(|(other, _)| other != name));
                taken
            }
            TornTake => {
                let taken = self.read(name).await;
                if taken.is_some() {
                    self.insert(name, u32::MAX).await;
                    self.shared.numbers.lock().await.remove(name);
                }
                taken
            }
            _ => self.shared.numbers.lock().await.remove(name),
        };
        self.end();
        taken
    }

    async fn rename(&self, from: &str, to: &str) -> bool {
        self.begin().await;
        let there = match self.flaw {
            TornRename => {
                let number = self.shared.numbers.lock().await.remove(from);
                if let Some(number) = number {
                    self.insert(to, number).await;
                }
                number.is_some()
            }
            Unlocked => {
                let number = self.read(from).await;
                if let Some(number) = number {
                    self.insert(to, number).await;
                    if from != to {
                        self.shared.numbers.lock().await.remove(from);
                    }
                }
                number.is_some()
            }
            _ => {
                let mut numbers = self.shared.numbers.lock().await;
                let number = numbers.remove(from);
                number
                    .map(|number| numbers.insert(to.to_owned(), number))
                    .is_some()
            }
        };
        self.end();
        there
    }

    async fn count(&self) -> usize {
        self.begin().await;
        let count = self.shared.numbers.lock().await.len();
        self.end();
        count
    }
}

/// A store behind a task, as clients of servers are: requests in a channel, answers in another, or each with its own.
pub(crate) struct Remote {
    requests: mpsc::UnboundedSender<Request>,
    /// Where answers come in one queue for all.
    answers: Option<Arc<Mutex<mpsc::UnboundedReceiver<Answer>>>>,
}

type Request = (Call, Option<oneshot::Sender<Answer>>);

enum Call {
    Get(String),
    Put(String, u32),
    Add(String, u8),
    Claim(String, u32),
    Take(String),
    Rename(String, String),
    Count,
}

#[derive(Clone, Copy, Debug)]
struct Answer(u64);

impl Remote {
    /// `paired`: each answer goes to the call that it belongs to.
    pub(crate) fn new(paired: bool) -> Self {
        let (requests, mut asked) = mpsc::unbounded_channel::<Request>();
        let (answer, answers) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut state = StoreState::default();
            while let Some((call, own)) = asked.recv().await {
                let answered = serve(&mut state, &call);
                match own {
                    Some(own) => drop(own.send(answered)),
                    None => drop(answer.send(answered)),
                }
            }
        });
        Self {
            requests,
            answers: (!paired).then(|| Arc::new(Mutex::new(answers))),
        }
    }

    async fn call(&self, call: Call) -> Answer {
        let Some(answers) = &self.answers else {
            let (own, answer) = oneshot::channel();
            let _ = self.requests.send((call, Some(own)));
            return answer.await.expect("is answered");
        };
        let mut answers = answers.lock().await;
        let _ = self.requests.send((call, None));
        answers.recv().await.expect("is answered")
    }
}

fn serve(state: &mut StoreState, call: &Call) -> Answer {
    let option = |number: Option<u32>| number.map_or(0, |number| u64::from(number) + 1);
    Answer(match call {
        Call::Get(name) => option(state.get(name)),
        Call::Put(name, number) => {
            state.put(name, *number);
            0
        }
        Call::Add(name, by) => u64::from(state.add(name, *by)),
        Call::Claim(name, number) => u64::from(state.claim(name, *number)),
        Call::Take(name) => option(state.take(name)),
        Call::Rename(from, to) => u64::from(state.rename(from, to)),
        Call::Count => state.count() as u64,
    })
}

impl Answer {
    fn option(self) -> Option<u32> {
        self.0.checked_sub(1).map(|number| number as u32)
    }
}

#[async_trait]
impl Store for Remote {
    async fn get(&self, name: &str) -> Option<u32> {
        self.call(Call::Get(name.to_owned())).await.option()
    }

    async fn put(&self, name: &str, number: u32) {
        self.call(Call::Put(name.to_owned(), number)).await;
    }

    async fn add(&self, name: &str, by: u8) -> u32 {
        self.call(Call::Add(name.to_owned(), by)).await.0 as u32
    }

    async fn claim(&self, name: &str, number: u32) -> bool {
        self.call(Call::Claim(name.to_owned(), number)).await.0 == 1
    }

    async fn take(&self, name: &str) -> Option<u32> {
        self.call(Call::Take(name.to_owned())).await.option()
    }

    async fn rename(&self, from: &str, to: &str) -> bool {
        self.call(Call::Rename(from.to_owned(), to.to_owned()))
            .await
            .0
            == 1
    }

    async fn count(&self) -> usize {
        self.call(Call::Count).await.0 as usize
    }
}
