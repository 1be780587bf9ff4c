//! Prints the table of commands: `cargo run -p redis-embedded --example commands > COMMANDS.md`.

#[expect(clippy::print_stdout, reason = "printing is all it is for")]
fn main() {
    print!("{}", redis_embedded::command_table());
}
