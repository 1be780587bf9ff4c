//! Sequences that failed are kept as operation lists.

use std::path::PathBuf;
use std::time::Duration;

use contrait::check::Regressions;
use contrait::check::generate::Step;
use contrait::check::lockstep::Sequence;

use crate::shelf::ShelfOperation;

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder.join("shelf.jsonl")
}

fn sequence() -> Sequence<ShelfOperation> {
    let steps = vec![
        Step::Call(ShelfOperation::Put {
            key: "k".to_owned(),
            value: vec![0, 255],
            ttl: Some(Duration::from_millis(5)),
        }),
        Step::Pass(Duration::from_millis(6)),
        Step::Call(ShelfOperation::Count {}),
    ];
    Sequence { steps }
}

#[test]
fn what_is_kept_comes_back_and_once() {
    let regressions = Regressions::at(&file("comes-back"));
    assert_eq!(
        regressions
            .read::<Sequence<ShelfOperation>>("lockstep")
            .unwrap()
            .len(),
        0
    );
    for _ in 0..2 {
        regressions
            .add("lockstep", "memory", 7, &sequence())
            .unwrap();
    }
    let read = regressions
        .read::<Sequence<ShelfOperation>>("lockstep")
        .unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", [sequence()]));
    assert!(
        regressions
            .read::<Sequence<ShelfOperation>>("another check")
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_line_that_is_no_sequence_is_named() {
    let wrong = [
        ("nonsense", "expected ident"),
        (
            r#"[{"call":{"fetch":{}}}]"#,
            "has no method `fetch`; it has put, get",
        ),
        (r#"[{"call":{"get":{}}}]"#, "the argument `key` is missing"),
        (
            r#"[{"call":{"get":{"key":7}}}]"#,
            "the argument `key` is no `&str`",
        ),
        (
            r#"[{"call":{"count":{"key":"k"}}}]"#,
            "`count` has no argument `key`",
        ),
    ];
    for (steps, said) in wrong {
        let path = file("is-named");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let line = format!(r#"{{"check":"lockstep","backend":"b","seed":"0x1","steps":{steps}}}"#);
        std::fs::write(&path, format!("\n{line}\n")).unwrap();
        let error = Regressions::at(&path)
            .read::<Sequence<ShelfOperation>>("lockstep")
            .expect_err(steps);
        assert!(error.contains("shelf.jsonl:2: "), "{error}");
        assert!(error.contains(said), "{error}");
    }
}
