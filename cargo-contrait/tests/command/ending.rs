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
    called.ends(
        3,
        "error: the tests do not build, or do not begin: cargo says above why",
    );
    assert!(called.err.contains("mismatched types"), "{}", called.err);
}

#[test]
fn no_workspace() {
    let called = command()
        .args(["--manifest-path", "/nowhere/Cargo.toml"])
        .output();
    Called::from(called.expect("it starts")).ends(
        2,
        "error: no workspace can be read here: manifest path `/nowhere/Cargo.toml` does not exist\n  Run it within a cargo workspace",
    );
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
    let said = "error: no case that was looked at has `no_such` in its name";
    read(&["tiny.jsonl"], &["-c", "counts", "-c", "no_such"]).ends(2, said);
    in_tiny("", &["-c", "no_such"]).ends(2, said);
    let said = "error: no test is on such a backend, and has this in its name";
    in_tiny("", &["shuffle", "-c", "no_such"]).ends(2, said);
}

#[test]
fn an_unknown_suite() {
    read(&["tiny.jsonl"], &["-s", "no_such"]).ends(
        2,
        "error: no suite has `no_such` in its path\n  There are: contract::suite.",
    );
}

#[test]
fn what_is_there_but_not_together() {
    let asked = [
        "-b",
        "wrong",
        "-c",
        "suite_sees_every_answer",
        "-s",
        "contract",
    ];
    read(&["tiny.jsonl"], &asked).ends(0, "");
    read(
        &["elsewhere.jsonl", "tiny.jsonl"],
        &["-b", "far", "-c", "counts"],
    )
    .ends(2, "error: nothing is left of what was asked for");
}

#[test]
fn a_tool_that_is_missing() {
    let without = |variable: &str, value: &str, arguments: &[&str]| {
        let mut command = command_in_tiny(arguments);
        // cargo looks for its subcommands there as well.
        command.env("CARGO_HOME", "/nowhere");
        Called::from(command.env(variable, value).output().expect("it starts"))
    };
    without("PATH", "/nowhere", &["--nextest"]).ends(
        6,
        "error: cargo-nextest is not installed\n  `cargo install --locked cargo-nextest`",
    );
    without("CARGO", "/nowhere/cargo", &["--nextest"])
        .ends(6, "error: cargo does not start: No such file");
    let called = without("CARGO", "/nowhere/cargo", &[]);
    called.ends(6, "error: cargo does not start: it is said above why");
    let said = "error: /nowhere/cargo does not start: No such file";
    assert!(called.err.contains(said), "{called:#?}");
    let mut command = command();
    let called = command.arg("check").env("CARGO", "/nowhere/cargo").output();
    Called::from(called.expect("it starts"))
        .ends(6, "error: cargo does not say what the workspace is");
}

#[test]
fn cargo_fails_though_no_test_does() {
    in_tiny("", &["--", "--no-such-option"]).ends(
        6,
        "error: no test failed, and yet cargo did (exit status: 101)\n  What it said is in ",
    );
    in_tiny("panic", &["--test", "plain", "--test", "contract"]).ends(1, "");
    let arguments = ["--", "right::may_happen", "--exact"];
    in_tiny("panic", &arguments).ends(
        6,
        "error: no test failed, and yet cargo did (exit status: 101)\n  What it said is in ",
    );
    in_tiny("", &arguments).ends(0, "");
}

#[test]
fn what_cannot_be_written() {
    for option in ["--json", "--markdown", "--junit", "--html", "--save"] {
        // Before anything runs.
        let called = in_tiny("", &[option, "/nowhere/file"]);
        called.ends(5, "error: /nowhere/file: there is no such folder");
        assert!(!called.err.contains("Records"), "{called:#?}");
    }
    read(&["tiny.jsonl"], &["--html", "/"]).ends(5, "error: /: this is a folder");
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_known_is_shown_although_a_file_cannot_be_written() {
    let called = read(&["tiny.jsonl"], &["--html", "/dev/full"]);
    called.ends(5, "error: /dev/full: No space left");
    assert!(called.out.contains("contract::suite"), "{called:#?}");
}

#[test]
fn two_forms_on_standard_output() {
    read(&["tiny.jsonl"], &["--json", "--html"]).ends(
        2,
        "error: `--json` and `--html` cannot both go to standard output\n  Name a file: `--html FILE`.",
    );
    read(&["tiny.jsonl"], &["--json", "--html", "/dev/null"]).ends(1, "");
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
    in_tiny("", &["shard", "0/2"]).ends(2, "it is written as 1/3, 2/3 or 3/3");
    in_tiny("", &["shuffle", "--rounds", "0"]).ends(2, "0 is not in 1..");
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
        "error: a test binary died, and not all of its tests ran: tiny/contract",
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
    // Of runs that have ended only the last ones are kept, and other tests run as many as that.
    let kept = format!(
        "{}/killed-{}.jsonl",
        env!("CARGO_TARGET_TMPDIR"),
        std::process::id()
    );
    std::fs::hard_link(&hanging.records, &kept).expect("a case has ended");
    hanging.signal(Signal::SIGKILL);
    hanging.child.wait().expect("it ends");
    hanging.is_gone();
    let called = command().args(["--records", &kept]).output();
    let called = Called::from(called.expect("it starts"));
    std::fs::remove_file(&kept).expect("it was linked");
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
