//! What is right is left alone, whatever the seed: the generated checks on every backend that a feature chose, a thousand
//! times over.
//!
//! It takes minutes, so nobody runs it unasked: `cargo test --test no_false_alarm -- --ignored`, on the embedded server or,
//! with `CONTRAIT_REDIS_URL`, on a real one. `CONTRAIT_SEEDS` is how many seeds, `CONTRAIT_SEED` the first.

use std::env;

use contrait::Conformance;
use contrait::report::Outcome;

const CHECKS: [&str; 3] = [
    "generated::lockstep",
    "generated::linearizable",
    "generated::cancellation",
];

fn number(name: &str, default: u64) -> u64 {
    let text = env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// Runs the checks that a backend owes with one seed after the other.
#[expect(clippy::print_stderr, reason = "whoever waits is told that it goes on")]
fn is_left_alone(conformance: fn() -> Conformance) {
    let (first, seeds) = (number("CONTRAIT_SEED", 0), number("CONTRAIT_SEEDS", 1000));
    for check in CHECKS {
        for seed in first..first + seeds {
            let record = conformance().with_seed(seed).run(check);
            let fine = matches!(record.outcome, Outcome::Passed | Outcome::Lacking);
            assert!(fine, "{record}");
            if (seed + 1 - first) % 20 == 0 {
                eprintln!("{}: {check}, {} seeds", record.backend, seed + 1 - first);
            }
        }
    }
}

macro_rules! left_alone {
    ($($feature:literal, $backend:ident: $path:path;)*) => {$(
        #[cfg(feature = $feature)]
        #[test]
        #[ignore = "takes minutes"]
        fn $backend() {
            is_left_alone($path);
        }
    )*};
}

left_alone! {
    "memory", memory: contrait_memory::backend::memory::conformance;
    "moka", moka: contrait_moka::backend::moka::conformance;
    "redis-rs", redis_rs: contrait_redis_rs::backend::redis_rs::conformance;
    "fred", fred: contrait_fred::backend::fred::conformance;
    "rustis", rustis: contrait_rustis::backend::rustis::conformance;
}
