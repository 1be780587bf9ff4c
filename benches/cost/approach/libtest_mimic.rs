//! The crate `libtest-mimic` with a table of cases: the cheapest to build, at the price of a harness of one's own.

use super::{Approach, table, with_tokio};
use crate::generate::{SourceFile, Work, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "libtest-mimic",
    title: "libtest-mimic, a table",
    individual: "no: a harness of its own",
    dependencies: with_tokio!("libtest-mimic = \"0.8\""),
    harness: false,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from(table::HEAD);
    main.extend(work.cases.iter().map(table::case));
    main += "\nconst CASES: &[Case] = &[\n";
    for case in &work.cases {
        main += &format!("    {},\n", table::case_entry(case));
    }
    main += "];\n";
    main += &table::backends(work);
    main += &table::main("CASES.iter().copied()");
    one_file(main)
}
