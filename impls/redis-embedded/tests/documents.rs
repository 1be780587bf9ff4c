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
