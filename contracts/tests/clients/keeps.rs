//! Programs and dropped calls that failed once are kept, and run first from then on.

use std::path::PathBuf;

use contrait::{Context, backend};

use super::process::run;
use super::store::{Flaw, Flawed, suite};

#[backend(suite, clock = virtual, tests = false)]
fn flawed(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::AddInTwoSteps)
}

#[backend(suite, clock = virtual, tests = false)]
fn torn(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::TornAdd)
}

#[backend(suite, clock = virtual, tests = false)]
fn right(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::Nothing)
}

/// Run by the tests below, in processes of their own.
mod checks {
    use super::*;

    #[test]
    #[ignore = "fails, as the test below wants it to"]
    fn linearizable() {
        flawed::conformance().check("generated::linearizable");
    }

    #[test]
    #[ignore = "fails, as the test below wants it to"]
    fn cancellation() {
        torn::conformance().check("generated::cancellation");
    }

    #[test]
    #[ignore = "is run by the tests below, where something is kept"]
    fn nothing() {
        right::conformance().check("generated::linearizable");
        right::conformance().check("generated::cancellation");
    }
}

/// A package of its own, with nothing kept in it.
struct Package(PathBuf);

impl Package {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0
            .join("contrait-regressions/clients-store-suite.jsonl")
    }

    /// Runs one of the checks above, with so little generated that nothing is found by chance.
    fn run(&self, check: &str, sizes: &[(&str, &str)]) -> (bool, String) {
        let test = format!("keeps::checks::{check}");
        let folder = self.0.to_str().expect("a path of text");
        let mut variables = vec![("CARGO_MANIFEST_DIR", folder), ("CONTRAIT_SEED", "1")];
        variables.extend(sizes);
        let output = run(&["--exact", &test, "--ignored"], &variables);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), told)
    }

    /// What is kept is found again where nothing else would be.
    fn keeps(&self, check: &str, least: &[(&str, &str)], kept: &[&str]) {
        let (passes, told) = self.run(check, least);
        assert!(passes, "nothing is to be found by chance: {told}");
        let (passes, told) = self.run(check, &[]);
        assert!(!passes, "{told}");
        let path = self.file();
        let says = format!("kept in {}, and replayed first from now on", path.display());
        assert!(told.contains(&says), "{told}");
        let line = std::fs::read_to_string(&path).expect("a file");
        for part in kept {
            assert!(line.contains(part), "{part} is missing in {line}");
        }
        let (passes, told) = self.run(check, least);
        assert!(!passes, "what was kept is not replayed: {told}");
        let again = std::fs::read_to_string(&path).expect("a file");
        assert_eq!(line, again, "it is kept once");
        let (passes, told) = self.run("nothing", least);
        assert!(passes, "{told}");
    }
}

#[test]
fn a_program_is_kept_with_its_schedule() {
    let least = [("CONTRAIT_SCHEDULES", "1"), ("CONTRAIT_CALLS", "1")];
    let kept = [
        r#"{"check":"linearizable","backend":"flawed","seed":"0x"#,
        r#""clients":[["#,
        r#""shared":"#,
        r#""schedule":""#,
    ];
    Package::new("program").keeps("linearizable", &least, &kept);
}

#[test]
fn a_dropped_call_is_kept_with_what_is_around_it() {
    let least = [("CONTRAIT_DROPS", "1")];
    let kept = [
        r#"{"check":"cancellation","backend":"torn","seed":"0x"#,
        r#""before":["#,
        r#""dropped":{"add":"#,
        r#""cut":{"awaits":"#,
    ];
    Package::new("dropped").keeps("cancellation", &least, &kept);
}

#[test]
fn a_line_that_is_no_program_is_named() {
    let wrong = [
        (
            "linearizable",
            r#""clients":[[{"call":{"fetch":{}}}]],"shared":true"#,
            "has no method `fetch`",
        ),
        (
            "linearizable",
            r#""clients":[],"shared":true,"schedule":"0.x""#,
            "\"0.x\" is no turn",
        ),
        (
            "cancellation",
            r#""before":[],"dropped":{"count":{}},"cut":"nowhere","after":[]"#,
            "unknown variant `nowhere`",
        ),
    ];
    for (check, found, says) in wrong {
        let package = Package::new("wrong");
        let path = package.file();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let line = format!(r#"{{"check":"{check}","backend":"b","seed":"0x1",{found}}}"#);
        std::fs::write(&path, line).unwrap();
        let (passes, told) = package.run("nothing", &[]);
        assert!(!passes && told.contains(says), "{told}");
        assert!(told.contains("clients-store-suite.jsonl:1: "), "{told}");
    }
}
