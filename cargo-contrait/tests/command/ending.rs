//! How the command ends where something is wrong: each way has a message and an exit code.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::called::{Called, command, read};
use super::tiny::{command_in_tiny, in_tiny, in_workspace};

#[test]
fn no_tests() {
    in_workspace("empty", "", &[]).ends(
        4,
        "error: no tests were found\n  Are the tests behind a feature?",
    );
}

#[test]
fn no_suite() {
    let library = "#[test]\nfn one() {}\n#[test]\nfn two() {}\n";
    in_workspace("plain", library, &[]).ends(
        4,
        "error: 2 tests were found, and none of them is of a suite",
    );
}

#[test]
fn what_does_not_build() {
    let called = in_workspace("unsound", "pub fn one() -> u8 { \"one\" }", &[]);
    called.ends(3, "error: the tests do not build: cargo says above why");
    assert!(called.err.contains("mismatched types"), "{}", called.err);
}

#[test]
fn no_workspace() {
    let called = command()
        .args(["--manifest-path", "/nowhere/Cargo.toml"])
        .output();
    Called::from(called.expect("it starts")).ends(3, "Run it within a cargo workspace");
}

#[test]
fn an_unknown_backend() {
    in_tiny("", &["--backend", "rihgt"]).ends(2, "error: no backend `rihgt` runs a suite here");
    read(&["tiny.jsonl"], &["-b", "rihgt"]).ends(
        2,
        "error: no backend `rihgt` runs a suite here\n  There are: right, wrong.",
    );
}

#[test]
fn an_unknown_case() {
    read(&["tiny.jsonl"], &["-c", "no_such"])
        .ends(2, "error: nothing is left of what was asked for");
}

#[test]
fn a_broken_record() {
    let called = read(&["broken.jsonl"], &["-b", "right"]);
    called.ends(5, "error: 2 lines are no records");
    assert!(
        called.err.contains("broken.jsonl:2: this is no record: "),
        "{}",
        called.err
    );
    assert!(
        called
            .err
            .contains("broken.jsonl:3: the line ends too early"),
        "{}",
        called.err
    );
    assert!(called.out.contains("1 passed, 0 failed"), "{}", called.out);
}

#[test]
fn a_record_of_another_format() {
    read(&["format_2.jsonl"], &[] as &[&str])
        .ends(5, "a record of format 2, and this command reads 1");
}

#[test]
fn no_such_file() {
    read(&["no_such.jsonl"], &[] as &[&str]).ends(5, "No such file");
}

#[test]
fn a_file_without_records() {
    read(&["empty.jsonl"], &[] as &[&str]).ends(4, "error: there are no records in what was given");
}

#[test]
fn a_part_that_cannot_be() {
    in_tiny("", &["shard", "3/2"]).ends(2, "it is written as 1/3, 2/3 or 3/3");
}

#[test]
fn a_test_binary_that_dies() {
    let called = in_tiny("abort", &["--", "--test-threads=1"]);
    assert!(
        called
            .out
            .contains("not run: its test binary died before (signal: 6 (SIGABRT)"),
        "{called:#?}"
    );
    assert!(
        called
            .out
            .contains("DIED tiny/contract: signal: 6 (SIGABRT)"),
        "{called:#?}"
    );
    called.ends(
        7,
        "error: a test binary died, and not all of its tests ran: tiny/contract",
    );
    let called = in_tiny("abort", &["--backend", "right", "--case", "may_happen"]);
    called.ends(
        7,
        "error: a test binary died before a case of a suite had ended: tiny/contract",
    );
}

/// A run that hangs in a case.
struct Hanging {
    child: Child,
    /// Ends with the process that the case runs in.
    case: TcpStream,
    records: String,
}

impl Hanging {
    fn start(arguments: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let mut command = command_in_tiny(arguments);
        command.env("TINY_HANGS_ON", address);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut said = String::new();
        let stderr = child.stderr.as_mut().expect("it is piped");
        // The first line; what is read of others is of no use here, but for its last.
        BufReader::with_capacity(1, stderr)
            .read_line(&mut said)
            .expect("it is text");
        let records = said
            .trim()
            .strip_prefix("Records ")
            .expect("it is said first")
            .to_owned();
        let case = accepted(&listener, &mut child);
        Self {
            child,
            case,
            records,
        }
    }

    fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.child.id()).expect("it is a process");
        kill(Pid::from_raw(process), signal).expect("it lives");
    }

    /// Returns when the process of the case is gone.
    fn is_gone(&mut self) {
        // Well before contrait itself gives the case up, after 30 s.
        let patience = Duration::from_secs(20);
        self.case
            .set_read_timeout(Some(patience))
            .expect("it is no null");
        match self.case.read(&mut [0]) {
            Ok(length) => assert_eq!(length, 0, "the case writes nothing"),
            Err(error) => assert_eq!(
                error.kind(),
                ErrorKind::ConnectionReset,
                "the case goes on: {error}"
            ),
        }
    }
}

/// The connection of the case, unless the command ends before there is one.
fn accepted(listener: &TcpListener, child: &mut Child) -> TcpStream {
    listener.set_nonblocking(true).expect("it can be asked");
    loop {
        match listener.accept() {
            Ok((case, _)) => {
                case.set_nonblocking(false).expect("it can be waited for");
                return case;
            }
            Err(_) => match child.try_wait().expect("it was started") {
                Some(status) => panic!("the command ended before the case came: {status}"),
                None => std::thread::sleep(Duration::from_millis(5)),
            },
        }
    }
}

#[test]
fn an_interrupted_run() {
    let mut hanging = Hanging::start(&["-b", "right", "--", "--test-threads=1"]);
    hanging.signal(Signal::SIGINT);
    hanging.is_gone();
    let called = Called::from(hanging.child.wait_with_output().expect("it ends"));
    called.ends(
        130,
        "error: interrupted: what had not run by then is shown as not run",
    );
    assert!(
        called.out.contains("not run: the run was interrupted"),
        "{}",
        called.out
    );
}

#[test]
fn a_killed_run_leaves_readable_records_and_no_processes() {
    let mut hanging = Hanging::start(&["-b", "right", "--", "--test-threads=1"]);
    hanging.signal(Signal::SIGKILL);
    hanging.child.wait().expect("it ends");
    hanging.is_gone();
    let called = command().args(["--records", &hanging.records]).output();
    let called = Called::from(called.expect("it starts"));
    assert!(called.out.contains("  counts"), "{called:#?}");
    assert!(!called.err.contains("broken"), "{called:#?}");
}

#[test]
#[ignore = "needs cargo-nextest"]
fn a_killed_run_of_nextest_leaves_no_processes() {
    let mut hanging = Hanging::start(&["-b", "right", "--nextest"]);
    hanging.signal(Signal::SIGKILL);
    hanging.child.wait().expect("it ends");
    hanging.is_gone();
}
