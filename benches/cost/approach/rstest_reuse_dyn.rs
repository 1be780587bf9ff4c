//! The crates `rstest` and `rstest_reuse` at their best: the subject is boxed, so that a case is compiled once.

use super::{Approach, rstest_reuse};
use crate::generate::{SourceFile, Work, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "rstest-reuse-dyn",
    title: "rstest with rstest_reuse, boxed dyn",
    individual: "yes",
    dependencies: rstest_reuse::DEPENDENCIES,
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    one_file(rstest_reuse::main(work, "Box<dyn Kv>", |backend| {
        format!("Box::new({}::new())", backend.type_name)
    }))
}
