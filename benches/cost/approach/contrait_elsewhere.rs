//! Ours, with the suite beside the trait in another crate.

use super::{Approach, contrait};
use crate::generate::{SourceFile, Work, backends, kv};

pub(super) const APPROACH: Approach = Approach {
    name: "contrait-elsewhere",
    title: "contrait, the suite in another crate",
    individual: "yes",
    dependencies: "contrait = { path = \"ROOT/contracts\", features = [\"suite\"] }\nsuite = { path = \"suite\" }\n",
    harness: true,
    second_package: Some(SUITE_MANIFEST),
    files,
};

const SUITE_MANIFEST: &str = r#"[package]
name = "suite"
version = "0.0.0"
edition = "2024"

[dependencies]
store = { path = "../store" }
async-trait = "0.1"
contrait = { path = "ROOT/contracts", features = ["suite"] }
"#;

fn files(work: &Work) -> Vec<SourceFile> {
    let mut suite = String::from("//! The store's trait and its promises.\n\npub mod kv;\n\nuse contrait::contract_suite;\n\nuse kv::Kv;\n\n");
    suite += &contrait::suite(work, "crate::kv");
    let mut main = String::from("//! The backends that owe the store's promises.\n\nmod backends;\n\n");
    main += "use contrait::backend;\nuse suite::suite;\n\nuse backends::*;\n";
    main += &contrait::backends(work);
    vec![
        SourceFile { path: "suite/src/kv.rs", text: kv("#[contrait::contract]\n") },
        SourceFile { path: "suite/src/lib.rs", text: suite },
        SourceFile { path: "tests/suite/backends.rs", text: backends(work, "suite::kv") },
        SourceFile { path: "tests/suite/main.rs", text: main },
    ]
}
