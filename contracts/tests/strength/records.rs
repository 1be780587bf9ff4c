//! What is found is kept as lines of their own, beside the records of the tests.

use std::process::Command;

use contrait::check::coverage::Coverage;
use contrait::check::strength::KillMatrix;
use contrait::report::{Outcome, Record};

/// The tests of this file's neighbour, in a process of their own, since the environment is one for all.
#[test]
fn matrices_are_read_back() {
    let file = std::env::temp_dir().join(format!("contrait-strength-{}", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["strong::in_memory::strength", "strong::in_memory::coverage"])
        .env("CONTRAIT_RECORD", &file)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let matrices = KillMatrix::read(&file).unwrap();
    let coverages = Coverage::read(&file).unwrap();
    let records = Record::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(matrices.len(), 1);
    assert!(matrices[0].is_strong() && matrices[0].backend == "in_memory");
    assert_eq!(coverages.len(), 1);
    assert!(coverages[0].is_complete());
    let passed = |record: &Result<Record, String>| {
        let record = record.as_ref().expect("a record");
        record.outcome == Outcome::Passed
    };
    assert_eq!(records.iter().filter(|record| passed(record)).count(), 2);
    let here = |record: &Result<Record, String>| {
        let file = &record.as_ref().expect("a record").file;
        file.ends_with("strong.rs")
    };
    assert!(
        records.iter().all(here),
        "where the backend stands: {records:?}"
    );
}
