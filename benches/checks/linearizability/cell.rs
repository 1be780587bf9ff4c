//! A cell of the table: one checker on one history, in a process of its own.

use std::env;
use std::fmt;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use super::histories::{Kind, Shape};
use crate::{Outcome, line};

const VARIABLE: &str = "CONTRAIT_CHECKS_CELL";
/// What takes longer is stopped.
const PATIENCE: Duration = Duration::from_secs(10);

/// One checker on one history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(super) shape: Shape,
    pub(super) spoiled: bool,
    pub(super) checker: Checked,
}

/// What checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    Contrait,
    DepthFirst,
    Frontier,
    Todc,
    Stateright,
}

impl Checked {
    pub(super) const ALL: [Self; 5] = [
        Self::Contrait,
        Self::DepthFirst,
        Self::Frontier,
        Self::Todc,
        Self::Stateright,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Contrait => "contrait",
            Self::DepthFirst => "its depth-first engine",
            Self::Frontier => "its frontier engine",
            Self::Todc => "todc-utils 0.1.1",
            Self::Stateright => "stateright 0.31",
        }
    }
}

/// What came of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    Answer(Answer),
    /// It cannot be asked: it has no such operations or outcomes.
    Cannot,
    /// It did not come to an end, or to a bad one.
    Stopped,
    Unknown,
}

/// How long a right answer took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) time: Duration,
    /// What the processors spent on it, on all threads: what else runs on the machine hardly changes it.
    pub(super) processor: Duration,
    /// The peak of the process, in bytes, with the history.
    pub(super) memory: usize,
}

impl Answer {
    pub(super) fn milliseconds(self) -> f64 {
        self.time.as_secs_f64() * 1000.0
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => {
                let memory = answer.memory.div_ceil(1 << 20);
                write!(f, "{:.1} ({memory} MB)", answer.milliseconds())
            }
            Self::Cannot => f.write_str("–"),
            Self::Stopped => f.write_str(">"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// The cell that this process was started for.
pub(crate) fn asked_for() -> Option<Cell> {
    let text = env::var(VARIABLE).ok()?;
    let words: Vec<&str> = text.split(' ').collect();
    let [kind, operations, unknown, spoiled, checker] = words[..] else {
        return None;
    };
    Some(Cell {
        shape: Shape {
            kind: Kind::ALL.into_iter().find(|it| it.name() == kind)?,
            operations: operations.parse().ok()?,
            unknown_percent: unknown.parse().ok()?,
        },
        spoiled: spoiled.parse().ok()?,
        checker: Checked::ALL
            .into_iter()
            .find(|it| format!("{it:?}") == checker)?,
    })
}

/// What the processors have spent on this process.
pub(super) fn processor() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return Duration::ZERO;
    };
    [usage.user_time(), usage.system_time()]
        .into_iter()
        .map(|time| Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()) as u64))
        .sum()
}

/// Tells the process that asked.
pub(super) fn tell(found: Found) -> Outcome<()> {
    match found {
        Found::Answer(Answer {
            time, processor, ..
        }) => {
            // In kilobytes, on Linux.
            let memory = getrusage(UsageWho::RUSAGE_SELF)?.max_rss() * 1024;
            let (time, processor) = (time.as_nanos(), processor.as_nanos());
            line(format_args!("{time} {processor} {memory}"));
        }
        Found::Cannot => line(format_args!("cannot")),
        Found::Unknown | Found::Stopped => line(format_args!("unknown")),
    }
    Ok(())
}

impl Cell {
    /// Starts a process for the cell, and waits for its answer.
    pub(super) fn run(&self) -> Outcome<Found> {
        let Shape {
            kind,
            operations,
            unknown_percent,
        } = self.shape;
        let text = format!(
            "{} {operations} {unknown_percent} {} {:?}",
            kind.name(),
            self.spoiled,
            self.checker
        );
        let mut child = Command::new(env::current_exe()?)
            .env(VARIABLE, text)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if !ended(&mut child)? {
            child.kill()?;
            child.wait()?;
            return Ok(Found::Stopped);
        }
        let mut said = String::new();
        child
            .stdout
            .take()
            .ok_or("no output")?
            .read_to_string(&mut said)?;
        Ok(understood(&said))
    }
}

fn ended(child: &mut Child) -> Outcome<bool> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(false)
}

fn understood(said: &str) -> Found {
    let numbers: Vec<u64> = said
        .split_whitespace()
        .filter_map(|it| it.parse().ok())
        .collect();
    match (said.trim(), &numbers[..]) {
        (_, [time, processor, memory]) => Found::Answer(Answer {
            time: Duration::from_nanos(*time),
            processor: Duration::from_nanos(*processor),
            memory: *memory as usize,
        }),
        ("cannot", _) => Found::Cannot,
        ("unknown", _) => Found::Unknown,
        // A stack that ran over, or memory.
        _ => Found::Stopped,
    }
}
