//! Ratios from what criterion left, and the pictures of them.

use super::called::{Called, command, fixture};

fn bench(arguments: &[&str]) -> Called {
    let mut command = command();
    command
        .args(["bench", "--criterion"])
        .arg(fixture("criterion"))
        .args(arguments);
    command.output().expect("it starts").into()
}

#[test]
fn ratios_to_the_fastest() {
    let called = bench(&[]);
    called.ends(0, "");
    insta::assert_snapshot!(called.out);
}

#[test]
fn ratios_to_one_that_is_named() {
    insta::assert_snapshot!(bench(&["--against", "redis_rs", "get"]).out);
}

#[test]
fn bars_and_a_picture() {
    let file = std::env::temp_dir().join(format!("contrait-bench-{}.svg", std::process::id()));
    let called = bench(&["--plot", "--svg", file.to_str().expect("it is a text")]);
    called.ends(0, "");
    insta::assert_snapshot!(called.out);
    insta::assert_snapshot!(
        "picture",
        std::fs::read_to_string(&file).expect("it was written")
    );
    std::fs::remove_file(&file).expect("it was written");
}

#[test]
fn what_was_not_measured() {
    bench(&["no_such"]).ends(4, "error: there are no such measurements in ");
    bench(&["--against", "no_such"]).ends(2, "There are: fred, memory, redis_rs.");
}
