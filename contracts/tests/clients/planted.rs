//! Mistakes that concurrent clients see.

use contrait::report::Outcome;
use contrait::{Context, backend};

use super::store::{Flaw, Flawed, suite};

/// Without some calls a schedule is another one, and need not show the flaw: which are left depends on the seed.
const SEED: u64 = 3;

/// Each flaw, as a backend whose check has to fail, with so many calls left: fewer cannot show it.
macro_rules! found {
    ($($name:ident: $flaw:ident, $calls:literal;)*) => {$(
        #[backend(suite, clock = virtual, tests = false)]
        fn $name(context: &Context) -> Flawed {
            Flawed::new(context, Flaw::$flaw)
        }

        #[test]
        fn $flaw() {
            let record = $name::conformance().with_seed(SEED).run("generated::linearizable");
            let reason = record.reason.clone().unwrap_or_default();
            assert_eq!(record.outcome, Outcome::Failed, "{record}");
            assert!(reason.starts_with("not linearizable on "), "{record}");
            assert!(reason.contains("run again, it failed each time"), "{record}");
            assert_eq!(calls_left(&reason), $calls, "{record}");
        }
    )*};
}

/// `found in 12 calls, of which 240 runs left 3;`, or of which one run did
pub(crate) fn calls_left(reason: &str) -> usize {
    let shrunk = reason.split(", of which ").nth(1).expect("was shrunk");
    let left = shrunk.split(" left ").nth(1).expect("says what is left");
    left.split(';').next().unwrap().parse().unwrap()
}

#[expect(non_snake_case, reason = "the tests are named after the flaws")]
mod flaws {
    use super::*;

    found! {
        racy_add: AddInTwoSteps, 2;
        racy_take: TakeInTwoSteps, 3;
        racy_claim: ClaimInTwoSteps, 2;
        put_by_way_of_zero: PutByWayOfZero, 2;
        take_and_put_back: TakeAndPutBack, 3;
        lost_where_busy: LostWhereBusy, 3;
        add_twice: AddTwiceWhereBusy, 2;
        cached_reads: ReadsAreCached, 3;
        kept_writes: WritesAreKept, 2;
        scratch: NumberOfAnotherCall, 3;
        answers: AnswerOfAnotherCall, 3;
        put_later: PutLater, 2;
    }
}
