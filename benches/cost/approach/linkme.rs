//! The crate `linkme`: the linker gathers the cases, libtest-mimic runs them.

use super::{Approach, table, with_tokio};
use crate::generate::{SourceFile, Work, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "linkme",
    title: "linkme registration, libtest-mimic",
    individual: "no: a harness of its own",
    dependencies: with_tokio!("libtest-mimic = \"0.8\"", "linkme = \"0.3\""),
    harness: false,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from(table::HEAD);
    main += "\n#[linkme::distributed_slice]\nstatic CASES: [Case];\n";
    for case in &work.cases {
        main += &table::case(case);
        main += &format!(
            "#[linkme::distributed_slice(CASES)]\nstatic {}: Case = ",
            case.name.to_uppercase()
        );
        main += &format!("{};\n", table::case_entry(case));
    }
    main += &table::backends(work);
    main += &table::main("CASES.iter().copied()");
    one_file(main)
}
