//! A suite whose groups are suites in other places: in other modules, in another crate, within one another.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use contrait::{Context, backend, contract, contract_suite, contract_tests};
use contrait_another_crate::number::Number;

/// A number that others have given out.
pub struct Given(u32);

impl Number for Given {
    fn increment(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        self.0
    }
}

mod order {
    use super::*;

    /// What order they are in.
    #[contract_suite(Number, group = order)]
    pub mod suite {
        use super::*;

        /// Later is more.
        #[case]
        fn later_is_more(number: &mut dyn Number) {
            assert!(number.increment() < number.increment());
        }

        /// Of many.
        pub mod of_many {
            use super::*;

            /// Whatever the number.
            #[case(needs(patience))]
            fn goes_on(number: &mut dyn Number) {
                let given: Vec<u32> = (0..100).map(|_| number.increment()).collect();
                assert!(given.is_sorted());
            }
        }
    }
}

mod conditions {
    use super::*;

    /// On conditions.
    #[contract_suite(Number, group = conditions, groups(super::order::suite))]
    pub mod suite {
        use super::*;

        /// Is everywhere.
        #[case]
        #[cfg(not(any()))]
        fn there(number: &mut dyn Number) {
            number.increment();
        }

        /// Is nowhere.
        #[case]
        #[cfg(any())]
        fn not_there(number: &mut dyn Number) {
            number.increment();
        }
    }
}

/// All of it, with a case of its own.
#[contract_suite(
    Number,
    groups(conditions::suite, contrait_another_crate::number::suite)
)]
pub mod suite {
    use super::*;

    /// Begins with one.
    #[case]
    fn begins_with_one(number: &mut dyn Number) {
        assert_eq!(number.increment(), 1);
    }
}

/// Nothing but what stands elsewhere.
#[contract_suite(Number, groups(order::suite))]
mod of_groups_alone {}

/// Given out from one on.
#[backend(
    suite,
    lacks(patience = "nobody waits for a hundred", end = "it begins again")
)]
pub fn given() -> Given {
    Given(0)
}

#[backend(of_groups_alone, suite, lacks(end = "it begins again"))]
fn both() -> Given {
    Given(0)
}

#[backend(order::suite)]
fn a_group_alone() -> Given {
    Given(0)
}

mod again {
    contrait::contract_tests!(super::given as given_again);
}
contract_tests!(contrait_another_crate::number::plain as beside_them);

/// What no object can be made of.
#[contract]
pub trait Doubled: Sized {
    /// Twice as much.
    fn doubled(&self) -> Self;
    /// As a number.
    fn number(&self) -> u32;
}

impl Doubled for u32 {
    fn doubled(&self) -> Self {
        self * 2
    }
    fn number(&self) -> u32 {
        *self
    }
}

mod of_any_type {
    use super::{Doubled, contract_suite};

    #[contract_suite(Doubled, group = sums)]
    pub(crate) mod suite {
        use super::*;

        /// Twice is the sum.
        #[case]
        fn is_a_sum(one: &impl Doubled) {
            assert_eq!(one.doubled().number(), one.number() + one.number());
        }
    }

    #[contract_suite(Doubled, groups(suite))]
    pub(super) mod whole {
        use super::*;

        /// Twice is even.
        #[case]
        fn is_even(one: &impl Doubled) {
            assert_eq!(one.doubled().number() % 2, 0);
        }
    }
}

#[backend(of_any_type::whole)]
fn three() -> u32 {
    3
}

/// Numbers that are given out one after the other.
#[contract]
pub trait Turns {
    /// The next one.
    fn next(&mut self) -> u32;
}

/// Those of all that share a counter.
pub struct Taken(Arc<AtomicU32>);

impl Turns for Taken {
    fn next(&mut self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// What a model of it knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counted(u32);

impl contrait::check::Model for Counted {}

impl Turns for Counted {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0 - 1
    }
}

mod several {
    use super::{Turns, contract_suite};

    /// Of several handles.
    #[contract_suite(Turns, group = several)]
    pub mod suite {
        use super::*;

        /// No number is given out twice.
        #[case]
        fn share(one: &mut dyn Turns, other: &mut dyn Turns) {
            assert_ne!(one.next(), other.next());
        }
    }
}

/// That several clients can have a handle each is said by a case of another suite alone.
#[contract_suite(Turns, groups(several::suite), model = |_| Counted::default(), cancellation = none)]
pub mod checked {}

/// All handles of a namespace count together.
#[backend(checked)]
pub fn taken(context: &Context) -> Taken {
    let counters = context.shared(Mutex::<BTreeMap<String, Arc<AtomicU32>>>::default);
    let mut counters = counters.lock().expect("nobody panics");
    let counter = counters.entry(context.namespace().to_owned()).or_default();
    Taken(Arc::clone(counter))
}

fn names(conformance: &contrait::Conformance) -> Vec<&'static str> {
    conformance
        .promises()
        .iter()
        .map(|promise| promise.name)
        .collect()
}

#[test]
fn a_suite_has_the_cases_of_its_groups() {
    let names = names(&given::conformance());
    let own = [
        "begins_with_one",
        "conditions::there",
        "order::later_is_more",
        "order::of_many::goes_on",
    ];
    assert_eq!(names[..4], own);
    assert!(names[4..].contains(&"counts"), "{names:?}");
    assert!(!names.contains(&"conditions::not_there"));
}

#[test]
fn each_is_run_and_named_as_where_it_stands() {
    let records = three::conformance().run_all();
    let ran: Vec<&str> = records.iter().map(|record| record.case.as_str()).collect();
    assert_eq!(ran, ["is_even", "sums::is_a_sum"]);
    let record = given::conformance().run("order::later_is_more");
    assert_eq!(record.outcome, contrait::report::Outcome::Passed);
    assert!(record.suite.ends_with("groups::suite"), "{}", record.suite);
}
