//! Histories as files, and the reports of them.

use contrait::check::linearizability::models::{Register, RegisterOperation, RegisterOutcome};
use contrait::check::linearizability::{By, Checker, End, Entry, History, Report};

type Observed = History<RegisterOperation<u64>, RegisterOutcome<u64>>;

fn read(lines: &str) -> Result<Observed, String> {
    History::read_from(lines.as_bytes(), "h.jsonl").map_err(|error| error.to_string())
}

const STALE: &str = r#"
{"client":0,"from":1,"at":3,"operation":{"set":1},"outcome":"done"}
{"client":1,"from":2,"operation":{"set":7},"unknown":"timeout"}
{"client":0,"from":4,"at":8,"operation":{"set":2},"outcome":"done"}
{"client":2,"from":5,"at":7,"operation":"get","outcome":{"value":2}}
{"client":1,"from":9,"at":11,"operation":"get","outcome":{"value":1}}
"#;

#[test]
fn a_history_is_what_was_written_of_it() {
    let mut history = read(STALE).expect("the lines are right");
    history.push(Entry {
        by: By::System,
        operation: RegisterOperation::Set(0),
        from: 20,
        end: End::Due { by: 30 },
    });
    let mut written = Vec::new();
    history
        .write_to(&mut written)
        .expect("memory takes everything");
    let text = String::from_utf8(written).expect("JSON is text");
    assert!(text.starts_with(STALE.trim_start()), "{text}");
    assert_eq!(read(&text), Ok(history));
}

#[test]
fn what_returns_nothing_has_null_for_an_outcome() {
    let line = r#"{"client":0,"from":1,"at":2,"operation":1,"outcome":null}"#;
    let history: History<u8, ()> = History::read_from(line.as_bytes(), "h").expect("it is right");
    let mut written = Vec::new();
    history
        .write_to(&mut written)
        .expect("memory takes everything");
    assert_eq!(written, format!("{line}\n").into_bytes());
}

#[test]
fn errors_name_the_line_and_what_is_wrong() {
    let cases = [
        ("{", "h.jsonl:1: EOF while parsing an object (column 1)"),
        (
            "\n{\"client\":0,\"from\":1,\"at\":2,\"operation\":\"git\",\"outcome\":\"done\"}",
            "h.jsonl:2: unknown variant `git`, expected one of `get`, `set`, `cas` (column 45)",
        ),
        (
            r#"{"client":0,"from":1,"at":2,"operation":"get"}"#,
            "h.jsonl:1: a call has both `at` and `outcome`, or else `unknown`",
        ),
        (
            r#"{"from":1,"operation":"get"}"#,
            "h.jsonl:1: an operation without a `client` is the system's own, and has `by`",
        ),
        (
            r#"{"client":0,"from":1,"by":4,"operation":"get"}"#,
            "h.jsonl:1: `by` is for operations of the system's own, which have no `client`",
        ),
        (
            r#"{"client":0,"from":5,"at":2,"operation":"get","outcome":{"value":1}}"#,
            "h.jsonl:1: ends at 2, before it begins at 5",
        ),
        (
            "{\"client\":0,\"from\":1,\"at\":9,\"operation\":\"get\",\"outcome\":{\"value\":1}}\n\n\
             {\"client\":0,\"from\":5,\"at\":7,\"operation\":\"get\",\"outcome\":{\"value\":1}}",
            "h.jsonl:3: client 0 calls while its call of line 1 has not returned",
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(read(lines).expect_err(lines), expected);
    }
    let error = Observed::read("/nonexistent/h.jsonl").expect_err("there is none");
    assert!(
        error.to_string().starts_with("/nonexistent/h.jsonl: "),
        "{error}"
    );
}

#[test]
fn a_report_shows_a_column_a_client() {
    let history = read(STALE).expect("the lines are right");
    let verdict = Checker::new(Register(0)).check(&history);
    let violation = verdict.violation().expect("1 was overwritten");
    assert_eq!(violation.entry, 4);
    assert_eq!(violation.states, [2, 7]);
    let report = Report::new(&Register(0), &history, violation);
    assert_eq!(report.to_string(), EXPECTED);
    let page = report.html();
    assert!(page.contains("class=\"call impossible\""), "{page}");
    assert!(page.contains("Set(7)"), "{page}");
    assert!(!page.contains("http"), "{page}");
}

const EXPECTED: &str = "\
not linearizable: client 1 was answered Value(1) to Get at 11, which no order explains
possible just before: 2  or  7

at  client 0  client 1                     client 2
 1  ┌ Set(1)
 2  │         ┌ Set(7) … unknown: timeout
 3  └ → Done
 4  ┌ Set(2)
 5  │                                      ┌ Get
 7  │                                      └ → Value(2)
 8  └ → Done
 9            ┌ Get
11            └ → Value(1)  ✗ impossible
";
