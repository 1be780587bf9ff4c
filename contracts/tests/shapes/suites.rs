//! What suites and backends may say: conditions, groups, options, attributes.

use std::time::Duration;

use contrait::{Clock, Context, SetupError, backend, contract, contract_suite};

/// Something to be under contract.
#[contract]
#[async_trait::async_trait]
pub trait Subject: Send + Sync {
    /// Waits, and tells the thread.
    async fn wait(&self) -> String;
}

struct One;

#[async_trait::async_trait]
impl Subject for One {
    async fn wait(&self) -> String {
        tokio::time::sleep(Duration::from_millis(1)).await;
        format!("{:?}", std::thread::current().id())
    }
}

/// What it owes.
#[contract_suite(Subject)]
pub mod suite {
    use super::*;

    /// A helper is no case.
    pub fn helper() -> u8 {
        1
    }

    /// A promise of two paragraphs,
    ///
    /// with "quotes" and a \ in it.
    #[case]
    async fn has_a_long_promise(subject: &dyn Subject) {
        subject.wait().await;
    }

    /// A sync case may run on an async backend.
    #[case]
    fn is_sync(_subject: &dyn Subject) {
        assert_eq!(helper(), 1);
    }

    /// All that can be asked for, in any order.
    #[case(needs(one, two), timeout = "2m", tags(slow, broad,))]
    async fn asks_for_all(context: &Context, a: &dyn Subject, clock: &Clock, _: &dyn Subject) {
        clock.advance(Duration::from_millis(1)).await;
        a.wait().await;
        assert_eq!(context.case(), "asks_for_all");
    }

    /// Not now.
    #[case]
    #[ignore]
    async fn is_ignored(_: &dyn Subject) {
        panic!("is ignored");
    }

    /// Not now, and why.
    #[case]
    #[ignore = "for a reason"]
    async fn is_ignored_for_a_reason(_: &dyn Subject) {
        panic!("is ignored");
    }

    /// A panic is a pass here.
    #[case]
    #[should_panic]
    fn panics(_: &dyn Subject) {
        panic!("on purpose");
    }

    /// A panic with its text is a pass here.
    #[case]
    #[should_panic = "on purpose"]
    async fn panics_with_a_text(_: &dyn Subject) {
        panic!("it is on purpose");
    }

    /// An error is a panic where one is waited for.
    #[case]
    #[should_panic(expected = "on purpose")]
    async fn fails(_: &dyn Subject) -> Result<(), &'static str> {
        Err("on purpose")
    }

    /// One of two of a name.
    #[case]
    #[cfg(not(any()))]
    fn either(_: &dyn Subject) {}

    /// The other of two of a name.
    #[case]
    #[cfg(any())]
    fn either(_: &dyn Subject) {}

    /// Not here.
    #[cfg(any())]
    pub mod group {
        /// Not here either.
        #[case]
        fn absent(_: &dyn Subject) {}
    }

    /// Here alone.
    #[cfg(not(any()))]
    pub mod group {
        use super::*;

        /// Not here at all.
        #[case]
        #[cfg(any())]
        fn absent(_: &dyn Subject) {}

        /// A case may be called as another one in another group.
        #[case]
        fn either(_: &dyn Subject) {}
    }

    /// A module without cases is no group.
    pub mod helpers {
        /// It helps.
        pub fn help() -> u8 {
            2
        }
    }

    /// Not here, on a condition.
    #[case]
    #[cfg_attr(not(any()), ignore = "it is so")]
    #[cfg_attr(any(), ignore)]
    fn is_ignored_on_a_condition(_: &dyn Subject) {
        panic!("is ignored");
    }

    mod is_sync {
        use super::Subject;

        /// A group may be called as a case is.
        #[case]
        fn too(_: &dyn Subject) {}
    }

    mod r#type {
        use super::helpers;

        /// Types may be given by their paths.
        #[case]
        async fn by_path(
            #[namespace("left")] left: &dyn super::super::Subject,
            context: &contrait::Context,
            _: &contrait::Clock,
        ) {
            left.wait().await;
            assert!(!context.namespace().is_empty());
        }

        /// Names may be keywords.
        #[case]
        fn r#match(_: &dyn super::Subject) {
            assert_eq!(helpers::help(), 2);
        }
    }
}

#[backend(suite)]
fn plain() -> One {
    One
}

#[backend(suite, clock = virtual, lacks(two = "there is one alone"))]
async fn virtually(context: &Context) -> Result<One, SetupError> {
    assert!(context.clock().is_virtual());
    Ok(One)
}

#[backend(suite, flavor = multi_thread, clock = real)]
fn on_threads(Context { .. }: &Context) -> impl Subject + use<> {
    One
}

/// A backend that says all it can.
///
/// It stays a function that others may call.
#[backend(
    suite,
    self::suite as again,
    lacks(one = "there are \"two\"",),
    flavor = current_thread,
    tests = true,
)]
pub async fn with_all() -> Result<Box<dyn Subject>, std::io::Error> {
    Ok(Box::new(One))
}

#[test]
fn a_conformance_tells_its_promises() {
    let conformance = plain::conformance();
    let names: Vec<_> = conformance
        .promises()
        .iter()
        .map(|promise| promise.name)
        .collect();
    assert_eq!(
        names,
        [
            "has_a_long_promise",
            "is_sync",
            "asks_for_all",
            "is_ignored",
            "is_ignored_for_a_reason",
            "panics",
            "panics_with_a_text",
            "fails",
            "either",
            "is_ignored_on_a_condition",
            "group::either",
            "is_sync::too",
            "r#type::by_path",
            "r#type::r#match",
        ]
    );
    let first = conformance.promises()[0];
    assert_eq!(
        first.promise,
        "A promise of two paragraphs,\n\nwith \"quotes\" and a \\ in it."
    );
    let all = conformance.promises()[2];
    assert_eq!(
        (all.needs, all.tags),
        (&["one", "two"][..], &["slow", "broad"][..])
    );
    assert_eq!(all.timeout, Duration::from_secs(120));
    assert_eq!(
        with_all::again::conformance().lacks()[0].reason,
        "there are \"two\""
    );
}
