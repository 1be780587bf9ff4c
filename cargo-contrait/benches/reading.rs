//! How long the command takes for 100,000 records, start to end: reading, the matrix, and what is written of it.
//!
//! `cargo bench -p cargo-contrait`. It has to be less than a second.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::Criterion;

const BACKENDS: usize = 100;
const CASES: usize = 1_000;
/// One record of so many is of a case that failed, with its operations.
const FAILING: usize = 1_000;

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let records = folder.join("100000.jsonl");
    fs::write(&records, lines()).expect("there is room");
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(10))
        .without_plots()
        .configure_from_args();
    let mut group = criterion.benchmark_group("100000 records");
    for format in ["table", "json", "markdown", "junit", "html"] {
        group.bench_function(format, |bencher| {
            bencher.iter(|| black_box(call(&records, format)));
        });
    }
    group.finish();
    criterion.final_summary();
}

/// Its exit code: some promises are broken.
fn call(records: &Path, format: &str) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-contrait"));
    command.arg("--records").arg(records).stdout(Stdio::null());
    if format != "table" {
        command.arg(format!("--{format}"));
    }
    let status = command.status().expect("it starts");
    assert_eq!(status.code(), Some(1), "{format}");
    status.code()
}

fn lines() -> String {
    let operation = r#"{"at":{"secs":0,"nanos":1000},"handle":"store","call":"put(\"key\", \"a value\")","outcome":"Ok(())","took":{"secs":0,"nanos":5000}}"#;
    let operations = [operation; 20].join(",");
    let mut text = String::new();
    for number in 0..BACKENDS * CASES {
        let (backend, case) = (number / CASES, number % CASES);
        let (outcome, reason, operations) = match number % FAILING {
            0 => (
                "failed",
                r#""panicked: assertion `left == right` failed\n  left: 1\n right: 2""#,
                &*operations,
            ),
            _ => ("passed", "null", ""),
        };
        let _ = writeln!(
            text,
            r#"{{"format":1,"package":"package-{}","suite":"contract::suite_{}","backend":"backend_{backend}","case":"group_{}::keeps_promise_{case}","promise":"What was put in comes out again, whatever was done in between.","tags":[],"file":"src/suite.rs","line":{case},"outcome":"{outcome}","reason":{reason},"seed":"0x7","server":null,"duration_us":1234,"operations":[{operations}],"operations_dropped":0}}"#,
            backend % 7,
            case % 20,
            case % 50,
        );
    }
    text
}
