//! What the approaches with a harness of their own share: cases as functions that return boxed futures, and libtest-mimic.

use crate::cases::Case;
use crate::generate::{Work, body};

/// The head of the test file: types of a case and of a backend.
pub(super) const HEAD: &str = r#"//! The store's promises, run by libtest-mimic.

use std::future::Future;
use std::pin::Pin;

use libtest_mimic::{Arguments, Failed, Trial};

use kv::{Kv, KvError};

type Running<'a> = Pin<Box<dyn Future<Output = Result<(), KvError>> + 'a>>;

#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    run: fn(&dyn Kv) -> Running<'_>,
}

#[derive(Clone, Copy)]
struct Backend {
    name: &'static str,
    new: fn() -> Box<dyn Kv>,
}

fn run(case: Case, backend: Backend) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let kv = (backend.new)();
    runtime.block_on((case.run)(&*kv)).map_err(Failed::from)
}
"#;

/// A case as a function, with a blank line before it.
pub(super) fn case(case: &Case) -> String {
    let mut text = format!("\n/// {}\n", case.promise);
    text += &format!(
        "async fn {}(kv: &dyn Kv) -> Result<(), KvError> {{\n{}}}\n",
        case.name,
        body(case, 1)
    );
    text
}

/// The entry of a table for a case.
pub(super) fn case_entry(case: &Case) -> String {
    format!(
        "Case {{ name: \"{0}\", run: |kv| Box::pin({0}(kv)) }}",
        case.name
    )
}

/// The table of backends as a constant.
pub(super) fn backends(work: &Work) -> String {
    let mut text = String::from("\nconst BACKENDS: &[Backend] = &[\n");
    for backend in &work.backends {
        let (module, type_name) = (&backend.module, &backend.type_name);
        text += &format!(
            "    Backend {{ name: \"{module}\", new: || Box::new(backends::{type_name}::new()) }},\n"
        );
    }
    text + "];\n"
}

/// The main function, over an expression that iterates the cases by value.
pub(super) fn main(cases: &str) -> String {
    format!(
        r#"
fn main() {{
    let mut trials = Vec::new();
    for &backend in BACKENDS {{
        for case in {cases} {{
            trials.push(Trial::test(format!("{{}}::{{}}", backend.name, case.name), move || run(case, backend)));
        }}
    }}
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}}
"#
    )
}
