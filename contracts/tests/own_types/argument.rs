//! `impl Argument for Job`, in a sync contract and by reference in an async one.

use async_trait::async_trait;
use contrait::check::lockstep::{Lockstep, Sequence};
use contrait::check::{Argument, Draw, Model, Regressions};
use contrait::contract;
use serde::{Deserialize, Serialize};

use crate::{always_shrinks_to, found};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Priority {
    Low,
    High,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Job {
    name: String,
    priority: Priority,
}

impl Argument for Job {
    fn generate(draw: &mut Draw<'_>) -> Self {
        Self {
            name: String::generate(draw),
            priority: draw.pick(&[Priority::Low, Priority::High]),
        }
    }

    fn simpler(&self) -> Vec<Self> {
        let named = self.name.simpler().into_iter().map(|name| Self {
            name,
            priority: self.priority.clone(),
        });
        let low = (self.priority == Priority::High).then(|| Self {
            name: self.name.clone(),
            priority: Priority::Low,
        });
        low.into_iter().chain(named).collect()
    }

    fn source(&self) -> String {
        format!("Job::new({:?}, Priority::{:?})", self.name, self.priority)
    }
}

#[contract(arguments(Job))]
pub(crate) trait Jobs {
    fn push(&mut self, job: Job) -> usize;
    fn push_all(&mut self, jobs: &[Job]) -> usize;
    fn pop(&mut self) -> Option<Job>;
}

#[contract(arguments(Job))]
#[async_trait]
pub(crate) trait Board: Send + Sync {
    async fn pin(&self, job: &Job) -> usize;
    async fn pin_all(&self, jobs: Vec<Job>, first: Option<&Job>) -> usize;
    async fn last(&self) -> Option<Job>;
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Correct(Vec<Job>);

impl Model for Correct {}

impl Jobs for Correct {
    fn push(&mut self, job: Job) -> usize {
        self.0.push(job);
        self.0.len()
    }
    fn push_all(&mut self, jobs: &[Job]) -> usize {
        self.0.extend_from_slice(jobs);
        self.0.len()
    }
    fn pop(&mut self) -> Option<Job> {
        self.0.pop()
    }
}

impl BoardModel for Correct {
    fn pin(&mut self, job: &Job) -> usize {
        self.push(job.clone())
    }
    fn pin_all(&mut self, jobs: Vec<Job>, first: Option<&Job>) -> usize {
        self.0.extend(first.cloned());
        self.push_all(&jobs)
    }
    fn last(&mut self) -> Option<Job> {
        self.0.last().cloned()
    }
}

/// Pushes all as if it were of low priority.
#[derive(Default)]
struct PushesLow(Correct);

impl Jobs for PushesLow {
    fn push(&mut self, job: Job) -> usize {
        self.0.push(Job {
            priority: Priority::Low,
            ..job
        })
    }
    fn push_all(&mut self, jobs: &[Job]) -> usize {
        self.0.push_all(jobs)
    }
    fn pop(&mut self) -> Option<Job> {
        self.0.pop()
    }
}

#[derive(Default)]
struct ForgetsTheFirst(std::sync::Mutex<Correct>);

#[async_trait]
impl Board for ForgetsTheFirst {
    async fn pin(&self, job: &Job) -> usize {
        self.0.lock().unwrap().pin(job)
    }
    async fn pin_all(&self, jobs: Vec<Job>, first: Option<&Job>) -> usize {
        let first = first.filter(|job| job.priority == Priority::Low);
        self.0.lock().unwrap().pin_all(jobs, first)
    }
    async fn last(&self) -> Option<Job> {
        self.0.lock().unwrap().last()
    }
}

#[test]
fn correct_code_is_let_be() {
    let found = found::<JobsOperation, _, _>(Lockstep::new(1), Correct::default, Correct::default);
    assert!(found.is_none());
}

#[test]
fn sync_bug_shrinks_to_the_simplest_job() {
    always_shrinks_to::<JobsOperation, _, _>(
        &[r#"push(Job::new("a", Priority::High))"#, "pop()"],
        PushesLow::default,
        Correct::default,
    );
}

#[test]
fn async_bug_shrinks_to_the_simplest_job() {
    always_shrinks_to::<BoardOperation, _, _>(
        &[r#"pin_all(vec![], Some(Job::new("a", Priority::High)).as_ref())"#],
        ForgetsTheFirst::default,
        Correct::default,
    );
}

#[test]
fn failure_is_kept_and_comes_back() {
    let failure =
        found::<JobsOperation, _, _>(Lockstep::new(3), PushesLow::default, Correct::default);
    let failure = failure.expect("the bug is found");
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-types.jsonl");
    let _ = std::fs::remove_file(&path);
    let regressions = Regressions::at(&path);
    let kept = Sequence {
        steps: failure.steps.clone(),
    };
    regressions.add("lockstep", "jobs", 3, &kept).expect("kept");
    let text = std::fs::read_to_string(&path).expect("a file");
    let written =
        r#""steps":[{"call":{"push":{"job":{"name":"a","priority":"High"}}}},{"call":{"pop":{}}}]"#;
    assert!(text.contains(written), "{text}");
    let read: Vec<Sequence<JobsOperation>> = regressions.read("lockstep").expect("read");
    assert_eq!(format!("{read:?}"), format!("{:?}", [&kept]));
}
