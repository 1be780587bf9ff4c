//! What methods returned, a line each.

use std::fmt::{Debug, Display};

pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Methods whose results have times or numbers that are different each time.
const VARYING: [&str; 20] = [
    "hexpire_time",
    "pttl",
    "hpttl",
    "object_idletime",
    "xinfo_consumers",
    "xinfo_stream",
    "xpending_count",
    "xpending_consumer_count",
    "xpending",
    "client_id",
    "client_info",
    "acl_genpass",
    "acl_genpass_bits",
    "acl_log",
    "info",
    "lastsave",
    "memory_usage",
    "memory_stats",
    "time",
    "client_list",
];

/// Methods whose results have no order; nor have those with maps of Rust.
const UNORDERED: [&str; 6] = ["smembers", "sunion", "sdiff", "sinter", "hkeys", "hvals"];

/// The words of a text in the order of the alphabet.
fn in_order(text: &str) -> String {
    let mut words: Vec<&str> = text
        .split([' ', ',', '(', ')', '[', ']', '{', '}'])
        .collect();
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.join(" ")
}

/// The lines so far.
#[derive(Default)]
pub(crate) struct Record(Vec<String>);

impl Record {
    pub(crate) fn note<T: Debug, E: Display>(&mut self, method: &str, result: &Result<T, E>) {
        let mut text = match result {
            Ok(value) => format!("{value:?}"),
            Err(error) => format!("error: {error}"),
        };
        let unordered =
            text.contains("Map {") || text.contains("{\"") || UNORDERED.contains(&method);
        if VARYING.contains(&method) {
            text.retain(|letter| !letter.is_ascii_hexdigit());
        }
        if unordered {
            text = in_order(&text);
        }
        self.0.push(format!("{method} => {text}"));
    }

    /// Compares with what is written down, or writes it down.
    pub(crate) fn compare(self, name: &str) -> Outcome {
        let all = self.0.join("\n") + "\n";
        let path = format!("{}/tests/methods/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var("RECORD").is_ok() {
            return Ok(std::fs::write(path, all)?);
        }
        let expected = std::fs::read_to_string(path)?;
        let pairs = self.0.iter().map(String::as_str).zip(expected.lines());
        let differences: Vec<String> = pairs
            .filter(|(here, there)| here != there)
            .map(|(here, there)| format!("here  {here}\nredis {there}"))
            .collect();
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert_eq!(self.0.len(), expected.lines().count(), "as many methods");
        Ok(())
    }
}
