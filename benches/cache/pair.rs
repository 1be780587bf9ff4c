//! An adapter beside the bare client that it adapts.
//!
//! Machines have weather: what runs a second later runs at another speed. So the two take turns of a few milliseconds
//! within each sample of criterion, of which one is the sample and the other its neighbour, and the ratio is that of
//! neighbours: the median over all of them, since a turn that was interrupted says nothing.

use std::cell::LazyCell;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Throughput};
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::contender::{Contender, turns};
use crate::work::{Shape, Work};

pub(crate) struct Pair<A, B> {
    name: &'static str,
    adapter: A,
    bare: B,
    ratios: HashMap<Shape, Vec<f64>>,
}

impl<A: Client, B: Client> Pair<A, B> {
    pub(crate) fn new(name: &'static str, adapter: A, bare: B) -> Self {
        Self {
            name,
            adapter,
            bare,
            ratios: HashMap::new(),
        }
    }
}

impl<A: Client, B: Client> Contender for Pair<A, B> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn bench(&mut self, group: &mut BenchmarkGroup<'_, WallTime>, shape: Shape, runtime: &Runtime) {
        let works = LazyCell::new(|| {
            let adapter = runtime.block_on(Work::prepare(&self.adapter, shape));
            (adapter, runtime.block_on(Work::prepare(&self.bare, shape)))
        });
        let ratios = Mutex::new(Vec::new());
        let note = |adapter: Duration, bare: Duration| {
            let ratio = bare.as_secs_f64() / adapter.as_secs_f64();
            ratios.lock().expect("nobody panics with it").push(ratio);
        };
        group.throughput(Throughput::Elements(shape.tasks as u64));
        group.bench_function(self.name, |bencher| {
            let (adapter, bare) = &*works;
            bencher
                .to_async(runtime)
                .iter_custom(|iterations| sample(adapter, bare, iterations, &note));
        });
        group.bench_function(format!("{} bare", self.name), |bencher| {
            let (adapter, bare) = &*works;
            bencher.to_async(runtime).iter_custom(|iterations| {
                sample(bare, adapter, iterations, |own, other| note(other, own))
            });
        });
        drop(works);
        let ratios = ratios.into_inner().expect("nobody panics with it");
        self.ratios.insert(shape, ratios);
    }

    fn ratio(&self, shape: Shape) -> Option<f64> {
        let mut ratios = self.ratios.get(&shape)?.clone();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied()
    }
}

/// The time of `own` for `iterations`, each turn of which is followed by one of `other`.
async fn sample<A: Client, B: Client>(
    own: &Work<A>,
    other: &Work<B>,
    iterations: u64,
    note: impl Fn(Duration, Duration),
) -> Duration {
    let turn = own.shape().turn();
    let mut total = Duration::ZERO;
    for iterations in turns(iterations, turn) {
        let took = own.run(iterations).await;
        let beside = other.run(iterations).await;
        total += took;
        // A shorter turn is mostly the start of its tasks.
        if iterations == turn {
            note(took, beside);
        }
    }
    total
}
