//! Traits of one name, of which one has no objects: a suite of the other takes trait objects all the same.

mod of_this_crate {
    pub(crate) mod awaited {
        #[contrait::contract]
        pub(crate) trait Shelf {
            async fn books(&self) -> u8;
        }

        impl Shelf for u8 {
            async fn books(&self) -> u8 {
                *self
            }
        }
    }

    use contrait::{backend, contract, contract_suite};

    #[contract]
    trait Shelf {
        fn books(&self) -> u8;
    }

    impl Shelf for u8 {
        fn books(&self) -> u8 {
            *self
        }
    }

    #[contract_suite(Shelf)]
    mod suite {
        use super::*;

        /// There are books.
        #[case]
        fn has_books(shelf: &dyn Shelf) {
            assert_eq!(shelf.books(), 3);
        }
    }

    #[backend(suite)]
    fn three() -> u8 {
        3
    }
}

mod of_another_crate {
    mod awaited {
        #[contrait::contract]
        trait Number {
            async fn increment(&mut self) -> u32;
        }

        impl Number for u32 {
            async fn increment(&mut self) -> u32 {
                *self
            }
        }
    }

    use contrait::{backend, contract_suite};
    use contrait_another_crate::number::Number;

    #[contract_suite(Number)]
    mod suite {
        use super::*;

        fn twice(number: &mut dyn Number) -> u32 {
            number.increment();
            number.increment()
        }

        /// It counts up.
        #[case]
        fn counts(number: &mut dyn Number) {
            assert_eq!(twice(number), 2);
        }
    }

    #[backend(suite)]
    fn zero() -> u32 {
        0
    }
}
