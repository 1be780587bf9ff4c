//! Mistakes that a dropped call leaves behind.

use contrait::report::Outcome;
use contrait::{Context, backend};

use super::planted::calls_left;
use super::store::{Flaw, Flawed, Remote, lenient, strict, suite};

/// What is left around a dropped call depends on it.
const SEED: u64 = 1;

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

/// Each flaw, as a backend whose check has to fail, how its report begins, what is in it, and how many calls are left:
/// fewer cannot show the flaw.
macro_rules! found {
    ($($name:ident: $flaw:ident, $begins:literal, $holds:literal, $calls:literal;)*) => {$(
        #[backend(suite, clock = virtual, tests = false)]
        fn $name(context: &Context) -> Flawed {
            Flawed::new(context, Flaw::$flaw)
        }

        #[test]
        fn $flaw() {
            let record = $name::conformance().with_seed(SEED).run("generated::cancellation");
            let reason = reason_of(&record);
            assert!(reason.starts_with($begins), "{record}");
            assert!(reason.contains("declared is `cancellation = atomic`"), "{record}");
            assert!(reason.contains($holds), "{record}");
            assert_eq!(calls_left(&reason), $calls, "{record}");
        }
    )*};
}

#[expect(non_snake_case, reason = "the tests are named after the flaws")]
mod flaws {
    use super::*;

    found! {
        torn_rename: TornRename, "rename(", "dropped at its", 3;
        torn_put: TornPut, "put(", "dropped at its", 2;
        torn_add: TornAdd, "add(", "dropped at its", 2;
        torn_take: TornTake, "take(", "dropped at its", 3;
        put_back: TakeAndPutBack, "take(", "with it", 3;
        unlocked: Unlocked, "rename(", "dropped at its", 3;
        permit: PermitForgotten, "", "never answered", 2;
        panics: PanicsWhenLeft, "", "panicked: somebody left in the middle", 2;
        stays: AnswersStay, "get(", "dropped at its", 3;
        twice: DoneTwice, "add(", "dropped at its", 2;
        zero: PutByWayOfZero, "put(", "dropped at its", 2;
        lands: LandsLater, "put(", "dropped at its", 4;
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
