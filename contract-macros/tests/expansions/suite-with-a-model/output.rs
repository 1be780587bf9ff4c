pub mod suite {
    use super::*;
    /// Who was never there has no score.
    fn nobody_has_no_score(board: &mut dyn Leaderboard) {
        assert_eq!(board.best("ada"), None);
    }
    #[doc(hidden)]
    #[allow(missing_docs, private_bounds, private_interfaces, unreachable_pub)]
    pub const fn __contrait_cases() -> &'static ::contrait::__private::Group<
        super::__ContraitHandle_of_suite,
    > {
        use ::contrait::__private;
        fn __judge_0(__returned: ()) -> __private::Returned {
            __private::outcome!(judge, __returned)
        }
        const {
            &__private::Group {
                cases: &[
                    __private::Case {
                        promise: __private::Promise {
                            name: "nobody_has_no_score",
                            promise: "Who was never there has no score.",
                            needs: &[],
                            tags: &[],
                            timeout: ::core::time::Duration::from_millis(30000),
                            should_panic: ::core::option::Option::None,
                            handles: &[
                                __private::Handle {
                                    name: "board",
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
                            ) -> __private::Returned {
                                let ([__handle_0], __context, __clock) = __setting.parts();
                                let _ = (__context, __clock);
                                __judge_0(self::nobody_has_no_score(&mut **__handle_0))
                            }
                            __private::Body::Sync(__prove)
                        },
                    },
                ],
                groups: &[super::__contrait_checks_of_suite()],
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
use Leaderboard as __ContraitContract_of_suite;
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
#[allow(private_bounds, private_interfaces, unreachable_pub)]
pub const fn __contrait_checks_of_suite() -> &'static ::contrait::__private::Group<
    __ContraitHandle_of_suite,
> {
    const {
        &::contrait::__private::Group {
            cases: &[
                ::contrait::__private::Case {
                    promise: ::contrait::__private::Promise {
                        name: "generated::lockstep",
                        promise: "Whatever is called in whatever order, the answers are those of the model.",
                        needs: &["lockstep"],
                        tags: &["generated"],
                        timeout: ::core::time::Duration::from_millis(120000u64),
                        should_panic: ::core::option::Option::None,
                        handles: &[],
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    body: {
                        fn __prove(
                            __runs: &::contrait::__private::Runs<
                                __ContraitHandle_of_suite,
                            >,
                        ) -> ::contrait::__private::LocalFuture<
                            '_,
                            ::contrait::__private::Returned,
                        > {
                            ::std::boxed::Box::pin(
                                ::contrait::__private::generated::lockstep(
                                    __runs,
                                    ::contrait::__private::modelled!(
                                        known, ::contrait::__private::operations_of:: < (), _, _ >
                                        (__ContraitContract_of_suite), | handle : & mut
                                        __ContraitHandle_of_suite | & mut * * handle, | _ |
                                        Scores::default()
                                    ),
                                ),
                            )
                        }
                        ::contrait::__private::Body::Check(::contrait::__private::Check {
                            asynchronous: ::contrait::__private::generated::is_asynchronous(
                                ::contrait::__private::operations_of::<
                                    (),
                                    _,
                                    _,
                                >(__ContraitContract_of_suite),
                            ),
                            run: __prove,
                        })
                    },
                },
                ::contrait::__private::Case {
                    promise: ::contrait::__private::Promise {
                        name: "generated::linearizable",
                        promise: "Whatever several clients call at once, the answers are those of the model to one call at a time.",
                        needs: &["linearizable"],
                        tags: &["generated"],
                        timeout: ::core::time::Duration::from_millis(120000u64),
                        should_panic: ::core::option::Option::None,
                        handles: &[],
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    body: {
                        fn __prove(
                            __runs: &::contrait::__private::Runs<
                                __ContraitHandle_of_suite,
                            >,
                        ) -> ::contrait::__private::LocalFuture<
                            '_,
                            ::contrait::__private::Returned,
                        > {
                            ::std::boxed::Box::pin(
                                ::contrait::__private::linearizable!(
                                    __runs, ::contrait::__private::modelled!(known,
                                    ::contrait::__private::operations_of:: < (), _, _ >
                                    (__ContraitContract_of_suite), | handle : & mut
                                    __ContraitHandle_of_suite | & mut * * handle, | _ |
                                    Scores::default()), false
                                ),
                            )
                        }
                        ::contrait::__private::Body::Check(::contrait::__private::Check {
                            asynchronous: ::contrait::__private::generated::is_asynchronous(
                                ::contrait::__private::operations_of::<
                                    (),
                                    _,
                                    _,
                                >(__ContraitContract_of_suite),
                            ),
                            run: __prove,
                        })
                    },
                },
            ],
            groups: &[],
        }
    }
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
            > (__ContraitContract_of_suite), ::contrait::__private::modelled!(known,
            ::contrait::__private::operations_of:: < (), _, _ >
            (__ContraitContract_of_suite), | handle : & mut __ContraitHandle_of_suite | &
            mut * * handle, | _ | Scores::default())
        )
    }
}
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_suite_suite_d653bbf84f405b01 {
    ({ $($callback:tt)* } { $($state:tt)* }) => {
        $($callback)* ! { { $($state)* } nobody_has_no_score case { generated lockstep }
        needs { lockstep } attributes {} case { generated linearizable } needs {
        linearizable } attributes { #[ignore =
        "no two clients can have one subject: the cases take it as `&mut`, and none takes several of one namespace"]
        } }
    };
}
#[doc(hidden)]
#[allow(unused_imports)]
pub use __contrait_suite_suite_d653bbf84f405b01 as suite;
