//! The page in a real browser: `apt-get install chromium`, or `CHROMIUM=/path/to/it`.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::called::fixture;

/// The page of the fixture, as it stands in the browser after its script has run, opened at `after`.
fn in_browser(after: &str) -> String {
    static PAGES: AtomicUsize = AtomicUsize::new(0);
    let number = PAGES.fetch_add(1, Ordering::Relaxed);
    let name = format!("contrait-page-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).expect("there is room");
    let page = folder.join("page.html");
    let mut command = super::called::command();
    command
        .arg("--records")
        .arg(fixture("tiny.jsonl"))
        .arg("--html")
        .arg(&page);
    command.output().expect("it starts");
    let browser = std::env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into());
    let mut browser = Command::new(browser);
    // A root user, as in CI, has no sandbox; a phone's width.
    browser.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=400,800",
        "--dump-dom",
    ]);
    browser.arg(format!(
        "--user-data-dir={}",
        folder.join("profile").display()
    ));
    let output = browser
        .arg(format!("file://{}{after}", page.display()))
        .output();
    let output = output.expect("chromium is installed: `apt-get install chromium`");
    std::fs::remove_dir_all(&folder).expect("it was made");
    String::from_utf8(output.stdout).expect("it is text")
}

/// The names of the cases that are to be seen.
fn shown(page: &str) -> Vec<String> {
    let rows = page.split("<tr class=\"case\"").skip(1);
    let seen = rows.filter(|row| {
        !row.split('>')
            .next()
            .is_some_and(|tag| tag.contains("hidden"))
    });
    seen.map(|row| {
        let (_, name) = row
            .split_once("<th scope=\"row\"")
            .expect("a row has a head");
        let (name, _) = name.split_once("</th>").expect("it ends");
        let (_, name) = name.split_once('>').expect("it has a name");
        // A long name may be broken there.
        name.replace("<wbr>", "")
    })
    .collect()
}

#[test]
#[ignore = "needs chromium"]
fn everything_is_shown_at_first() {
    let page = in_browser("");
    assert_eq!(shown(&page).len(), 8, "{page}");
    assert!(page.contains(">8 cases</output>"), "{page}");
    assert!(
        !page.contains("<b>nothing</b>"),
        "a promise is text, whatever stands in it"
    );
    assert!(
        page.contains("color-scheme: light dark"),
        "the style is in it: {page}"
    );
    // The script has put it there.
    assert!(
        page.contains("<button type=\"button\" class=\"copy\">copy</button>"),
        "{page}"
    );
}

#[test]
#[ignore = "needs chromium"]
fn search_looks_at_names_and_promises() {
    assert_eq!(shown(&in_browser("?search=is_no")), ["is_no_count"]);
    assert_eq!(
        shown(&in_browser("?search=NEVER%20process")),
        ["may_happen"]
    );
    assert!(in_browser("?search=nobody_has_this").contains(">0 of 8 cases</output>"));
}

#[test]
#[ignore = "needs chromium"]
fn states_and_backends_filter() {
    let failed = ["counts", "suite_sees_every_answer", "lockstep"];
    assert_eq!(shown(&in_browser("?state=failed")), failed);
    assert_eq!(
        shown(&in_browser("?state=failed&backend=right")),
        ["suite_sees_every_answer"]
    );
    assert_eq!(
        shown(&in_browser("?state=lacking&backend=wrong")),
        ["is_no_count"]
    );
}

#[test]
#[ignore = "needs chromium"]
fn a_failure_opens() {
    let page = in_browser("#failure-1");
    let (_, failure) = page.split_once("id=\"failure-1\"").expect("it is there");
    let (tag, rest) = failure.split_once('>').expect("it has content");
    assert!(tag.contains("open"), "{tag}");
    let (inside, _) = rest.split_once("</details>").expect("it ends");
    for part in [
        "counter.add(2)",
        "CONTRAIT_SEED=0x7",
        "<pre class=\"expected\">5</pre>",
        "<pre class=\"actual\">2</pre>",
    ] {
        assert!(inside.contains(part), "{part} is missing in {inside}");
    }
    let page = in_browser("#failure-3");
    assert!(
        page.contains("fn found_by_lockstep(subject: &amp;mut dyn Counter)"),
        "{page}"
    );
}
