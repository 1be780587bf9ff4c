//! Ours, with the suite beside the backends.

use super::Approach;
use crate::generate::{SourceFile, Work, body, one_crate};

pub(super) const APPROACH: Approach = Approach {
    name: "contrait",
    title: "contrait",
    individual: "yes",
    dependencies: "contrait = { path = \"ROOT/contracts\", features = [\"suite\"] }\n",
    harness: true,
    second_package: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from("//! The store's promises, and the backends that owe them.\n\nmod backends;\nmod kv;\n\n");
    main += "use contrait::{backend, contract_suite};\n\nuse backends::*;\nuse kv::Kv;\n\n";
    main += &suite(work, "crate::kv");
    main += &backends(work);
    one_crate(work, "#[contrait::contract]\n", main)
}

/// The suite as a module; `kv` is the path of the module that has the trait.
pub(super) fn suite(work: &Work, kv: &str) -> String {
    let mut text = String::from("#[contract_suite(Kv)]\npub mod suite {\n");
    text += &format!("    use {kv}::{{Kv, KvError}};\n");
    for case in &work.cases {
        text += &format!("\n    /// {}\n    #[case]\n", case.promise);
        text += &format!("    async fn {}(kv: &dyn Kv) -> Result<(), KvError> {{\n{}    }}\n", case.name, body(case, 2));
    }
    text + "}\n"
}

/// The declarations of the backends.
pub(super) fn backends(work: &Work) -> String {
    let mut text = String::new();
    for backend in &work.backends {
        let (module, type_name) = (&backend.module, &backend.type_name);
        text += &format!("\n#[backend(suite)]\nfn {module}() -> {type_name} {{\n    {type_name}::new()\n}}\n");
    }
    text
}
