//! Mistakes that a dropped call leaves behind.

use contrait::report::Outcome;
use contrait::{Context, backend};

use super::store::{Flaw, Flawed, Remote, lenient, strict, suite};

#[track_caller]
fn reason_of(record: &contrait::report::Record) -> String {
    assert_eq!(record.outcome, Outcome::Failed, "{record}");
    let reason = record.reason.clone().unwrap_or_default();
    assert!(
        reason.contains("run again, it failed each time"),
        "{record}"
    );
    reason
}

/// Each flaw, as a backend whose check has to fail, and how its report begins.
macro_rules! found {
    ($($name:ident: $flaw:ident, $begins:literal, $holds:literal;)*) => {$(
        #[backend(suite, clock = virtual, tests = false)]
        fn $name(context: &Context) -> Flawed {
            Flawed::new(context, Flaw::$flaw)
        }

        #[test]
        fn $flaw() {
            let record = $name::conformance().run("generated::cancellation");
            let reason = reason_of(&record);
            assert!(reason.starts_with($begins), "{record}");
            assert!(reason.contains("declared is `cancellation = atomic`"), "{record}");
            assert!(reason.contains($holds), "{record}");
        }
    )*};
}

#[expect(non_snake_case, reason = "the tests are named after the flaws")]
mod flaws {
    use super::*;

    found! {
        torn_rename: TornRename, "rename(", "dropped at its";
        torn_put: TornPut, "put(", "dropped at its";
        torn_add: TornAdd, "add(", "dropped at its";
        torn_take: TornTake, "take(", "dropped at its";
        put_back: TakeAndPutBack, "take(", "with it";
        unlocked: Unlocked, "rename(", "dropped at its";
        permit: PermitForgotten, "", "never answered";
        panics: PanicsWhenLeft, "", "panicked: somebody left in the middle";
        stays: AnswersStay, "get(", "dropped at its";
        twice: DoneTwice, "add(", "dropped at its";
        zero: PutByWayOfZero, "put(", "dropped at its";
        lands: LandsLater, "put(", "dropped at its";
    }
}

#[backend(suite, tests = false)]
async fn mixed_up() -> Remote {
    Remote::new(false)
}

/// As on a connection that several calls share, one after the other.
#[test]
fn an_answer_that_belongs_to_the_dropped_call() {
    let record = mixed_up::conformance().run("generated::cancellation");
    let reason = reason_of(&record);
    assert!(reason.contains("leaves what is allowed"), "{record}");
}

#[backend(lenient, clock = virtual, tests = false)]
fn lands_and_may(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::LandsLater)
}

#[test]
fn what_lands_later_may_where_that_is_declared() {
    let record = lands_and_may::conformance().run("generated::cancellation");
    assert_eq!(record.outcome, Outcome::Passed, "{record}");
}

#[backend(lenient, clock = virtual, tests = false)]
fn torn_all_the_same(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::TornRename)
}

/// To land late is no leave to be torn.
#[test]
fn what_is_torn_is_found_where_calls_may_land() {
    let record = torn_all_the_same::conformance().run("generated::cancellation");
    let reason = reason_of(&record);
    assert!(
        reason.contains("declared is `cancellation = may_land`"),
        "{record}"
    );
}

#[backend(strict, clock = virtual, tests = false)]
fn counts_late(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::CountedLate)
}

/// A number that is stored before the last await is there when the call is dropped at it.
#[test]
fn an_effect_where_none_is_allowed() {
    let record = counts_late::conformance().run("generated::cancellation");
    let reason = reason_of(&record);
    assert!(
        reason.contains("declared is `cancellation = no_effect`"),
        "{record}"
    );
}
