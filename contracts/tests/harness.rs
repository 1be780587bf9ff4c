//! The harness: how cases end that do not end well, and what is said of them.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use contrait::report::{Outcome, Record};
use contrait::{Context, SetupError, backend, contract, contract_suite};

/// Something that a case can do to its backend.
#[contract]
#[async_trait::async_trait]
trait Device: Send + Sync {
    /// Echoes what it is told.
    async fn echo(&self, text: &str) -> Result<String, String>;
}

/// What happened in a run of a case. Each test here runs a case of its own.
static EVENTS: Mutex<Vec<(&str, &str)>> = Mutex::new(Vec::new());

fn note(case: &'static str, event: &'static str) {
    EVENTS
        .lock()
        .expect("nobody panics while noting")
        .push((case, event));
}

fn events(case: &str) -> Vec<&'static str> {
    let events = EVENTS.lock().expect("nobody panics while noting");
    events
        .iter()
        .filter(|(of, _)| *of == case)
        .map(|(_, event)| *event)
        .collect()
}

/// A device that says when it is dropped.
struct Echo {
    case: &'static str,
}

impl Drop for Echo {
    fn drop(&mut self) {
        note(self.case, "dropped");
    }
}

#[async_trait::async_trait]
impl Device for Echo {
    async fn echo(&self, text: &str) -> Result<String, String> {
        if text == "broken" {
            Err("no echo".to_owned())
        } else {
            Ok(text.to_owned())
        }
    }
}

#[contract_suite(Device)]
mod suite {
    use super::*;

    /// It echoes.
    #[case(tags(quick, first))]
    async fn passes(device: &dyn Device) -> Result<(), String> {
        assert_eq!(device.echo("a").await?, "a");
        Ok(())
    }

    /// It panics.
    #[case]
    async fn panics(device: &dyn Device) -> Result<(), String> {
        assert_eq!(device.echo("a").await?, "b", "the echo differs");
        Ok(())
    }

    /// It returns an error.
    #[case]
    async fn errs(device: &dyn Device) -> Result<(), String> {
        device.echo("broken").await?;
        Ok(())
    }

    /// It waits for ever.
    #[case(timeout = "50ms")]
    async fn hangs(device: &dyn Device) -> Result<(), String> {
        device.echo("before").await?;
        std::future::pending().await
    }

    /// It blocks its thread.
    #[case(timeout = "1ms")]
    fn blocks(_device: &dyn Device) {
        loop {
            std::thread::park();
        }
    }

    /// It should panic, and does not.
    #[case]
    #[should_panic(expected = "something else")]
    async fn panics_otherwise(_device: &dyn Device) {
        panic!("this");
    }

    /// It should panic, and does.
    #[case]
    #[should_panic(expected = "this")]
    async fn panics_as_it_should(_device: &dyn Device) {
        panic!("this");
    }

    /// It makes many calls.
    #[case]
    async fn calls_much(device: &dyn Device) -> Result<(), String> {
        for _ in 0..300 {
            device.echo("a").await?;
        }
        Err("enough".to_owned())
    }

    /// It drops a call before it returns, and shows its own seed.
    #[case]
    async fn drops_a_call(device: &dyn Device, context: &Context) -> Result<(), String> {
        drop(device.echo("never polled"));
        Err(format!("seed {}", context.seed()))
    }

    /// It needs what the backend claims to lack.
    #[case(needs(silence))]
    async fn is_silent(device: &dyn Device) -> Result<(), String> {
        device.echo("").await.map(drop)
    }

    /// It needs what the backend does lack.
    #[case(needs(magic))]
    async fn is_magic(device: &dyn Device) -> Result<(), String> {
        device.echo("broken").await.map(drop)
    }
}

#[backend(
    suite,
    tests = false,
    lacks(silence = "it is loud", magic = "it is real")
)]
async fn watched(context: &Context) -> Echo {
    let case = context.case();
    context.server("an echo in this process");
    for event in ["torn down last", "torn down first"] {
        context.on_teardown(async move {
            tokio::task::yield_now().await;
            note(case, event);
        });
    }
    Echo { case }
}

#[backend(suite, tests = false, clock = virtual)]
fn paused(context: &Context) -> Echo {
    Echo {
        case: context.backend(),
    }
}

#[backend(suite, tests = false)]
async fn unreachable() -> Result<Echo, SetupError> {
    let cause = std::io::Error::other("the cable is cut");
    Err(std::io::Error::new(std::io::ErrorKind::NotConnected, cause).into())
}

/// Runs a case that fails, and hands out why.
fn reason(case: &str) -> String {
    let record = watched::conformance().run(case);
    assert_eq!(record.outcome, Outcome::Failed, "{record}");
    record.reason.expect("a failure has a reason")
}

const TORN_DOWN: [&str; 3] = ["dropped", "torn down first", "torn down last"];

#[test]
fn a_pass_is_torn_down_handles_first() {
    let record = watched::conformance().run("passes");
    assert_eq!(record.outcome, Outcome::Passed, "{record}");
    assert_eq!(events("passes"), TORN_DOWN);
    assert_eq!(
        (record.operations.len(), record.tags),
        (0, vec!["quick".to_owned(), "first".to_owned()])
    );
}

#[test]
fn a_panic_is_torn_down_and_told_with_its_operations() {
    let record = watched::conformance().run("panics");
    assert_eq!(events("panics"), TORN_DOWN);
    let report = record.to_string();
    for part in [
        "watched::panics breaks its promise",
        "promise     It panics.",
        "contracts/tests/harness.rs:",
        "server      an echo in this process",
        "CONTRAIT_SEED=0x",
        "the echo differs",
        "left: \"a\"",
        "right: \"b\"",
        "device.echo(\"a\") -> Ok(\"a\")",
    ] {
        assert!(report.contains(part), "no {part:?} in:\n{report}");
    }
}

#[test]
fn an_error_is_the_reason() {
    assert_eq!(reason("errs"), "the case returned Err(\"no echo\")");
    assert_eq!(events("errs"), TORN_DOWN);
}

#[test]
fn a_case_that_hangs_is_ended_and_torn_down() {
    assert_eq!(reason("hangs"), "did not end within 50ms");
    assert_eq!(events("hangs"), TORN_DOWN);
}

#[test]
fn a_case_that_hangs_on_a_virtual_clock_is_ended_at_once() {
    let began = Instant::now();
    let record = paused::conformance().run("hangs");
    let reason = record.reason.expect("it cannot pass");
    assert!(reason.contains("never comes"), "{reason}");
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "the virtual clock ran ahead instead of waiting"
    );
}

#[test]
fn a_case_that_blocks_its_thread_is_left_behind() {
    let reason = reason("blocks");
    assert!(reason.contains("blocked its thread"), "{reason}");
}

#[test]
fn a_panic_that_should_be_is_a_pass_and_another_one_is_none() {
    assert_eq!(
        watched::conformance().run("panics_as_it_should").outcome,
        Outcome::Passed
    );
    let reason = reason("panics_otherwise");
    assert_eq!(
        reason,
        "should fail with \"something else\", but panicked: this"
    );
}

#[test]
fn the_latest_operations_are_kept() {
    let record = watched::conformance().run("calls_much");
    assert_eq!(
        (record.operations.len(), record.operations_dropped),
        (256, 44)
    );
}

#[test]
fn a_call_that_is_dropped_says_so() {
    let record = watched::conformance().run("drops_a_call");
    // An async fn that is never polled never began: so there is nothing to log.
    assert_eq!(record.operations, []);
}

#[test]
fn a_seed_repeats_what_is_derived_from_it() {
    let seeds = [(); 2].map(|()| watched::conformance().run("drops_a_call").reason);
    assert_eq!(seeds[0], seeds[1]);
    assert_ne!(
        seeds[0],
        paused::conformance().run("drops_a_call").reason,
        "backends have seeds of their own"
    );
}

#[test]
fn a_lack_that_is_real_is_lacking_and_one_that_passes_is_a_failure() {
    let record = watched::conformance().run("is_magic");
    assert_eq!(
        (record.outcome, record.reason.as_deref()),
        (Outcome::Lacking, Some("it is real"))
    );
    let reason = reason("is_silent");
    assert!(
        reason.contains("claims to lack `silence` (it is loud), but passes"),
        "{reason}"
    );
}

#[test]
fn a_backend_that_cannot_be_made_says_why_with_its_causes() {
    let record = unreachable::conformance().run("passes");
    assert_eq!(
        record.reason.as_deref(),
        Some("the backend could not be made: the cable is cut")
    );
}

#[test]
#[should_panic(expected = "has no case `nothing`; it has passes, panics")]
fn a_case_that_is_not_there_is_named() {
    watched::conformance().run("nothing");
}

#[test]
fn a_record_is_a_line_that_is_read_again() {
    let record = watched::conformance().run("calls_much");
    let line = serde_json::to_string(&record).expect("a record is data");
    assert!(!line.contains('\n'));
    let directory = std::env::temp_dir().join(format!("contrait-records-{}", std::process::id()));
    std::fs::write(&directory, format!("{line}\n{{\"format\": 1\n")).expect("a temporary file");
    let read = Record::read(&directory).expect("the file just written");
    std::fs::remove_file(&directory).expect("the file just read");
    assert_eq!(read[0].as_ref(), Ok(&record));
    assert!(
        read[1].as_ref().is_err_and(|error| error.contains(":2: ")),
        "{:?}",
        read[1]
    );
}

#[contract_suite(Device)]
mod quiet {
    use super::*;

    /// It echoes, and says by which seed.
    #[case]
    async fn echoes(device: &dyn Device, context: &Context) -> Result<(), String> {
        let seed = context.seed().to_string();
        assert_eq!(device.echo(&seed).await?, seed);
        Err(seed)
    }
}

/// Its test is for the children that the tests below start.
#[backend(quiet, tests = false)]
fn child(context: &Context) -> Echo {
    Echo {
        case: context.backend(),
    }
}

#[test]
#[ignore = "started by other tests, with an environment"]
fn in_a_child() {
    if std::env::var_os(CHILD).is_some() {
        child::conformance().check("echoes");
    }
}

/// Tells a child from a run of all ignored tests.
const CHILD: &str = "HARNESS_TEST_CHILD";

/// Runs the case in a process with this environment, and hands out what the process printed.
fn child_with(name: &str, value: &std::ffi::OsStr) -> String {
    let test = std::env::current_exe().expect("a test has a binary");
    let mut child = std::process::Command::new(test);
    child
        .args(["--exact", "in_a_child", "--ignored", "--nocapture"])
        .env(CHILD, "yes")
        // That it fails is no news of the run that this test belongs to.
        .env_remove("CONTRAIT_RECORD")
        .env(name, value);
    let output = child.output().expect("the binary runs");
    assert!(!output.status.success(), "the case fails");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_of_records_is_appended_to_where_it_is_asked_for() {
    let file = std::env::temp_dir().join(format!("contrait-appended-{}", std::process::id()));
    for _ in 0..2 {
        child_with("CONTRAIT_RECORD", file.as_os_str());
    }
    let records = Record::read(&file).expect("the children wrote it");
    std::fs::remove_file(&file).expect("the file just read");
    assert_eq!(records.len(), 2);
    for record in records {
        let record = record.expect("whole lines");
        assert_eq!(
            (record.backend.as_str(), record.case.as_str()),
            ("child", "echoes")
        );
        assert_eq!(
            (record.suite.as_str(), record.package.as_str()),
            ("harness::quiet", "contrait")
        );
        assert_eq!(record.operations.len(), 1);
    }
}

#[test]
fn records_that_cannot_be_written_fail_the_test_and_name_the_file() {
    let printed = child_with("CONTRAIT_RECORD", "/nowhere/records".as_ref());
    assert!(
        printed.contains("could not be written to /nowhere/records"),
        "{printed}"
    );
}

#[test]
fn a_seed_of_the_environment_repeats_a_run() {
    let seeds = ["7", "7", "0x8"].map(|seed| {
        let printed = child_with("CONTRAIT_SEED", seed.as_ref());
        let line = printed
            .lines()
            .find(|line| line.contains("the case returned Err"))
            .map(str::to_owned);
        line.expect("the case returns its seed")
    });
    assert_eq!(seeds[0], seeds[1]);
    assert_ne!(seeds[0], seeds[2]);
}

#[test]
fn a_seed_that_is_no_number_is_named() {
    let printed = child_with("CONTRAIT_SEED", "seven".as_ref());
    assert!(
        printed.contains("CONTRAIT_SEED is a number, decimal or 0x…, not \"seven\""),
        "{printed}"
    );
}
