//! What methods returned, a line each.

use std::fmt::{Debug, Display};

pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Methods whose results have times or numbers that are different each time.
const VARYING: [&str; 19] = [
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

/// The lines so far.
#[derive(Default)]
pub(crate) struct Record(Vec<String>);

impl Record {
    pub(crate) fn note<T: Debug, E: Display>(&mut self, method: &str, result: &Result<T, E>) {
        let mut text = match result {
            Ok(value) => format!("{value:?}"),
            Err(error) => format!("error: {error}"),
        };
        if VARYING.contains(&method) {
            text = text
                .chars()
                .filter(|letter| !letter.is_ascii_hexdigit())
                .collect();
        }
        self.0.push(format!("{method} => {text}"));
    }

    /// Compares with what is written down, or writes it down.
    pub(crate) fn compare(self, name: &str, expected: &str) -> Outcome {
        let all = self.0.join("\n") + "\n";
        if std::env::var("RECORD").is_ok() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/methods");
            return Ok(std::fs::write(format!("{folder}/{name}"), all)?);
        }
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
