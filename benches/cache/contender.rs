//! What stands side by side in the bench: a backend alone here, one beside the bare client that it adapts in
//! `pair`.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Throughput};
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::work::{Operation, Shape, Work};

/// A column of the bench.
pub(crate) trait Contender {
    fn name(&self) -> &'static str;
    fn bench(&mut self, group: &mut BenchmarkGroup<'_, WallTime>, shape: Shape, runtime: &Runtime);
    /// The adapter's throughput by that of the bare client, for a shape that was measured beside one.
    fn ratio(&self, shape: Shape) -> Option<f64>;
}

/// A backend without a client to compare it with.
pub(crate) struct Alone<C> {
    pub(crate) name: &'static str,
    pub(crate) client: C,
}

impl<C: Client> Contender for Alone<C> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn bench(&mut self, group: &mut BenchmarkGroup<'_, WallTime>, shape: Shape, runtime: &Runtime) {
        let mut work = None;
        group.throughput(Throughput::Elements(shape.tasks as u64));
        group.bench_function(self.name, |bencher| {
            let work =
                &*work.get_or_insert_with(|| runtime.block_on(Work::prepare(&self.client, shape)));
            bencher
                .to_async(runtime)
                .iter_custom(|iterations| async move {
                    // A deletion needs something to delete each time, and there is only so much.
                    let turn = match shape.operation {
                        Operation::Delete => shape.turn(),
                        _ => iterations,
                    };
                    let mut took = Duration::ZERO;
                    for iterations in turns(iterations, turn) {
                        took += work.run(iterations).await;
                    }
                    took
                });
        });
    }

    fn ratio(&self, _shape: Shape) -> Option<f64> {
        None
    }
}

/// `iterations` in portions of at most `turn`.
pub(crate) fn turns(iterations: u64, turn: u64) -> impl Iterator<Item = u64> {
    let rest = Some(iterations % turn).filter(|rest| *rest > 0);
    (0..iterations / turn).map(move |_| turn).chain(rest)
}
