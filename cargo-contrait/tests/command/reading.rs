//! What is shown of records that were written elsewhere.

use super::called::{read, read_with};

const NOTHING: [&str; 0] = [];

#[test]
fn the_table() {
    let called = read(&["tiny.jsonl"], &NOTHING);
    called.ends(1, "");
    insta::assert_snapshot!(called.out);
}

#[test]
fn markdown() {
    insta::assert_snapshot!(read(&["tiny.jsonl"], &["--markdown"]).out);
}

#[test]
fn junit() {
    insta::assert_snapshot!(read(&["tiny.jsonl"], &["--junit"]).out);
}

#[test]
fn json() {
    insta::assert_snapshot!(read(&["tiny.jsonl"], &["--json"]).out);
}

#[test]
fn the_schema_is_published() {
    let schema = read(&[], &["--schema"]);
    let published = include_str!("../../../docs/cargo-contrait.schema.json");
    assert_eq!(
        schema.out, published,
        "write it anew: cargo contrait --schema >docs/cargo-contrait.schema.json"
    );
}

#[test]
fn of_several_files_the_worst_counts() {
    let called = read(
        &["tiny.jsonl", "again.jsonl"],
        &["-b", "wrong", "-c", "counts"],
    );
    called.ends(1, "");
    assert!(
        called.out.contains("  runs        1 of 2 failed\n"),
        "{}",
        called.out
    );
}

#[test]
fn strength() {
    let called = read_with("strength", &["judged.jsonl"]);
    called.ends(1, "");
    insta::assert_snapshot!(called.out);
}

#[test]
fn coverage() {
    let called = read_with("coverage", &["judged.jsonl"]);
    called.ends(1, "");
    insta::assert_snapshot!(called.out);
}

#[test]
fn nothing_that_judges() {
    let called = read_with("strength", &["again.jsonl"]);
    called.ends(
        4,
        "error: no suite says how strong it is\n  A reference backend",
    );
}
