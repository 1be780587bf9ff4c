//! What is written where: results on standard output, everything else on standard error. anstream takes the colours out
//! where the other end is no terminal, or where `NO_COLOR` says so.

use std::fmt;
use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use crate::error::Error;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const ODD: Style = AnsiColor::Yellow.on_default();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const STRONG: Style = Style::new().bold();

/// A text in a style.
pub(crate) fn styled(style: Style, text: impl fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Writes a result. A reader that has gone, as `head` does, is no error.
pub(crate) fn print(text: impl fmt::Display) {
    let _ = write!(anstream::stdout().lock(), "{text}");
}

/// Writes a line beside the results.
pub(crate) fn note(text: impl fmt::Display) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Whether somebody looks on, at what can be written over.
pub(crate) fn is_terminal() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|kind| kind == "dumb");
    std::io::stderr().is_terminal() && !is_dumb
}

/// Whether there are colours beside the results.
pub(crate) fn has_colours() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

/// Writes over the line that was written last. anstream would take the sign for that out with the colours.
pub(crate) fn rewrite(line: &str) {
    let mut stderr = std::io::stderr().lock();
    let line: &dyn fmt::Display = match has_colours() {
        true => &line,
        false => &anstream::adapter::strip_str(line),
    };
    let _ = write!(stderr, "\r\x1b[2K{line}");
    let _ = stderr.flush();
}

/// How many characters fit beside each other on standard output.
pub(crate) fn width() -> usize {
    const WITHOUT_TERMINAL: usize = 120;
    match terminal_size::terminal_size_of(std::io::stdout()) {
        Some((terminal_size::Width(width), _)) => width.into(),
        None => WITHOUT_TERMINAL,
    }
}

/// Says why the command did not do what it was asked for.
pub(crate) fn complain(error: &Error) {
    note(format_args!("{}: {error}", styled(BAD, "error")));
}
