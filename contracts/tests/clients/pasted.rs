//! The cases that reports print: pasted as they are, they fail where the report says, and pass on what is right.

use contrait::report::Outcome;
use contrait::{Conformance, Context, backend};

use super::store::{Flaw, Flawed, suite};

/// Pasted from the reports on the backends below, but for their names.
#[contrait::contract_suite(super::store::Store)]
pub(crate) mod cases {
    use super::super::store::Store;

    /// Found by concurrent clients: say what is promised here.
    #[case]
    async fn racing(one: &dyn Store, two: &dyn Store) {
        use contrait::check::schedule::{Schedule, call};

        let schedule: Schedule = "0.1 1".parse().unwrap();
        let (a1, b1) = schedule
            .join((call(one.add("a", 0)), call(two.claim("a", 1))))
            .await;
        let possible = [(0, false), (1, true)];
        let seen = (a1, b1);
        assert!(possible.contains(&seen), "{seen:?}");
    }

    /// Found by concurrent clients: say what is promised here.
    #[case]
    async fn mixed_up(one: &dyn Store, two: &dyn Store) {
        use contrait::check::schedule::{Schedule, call};

        let schedule: Schedule = "1.1 1.1 1.1 0".parse().unwrap();
        let (a1, b1) = schedule
            .join((
                async {
                    call(one.put("a", 0)).await;
                    call(one.get("a")).await
                },
                call(two.get("c")),
            ))
            .await;
        assert_eq!((a1, b1), (Some(0), None));
    }

    /// Found by concurrent clients: say what is promised here.
    #[case]
    async fn alone(one: &dyn Store, two: &dyn Store) {
        one.put("a", 0).await;
        let answer_1 = two.get("a").await;
        assert_eq!(answer_1, Some(0));
    }

    /// Found by concurrent clients: say what is promised here.
    #[case]
    async fn panicking(one: &dyn Store) {
        let answer_1 = one.add("a", 0).await;
        assert_eq!(answer_1, 0);
    }

    /// Found by dropping calls: say what is promised here.
    #[case]
    async fn torn(subject: &dyn Store) {
        use contrait::check::cancellation::dropped_at_await;

        let _ = dropped_at_await(2, subject.put("a", 69205)).await;
        let after_1 = subject.get("a").await;
        let possible = [None, Some(69205)];
        assert!(possible.contains(&after_1), "{after_1:?}");
    }

    /// Found by dropping calls: say what is promised here.
    #[case]
    async fn late(subject: &dyn Store) {
        use contrait::check::cancellation::dropped_at_await;

        let _ = dropped_at_await(1, subject.put("a", 0)).await;
        let after_1 = subject.count().await;
        tokio::task::yield_now().await;
        let after_2 = subject.count().await;
        tokio::task::yield_now().await;
        let after_3 = subject.count().await;
        let possible = [(0, 0, 0), (1, 1, 1)];
        let seen = (after_1, after_2, after_3);
        assert!(possible.contains(&seen), "{seen:?}");
    }
}

#[backend(cases, clock = virtual)]
fn right(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::Nothing)
}

/// Code without its layout.
fn plain(code: &str) -> String {
    let dense: String = code.split_whitespace().collect();
    dense.replace(",)", ")")
}

/// What `check` prints on `checked` is the case of that name, which fails there.
fn is_pasted(checked: Conformance, check: &str, seed: u64, cases: &Conformance, name: &str) {
    let record = checked.with_seed(seed).run(check);
    let reason = record.reason.clone().unwrap_or_default();
    let (_, case) = reason.split_once("as a case:\n\n").expect("has a case");
    let end = case.find("\n}").expect("ends") + 2;
    let case = case[..end]
        .replace("found_by_concurrent_clients", name)
        .replace("found_by_dropping_a_call", name);
    assert!(
        plain(include_str!("pasted.rs")).contains(&plain(&case)),
        "{case}\nis not pasted above, from {record}"
    );
    let record = cases.run(name);
    assert_eq!(record.outcome, Outcome::Failed, "{record}");
}

/// A flaw, the check that finds it, and the case that is pasted from its report.
macro_rules! pasted {
    ($($name:ident: $flaw:ident, $check:literal, $seed:literal;)*) => {$(
        mod $name {
            use super::*;

            #[backend(suite, clock = virtual, tests = false)]
            fn checked(context: &Context) -> Flawed {
                Flawed::new(context, Flaw::$flaw)
            }

            #[backend(cases, clock = virtual, tests = false)]
            fn pasted(context: &Context) -> Flawed {
                Flawed::new(context, Flaw::$flaw)
            }

            #[test]
            fn what_is_pasted_fails() {
                let (checked, pasted) = (checked::conformance(), pasted::conformance());
                is_pasted(checked, $check, $seed, &pasted, stringify!($name));
            }
        }
    )*};
}

pasted! {
    racing: AddInTwoSteps, "generated::linearizable", 3;
    mixed_up: AnswerOfAnotherCall, "generated::linearizable", 3;
    alone: PutLater, "generated::linearizable", 3;
    panicking: AddPanics, "generated::linearizable", 3;
    torn: TornPut, "generated::cancellation", 1;
    late: LandsLater, "generated::cancellation", 1;
}

/// Whether a read is stale depends on what had returned before it, and no case can ask for that.
mod stale {
    use super::*;

    #[backend(suite, clock = virtual, tests = false)]
    fn checked(context: &Context) -> Flawed {
        Flawed::new(context, Flaw::ReadsAreCached)
    }

    #[test]
    fn has_no_case_and_says_why() {
        let record = checked::conformance()
            .with_seed(3)
            .run("generated::linearizable");
        let reason = record.reason.expect("fails");
        let none = "no case to paste: only when its calls returned makes the answers impossible";
        assert!(reason.contains(none), "{reason}");
    }
}

mod nearest {
    use super::*;

    #[backend(suite, clock = virtual, tests = false)]
    fn racing(context: &Context) -> Flawed {
        Flawed::new(context, Flaw::AddInTwoSteps)
    }

    #[backend(suite, clock = virtual, tests = false)]
    fn torn(context: &Context) -> Flawed {
        Flawed::new(context, Flaw::TornAdd)
    }

    #[test]
    fn is_named_for_concurrent_clients() {
        let record = racing::conformance()
            .with_seed(3)
            .run("generated::linearizable");
        let reason = record.reason.expect("fails");
        let nearest = "as if `add` reads in one step and writes in another: what others do between them is lost\n";
        assert!(reason.contains(nearest), "{reason}");
    }

    #[backend(suite, clock = virtual, tests = false)]
    fn panicking(context: &Context) -> Flawed {
        Flawed::new(context, Flaw::AddPanics)
    }

    /// What a call was not answered says nothing of what the implementation does.
    #[test]
    fn is_nobody_where_a_client_panicked() {
        let record = panicking::conformance()
            .with_seed(3)
            .run("generated::linearizable");
        let reason = record.reason.expect("fails");
        assert!(reason.contains(" panicked: nobody can add\n"), "{reason}");
        assert!(!reason.contains("as if "), "{reason}");
    }

    #[test]
    fn is_named_for_dropped_calls() {
        let record = torn::conformance()
            .with_seed(1)
            .run("generated::cancellation");
        let reason = record.reason.expect("fails");
        assert!(reason.contains("as if `add` ignores `by`\n"), "{reason}");
    }
}
