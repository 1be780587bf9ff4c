use backends::memcached as __contrait_backend_of_elsewhere;
#[allow(
    clippy::ignore_without_reason,
    clippy::should_panic_without_expect,
    clippy::tests_outside_test_module
)]
mod elsewhere {
    #[::core::prelude::v1::test]
    fn set_then_get() {
        super::__contrait_backend_of_elsewhere::__contrait_check("set_then_get");
    }
    mod ttl {
        #[::core::prelude::v1::test]
        #[ignore = "keeps whole seconds"]
        fn expires() {
            super::super::__contrait_backend_of_elsewhere::__contrait_check(
                "ttl::expires",
            );
        }
    }
}
