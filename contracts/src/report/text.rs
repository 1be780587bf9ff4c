//! A record as people read it: a report of what failed, a line of what did not.

use std::fmt;

use super::{Operation, Outcome, Record};

/// The tag of generated checks, which tell their operations themselves.
const GENERATED: &str = "generated";

/// The report of a case that failed, or one line for one that did not.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{}::{}", self.backend, self.case);
        match self.outcome {
            Outcome::Passed => return write!(f, "{name} keeps its promise"),
            Outcome::Lacking => {
                return write!(
                    f,
                    "{name} is lacking: {}",
                    self.reason.as_deref().unwrap_or_default()
                );
            }
            Outcome::Failed => writeln!(f, "{name} breaks its promise")?,
        }
        writeln!(f, "  promise     {}", indented(&self.promise))?;
        writeln!(
            f,
            "  case        {} ({}:{})",
            self.suite, self.file, self.line
        )?;
        if let Some(server) = &self.server {
            writeln!(f, "  server      {server}")?;
        }
        writeln!(f, "  seed        CONTRAIT_SEED={} repeats it", self.seed)?;
        let reason = self.reason.as_deref().unwrap_or_default();
        writeln!(f, "  reason      {}", indented(reason))?;
        self.operations(f)
    }
}

impl Record {
    fn operations(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.operations.is_empty() {
            let told = self.tags.iter().any(|tag| tag == GENERATED);
            return if told {
                Ok(())
            } else {
                write!(f, "  operations  none")
            };
        }
        write!(f, "  operations")?;
        if self.operations_dropped > 0 {
            write!(
                f,
                "\n    … {} not kept",
                match self.operations_dropped {
                    1 => "an older one was".to_owned(),
                    dropped => format!("{dropped} older ones were"),
                }
            )?;
        }
        for Operation {
            at,
            handle,
            call,
            outcome,
            took,
        } in &self.operations
        {
            let at = format!("{at:.1?}");
            let outcome = outcome.as_deref().unwrap_or("did not return");
            write!(
                f,
                "\n    {at:>9}  {handle}.{call} -> {outcome}  [{took:.1?}]"
            )?;
        }
        Ok(())
    }
}

/// The lines after the first one stand below it, but for those that are empty.
fn indented(text: &str) -> String {
    let mut all = String::new();
    for (index, line) in text.trim_end().lines().enumerate() {
        all += match (index, line) {
            (0, _) => "",
            (_, "") => "\n",
            _ => "\n              ",
        };
        all += line;
    }
    all
}
