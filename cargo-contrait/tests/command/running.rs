//! What is run, and what is shown of it.

use serde_json::Value;

use super::tiny::in_tiny;

/// The state of each cell, as `case backend state`.
fn cells(json: &str) -> Vec<String> {
    let matrix: Value = serde_json::from_str(json).expect("it is JSON");
    let mut cells = Vec::new();
    for suite in matrix["suites"].as_array().expect("there are suites") {
        let backends = suite["backends"].as_array().expect("they have backends");
        for case in suite["cases"].as_array().expect("they have cases") {
            for (backend, cell) in backends
                .iter()
                .zip(case["cells"].as_array().expect("a cell a backend"))
            {
                let name = |value: &Value| value.as_str().expect("it is a text").to_owned();
                cells.push(format!(
                    "{} {} {}",
                    name(&case["name"]),
                    name(&backend["name"]),
                    name(&cell["state"])
                ));
            }
        }
    }
    cells
}

const ALL: [&str; 16] = [
    "counts right passed",
    "counts wrong failed",
    "may_happen right passed",
    "may_happen wrong passed",
    "is_undecided right not_run",
    "is_undecided wrong not_run",
    "nothing::is_no_count right passed",
    "nothing::is_no_count wrong lacking",
    "coverage::suite_sees_every_answer right failed",
    "coverage::suite_sees_every_answer wrong not_owed",
    "generated::linearizable right not_run",
    "generated::linearizable wrong not_run",
    "generated::lockstep right passed",
    "generated::lockstep wrong failed",
    "strength::checks_kill_every_saboteur right passed",
    "strength::checks_kill_every_saboteur wrong not_owed",
];

#[test]
fn every_suite_on_every_backend() {
    let called = in_tiny("", &["--json"]);
    called.ends(1, "Running tiny/contract (17 tests)");
    assert_eq!(cells(&called.out), ALL);
    let matrix: Value = serde_json::from_str(&called.out).expect("it is JSON");
    assert_eq!(matrix["others"]["passed"], 3);
    let lacking = &matrix["suites"][0]["cases"][3]["cells"][1];
    assert_eq!(lacking["reason"], "it counts from zero");
}

#[test]
fn the_table_stands_on_standard_output_without_colours() {
    let called = in_tiny("", &[]);
    called.ends(1, "");
    assert!(
        called
            .out
            .contains("  counts                             ok   FAILED\n"),
        "{}",
        called.out
    );
    assert!(
        called.out.contains("  b  lacking: it counts from zero\n"),
        "{}",
        called.out
    );
    assert!(
        called.out.contains("wrong::counts breaks its promise\n"),
        "{}",
        called.out
    );
    assert!(
        !called.out.contains('\x1b') && !called.err.contains('\x1b'),
        "{called:#?}"
    );
}

#[test]
#[ignore = "needs cargo-nextest"]
fn nextest_shows_the_same() {
    let called = in_tiny("", &["--nextest", "--json"]);
    called.ends(1, "");
    assert_eq!(cells(&called.out), ALL);
}

#[test]
fn one_backend_and_some_cases() {
    let called = in_tiny("", &["--json", "--backend", "right", "--case", "count"]);
    called.ends(0, "Running tiny/contract (2 tests)");
    assert_eq!(
        cells(&called.out),
        ["counts right passed", "nothing::is_no_count right passed"]
    );
}

#[test]
fn what_is_filtered_out_behind_the_dashes_is_not_run() {
    let called = in_tiny("", &["--json", "--", "counts"]);
    called.ends(1, "");
    let cells = cells(&called.out);
    assert!(
        cells.contains(&"counts right passed".to_owned()),
        "{cells:#?}"
    );
    assert!(
        cells.contains(&"may_happen right not_run".to_owned()),
        "{cells:#?}"
    );
    assert!(
        called
            .out
            .contains("it was filtered out by what stands after `--`"),
        "{}",
        called.out
    );
}

#[test]
fn a_failing_test_of_no_suite_is_told_of() {
    let called = in_tiny("fail", &["--backend", "right", "--case", "counts"]);
    called.ends(0, "");
    let called = in_tiny("fail", &[]);
    called.ends(1, "");
    assert!(
        called.out.contains("  FAILED tiny/contract a_plain_test\n"),
        "{}",
        called.out
    );
}

#[test]
fn parts_make_a_whole() {
    let part = |part: &str| {
        let file = std::env::temp_dir().join(format!(
            "contrait-part-{}-{}.jsonl",
            part.replace('/', "-"),
            std::process::id()
        ));
        let path = file.to_str().expect("it is a text").to_owned();
        let called = in_tiny("", &["shard", part, "--json", "--save", &path]);
        (cells(&called.out), path)
    };
    let ((first, one), (second, two)) = (part("1/2"), part("2/2"));
    assert!(
        first.iter().any(|cell| cell.ends_with("not_run")) && first != second,
        "{first:#?}"
    );
    let merged = super::called::command()
        .args(["--records", &one, "--records", &two, "--json"])
        .output();
    let merged = super::called::Called::from(merged.expect("it starts"));
    merged.ends(1, "");
    assert_eq!(cells(&merged.out), ALL);
    [one, two]
        .iter()
        .for_each(|file| std::fs::remove_file(file).expect("it was written"));
}

#[test]
fn the_page_tells_of_runs_that_were_asked_for_the_same() {
    let file = std::env::temp_dir().join(format!("contrait-past-{}.html", std::process::id()));
    let page = file.to_str().expect("it is a text");
    // Nobody else asks for that.
    let threads = format!("--test-threads={}", std::process::id());
    let run = |backend| {
        let called = in_tiny(
            "",
            &[
                "-b", backend, "-c", "counts", "--html", page, "--", &threads,
            ],
        );
        assert!(called.out.contains("  counts"), "{called:#?}");
        std::fs::read_to_string(&file).expect("it was written")
    };
    let first = run("wrong");
    assert!(!first.contains("The last runs"), "{first}");
    run("right");
    let second = run("wrong");
    let (_, history) = second.split_once("<h2>The last runs</h2>").expect(&second);
    assert_eq!(
        history.matches("<td class=\"failed\">1</td>").count(),
        1,
        "{history}"
    );
    assert!(history.contains("<td>wrong::counts</td>"), "{history}");
    assert!(second.contains("it failed 1 of 1 time before"), "{second}");
    std::fs::remove_file(&file).expect("it was written");
}

#[test]
fn shuffle_finds_what_depends_on_what() {
    let called = in_tiny(
        "order",
        &[
            "shuffle", "--rounds", "6", "--seed", "1", "--case", "order::",
        ],
    );
    called.ends(1, "  --seed 6  2 tests, ");
    let says = "depends order::b_is_spoilt (tiny/contract): passes alone, and fails after order::a_spoils\n";
    assert_eq!(called.out, says, "{called:#?}");
}

#[test]
fn shuffle_finds_nothing_where_nothing_is() {
    let called = in_tiny(
        "",
        &[
            "shuffle", "--rounds", "2", "--seed", "1", "--case", "order::",
        ],
    );
    called.ends(0, "  --seed 2  2 tests, 0 failed");
    assert_eq!(called.out, "the same in 2 orders, 2 tests\n");
}

#[test]
fn shuffle_tells_what_fails_in_every_order() {
    let called = in_tiny("", &["shuffle", "--rounds", "2", "--backend", "wrong"]);
    called.ends(1, "");
    assert!(
        called
            .out
            .contains("fails wrong::counts (tiny/contract), in every order\n"),
        "{called:#?}"
    );
}
