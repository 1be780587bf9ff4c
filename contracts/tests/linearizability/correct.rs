//! No false alarm: clients of a correct store, run as tokio tasks, for a thousand seeds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use contrait::check::linearizability::models::{
    Keyed, On, Register, RegisterOperation, RegisterOutcome,
};
use contrait::check::linearizability::{Checker, Client, Numbers, Recorder};

type Operation = On<RegisterOperation<u64>>;
type Outcome = RegisterOutcome<u64>;

const CALLS: usize = 12;

fn choose(numbers: &mut Numbers) -> Operation {
    let key = ["a", "b"][numbers.below(2) as usize].to_owned();
    let value = numbers.below(3);
    let operation = match numbers.below(4) {
        0 | 1 => RegisterOperation::Get,
        2 => RegisterOperation::Set(value),
        _ => RegisterOperation::Cas(value, numbers.below(3)),
    };
    On { key, operation }
}

fn apply(store: &Mutex<HashMap<String, u64>>, On { key, operation }: Operation) -> Outcome {
    let mut store = store.lock().expect("nobody panicked");
    let value = store.entry(key).or_default();
    match operation {
        RegisterOperation::Get => RegisterOutcome::Value(*value),
        RegisterOperation::Set(new) => {
            *value = new;
            RegisterOutcome::Done
        }
        RegisterOperation::Cas(expected, new) => {
            let swapped = *value == expected;
            if swapped {
                *value = new;
            }
            RegisterOutcome::Swapped(swapped)
        }
    }
}

async fn calls(
    mut client: Client<Operation, Outcome>,
    store: Arc<Mutex<HashMap<String, u64>>>,
    mut numbers: Numbers,
) {
    for _ in 0..CALLS {
        let operation = choose(&mut numbers);
        let call = client.call(operation.clone());
        for _ in 0..numbers.below(3) {
            tokio::task::yield_now().await;
        }
        // Given up before or after it took effect: either way the recorder is told nothing.
        if numbers.percent(3.0) {
            continue;
        }
        let outcome = apply(&store, operation);
        if numbers.percent(3.0) {
            continue;
        }
        tokio::task::yield_now().await;
        call.returned(outcome);
    }
}

#[test]
fn a_correct_store_raises_no_alarm_in_a_thousand_seeds() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime starts");
    let checker = Checker::new(Keyed(Register(0)));
    for seed in 0..1000 {
        let recorder = Recorder::new();
        let store = Arc::default();
        runtime.block_on(async {
            let tasks: Vec<_> = (0..4)
                .map(|number| {
                    let numbers = Numbers::new(seed * 4 + number);
                    tokio::spawn(calls(recorder.client(), Arc::clone(&store), numbers))
                })
                .collect();
            for task in tasks {
                task.await.expect("no task panics");
            }
        });
        let history = recorder.history();
        assert_eq!(history.len(), 4 * CALLS, "seed {seed}");
        history.validate().expect("the recorder keeps order");
        let verdict = checker.check(&history);
        assert!(
            verdict.is_linearizable(),
            "seed {seed}: {verdict:?}\n{history:#?}"
        );
    }
}
