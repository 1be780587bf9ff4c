#[doc(hidden)]
use cache::suite as __contrait_suite_0_of_memcached;
///The suites that the backend `memcached` runs, and their tests.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::ignore_without_reason,
    clippy::should_panic_without_expect,
    clippy::tests_outside_test_module
)]
pub mod memcached {
    /// The suite on this backend.
    pub fn conformance() -> ::contrait::__private::Conformance {
        ::contrait::__private::Conformance::new(
            &::contrait::__private::BackendInfo {
                name: "memcached",
                suite: super::__contrait_suite_0_of_memcached::__CONTRAIT_PATH,
                package: ::core::env!("CARGO_PKG_NAME"),
                clock: ::contrait::__private::ClockKind::Virtual,
                flavor: ::contrait::__private::Flavor::CurrentThread,
                lacks: &[
                    ::contrait::__private::Lack {
                        capability: "ttl",
                        reason: "keeps whole seconds",
                    },
                ],
            },
            super::__contrait_suite_0_of_memcached::__contrait_cases(),
            ::contrait::__private::Make::Async(|__context| ::std::boxed::Box::pin(async move {
                let __subject = super::memcached(__context).await;
                let __made = __subject;
                let __subject = ::contrait::__private::made(__made)?;
                ::core::result::Result::Ok(
                    super::__contrait_suite_0_of_memcached::__contrait_handle(
                        __subject,
                        __context.log(),
                    ),
                )
            })),
        )
    }
    #[doc(hidden)]
    pub fn __contrait_check(case: &::core::primitive::str) {
        conformance().check(case);
    }
    #[::core::prelude::v1::test]
    fn set_then_get() {
        __contrait_check("set_then_get");
    }
    mod ttl {
        #[::core::prelude::v1::test]
        #[ignore = "keeps whole seconds"]
        fn expires() {
            super::__contrait_check("ttl::expires");
        }
        #[::core::prelude::v1::test]
        #[should_panic(expected = "negative")]
        fn never_negative() {
            super::conformance().check_panics("ttl::never_negative", "negative");
        }
    }
}
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_backend_memcached_629f652e56e74e9e {
    ({ $($callback:tt)* } { $($state:tt)* }) => {
        $($callback)* ! { { $($state)* } suite {} set_then_get case { ttl expires } needs
        { ttl } attributes { #[ignore = "keeps whole seconds"] } case { ttl
        never_negative } needs {} attributes { #[should_panic(expected = "negative")] } }
    };
}
#[doc(hidden)]
#[allow(unused_imports)]
pub use __contrait_backend_memcached_629f652e56e74e9e as memcached;
