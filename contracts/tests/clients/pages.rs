//! What is on demand: a failure as a page; and what is left out, with the reason.

use contrait::check::Model;
use contrait::{Context, backend, contract, contract_suite};

use super::process::run;
use super::store::{Flaw, Flawed, suite};

/// No variables.
const NOTHING: &[(&str, &str)] = &[];

/// Fails, and is only run by the test below, in a process of its own.
#[backend(suite, clock = virtual, tests = false)]
fn racy(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::AddInTwoSteps)
}

#[test]
#[ignore = "fails, as the test beside it wants it to"]
fn fails() {
    racy::conformance().check("generated::linearizable");
}

#[test]
fn a_violation_is_a_page() {
    let folder = std::env::temp_dir().join(format!("contrait-pages-{}", std::process::id()));
    let output = run(
        &["--exact", "pages::fails", "--ignored"],
        &[("CONTRAIT_HTML", &folder), ("CARGO_MANIFEST_DIR", &folder)],
    );
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success(), "{told}");
    let path = folder.join("clients-store-suite-racy-linearizable.html");
    assert!(told.contains(&path.display().to_string()), "{told}");
    let page = std::fs::read_to_string(&path).expect("is written");
    assert!(
        page.contains("<div class=\"client\"") && page.contains("not linearizable"),
        "{page}"
    );
    std::fs::remove_dir_all(&folder).expect("is there");
}

#[test]
fn a_page_is_offered_where_none_is_asked_for() {
    let record = racy::conformance().run("generated::linearizable");
    let reason = record.reason.unwrap_or_default();
    assert!(
        reason.ends_with("CONTRAIT_HTML=FOLDER writes the timeline as a page"),
        "{reason}"
    );
}

/// One caller at a time, and nothing that handles share.
#[contract]
pub(crate) trait Tally {
    fn add(&mut self, by: u8) -> u32;
}

#[derive(Clone, Debug, Default)]
struct Sum(u32);

impl Model for Sum {}

impl Tally for Sum {
    fn add(&mut self, by: u8) -> u32 {
        self.0 = self.0.wrapping_add(u32::from(by));
        self.0
    }
}

#[contract_suite(Tally, model = |_| Sum::default())]
pub(crate) mod tally {
    use super::Tally;

    /// Sums add up.
    #[case]
    fn adds_up(tally: &mut dyn Tally) {
        assert_eq!((tally.add(1), tally.add(2)), (1, 3));
    }
}

#[backend(tally)]
fn sum() -> Sum {
    Sum::default()
}

/// No clients, no check; and nobody takes it for one that passed.
#[test]
fn what_cannot_be_concurrent_is_ignored_with_the_reason() {
    let output = run(&["--exact", "pages::sum::generated::linearizable"], NOTHING);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        told.contains("ignored, no two clients can have one subject"),
        "{told}"
    );
    let output = run(
        &[
            "--exact",
            "pages::sum::generated::linearizable",
            "--ignored",
        ],
        NOTHING,
    );
    assert!(
        !output.status.success(),
        "ignored, and run all the same, it says why"
    );
}
