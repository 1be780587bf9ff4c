//! On a terminal progress is written over and there are colours; elsewhere there is neither.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use nix::pty::openpty;

use super::tiny::command_in_tiny;

/// What stands on a terminal, and on standard output where that is none.
struct Shown {
    terminal: String,
    out: String,
}

/// Runs two cases with a terminal for standard error.
fn shown(out: bool, environment: &[(&str, &str)]) -> Shown {
    let terminal = openpty(None, None).expect("there are terminals");
    let here = || Stdio::from(terminal.slave.try_clone().expect("there is one more"));
    let mut command = command_in_tiny(&["-b", "right", "-c", "count"]);
    command
        .env("TERM", "xterm")
        .envs(environment.iter().copied())
        .stderr(here())
        .stdout(if out { here() } else { Stdio::piped() });
    let mut child = command.spawn().expect("it starts");
    // It ends where nobody can write to it any more.
    drop((command, terminal.slave));
    let mut written = Vec::new();
    let _ = File::from(terminal.master).read_to_end(&mut written);
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text).expect("it is text");
    }
    assert!(child.wait().expect("it was started").success());
    Shown {
        terminal: String::from_utf8(written).expect("it is text"),
        out: text,
    }
}

#[test]
fn progress_is_written_over_and_colours_tell_states_apart() {
    let Shown { terminal, .. } = shown(true, &[]);
    let progress = "\r\x1b[2K  tiny/contract \x1b[2m2/2\x1b[0m\r\x1b[2K";
    for part in [progress, "\x1b[32mok\x1b[0m", "\x1b[92m    Finished"] {
        assert!(terminal.contains(part), "{part:?} is not in {terminal:?}");
    }
    assert!(!terminal.contains("Running"), "{terminal:?}");
}

#[test]
fn without_colours_progress_is_written_over_all_the_same() {
    let Shown { terminal, .. } = shown(true, &[("NO_COLOR", "1")]);
    let progress = "\r\x1b[2K  tiny/contract 2/2\r\x1b[2K";
    assert!(terminal.contains(progress), "{terminal:?}");
    let rest = terminal.replace("\x1b[2K", "");
    assert!(!rest.contains('\x1b'), "{terminal:?}");
}

#[test]
fn what_is_piped_on_has_no_colours() {
    let Shown { terminal, out } = shown(false, &[]);
    assert!(
        out.contains("  counts  ") && !out.contains('\x1b'),
        "{out:?}"
    );
    assert!(terminal.contains("\x1b[92m    Finished"), "{terminal:?}");
}

#[test]
fn a_terminal_that_cannot_write_over_gets_lines() {
    let Shown { terminal, .. } = shown(true, &[("TERM", "dumb")]);
    assert!(!terminal.contains('\x1b'), "{terminal:?}");
    let line = "     Running tiny/contract (2 tests)\r\n";
    assert!(terminal.contains(line), "{terminal:?}");
}
