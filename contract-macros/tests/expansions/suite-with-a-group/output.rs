pub mod suite {
    use super::*;
    /// A value that was set is returned.
    async fn set_then_get(cache: &dyn Cache) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await
    }
    /// A lost connection is no lost entry.
    async fn outlives_a_reset(cache: &dyn Cache, network: &Network, server: &Server) {
        network.reset();
    }
    pub mod ttl {
        use super::*;
        /// An entry is gone once its time to live has passed.
        async fn expires(cache: &dyn Cache, clock: &Clock, other: &dyn Cache) {
            clock.advance(SECOND).await;
        }
        /// A time to live is never negative.
        #[cfg(unix)]
        fn never_negative(cache: &mut dyn Cache) {
            negative(cache);
        }
        #[doc(hidden)]
        #[allow(missing_docs, private_bounds, private_interfaces, unreachable_pub)]
        pub const fn __contrait_cases() -> &'static ::contrait::__private::Group<
            super::super::__ContraitHandle_of_suite,
        > {
            use ::contrait::__private;
            fn __judge_0(__returned: ()) -> __private::Returned {
                __private::outcome!(judge, __returned)
            }
            #[cfg(unix)]
            fn __judge_1(__returned: ()) -> __private::Returned {
                __private::outcome!(judge, __returned)
            }
            const {
                &__private::Group {
                    cases: &[
                        __private::Case {
                            promise: __private::Promise {
                                name: "ttl::expires",
                                promise: "An entry is gone once its time to live has passed.",
                                needs: &["ttl"],
                                tags: &["slow"],
                                timeout: ::core::time::Duration::from_millis(5000),
                                should_panic: ::core::option::Option::None,
                                handles: &[
                                    __private::Handle {
                                        name: "cache",
                                        namespace: "",
                                    },
                                    __private::Handle {
                                        name: "other",
                                        namespace: "",
                                    },
                                ],
                                file: ::core::file!(),
                                line: ::core::line!(),
                            },
                            body: {
                                fn __prove(
                                    __setting: &mut __private::Setting<
                                        super::super::__ContraitHandle_of_suite,
                                    >,
                                    __stage: &__private::Stage,
                                ) -> __private::Returned {
                                    let ([__handle_0, __handle_2], __context, __clock) = __setting
                                        .parts();
                                    let _ = (__context, __clock);
                                    __stage
                                        .case(
                                            ::core::pin::pin!(
                                                self::expires(&** __handle_0, __clock, &** __handle_2,)
                                            ),
                                            __judge_0,
                                        )
                                }
                                __private::Body::Async(__prove)
                            },
                        },
                        #[cfg(unix)]
                        __private::Case {
                            promise: __private::Promise {
                                name: "ttl::never_negative",
                                promise: "A time to live is never negative.",
                                needs: &[],
                                tags: &[],
                                timeout: ::core::time::Duration::from_millis(30000),
                                should_panic: ::core::option::Option::Some("negative"),
                                handles: &[
                                    __private::Handle {
                                        name: "cache",
                                        namespace: "",
                                    },
                                ],
                                file: ::core::file!(),
                                line: ::core::line!(),
                            },
                            body: {
                                fn __prove(
                                    __setting: &mut __private::Setting<
                                        super::super::__ContraitHandle_of_suite,
                                    >,
                                ) -> __private::Returned {
                                    let ([__handle_0], __context, __clock) = __setting.parts();
                                    let _ = (__context, __clock);
                                    __judge_1(self::never_negative(&mut **__handle_0))
                                }
                                __private::Body::Sync(__prove)
                            },
                        },
                    ],
                    groups: &[],
                }
            }
        }
    }
    #[doc(hidden)]
    #[allow(missing_docs, private_bounds, private_interfaces, unreachable_pub)]
    pub const fn __contrait_cases() -> &'static ::contrait::__private::Group<
        super::__ContraitHandle_of_suite,
    > {
        use ::contrait::__private;
        fn __judge_0(__returned: Result<(), CacheError>) -> __private::Returned {
            __private::outcome!(judge, __returned)
        }
        fn __judge_1(__returned: ()) -> __private::Returned {
            __private::outcome!(judge, __returned)
        }
        const {
            &__private::Group {
                cases: &[
                    __private::Case {
                        promise: __private::Promise {
                            name: "set_then_get",
                            promise: "A value that was set is returned.",
                            needs: &[],
                            tags: &[],
                            timeout: ::core::time::Duration::from_millis(30000),
                            should_panic: ::core::option::Option::None,
                            handles: &[
                                __private::Handle {
                                    name: "cache",
                                    namespace: "",
                                },
                            ],
                            file: ::core::file!(),
                            line: ::core::line!(),
                        },
                        body: {
                            fn __prove(
                                __setting: &mut __private::Setting<
                                    super::__ContraitHandle_of_suite,
                                >,
                                __stage: &__private::Stage,
                            ) -> __private::Returned {
                                let ([__handle_0], __context, __clock) = __setting.parts();
                                let _ = (__context, __clock);
                                __stage
                                    .case(
                                        ::core::pin::pin!(self::set_then_get(&** __handle_0,)),
                                        __judge_0,
                                    )
                            }
                            __private::Body::Async(__prove)
                        },
                    },
                    __private::Case {
                        promise: __private::Promise {
                            name: "outlives_a_reset",
                            promise: "A lost connection is no lost entry.",
                            needs: &["network", "server"],
                            tags: &[],
                            timeout: ::core::time::Duration::from_millis(30000),
                            should_panic: ::core::option::Option::None,
                            handles: &[
                                __private::Handle {
                                    name: "cache",
                                    namespace: "",
                                },
                            ],
                            file: ::core::file!(),
                            line: ::core::line!(),
                        },
                        body: {
                            fn __prove(
                                __setting: &mut __private::Setting<
                                    super::__ContraitHandle_of_suite,
                                >,
                                __stage: &__private::Stage,
                            ) -> __private::Returned {
                                let ([__handle_0], __context, __clock) = __setting.parts();
                                let _ = (__context, __clock);
                                __stage
                                    .case(
                                        ::core::pin::pin!(
                                            self::outlives_a_reset(&** __handle_0, __context.network(),
                                            __context.controlled_server(),)
                                        ),
                                        __judge_1,
                                    )
                            }
                            __private::Body::Async(__prove)
                        },
                    },
                ],
                groups: &[self::ttl::__contrait_cases()],
            }
        }
    }
    #[doc(hidden)]
    #[allow(unused_imports, unreachable_pub)]
    pub use super::__contrait_handle_of_suite as __contrait_handle;
    #[doc(hidden)]
    #[allow(unused_imports, unreachable_pub)]
    pub use super::__contrait_means_of_suite as __contrait_means;
    #[doc(hidden)]
    pub const __CONTRAIT_PATH: &str = ::core::module_path!();
}
#[doc(hidden)]
#[allow(unused_imports)]
use Cache as __ContraitContract_of_suite;
#[doc(hidden)]
#[allow(
    non_camel_case_types,
    non_snake_case,
    missing_docs,
    private_bounds,
    private_interfaces,
    unreachable_pub,
    dead_code
)]
pub type __ContraitHandle_of_suite = ::std::boxed::Box<dyn __ContraitContract_of_suite>;
#[doc(hidden)]
#[allow(
    non_camel_case_types,
    non_snake_case,
    missing_docs,
    private_bounds,
    private_interfaces,
    unreachable_pub,
    dead_code
)]
pub fn __contrait_handle_of_suite<S: __ContraitContract_of_suite + 'static>(
    subject: S,
    log: ::contrait::__private::Log,
) -> __ContraitHandle_of_suite {
    fn __record(
        subject: __ContraitHandle_of_suite,
        log: ::contrait::__private::Log,
    ) -> __ContraitHandle_of_suite {
        ::std::boxed::Box::new({
            #[allow(unused_imports)]
            use ::contrait::__private::not_under_contract as __ContraitContract_of_suite;
            {
                #[allow(unused_imports)]
                use self::__ContraitContract_of_suite;
                __ContraitContract_of_suite! {
                    dyn
                }
                __ContraitContract_of_suite(subject, log).recorder
            }
        })
    }
    __record(::std::boxed::Box::new(subject), log)
}
#[doc(hidden)]
#[inline]
#[allow(private_bounds, private_interfaces, unreachable_pub, dead_code)]
pub fn __contrait_means_of_suite() -> ::core::result::Result<
    ::std::boxed::Box<dyn ::contrait::__private::Means<__ContraitHandle_of_suite>>,
    ::std::string::String,
> {
    #[allow(unused_imports)]
    use ::contrait::__private::no_operations as __ContraitContract_of_suite;
    {
        #[allow(unused_imports)]
        use self::__ContraitContract_of_suite;
        ::contrait::__private::means!(
            __ContraitHandle_of_suite, ::contrait::__private::operations_of:: < (), _, _
            > (__ContraitContract_of_suite)
        )
    }
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code)]
#[derive(::contrait::__private::__SuiteCases)]
#[contrait_case(__contrait_suite_suite_d653bbf84f405b01 suite)]
pub enum __ContraitCasesOf_suite {
    #[contrait_case(set_then_get)]
    Case0,
    #[contrait_case(case{outlives_a_reset}needs{network server}attributes{})]
    Case1,
    #[contrait_case(case{ttl expires}needs{ttl}attributes{})]
    Case2,
    #[cfg(unix)]
    #[contrait_case(
        case{ttl
        never_negative}needs{}attributes{#[should_panic(expected = "negative")]}
    )]
    Case3,
}
