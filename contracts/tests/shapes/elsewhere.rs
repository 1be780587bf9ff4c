//! Suites and backends of another crate, in which contrait goes by another name.

use contrait::{backend, contract_tests};
use contrait_another_crate::number::{Number, Pair};

/// An implementation that the contract's crate knows nothing of.
pub struct Mine(u32);

impl Number for Mine {
    fn increment(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        self.0
    }
}

/// A backend that is run here and again elsewhere.
#[backend(contrait_another_crate::number::suite)]
pub fn mine() -> Mine {
    Mine(u32::MAX)
}

#[backend(contrait_another_crate::renamed, lacks(end = "it has none"))]
fn by_a_new_name() -> Mine {
    Mine(0)
}

#[backend(contrait_another_crate::facade::suite)]
async fn through_a_facade() -> Result<Box<dyn Number>, std::fmt::Error> {
    Ok(Box::new(Mine(u32::MAX)))
}

impl Pair for Mine {
    fn another(&self) -> Self {
        Self(self.0)
    }
    fn sum(&self) -> u32 {
        self.0
    }
}

mod by_use {
    use contrait_another_crate::{facade::*, renamed as numbers};

    #[contrait::backend(numbers, pair)]
    fn both() -> super::Mine {
        super::Mine(u32::MAX)
    }
}

contract_tests!(contrait_another_crate::number::plain);
contract_tests!(
    contrait_another_crate::facade::plain as plain_again,
    contrait_another_crate::number::several,
    // By way of what another crate re-exports.
    crate = contrait_another_crate::facade::behaviour,
);

mod renamed {
    use contrait_another_crate::number::{plain as source, several};

    contrait::contract_tests!(source as target);

    #[test]
    fn a_backend_is_run_by_name_as_well() {
        assert_eq!(source::conformance().backend(), "plain");
        assert!(several::both::conformance().run_all().len() == 1);
    }
}

// What is declared here can be run here again.
contract_tests!(self::mine as mine_again, crate::suites::with_all);
