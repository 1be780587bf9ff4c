//! No approach that one would use, but what individual tests cost at the least: the cases once, and for each case on each
//! backend a test that makes one call. It has no recorder, no bound on time, no teardown and no reports.

use super::{Approach, table, with_tokio};
use crate::generate::{Backend, SourceFile, Work, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "floor",
    title: "the floor: bare tests, one call each",
    individual: "yes",
    dependencies: with_tokio!(),
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

const HEAD: &str = r#"//! The store's promises, in a table, and bare tests.

use std::future::Future;
use std::pin::Pin;

use kv::{Kv, KvError};

type Running<'a> = Pin<Box<dyn Future<Output = Result<(), KvError>> + 'a>>;

struct Case {
    name: &'static str,
    run: fn(&dyn Kv) -> Running<'_>,
}

fn check(name: &str, kv: Box<dyn Kv>) {
    let case = CASES.iter().find(|case| case.name == name).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on((case.run)(&*kv)).unwrap();
}
"#;

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main = String::from(HEAD);
    main.extend(work.cases.iter().map(table::case));
    main += "\nconst CASES: &[Case] = &[\n";
    for case in &work.cases {
        main += &format!("    {},\n", table::case_entry(case));
    }
    main += "];\n";
    for backend in &work.backends {
        main += &module(work, backend);
    }
    one_file(main)
}

fn module(work: &Work, Backend { module, type_name }: &Backend) -> String {
    let mut text = format!("\nmod {module} {{\n    fn check(name: &str) {{\n");
    text +=
        &format!("        super::check(name, Box::new(backends::{type_name}::new()));\n    }}\n");
    for case in &work.cases {
        let name = &case.name;
        text += &format!("\n    #[test]\n    fn {name}() {{\n        check(\"{name}\");\n    }}\n");
    }
    text + "}\n"
}
