use backends::memcached as __contrait_backend_elsewhere;
#[allow(clippy::ignore_without_reason, clippy::should_panic_without_expect)]
mod elsewhere {
    ::contrait::__private::tests! {
        super::__contrait_backend_elsewhere::__contrait_check; set_then_get
        "set_then_get"
    }
    mod ttl {
        ::contrait::__private::tests! {
            super::super::__contrait_backend_elsewhere::__contrait_check; #[ignore =
            "keeps whole seconds"] expires "ttl::expires"
        }
    }
}
