//! Ours, with the suite in a crate of its own.

use super::{Approach, contrait, with_contrait};
use crate::generate::{SourceFile, Work};

pub(super) const APPROACH: Approach = Approach {
    name: "contrait-elsewhere",
    title: "contrait, the suite in another crate",
    individual: "yes",
    dependencies: with_contrait!(in_the_tests, "suite = { path = \"suite\" }"),
    harness: true,
    trait_attributes: contrait::TRAIT_ATTRIBUTES,
    trait_dependencies: with_contrait!(),
    suite_dependencies: Some(with_contrait!("kv = { path = \"../kv\" }")),
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut suite =
        String::from("//! The store's promises.\n\nuse contrait::contract_suite;\nuse kv::Kv;\n\n");
    suite += &contrait::suite(work);
    let mut main = String::from(
        "//! The backends that owe the store's promises.\n\nuse backends::*;\nuse contrait::backend;\nuse suite::suite;\n",
    );
    main += &contrait::backends(work);
    vec![
        SourceFile {
            path: "suite/src/lib.rs",
            text: suite,
        },
        SourceFile {
            path: "tests/suite.rs",
            text: main,
        },
    ]
}
