//! The crate `duplicate`: one module, written out for each backend.

use super::{Approach, with_tokio};
use crate::generate::{SourceFile, Work, body, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "duplicate",
    title: "duplicate",
    individual: "yes",
    dependencies: with_tokio!("duplicate = \"2\""),
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from("//! The store's promises, duplicated for each backend.\n\n");
    main += "#[duplicate::duplicate_item(\n    backend Kind;\n";
    for backend in &work.backends {
        main += &format!("    [{}] [{}];\n", backend.module, backend.type_name);
    }
    main += ")]\nmod backend {\n    use backends::Kind;\n    use kv::{Kv, KvError};\n";
    for case in &work.cases {
        main += &format!("\n    /// {}\n    #[tokio::test]\n", case.promise);
        main += &format!("    async fn {}() -> Result<(), KvError> {{\n", case.name);
        main += &format!("        let kv = Kind::new();\n{}    }}\n", body(case, 2));
    }
    main += "}\n";
    one_file(main)
}
