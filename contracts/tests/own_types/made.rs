//! Ids and receipts that backends make up: `#[makes]` and `#[made]`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use contrait::check::generate::Step;
use contrait::check::lockstep::{Lockstep, Sequence};
use contrait::check::{Made, Makes, Model, Regressions, Stub, Verified};
use contrait::contract;
use serde_json::json;

use crate::{always_shrinks_to, found, steps};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Receipt(u64);

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Received {
    receipt: Receipt,
    job: String,
}

impl Makes for Received {
    fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
        visit(&mut self.receipt);
    }
}

/// Jobs that are received, and received again unless they are acknowledged.
#[contract]
#[async_trait]
pub(crate) trait Queue: Send + Sync {
    async fn send(&self, job: &str) -> Result<(), String>;
    /// The oldest job that nobody has.
    #[makes]
    async fn receive(&self) -> Result<Option<Received>, String>;
    /// Done with it. Says whether the receipt was good.
    async fn ack(&self, #[made] receipt: &Receipt) -> Result<bool, String>;
    /// Somebody else is to have it.
    async fn give_back(&self, #[made] receipt: Receipt) -> Result<bool, String>;
}

/// With receipts that go up from `receipts`, by `step`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jobs {
    receipts: u64,
    waiting: Vec<String>,
    out: BTreeMap<Receipt, String>,
    acknowledged: Vec<Receipt>,
    bug: Bug,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Bug {
    #[default]
    None,
    /// A receipt is good for ever.
    AckTwice,
    /// A job that is given back keeps its receipt, and the next to have it gets the same.
    SameReceipt,
    /// What is given back comes first.
    GivenBackFirst,
    /// Receipts of a job received before are those of the last one.
    AcksTheLast,
}

impl Model for Jobs {}

impl QueueModel for Jobs {
    fn send(&mut self, job: &str) -> Result<(), String> {
        self.waiting.push(job.to_owned());
        Ok(())
    }

    fn receive(&mut self) -> Result<Option<Received>, String> {
        if self.waiting.is_empty() {
            return Ok(None);
        }
        let job = self.waiting.remove(0);
        self.receipts += 1;
        let receipt = match self.bug {
            Bug::SameReceipt => Receipt(1000 + job.len() as u64),
            _ => Receipt(self.receipts),
        };
        self.out.insert(receipt.clone(), job.clone());
        Ok(Some(Received { receipt, job }))
    }

    fn ack(&mut self, receipt: &Receipt) -> Result<bool, String> {
        let receipt = match self.bug {
            Bug::AcksTheLast => self.out.keys().last().cloned().unwrap_or(Receipt(0)),
            _ => receipt.clone(),
        };
        let again = self.acknowledged.contains(&receipt);
        let good = self.out.remove(&receipt).is_some();
        if good {
            self.acknowledged.push(receipt);
        }
        Ok(good || (again && self.bug == Bug::AckTwice))
    }

    fn give_back(&mut self, receipt: Receipt) -> Result<bool, String> {
        let Some(job) = self.out.remove(&receipt) else {
            return Ok(false);
        };
        match self.bug {
            Bug::GivenBackFirst => self.waiting.insert(0, job),
            _ => self.waiting.push(job),
        }
        Ok(true)
    }
}

/// An implementation whose receipts are others than the model's.
struct Planted(Mutex<Jobs>);

impl Planted {
    fn new(bug: Bug) -> Self {
        let jobs = Jobs {
            receipts: 7_000_000,
            bug,
            ..Jobs::default()
        };
        Self(Mutex::new(jobs))
    }
}

#[async_trait]
impl Queue for Planted {
    async fn send(&self, job: &str) -> Result<(), String> {
        self.0.lock().unwrap().send(job)
    }
    async fn receive(&self) -> Result<Option<Received>, String> {
        self.0.lock().unwrap().receive()
    }
    async fn ack(&self, receipt: &Receipt) -> Result<bool, String> {
        self.0.lock().unwrap().ack(receipt)
    }
    async fn give_back(&self, receipt: Receipt) -> Result<bool, String> {
        self.0.lock().unwrap().give_back(receipt)
    }
}

fn finds(expected: &[&str], bug: Bug) {
    always_shrinks_to::<QueueOperation, _, _>(expected, || Planted::new(bug), Jobs::default);
}

#[test]
fn other_receipts_are_no_difference() {
    for seed in 0..50 {
        let make = || Planted::new(Bug::None);
        let found = found::<QueueOperation, _, _>(Lockstep::new(seed), make, Jobs::default);
        assert!(found.is_none(), "{}", found.unwrap());
    }
}

#[test]
fn receipt_is_used_where_it_must_not_be_good_any_more() {
    let expected = ["send(\"a\")", "receive()", "ack(&made_2)", "ack(&made_2)"];
    finds(&expected, Bug::AckTwice);
}

/// The model gives another receipt each time, and so has the implementation to do.
#[test]
fn receipt_that_comes_again_is_a_difference() {
    let make = || Planted::new(Bug::SameReceipt);
    let failure = found::<QueueOperation, _, _>(Lockstep::new(1), make, Jobs::default);
    let failure = failure.expect("the bug is found");
    let steps = steps(&failure);
    assert_eq!(steps.len(), 4);
    assert_eq!(steps[2..], ["receive()", "receive()"]);
    let told = failure.to_string();
    let first = told.find("receive()  Ok(Some(Received { receipt: Receipt(1), ");
    let again = told.find("> receive()  Ok(Some(Received { receipt: Receipt(1), ");
    let expected = told.find("Ok(Some(Received { receipt: Receipt(2), ");
    assert!(
        first < again && again < expected && first.is_some(),
        "{told}"
    );
}

#[test]
fn order_of_what_is_given_back_is_compared() {
    let make = || Planted::new(Bug::GivenBackFirst);
    let mut longer = Vec::new();
    for seed in 0..20 {
        let failure = found::<QueueOperation, _, _>(Lockstep::new(seed), make, Jobs::default);
        let failure = failure.unwrap_or_else(|| panic!("seed {seed} finds nothing"));
        let mut found = steps(&failure);
        let maker = found.iter().position(|step| step == "receive()");
        let back = format!("give_back(made_{}.clone())", 1 + maker.expect("a maker"));
        // The other job is sent at some time before the first is given back.
        found.retain(|step| *step != back);
        found.sort();
        if found != ["receive()", "receive()", "send(\"a\")", "send(\"b\")"] {
            longer.push((seed, steps(&failure)));
        }
    }
    assert!(longer.len() <= 1, "{longer:#?}");
}

/// What is kept is where a receipt came from, since the receipt will be another one.
#[test]
fn failure_says_which_step_made_the_receipt_and_is_kept_so() {
    let make = || Planted::new(Bug::AcksTheLast);
    let failure = found::<QueueOperation, _, _>(Lockstep::new(1), make, Jobs::default);
    let failure = failure.expect("the bug is found");
    let steps = steps(&failure);
    assert_eq!(steps.len(), 6, "{failure}");
    let step = 1 + steps
        .iter()
        .position(|step| step == "receive()")
        .expect("a maker");
    let later = 1 + steps
        .iter()
        .rposition(|step| step == "receive()")
        .expect("a maker");
    let step = if steps[4] == format!("ack(&made_{step})") {
        step
    } else {
        later
    };
    assert_eq!(steps[4], format!("ack(&made_{step})"), "{failure}");
    let told = failure.to_string();
    let made = format!("    made_{step} = receive()  Ok(Some(Received {{ receipt: Receipt(");
    assert!(told.contains(&made), "{told}");
    let case = format!("let made_{step} = subject.receive().await.unwrap(); // what it made up\n");
    assert!(told.contains(&case), "{told}");
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("made.jsonl");
    let _ = std::fs::remove_file(&path);
    let regressions = Regressions::at(&path);
    let kept = Sequence {
        steps: failure.steps.clone(),
    };
    regressions
        .add("lockstep", "queue", 1, &kept)
        .expect("kept");
    let read: Vec<Sequence<QueueOperation>> = regressions.read("lockstep").expect("read");
    assert_eq!(format!("{read:?}"), format!("{:?}", [&kept]));
    let line = std::fs::read_to_string(&path).expect("a file");
    let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let ack = json!({"call": {"ack": {"receipt": {"made": {"step": step, "nth": 0}}}}});
    assert_eq!(line["steps"][4], ack);
}

/// What a file holds that nobody makes is left out, as it is while a sequence is made shorter.
#[test]
fn step_whose_maker_is_gone_is_left_out() {
    let sequence = json!([
        {"call": {"ack": {"receipt": {"made": {"step": 3, "nth": 0}}}}},
        {"call": {"receive": {}}},
        {"call": {"ack": {"receipt": {"made": {"step": 2, "nth": 0}}}}}
    ]);
    let sequence: Vec<Step<QueueOperation>> = serde_json::from_value(sequence).expect("steps");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(async {
        let make = async || Ok(Planted::new(Bug::AckTwice));
        let mut pair = contrait::check::lockstep::Pair::paused(make, |_: &Planted| Jobs::default());
        let mut check = Lockstep::new(1);
        check.sequences = 0;
        let passed = check
            .check(&mut pair, &[sequence])
            .await
            .expect("nothing differs");
        assert_eq!(passed.operations, 3);
    });
    let wrong = json!({"ack": {"receipt": 3}});
    let error = serde_json::from_value::<QueueOperation>(wrong).expect_err("no place");
    assert!(
        error.to_string().contains("expected where it was made"),
        "{error}"
    );
}

/// Ids that are plain texts and numbers, in a sync contract, some of them in lists.
#[contract]
trait Repository {
    #[makes]
    fn create(&mut self, name: &str) -> String;
    #[makes]
    fn all(&self) -> Vec<String>;
    fn name(&self, #[made] id: &str) -> Option<String>;
    fn delete(&mut self, #[made] id: String) -> bool;
    #[makes(with = |version: &mut (u8, u64), visit: &mut dyn FnMut(&mut dyn Made)| visit(&mut version.1))]
    fn version(&self) -> (u8, u64);
}

#[derive(Clone, Debug, Default)]
struct Names {
    names: BTreeMap<String, String>,
    prefix: &'static str,
    made: u32,
    version: u64,
    /// `all` forgets the last of three.
    forgets: bool,
}

impl Model for Names {}

impl Repository for Names {
    fn create(&mut self, name: &str) -> String {
        self.made += 1;
        let id = format!("{}{:04}", self.prefix, self.made);
        self.names.insert(id.clone(), name.to_owned());
        id
    }
    fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = self.names.keys().cloned().collect();
        all.truncate(if self.forgets { 2 } else { usize::MAX });
        all
    }
    fn name(&self, id: &str) -> Option<String> {
        self.names.get(id).cloned()
    }
    fn delete(&mut self, id: String) -> bool {
        self.names.remove(&id).is_some()
    }
    fn version(&self) -> (u8, u64) {
        (1, self.version)
    }
}

fn uuids(forgets: bool) -> Names {
    Names {
        prefix: "uuid-",
        version: 0x1234_5678,
        forgets,
        ..Names::default()
    }
}

#[test]
fn plain_ids_are_made_as_a_whole() {
    for seed in 0..50 {
        let found = found::<RepositoryOperation, _, _>(
            Lockstep::new(seed),
            || uuids(false),
            Names::default,
        );
        assert!(found.is_none(), "{}", found.unwrap());
    }
    always_shrinks_to::<RepositoryOperation, _, _>(
        &["create(\"a\")", "create(\"a\")", "create(\"a\")", "all()"],
        || uuids(true),
        Names::default,
    );
}

/// Stubs and mocks see values, and no sequences.
#[test]
fn values_are_taken_as_they_are_outside_of_sequences() {
    let stub = Stub::<QueueOperation>::new(Jobs::default()).object();
    let verified = Verified::<QueueOperation>::new(Jobs::default());
    let queue = verified.around(stub);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async {
        queue.send("a").await.expect("sent");
        let received = queue.receive().await.expect("received").expect("a job");
        assert_eq!(queue.ack(&received.receipt).await, Ok(true));
        assert_eq!(queue.give_back(received.receipt).await, Ok(false));
    });
    let operation = QueueOperation::Ack {
        receipt: Receipt(3).into(),
    };
    assert_eq!(format!("{operation:?}"), "ack(&Receipt(3))");
}

/// One id for all that ask.
#[contract]
trait Session {
    #[makes]
    fn id(&mut self) -> u64;
}

/// Gives these ids in turn, and the last for ever.
#[derive(Clone, Debug)]
struct Ids(Vec<u64>);

impl Model for Ids {}

impl Session for Ids {
    fn id(&mut self) -> u64 {
        if self.0.len() > 1 {
            self.0.remove(0)
        } else {
            self.0[0]
        }
    }
}

/// That an id is by chance the model's own makes it no right one.
#[test]
fn each_value_has_one_name_alone() {
    let found = |ids: &[u64]| {
        let make = || Ids(ids.to_vec());
        found::<SessionOperation, _, _>(Lockstep::new(1), make, || Ids(vec![1]))
    };
    assert!(found(&[7]).is_none());
    let failure = found(&[7, 1]).expect("another id");
    assert_eq!(steps(&failure), ["id()", "id()"]);
}
