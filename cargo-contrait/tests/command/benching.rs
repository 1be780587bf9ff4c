//! Ratios from what criterion left, and the pictures of them.
//!
//! `fixtures/criterion` is what criterion 0.8.2 wrote for the inventories of a starter, in two runs, less what nobody
//! reads: with functions, with values, with both and with neither, in linear samples and in flat ones (`fill`).

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
    insta::assert_snapshot!(bench(&["--against", "journal", "count"]).out);
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
    bench(&["--against", "no_such"])
        .ends(2, "There are: alone, counts, counts again, journal, 2, 10.");
}

#[test]
fn what_is_none_of_criterions() {
    let folder = std::env::temp_dir().join(format!("contrait-criterion-{}", std::process::id()));
    let new = folder.join("get/memory/new");
    std::fs::create_dir_all(&new).expect("there is room");
    let bench = |benchmark: &str| {
        std::fs::write(new.join("benchmark.json"), benchmark).expect("there is room");
        let mut command = command();
        command.args(["bench", "--criterion"]).arg(&folder);
        Called::from(command.output().expect("it starts"))
    };
    bench("{\"group_id\": 1}").ends(
        5,
        "get/memory/new/benchmark.json: this is not criterion's: ",
    );
    bench("{\"group_id\": \"get\"}").ends(5, "get/memory/new/estimates.json: No such file");
    std::fs::remove_dir_all(&folder).expect("it was made");
}
