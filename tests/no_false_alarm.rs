//! What is right is left alone, whatever the seed: the generated checks on every backend that a feature chose, a thousand
//! times over.
//!
//! It takes minutes, so nobody runs it unasked: `cargo test --test no_false_alarm -- --ignored`, on the embedded server or,
//! with `CONTRAIT_REDIS_URL`, on a real one. `CONTRAIT_SEEDS` is how many seeds, `CONTRAIT_SEED` the first.

use std::env;

use contrait::Conformance;
use contrait::report::Outcome;

fn number(name: &str, default: u64) -> u64 {
    let text = env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// Runs a check, if the backend owes it, with one seed after the other.
#[expect(clippy::print_stderr, reason = "whoever waits is told that it goes on")]
fn is_left_alone(conformance: fn() -> Conformance, check: &str) {
    let (first, seeds) = (number("CONTRAIT_SEED", 0), number("CONTRAIT_SEEDS", 1000));
    for seed in first..first + seeds {
        let record = conformance().with_seed(seed).run(check);
        let fine = matches!(record.outcome, Outcome::Passed | Outcome::Lacking);
        assert!(fine, "{record}");
        let ran = seed + 1 - first;
        if ran % 20 == 0 {
            eprintln!("{}: {check}, {ran} seeds", record.backend);
        }
    }
}

macro_rules! left_alone {
    ($($feature:literal, $backend:ident: $path:path;)*) => {$(
        #[cfg(feature = $feature)]
        mod $backend {
            use super::is_left_alone;

            #[test]
            #[ignore = "takes minutes"]
            fn lockstep() {
                is_left_alone($path, "generated::lockstep");
            }

            #[test]
            #[ignore = "takes minutes"]
            fn linearizable() {
                is_left_alone($path, "generated::linearizable");
            }

            #[test]
            #[ignore = "takes minutes"]
            fn cancellation() {
                is_left_alone($path, "generated::cancellation");
            }
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
