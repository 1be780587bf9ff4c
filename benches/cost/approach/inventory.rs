//! The crate `inventory`: constructors before `main` gather the cases, libtest-mimic runs them.

use super::{Approach, table, with_tokio};
use crate::generate::{SourceFile, Work, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "inventory",
    title: "inventory registration, libtest-mimic",
    individual: "no: a harness of its own",
    dependencies: with_tokio!("libtest-mimic = \"0.8\"", "inventory = \"0.3\""),
    harness: false,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from(table::HEAD);
    main += "\ninventory::collect!(Case);\n";
    for case in &work.cases {
        main += &table::case(case);
        main += &format!("inventory::submit!({});\n", table::case_entry(case));
    }
    main += &table::backends(work);
    main += &table::main("inventory::iter::<Case>().copied()");
    one_file(main)
}
