//! Ours, with the suite beside the backends.

use super::{Approach, with_contrait};
use crate::generate::{SourceFile, Work, body, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "contrait",
    title: "contrait",
    individual: "yes",
    dependencies: with_contrait!(in_the_tests),
    harness: true,
    trait_attributes: TRAIT_ATTRIBUTES,
    trait_dependencies: with_contrait!(),
    suite_dependencies: None,
    files,
};

pub(super) const TRAIT_ATTRIBUTES: &str = "#[contrait::contract]\n";

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from("//! The store's promises, and the backends that owe them.\n\n");
    main += "use backends::*;\nuse contrait::{backend, contract_suite};\nuse kv::Kv;\n\n";
    main += &suite(work);
    main += &backends(work);
    one_file(main)
}

/// The suite as a module.
pub(super) fn suite(work: &Work) -> String {
    let mut text =
        String::from("#[contract_suite(Kv)]\npub mod suite {\n    use kv::{Kv, KvError};\n");
    for case in &work.cases {
        text += &format!("\n    /// {}\n    #[case]\n", case.promise);
        text += &format!(
            "    async fn {}(kv: &dyn Kv) -> Result<(), KvError> {{\n{}    }}\n",
            case.name,
            body(case, 2)
        );
    }
    text + "}\n"
}

/// The declarations of the backends.
pub(super) fn backends(work: &Work) -> String {
    let mut text = String::new();
    for backend in &work.backends {
        let (module, type_name) = (&backend.module, &backend.type_name);
        text += &format!(
            "\n#[backend(suite)]\nfn {module}() -> {type_name} {{\n    {type_name}::new()\n}}\n"
        );
    }
    text
}
