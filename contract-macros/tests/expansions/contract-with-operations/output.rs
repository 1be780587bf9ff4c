pub trait Leaderboard {
    fn submit(&mut self, player: &str, score: u32);
    fn best(&self, player: &str) -> Result<Option<u32>, Unknown>;
    fn swap<T>(&self, other: T);
}
#[automatically_derived]
#[allow(deprecated)]
impl<__T: Leaderboard + ?::core::marker::Sized> Leaderboard for ::std::boxed::Box<__T> {
    fn submit(&mut self, player: &str, score: u32) {
        <__T as Leaderboard>::submit(&mut **self, player, score)
    }
    fn best(&self, player: &str) -> Result<Option<u32>, Unknown> {
        <__T as Leaderboard>::best(&**self, player)
    }
    fn swap<T>(&self, other: T) {
        <__T as Leaderboard>::swap::<T>(&**self, other)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl<__T: Leaderboard + ?::core::marker::Sized> Leaderboard
for ::contrait::__private::Recorded<__T> {
    fn submit(&mut self, player: &str, score: u32) {
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "submit", player, score
        );
        let __subject = ::contrait::__private::Recorded::subject_mut(self);
        ::contrait::__private::returned!(
            __call, < __T as Leaderboard > ::submit(__subject, player, score)
        )
    }
    fn best(&self, player: &str) -> Result<Option<u32>, Unknown> {
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "best", player
        );
        let __subject = ::contrait::__private::Recorded::subject(&self);
        ::contrait::__private::returned!(
            __call, < __T as Leaderboard > ::best(__subject, player)
        )
    }
    fn swap<T>(&self, other: T) {
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "swap", other
        );
        let __subject = ::contrait::__private::Recorded::subject(&self);
        ::contrait::__private::returned!(
            __call, < __T as Leaderboard > ::swap:: < T > (__subject, other)
        )
    }
}
#[doc(hidden)]
#[allow(non_snake_case, dead_code)]
pub fn Leaderboard<T: ?::core::marker::Sized>(
    subject: ::std::boxed::Box<T>,
    log: ::contrait::__private::Log,
) -> ::contrait::__private::Contracted<
    ::contrait::__private::Recorded<T>,
    LeaderboardOperation,
> {
    ::contrait::__private::Contracted::new(
        ::contrait::__private::Recorded::new(subject, log),
    )
}
#[doc(hidden)]
#[macro_export]
macro_rules! __contrait_objects_Leaderboard_34a418386d158bfa {
    ($object:tt) => {
        ::contrait::__private::__refused! {
        "there are no objects of `Leaderboard`, since `swap` is generic: write `impl Leaderboard` for `dyn Leaderboard` in every case"
        $object }
    };
}
#[doc(hidden)]
#[allow(unused_imports)]
pub use __contrait_objects_Leaderboard_34a418386d158bfa as Leaderboard;
///A call of a method of [`Leaderboard`], with its arguments.
#[allow(missing_docs, private_interfaces, dead_code, clippy::large_enum_variant)]
#[derive(::core::clone::Clone)]
pub enum LeaderboardOperation {
    ///[`Leaderboard::submit`].
    Submit { player: ::std::string::String, score: u32 },
    ///[`Leaderboard::best`].
    Best { player: ::std::string::String },
}
impl ::core::fmt::Debug for LeaderboardOperation {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::contrait::__private::operation::fmt_operation(self, f)
    }
}
impl ::contrait::__private::serde::Serialize for LeaderboardOperation {
    fn serialize<S: ::contrait::__private::serde::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        ::contrait::__private::operation::serialize(self, serializer)
    }
}
impl<'de> ::contrait::__private::serde::Deserialize<'de> for LeaderboardOperation {
    fn deserialize<D: ::contrait::__private::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::contrait::__private::operation::deserialize(deserializer)
    }
}
#[automatically_derived]
#[allow(unused_variables, clippy::match_single_binding, clippy::match_same_arms)]
impl ::contrait::__private::operation::Operation for LeaderboardOperation {
    type Outcome = LeaderboardOutcome;
    const CONTRACT: &'static ::contrait::__private::operation::Contract = &::contrait::__private::operation::Contract {
        name: "Leaderboard",
        methods: &[
            ::contrait::__private::operation::Method {
                name: "submit",
                parameters: &[
                    ::contrait::__private::operation::Parameter {
                        name: "player",
                        ty: "&str",
                        role: ::contrait::__private::operation::Role::Key,
                        form: ::contrait::__private::operation::Form::Borrowed,
                    },
                    ::contrait::__private::operation::Parameter {
                        name: "score",
                        ty: "u32",
                        role: ::contrait::__private::operation::Role::Plain,
                        form: ::contrait::__private::operation::Form::Owned,
                    },
                ],
                read: false,
                idempotent: false,
                infallible: false,
                errors: &[],
                fallible: false,
                asynchronous: false,
                keyed: true,
                makes: false,
                exclusive: true,
                intercepted: true,
            },
            ::contrait::__private::operation::Method {
                name: "best",
                parameters: &[
                    ::contrait::__private::operation::Parameter {
                        name: "player",
                        ty: "&str",
                        role: ::contrait::__private::operation::Role::Key,
                        form: ::contrait::__private::operation::Form::Borrowed,
                    },
                ],
                read: true,
                idempotent: false,
                infallible: false,
                errors: &[],
                fallible: true,
                asynchronous: false,
                keyed: true,
                makes: false,
                exclusive: false,
                intercepted: true,
            },
        ],
        undriven: &[
            ::contrait::__private::operation::Undriven {
                method: "swap",
                why: "is generic",
                remedy: "give it one type, or mark it `#[undriven = \"…\"]`",
                declared: false,
            },
        ],
        shared: false,
        objects: false,
    };
    fn method(&self) -> usize {
        match self {
            Self::Submit { .. } => 0,
            Self::Best { .. } => 1,
        }
    }
    fn build<B: ::contrait::__private::operation::Build>(
        method: usize,
        build: &mut B,
    ) -> ::core::result::Result<Self, B::Error> {
        match method {
            0 => {
                ::core::result::Result::Ok(Self::Submit {
                    player: ::contrait::__private::operation::Build::argument(
                        build,
                        &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                            .methods[0]
                            .parameters[0],
                        ::contrait::__private::operation::ByType,
                    )?,
                    score: ::contrait::__private::operation::Build::argument(
                        build,
                        &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                            .methods[0]
                            .parameters[1],
                        ::contrait::__private::operation::ByType,
                    )?,
                })
            }
            1 => {
                ::core::result::Result::Ok(Self::Best {
                    player: ::contrait::__private::operation::Build::argument(
                        build,
                        &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                            .methods[1]
                            .parameters[0],
                        ::contrait::__private::operation::ByType,
                    )?,
                })
            }
            _ => ::core::unreachable!("there is no such method"),
        }
    }
    fn visit(
        &self,
        visit: &mut dyn FnMut(
            &'static ::contrait::__private::operation::Parameter,
            &dyn ::contrait::__private::operation::Field,
        ),
    ) {
        match self {
            Self::Submit { player: __player, score: __score } => {
                visit(
                    &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                        .methods[0]
                        .parameters[0],
                    &mut (__player, ::contrait::__private::operation::ByType),
                );
                visit(
                    &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                        .methods[0]
                        .parameters[1],
                    &mut (__score, ::contrait::__private::operation::ByType),
                );
            }
            Self::Best { player: __player } => {
                visit(
                    &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                        .methods[1]
                        .parameters[0],
                    &mut (__player, ::contrait::__private::operation::ByType),
                );
            }
        }
    }
    fn visit_mut(
        &mut self,
        visit: &mut dyn FnMut(
            &'static ::contrait::__private::operation::Parameter,
            &mut dyn ::contrait::__private::operation::Slot,
        ),
    ) {
        match self {
            Self::Submit { player: __player, score: __score } => {
                visit(
                    &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                        .methods[0]
                        .parameters[0],
                    &mut (__player, ::contrait::__private::operation::ByType),
                );
                visit(
                    &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                        .methods[0]
                        .parameters[1],
                    &mut (__score, ::contrait::__private::operation::ByType),
                );
            }
            Self::Best { player: __player } => {
                visit(
                    &<Self as ::contrait::__private::operation::Operation>::CONTRACT
                        .methods[1]
                        .parameters[0],
                    &mut (__player, ::contrait::__private::operation::ByType),
                );
            }
        }
    }
    fn key(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> {
        match self {
            Self::Submit { player: __key, .. } => {
                ::core::option::Option::Some(
                    ::contrait::__private::operation::Codec::key(
                        &::contrait::__private::operation::ByType,
                        __key,
                    ),
                )
            }
            Self::Best { player: __key, .. } => {
                ::core::option::Option::Some(
                    ::contrait::__private::operation::Codec::key(
                        &::contrait::__private::operation::ByType,
                        __key,
                    ),
                )
            }
        }
    }
}
///What a call of a method of [`Leaderboard`] is answered.
#[allow(private_interfaces, dead_code, clippy::large_enum_variant)]
pub enum LeaderboardOutcome {
    ///The answer of [`Leaderboard::submit`].
    Submit(()),
    ///The answer of [`Leaderboard::best`].
    Best(Result<Option<u32>, Unknown>),
}
impl ::core::fmt::Debug for LeaderboardOutcome {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Submit(answer) => f.write_str(&::contrait::__private::show!(answer)),
            Self::Best(answer) => f.write_str(&::contrait::__private::show!(answer)),
        }
    }
}
#[automatically_derived]
#[allow(unused_variables, clippy::unit_arg)]
impl ::contrait::__private::operation::Outcome for LeaderboardOutcome {
    fn method(&self) -> usize {
        match self {
            Self::Submit(..) => 0,
            Self::Best(..) => 1,
        }
    }
    fn compare(
        &self,
        other: &Self,
        slack: ::core::time::Duration,
    ) -> ::contrait::__private::operation::Comparison {
        match (self, other) {
            (Self::Submit(one), Self::Submit(other)) => {
                ::contrait::__private::compare!(one, other)
            }
            (Self::Best(one), Self::Best(other)) => {
                match (one, other) {
                    (
                        ::core::result::Result::Ok(one),
                        ::core::result::Result::Ok(other),
                    ) => ::contrait::__private::compare!(one, other),
                    (
                        ::core::result::Result::Err(one),
                        ::core::result::Result::Err(other),
                    ) => ::contrait::__private::compare_kinds!(one, other),
                    _ => ::contrait::__private::operation::Comparison::different(),
                }
            }
            #[allow(unreachable_patterns)]
            _ => ::contrait::__private::operation::Comparison::different(),
        }
    }
    fn shape(&self) -> ::std::string::String {
        match self {
            Self::Submit(answer) => ::contrait::__private::shape!(answer),
            Self::Best(answer) => {
                match answer {
                    ::core::result::Result::Ok(answer) => {
                        ::contrait::__private::operation::shape_within(
                            "Ok",
                            &::contrait::__private::shape!(answer),
                        )
                    }
                    ::core::result::Result::Err(error) => {
                        ::contrait::__private::operation::shape_within(
                            "Err",
                            &::contrait::__private::kind!(error),
                        )
                    }
                }
            }
        }
    }
    fn is_error(&self) -> bool {
        match self {
            Self::Submit(..) => false,
            Self::Best(answer) => answer.is_err(),
        }
    }
    fn source(&self) -> ::core::option::Option<::std::string::String> {
        match self {
            Self::Submit(answer) => ::contrait::__private::source!(answer),
            Self::Best(answer) => {
                answer
                    .as_ref()
                    .ok()
                    .and_then(|answer| ::contrait::__private::source!(answer))
            }
        }
    }
    fn parts(
        &self,
    ) -> ::core::result::Result<&dyn ::core::any::Any, &dyn ::core::any::Any> {
        match self {
            Self::Submit(answer) => ::core::result::Result::Ok(answer),
            Self::Best(answer) => ::contrait::__private::operation::within(answer),
        }
    }
    fn types(method: usize) -> ::contrait::__private::operation::Types {
        match method {
            0 => ::contrait::__private::types!(()),
            1 => {
                ::contrait::__private::types!(
                    Result : Result < Option < u32 >, Unknown >
                )
            }
            _ => ::core::unreachable!("there is no such method"),
        }
    }
    fn of_parts(
        method: usize,
        parts: ::core::result::Result<
            ::contrait::__private::operation::Value,
            ::contrait::__private::operation::Value,
        >,
    ) -> ::core::option::Option<Self> {
        match method {
            0 => ::contrait::__private::operation::plain(parts).map(Self::Submit),
            1 => ::contrait::__private::operation::around(parts).map(Self::Best),
            _ => ::core::option::Option::None,
        }
    }
}
#[automatically_derived]
#[allow(deprecated, unused_variables, unreachable_code)]
impl<
    __S: Leaderboard + ?::core::marker::Sized,
> ::contrait::__private::operation::Drive<__S> for LeaderboardOperation {
    type Driven<'a> = ::core::future::Ready<LeaderboardOutcome> where __S: 'a;
    fn drive<'a>(&'a self, subject: &'a mut __S) -> Self::Driven<'a> {
        ::core::future::ready(
            match self {
                Self::Submit { player: __player, score: __score } => {
                    LeaderboardOutcome::Submit(
                        <__S as Leaderboard>::submit(
                            subject,
                            __player,
                            ::core::clone::Clone::clone(__score),
                        ),
                    )
                }
                Self::Best { player: __player } => {
                    LeaderboardOutcome::Best(
                        <__S as Leaderboard>::best(subject, __player),
                    )
                }
            },
        )
    }
}
#[automatically_derived]
#[allow(deprecated, unused_variables, unreachable_code)]
impl<
    __S: Leaderboard + ?::core::marker::Sized,
> ::contrait::__private::operation::DriveReading<__S> for LeaderboardOperation {
    type Driven<'a> = ::core::future::Ready<LeaderboardOutcome> where __S: 'a;
    fn drive_reading<'a>(&'a self, subject: &'a __S) -> Self::Driven<'a> {
        ::core::future::ready(
            match self {
                Self::Submit { .. } => ::core::unreachable!("it takes `&mut self`"),
                Self::Best { player: __player } => {
                    LeaderboardOutcome::Best(
                        <__S as Leaderboard>::best(subject, __player),
                    )
                }
            },
        )
    }
}
#[automatically_derived]
#[allow(deprecated, unused_variables, unreachable_code)]
impl<
    __M: Leaderboard + ::contrait::__private::operation::Model,
> ::contrait::__private::operation::ModelledBy<__M> for LeaderboardOperation {
    fn on_model(&self, model: &mut __M) -> LeaderboardOutcome {
        match self {
            Self::Submit { player: __player, score: __score } => {
                LeaderboardOutcome::Submit(
                    <__M as Leaderboard>::submit(
                        model,
                        __player,
                        ::core::clone::Clone::clone(__score),
                    ),
                )
            }
            Self::Best { player: __player } => {
                LeaderboardOutcome::Best(<__M as Leaderboard>::best(model, __player))
            }
        }
    }
}
