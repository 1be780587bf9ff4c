//! What is written down agrees with the code.

#[test]
fn the_table_of_commands_is_the_one_the_server_runs_by() {
    let written = include_str!("../COMMANDS.md");
    let command =
        "cargo run -p redis-embedded --example commands > impls/redis-embedded/COMMANDS.md";
    assert!(
        written == redis_embedded::command_table(),
        "COMMANDS.md is stale: {command}"
    );
}

#[test]
fn the_first_example_of_the_readme_is_run_as_a_test() {
    let (_, example) = include_str!("quick_start.rs")
        .split_once("\n\n")
        .expect("its own first line");
    assert!(include_str!("../README.md").contains(example), "{example}");
}
