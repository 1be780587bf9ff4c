//! The crate `test-case`: each case lists the backends, since a list cannot be shared.

use super::{Approach, with_tokio};
use crate::generate::{SourceFile, Work, body, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "test-case",
    title: "test-case",
    individual: "yes",
    dependencies: with_tokio!("test-case = \"3\""),
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main =
        String::from("//! The store's promises, each with the backends that keep it.\n\n");
    main += "use test_case::test_case;\n\nuse backends::*;\nuse kv::{Kv, KvError};\n";
    for case in &work.cases {
        main += &format!("\n/// {}\n", case.promise);
        for backend in &work.backends {
            main += &format!(
                "#[test_case({}::new(); \"{}\")]\n",
                backend.type_name, backend.module
            );
        }
        main += &format!(
            "#[tokio::test]\nasync fn {}(kv: impl Kv) -> Result<(), KvError> {{\n{}}}\n",
            case.name,
            body(case, 1)
        );
    }
    one_file(main)
}
