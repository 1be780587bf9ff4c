//! What everybody writes first: each case once more for each backend.

use super::{Approach, with_tokio};
use crate::generate::{Backend, SourceFile, Work, body, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "hand-written",
    title: "hand-written duplicates",
    individual: "yes",
    dependencies: with_tokio!(),
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from("//! The store's promises, once for each backend.\n");
    for backend in &work.backends {
        main += &module(work, backend);
    }
    one_file(main)
}

fn module(work: &Work, Backend { module, type_name }: &Backend) -> String {
    let mut text = format!(
        "\nmod {module} {{\n    use backends::{type_name};\n    use kv::{{Kv, KvError}};\n"
    );
    for case in &work.cases {
        text += &format!("\n    /// {}\n    #[tokio::test]\n", case.promise);
        text += &format!("    async fn {}() -> Result<(), KvError> {{\n", case.name);
        text += &format!(
            "        let kv = {type_name}::new();\n{}    }}\n",
            body(case, 2)
        );
    }
    text + "}\n"
}
