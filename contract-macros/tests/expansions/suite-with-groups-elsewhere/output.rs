pub(super) mod suite {
    use super::*;
    /// A key may be empty.
    async fn empty(cache: &dyn Cache) -> Result<(), CacheError> {
        cache.set("", b"v", None).await
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
        const {
            &__private::Group {
                cases: &[
                    __private::Case {
                        promise: __private::Promise {
                            name: "keys::empty",
                            promise: "A key may be empty.",
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
                                        ::core::pin::pin!(self::empty(&** __handle_0,)),
                                        __judge_0,
                                    )
                            }
                            __private::Body::Async(__prove)
                        },
                    },
                ],
                groups: &[
                    self::__contrait_group_0::__contrait_cases(),
                    self::__contrait_group_1::__contrait_cases(),
                ],
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
    #[allow(unused_imports, unreachable_pub)]
    pub(in super::super) use super::__contrait_group_0_of_suite as __contrait_group_0;
    #[doc(hidden)]
    #[allow(unused_imports, unreachable_pub)]
    pub(in super::super) use super::__contrait_group_1_of_suite as __contrait_group_1;
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
#[allow(unused_imports, unreachable_pub)]
pub(super) use ttl::suite as __contrait_group_0_of_suite;
#[doc(hidden)]
#[allow(unused_imports, unreachable_pub)]
pub(super) use other_crate::keys::suite as __contrait_group_1_of_suite;
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
#[macro_export]
macro_rules! __contrait_suite_suite_d653bbf84f405b01 {
    ({ $($callback:tt)* } { $($state:tt)* }) => {
        $($callback)* ! { { $($state)* } groups { __contrait_group_0 __contrait_group_1 }
        case { keys empty } needs {} attributes {} }
    };
}
#[doc(hidden)]
#[allow(unused_imports)]
pub(super) use __contrait_suite_suite_d653bbf84f405b01 as suite;
