//! The goals, each with what was measured of it.

use std::io::{self, Write};
use std::time::Duration;

use crate::idle::Idle;
use crate::row::{Group, Row};

/// Two runs of one server differ by as much, so a ratio that is this near to another is on a par with it.
const NOISE: f64 = 0.05;

/// Prints a line for each goal.
pub(crate) fn print(out: &mut impl Write, groups: &[Group], idle: &Idle) -> io::Result<()> {
    let mut number = 0;
    let mut line = |text: String, reached: bool| {
        number += 1;
        let verdict = if reached { "reached" } else { "short" };
        writeln!(out, "goal {number}: {text} {verdict}")
    };
    for group in groups {
        let Some(lowest) = group.lowest() else {
            continue;
        };
        let (ratio, rows) = (lowest.ratio(), group.rows.len());
        let short = group
            .rows
            .iter()
            .filter(|row| row.ratio() < group.aim - NOISE);
        let dear = group.rows.iter().filter_map(Row::thrift);
        let dear = dear.filter(|thrift| *thrift < 1.0 - NOISE).count();
        let text = format!(
            "{}: {} of {rows} rows on a par or ahead, the lowest is {} with {ratio:.2} (≥ {:.2} within {NOISE}); \
             {dear} cost the server more time",
            group.title,
            rows - short.count(),
            lowest.name,
            group.aim
        );
        line(text, ratio >= group.aim - NOISE)?;
    }
    let micros = idle.start.as_secs_f64() * 1e6;
    let reached = idle.start < Duration::from_millis(1);
    line(
        format!("a server starts in {micros:.0} µs (< 1 ms)"),
        reached,
    )?;
    let kib = idle.bytes as f64 / 1024.0;
    let text = format!("an idle server takes {kib:.0} KiB (< 1 MiB)");
    line(text, idle.bytes < 1 << 20)
}
