//! The crate `generic-tests`: a module of generic tests that is instantiated for each backend.

use super::{Approach, with_tokio};
use crate::generate::{SourceFile, Work, body, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "generic-tests",
    title: "generic-tests",
    individual: "yes",
    dependencies: with_tokio!("generic-tests = \"0.1\""),
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from("//! The store's promises, generic over the backend.\n\n");
    main += "trait Fresh {\n    fn fresh() -> Self;\n}\n\n";
    for backend in &work.backends {
        let name = &backend.type_name;
        main += &format!("impl Fresh for backends::{name} {{\n    fn fresh() -> Self {{\n");
        main += &format!("        backends::{name}::new()\n    }}\n}}\n\n");
    }
    main += "#[generic_tests::define(attrs(tokio::test))]\nmod suite {\n";
    main += "    use backends::*;\n    use kv::{Kv, KvError};\n\n    use super::Fresh;\n";
    for case in &work.cases {
        main += &format!("\n    /// {}\n    #[tokio::test]\n", case.promise);
        main += &format!(
            "    async fn {}<B: Kv + Fresh>() -> Result<(), KvError> {{\n",
            case.name
        );
        main += &format!("        let kv = B::fresh();\n{}    }}\n", body(case, 2));
    }
    for backend in &work.backends {
        main += &format!(
            "\n    #[instantiate_tests(<{}>)]\n    mod {} {{}}\n",
            backend.type_name, backend.module
        );
    }
    main += "}\n";
    one_file(main)
}
