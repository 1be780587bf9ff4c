//! Where traits, suites and backends may stand, and by which paths they are found.

use contrait::contract;

mod private {
    use contrait::{backend, contract, contract_suite};

    #[contract]
    trait Hidden {
        fn value(&self) -> u8;
    }

    impl Hidden for u8 {
        fn value(&self) -> u8 {
            *self
        }
    }

    #[contract_suite(Hidden)]
    mod suite {
        use super::*;

        /// There is a value.
        #[case]
        fn has_a_value(hidden: &dyn Hidden) {
            assert_eq!(hidden.value(), 1);
        }
    }

    #[backend(suite)]
    fn one() -> u8 {
        1
    }
}

mod of_the_crate {
    pub(crate) mod deep {
        use contrait::{contract, contract_suite};

        #[contract]
        pub(crate) trait Numbered {
            fn number(&self) -> u8;
        }

        impl Numbered for u8 {
            fn number(&self) -> u8 {
                *self
            }
        }

        #[contract_suite(Numbered)]
        pub(crate) mod suite {
            use super::*;

            /// There is a number.
            #[case]
            fn has_a_number(numbered: &dyn Numbered) {
                assert_eq!(numbered.number(), 2);
            }
        }

        pub(in crate::places) mod generic {
            use super::Numbered;
            use contrait::contract_suite;

            #[contract_suite(Numbered)]
            pub(in crate::places) mod suite {
                use super::*;

                /// There is a number.
                #[case]
                fn has_a_number(numbered: &impl Numbered) {
                    assert_eq!(numbered.number(), 2);
                }
            }
        }
    }

    pub(crate) use deep::suite as renamed;
}

mod facade {
    pub(crate) use super::of_the_crate::*;
}

mod elsewhere {
    use contrait::backend;

    #[backend(super::of_the_crate::deep::suite)]
    fn by_super() -> u8 {
        2
    }

    #[backend(crate::places::of_the_crate::renamed)]
    fn by_a_new_name() -> u8 {
        2
    }

    #[backend(crate::places::facade::renamed as through_a_facade)]
    pub(crate) fn by_a_glob() -> u8 {
        2
    }

    #[backend(super::of_the_crate::deep::generic::suite)]
    pub(super) fn generic() -> u8 {
        2
    }
}

/// Two suites of one name in one crate, and one backend of both.
mod twice {
    use contrait::backend;

    #[backend(
        super::of_the_crate::deep::suite,
        super::of_the_crate::deep::generic::suite
    )]
    fn two_of_one_name() -> u8 {
        2
    }

    #[backend(super::of_the_crate::deep::suite)]
    fn again() -> u8 {
        2
    }
}

/// What a macro writes, twice: all stands on one line.
mod written {
    macro_rules! write {
        ($contract:ident, $subject:ty, $suite:ident, $case:ident) => {
            use contrait::{backend, contract, contract_suite};

            #[contract]
            trait $contract {
                fn value(&self) -> $subject;
            }

            impl $contract for $subject {
                fn value(&self) -> $subject {
                    *self
                }
            }

            #[contract_suite($contract)]
            mod $suite {
                use super::$contract;

                /// There is a value.
                #[case]
                fn $case(handle: &dyn $contract) {
                    assert_eq!(handle.value(), 4);
                }
            }

            #[contract_suite($contract)]
            mod generic {
                use super::$contract;

                /// There is a value.
                #[case]
                fn $case(handle: &impl $contract) {
                    assert_eq!(handle.value(), 4);
                }
            }

            #[backend($suite, generic)]
            pub(super) fn four() -> $subject {
                4
            }

            #[backend($suite)]
            fn fallible() -> Result<$subject, std::fmt::Error> {
                Ok(4)
            }
        };
    }

    mod one {
        write!(Byte, u8, suite, has_a_value);
    }

    mod other {
        write!(Word, u16, suite, has_a_value);
    }

    contrait::contract_tests!(one::four as one_again, other::four as other_again);
}

#[test]
fn in_a_function() {
    #[contract]
    trait Within {
        fn value(&self) -> u8;
    }
    impl Within for u8 {
        fn value(&self) -> u8 {
            *self
        }
    }
    let boxed: Box<dyn Within> = Box::new(3);
    assert_eq!(Box::new(&boxed).value(), 3);
}
