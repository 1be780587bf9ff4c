//! A contract without anything to drop, whose cases await something all the same: no check passes that dropped nothing.

use contrait::report::Outcome;
use contrait::{Clock, Conformance, backend};

use super::sync::{Counts, CountsModel};

macro_rules! suites {
    ($($name:ident $(, $policy:ident)?;)*) => {$(
        #[contrait::contract_suite(Counts, model = |_| CountsModel::default() $(, cancellation = $policy)?)]
        pub(crate) mod $name {
            use super::*;

            /// A hit stays one.
            #[case]
            async fn stays(counts: &dyn Counts, clock: &Clock) {
                counts.hit("a");
                clock.advance(std::time::Duration::from_millis(1)).await;
                assert_eq!(counts.hits("a"), 1);
            }
        }
    )*};
}

suites! {
    silent;
    declared, none;
}

#[backend(silent, clock = virtual, tests = false)]
fn undeclared() -> CountsModel {
    CountsModel::default()
}

#[backend(silent, clock = virtual, lacks(cancellation = "no method is async"))]
fn lacking() -> CountsModel {
    CountsModel::default()
}

#[backend(declared, clock = virtual)]
fn without() -> CountsModel {
    CountsModel::default()
}

#[test]
fn nothing_passes_that_dropped_nothing() {
    let record = undeclared::conformance().run("generated::cancellation");
    let reason = record.reason.clone().unwrap_or_default();
    assert_eq!(record.outcome, Outcome::Failed, "{record}");
    assert!(
        reason.contains("no method of `Counts` is async")
            && reason.contains("say `cancellation = none`"),
        "{reason}"
    );
}

#[test]
fn where_there_is_nothing_to_drop_there_is_no_check() {
    let checks = |conformance: Conformance| {
        let promises = conformance.promises().into_iter();
        let names = promises.map(|promise| promise.name);
        names
            .filter(|name| name.starts_with("generated"))
            .collect::<Vec<_>>()
    };
    let all = [
        "generated::lockstep",
        "generated::linearizable",
        "generated::cancellation",
    ];
    assert_eq!(checks(undeclared::conformance()), all);
    assert_eq!(checks(lacking::conformance()), all);
    assert_eq!(checks(without::conformance()), all[..2]);
}
