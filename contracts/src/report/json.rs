//! A record as a line of JSON.
//!
//! Every binary of tests is linked with this, after each edit, and needs no more of JSON. So it does without serde_json,
//! which takes longer to build and to link than the rest of the runtime; to read records is left to that.

use std::fmt::Write;
use std::time::Duration;

use super::{Operation, Outcome, Record};

/// The line of a record, without its end.
pub(super) fn line(record: &Record) -> String {
    let mut line = String::new();
    record.write_to(&mut line);
    line
}

/// What has a form in JSON: the one that serde gives it.
trait Json {
    fn write_to(&self, out: &mut String);
}

impl Json for Record {
    fn write_to(&self, out: &mut String) {
        let fields: &[(_, &dyn Json)] = &[
            ("format", &u64::from(self.format)),
            ("package", &self.package),
            ("suite", &self.suite),
            ("backend", &self.backend),
            ("case", &self.case),
            ("promise", &self.promise),
            ("tags", &self.tags),
            ("file", &self.file),
            ("line", &u64::from(self.line)),
            ("outcome", &self.outcome),
            ("reason", &self.reason),
            ("seed", &self.seed),
            ("server", &self.server),
            ("duration_us", &self.duration_us),
            ("operations", &self.operations),
            ("operations_dropped", &(self.operations_dropped as u64)),
        ];
        object(fields, out);
    }
}

impl Json for Operation {
    fn write_to(&self, out: &mut String) {
        let fields: &[(_, &dyn Json)] = &[
            ("at", &self.at),
            ("handle", &self.handle),
            ("call", &self.call),
            ("outcome", &self.outcome),
            ("took", &self.took),
        ];
        object(fields, out);
    }
}

impl Json for Outcome {
    fn write_to(&self, out: &mut String) {
        let name = match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Lacking => "lacking",
        };
        text(name, out);
    }
}

impl Json for Duration {
    fn write_to(&self, out: &mut String) {
        let nanos = u64::from(self.subsec_nanos());
        object(&[("secs", &self.as_secs()), ("nanos", &nanos)], out);
    }
}

impl Json for String {
    fn write_to(&self, out: &mut String) {
        text(self, out);
    }
}

impl Json for u64 {
    fn write_to(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

impl<T: Json> Json for Option<T> {
    fn write_to(&self, out: &mut String) {
        match self {
            Some(value) => value.write_to(out),
            None => out.push_str("null"),
        }
    }
}

impl<T: Json> Json for Vec<T> {
    fn write_to(&self, out: &mut String) {
        out.push('[');
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            item.write_to(out);
        }
        out.push(']');
    }
}

fn object(fields: &[(&str, &dyn Json)], out: &mut String) {
    out.push('{');
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        text(name, out);
        out.push(':');
        value.write_to(out);
    }
    out.push('}');
}

fn text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            // All that must be escaped, and nothing else must.
            '\0'..='\x1f' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(all(test, feature = "check"))]
mod tests {
    use super::*;

    fn record(text: &str, number: u64) -> Record {
        let operation = Operation {
            at: Duration::from_nanos(number),
            handle: text.to_owned(),
            call: text.to_owned(),
            outcome: Some(text.to_owned()),
            took: Duration::from_secs(number),
        };
        let pending = Operation {
            outcome: None,
            ..operation.clone()
        };
        Record {
            format: number as u32,
            package: text.to_owned(),
            suite: text.to_owned(),
            backend: text.to_owned(),
            case: text.to_owned(),
            promise: text.to_owned(),
            tags: vec![text.to_owned(), text.to_owned()],
            file: text.to_owned(),
            line: number as u32,
            outcome: Outcome::Failed,
            reason: Some(text.to_owned()),
            seed: text.to_owned(),
            server: None,
            duration_us: number,
            operations: vec![operation, pending],
            operations_dropped: number as usize,
        }
    }

    /// As serde writes and reads it, on one line.
    fn assert_is_what_serde_has(record: &Record) {
        let line = line(record);
        assert!(!line.contains('\n'), "{line}");
        let value: serde_json::Value = serde_json::from_str(&line).expect(&line);
        assert_eq!(value, serde_json::to_value(record).unwrap());
        assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), *record);
    }

    #[test]
    fn every_character_can_be_read_again() {
        // The planes above hold nothing that is written in another way than the last of these.
        let text: String = ('\0'..='\u{2fff}').chain(['\u{10ffff}']).collect();
        assert_is_what_serde_has(&record(&text, 0));
    }

    #[test]
    fn every_number_can_be_read_again() {
        for number in [0, 1, 999_999_999, 1_000_000_000, u64::MAX] {
            assert_is_what_serde_has(&record("", number));
        }
    }

    #[test]
    fn every_outcome_and_nothing_at_all_can_be_read_again() {
        for outcome in [Outcome::Passed, Outcome::Failed, Outcome::Lacking] {
            assert_is_what_serde_has(&Record {
                outcome,
                tags: Vec::new(),
                reason: None,
                operations: Vec::new(),
                ..record("", 0)
            });
        }
    }
}
