//! How far a run is: what stands in the file of records so far. Only on a terminal; elsewhere a line a test binary.

use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::record::{Binary, Line};
use crate::terminal::{BAD, FAINT, note, styled};

/// Follows a file of records.
pub(super) struct Progress {
    records: PathBuf,
    read: u64,
    rest: Vec<u8>,
    binary: Binary,
    /// Of the binary that runs.
    ran: usize,
    failed: usize,
    on_terminal: bool,
    shown: bool,
}

impl Progress {
    pub(super) fn new(records: &Path) -> Self {
        Self {
            records: records.to_owned(),
            read: 0,
            rest: Vec::new(),
            binary: Binary::default(),
            ran: 0,
            failed: 0,
            on_terminal: std::io::stderr().is_terminal(),
            shown: false,
        }
    }

    /// Looks what has come, and says so.
    pub(super) fn look(&mut self) {
        if !self.take_new() || !self.on_terminal {
            return;
        }
        let mut line = format!(
            "  {} {}",
            self.binary.name,
            styled(FAINT, format_args!("{}/{}", self.ran, self.binary.tests))
        );
        if self.failed > 0 {
            line.push_str(&styled(BAD, format_args!("  {} failed", self.failed)));
        }
        let mut stderr = anstream::stderr().lock();
        let _ = write!(stderr, "\r\x1b[2K{line}");
        let _ = stderr.flush();
        self.shown = true;
    }

    pub(super) fn clear(&mut self) {
        if self.shown {
            let _ = write!(anstream::stderr().lock(), "\r\x1b[2K");
            self.shown = false;
        }
    }

    /// Whether anything came.
    fn take_new(&mut self) -> bool {
        let Ok(mut file) = std::fs::File::open(&self.records) else {
            return false;
        };
        let sought = file.seek(SeekFrom::Start(self.read));
        let Ok(length) = sought.and_then(|_| file.read_to_end(&mut self.rest)) else {
            return false;
        };
        self.read += length as u64;
        let whole = self
            .rest
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        for line in String::from_utf8_lossy(&lines).lines() {
            self.line(line);
        }
        whole > 0
    }

    fn line(&mut self, line: &str) {
        if line.starts_with("{\"binary\":") {
            if let Ok(Line::Binary(binary)) = serde_json::from_str(line) {
                self.begins(binary);
            }
        } else if line.starts_with("{\"format\":") {
            self.ran += 1;
            self.failed += usize::from(line.contains("\"outcome\":\"failed\""));
        }
    }

    fn begins(&mut self, binary: Binary) {
        if !self.on_terminal && binary.tests > 0 {
            note(format_args!(
                "     Running {}/{} ({} tests)",
                binary.package, binary.name, binary.tests
            ));
        }
        self.binary = binary;
        self.ran = 0;
    }
}
