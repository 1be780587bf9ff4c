//! The work: what each iteration does on each task, and how long a turn of it takes.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::client::Client;

/// As many as one turn can use up: 64 tasks of 16 iterations.
const KEYS: usize = 1024;

/// As many keys as a batch has.
const BATCH: usize = 100;

/// What the work is, and how much at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    pub(crate) operation: Operation,
    pub(crate) tasks: usize,
    pub(crate) value_bytes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    GetHit,
    GetMiss,
    Set,
    SetTtl,
    Delete,
    Mixed,
    GetMany,
    SetMany,
    Increment,
}

impl Operation {
    pub(crate) const ALL: [Self; 9] = [
        Self::GetHit,
        Self::GetMiss,
        Self::Set,
        Self::SetTtl,
        Self::Delete,
        Self::Mixed,
        Self::GetMany,
        Self::SetMany,
        Self::Increment,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GetHit => "get_hit",
            Self::GetMiss => "get_miss",
            Self::Set => "set",
            Self::SetTtl => "set_ttl",
            Self::Delete => "delete",
            Self::Mixed => "mixed_90_10",
            Self::GetMany => "get_many_100",
            Self::SetMany => "set_many_100",
            Self::Increment => "increment",
        }
    }
}

impl Shape {
    /// All shapes, in the order in which they run and are shown.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let shapes = |operation| {
            let sizes: &[usize] = match operation {
                Operation::Increment => &[1],
                Operation::GetMany | Operation::SetMany => &[100],
                _ => &[100, 10 << 10],
            };
            let of = move |tasks| {
                sizes.iter().map(move |value_bytes| Self {
                    operation,
                    tasks,
                    value_bytes: *value_bytes,
                })
            };
            [1, 64].into_iter().flat_map(of)
        };
        Operation::ALL.into_iter().flat_map(shapes)
    }

    /// How many iterations make a turn: some milliseconds on a server, so that a turn of one client and a turn of its
    /// rival meet the same weather.
    pub(crate) fn turn(self) -> u64 {
        if self.tasks == 1 { 32 } else { 16 }
    }

    pub(crate) fn value(self) -> &'static str {
        match self.value_bytes {
            1 => "a number",
            100 => "100 B",
            _ => "10 KiB",
        }
    }
}

/// As criterion names its group.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, tasks) = (self.operation.name(), self.tasks);
        let unit = if tasks == 1 { "task" } else { "tasks" };
        write!(f, "{operation}/{tasks} {unit}/{}", self.value())
    }
}

/// The work of a shape for one client, with keys as that client takes them.
pub(crate) struct Work<C> {
    client: C,
    shape: Shape,
    input: Arc<Input>,
}

struct Input {
    keys: Vec<String>,
    value: Vec<u8>,
    /// All of them once more, as batches take them.
    entries: Vec<(String, Bytes)>,
}

impl<C: Client> Work<C> {
    /// Stores what the work is going to find.
    pub(crate) async fn prepare(client: &C, shape: Shape) -> Self {
        let prefix = match shape.operation {
            Operation::GetMiss => "missing",
            Operation::Increment => "counter",
            _ => "key",
        };
        let value = match shape.operation {
            Operation::Increment => b"0".to_vec(),
            _ => vec![0xa5; shape.value_bytes],
        };
        let key = |index| client.key(&format!("{prefix}:{index:04}"));
        let keys: Vec<String> = (0..KEYS).map(key).collect();
        let entry = |key: &String| (key.clone(), Bytes::from(value.clone()));
        let input = Input {
            entries: keys.iter().map(entry).collect(),
            keys,
            value,
        };
        let work = Self {
            client: client.clone(),
            shape,
            input: Arc::new(input),
        };
        if !matches!(shape.operation, Operation::GetMiss | Operation::Delete) {
            work.fill(KEYS).await;
        }
        work
    }

    #[cfg(any(
        feature = "redis-rs",
        feature = "fred",
        feature = "rustis",
        feature = "two-level",
        feature = "memcached"
    ))]
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// The time that `iterations` of all tasks take.
    pub(crate) async fn run(&self, iterations: u64) -> Duration {
        if self.shape.operation == Operation::Delete {
            self.fill(self.shape.tasks * iterations as usize).await;
        }
        let operation = self.shape.operation;
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for task in 0..self.shape.tasks {
            let (mut client, input) = (self.client.clone(), Arc::clone(&self.input));
            tasks.spawn(async move {
                // No two tasks meet at a key within a turn.
                let first = task * iterations as usize;
                for index in first..first + iterations as usize {
                    step(&mut client, operation, &input, index).await;
                }
            });
        }
        tasks.join_all().await;
        began.elapsed()
    }

    /// Stores the first `count` keys, many at a time.
    async fn fill(&self, count: usize) {
        let mut tasks = JoinSet::new();
        for first in 0..count.min(64) {
            let (mut client, input) = (self.client.clone(), Arc::clone(&self.input));
            tasks.spawn(async move {
                for key in input.keys[..count].iter().skip(first).step_by(64) {
                    client.set(key, &input.value, None).await;
                }
            });
        }
        tasks.join_all().await;
    }
}

async fn step(client: &mut impl Client, operation: Operation, input: &Input, index: usize) {
    let Input {
        keys,
        value,
        entries,
    } = input;
    let key = &keys[index % KEYS];
    let batch = index % (KEYS - BATCH)..index % (KEYS - BATCH) + BATCH;
    match operation {
        Operation::GetMany => assert_eq!(client.get_many(&keys[batch]).await, BATCH),
        Operation::SetMany => client.set_many(&entries[batch]).await,
        Operation::Increment => assert!(client.increment(key).await > 0, "{key}"),
        Operation::GetMiss => assert!(client.get(key).await.is_none(), "{key} is there"),
        Operation::Set => client.set(key, value, None).await,
        Operation::SetTtl => client.set(key, value, Some(Duration::from_secs(600))).await,
        Operation::Delete => assert!(client.delete(key).await, "{key} is not there"),
        Operation::Mixed if index.is_multiple_of(10) => client.set(key, value, None).await,
        Operation::GetHit | Operation::Mixed => {
            let found = client.get(key).await;
            assert_eq!(found.map(|found| found.len()), Some(value.len()), "{key}");
        }
    }
}
