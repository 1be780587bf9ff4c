//! The crates `rstest` and `rstest_reuse`, as their documentation shows them: a template of backends, and cases over `impl Kv`.

use super::{Approach, with_tokio};
use crate::generate::{Backend, SourceFile, Work, body, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "rstest-reuse",
    title: "rstest with rstest_reuse",
    individual: "yes",
    dependencies: DEPENDENCIES,
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

pub(super) const DEPENDENCIES: &str = with_tokio!("rstest = \"0.28\"", "rstest_reuse = \"0.7\"");

fn files(work: &Work) -> Vec<SourceFile> {
    one_file(main(work, "impl Kv", |backend| {
        format!("{}::new()", backend.type_name)
    }))
}

/// The test file, for a `subject` type that each backend's expression yields.
pub(super) fn main(work: &Work, subject: &str, new: fn(&Backend) -> String) -> String {
    let mut main = String::from("//! The store's promises, applied to a template of backends.\n\n");
    main += "use rstest::rstest;\nuse rstest_reuse::{apply, template};\n\nuse backends::*;\nuse kv::{Kv, KvError};\n\n";
    main += "#[template]\n#[rstest]\n";
    for backend in &work.backends {
        main += &format!("#[case::{}({})]\n", backend.module, new(backend));
    }
    main += &format!("fn backends_under_test(#[case] kv: {subject}) {{}}\n");
    for case in &work.cases {
        main += &format!(
            "\n/// {}\n#[apply(backends_under_test)]\n#[tokio::test]\n",
            case.promise
        );
        main += &format!(
            "async fn {}(#[case] kv: {subject}) -> Result<(), KvError> {{\n{}}}\n",
            case.name,
            body(case, 1)
        );
    }
    main
}
