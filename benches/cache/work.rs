//! The work: what each iteration does on each task, and how long a turn of it takes.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::Client;

/// As many as one turn can use up: 64 tasks of 16 iterations.
const KEYS: usize = 1024;

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
}

impl Operation {
    pub(crate) const ALL: [Self; 6] = [
        Self::GetHit,
        Self::GetMiss,
        Self::Set,
        Self::SetTtl,
        Self::Delete,
        Self::Mixed,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GetHit => "get_hit",
            Self::GetMiss => "get_miss",
            Self::Set => "set",
            Self::SetTtl => "set_ttl",
            Self::Delete => "delete",
            Self::Mixed => "mixed_90_10",
        }
    }
}

impl Shape {
    /// All shapes, in the order in which they run and are shown.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let shapes = |operation| {
            [(1, 100), (1, 10 << 10), (64, 100), (64, 10 << 10)].map(|(tasks, value_bytes)| Self {
                operation,
                tasks,
                value_bytes,
            })
        };
        Operation::ALL.into_iter().flat_map(shapes)
    }

    /// How many iterations make a turn: some milliseconds on a server, so that a turn of one client and a turn of its
    /// rival meet the same weather.
    pub(crate) fn turn(self) -> u64 {
        if self.tasks == 1 { 32 } else { 16 }
    }

    pub(crate) fn value(self) -> &'static str {
        if self.value_bytes == 100 {
            "100 B"
        } else {
            "10 KiB"
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
}

impl<C: Client> Work<C> {
    /// Stores what the work is going to find.
    pub(crate) async fn prepare(client: &C, shape: Shape) -> Self {
        let prefix = match shape.operation {
            Operation::GetMiss => "missing",
            _ => "key",
        };
        let key = |index| client.key(&format!("{prefix}:{index:04}"));
        let input = Input {
            keys: (0..KEYS).map(key).collect(),
            value: vec![0xa5; shape.value_bytes],
        };
        let work = Self {
            client: client.clone(),
            shape,
            input: Arc::new(input),
        };
        if matches!(shape.operation, Operation::GetHit | Operation::Mixed) {
            work.fill(KEYS).await;
        }
        work
    }

    #[cfg(any(feature = "redis-rs", feature = "fred"))]
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
    let Input { keys, value } = input;
    let key = &keys[index % KEYS];
    match operation {
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
