//! `cargo contrait check`: each rule finds what it is there for, and nothing else.

use crate::project::{Project, Ran};

/// A library of one suite of such items.
fn suite(items: &str) -> String {
    format!("#[contract_suite(Store)]\npub mod suite {{\n{items}\n}}\n")
}

/// What is found in a suite of these items, which begin at line 3: `line rule`.
fn found(name: &str, items: &str) -> Vec<String> {
    found_by(name, "", &[("src/lib.rs", &suite(items))])
}

fn found_by(name: &str, manifest: &str, files: &[(&str, &str)]) -> Vec<String> {
    let report = Project::new(name, manifest, files)
        .run(&["check", "--json"])
        .json();
    let findings = report["findings"].as_array().expect("a list").iter();
    findings
        .map(|finding| {
            format!(
                "{} {}",
                finding["line"],
                finding["rule"].as_str().expect("a name")
            )
        })
        .collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_case_says_what_it_promises() {
    let items = "
        #[case] fn silent(store: &dyn Store) { assert!(store.is_empty()); }
        /// It is empty.
        #[case] fn it_is_empty(store: &dyn Store) { assert!(store.is_empty()); }
        /// What is new is empty.
        #[case] fn starts_empty(store: &dyn Store) { assert!(store.is_empty()); }";
    assert_eq!(found("promise", items), ["4 promise", "6 promise"]);
}

#[test]
fn a_case_asserts_something() {
    let items = "
        /// Nothing is looked at.
        #[case] fn nothing(store: &dyn Store) { store.set(1); }
        /// An error alone would be noticed.
        #[case] fn no_error(store: &dyn Store) -> Result<(), E> { store.set(1)?; Ok(()) }
        /// An error alone would be noticed, and the answer is not looked at.
        #[case] fn answer(store: &dyn Store) -> Result<(), E> { let _ = store.get()?; Ok(()) }
        /// What is declared within is not called.
        #[case] fn within(store: &dyn Store) { fn never() { assert!(false); } store.set(1); }
        /// What it calls looks at nothing either.
        #[case] fn by_another(store: &dyn Store) { helper(store); }
        fn helper(store: &dyn Store) { store.set(1); round(store); }
        fn round(store: &dyn Store) { helper(store); }";
    let rules = [5, 7, 9, 11, 13].map(|line| format!("{line} assertion"));
    assert_eq!(found("no-assertion", items), rules);
}

#[test]
fn assertions_have_many_forms() {
    let forms = [
        "assert_eq!(store.get(), 1);",
        "debug_assert!(store.is_empty());",
        "insta::assert_snapshot!(store.text());",
        "let Some(_) = store.get() else { panic!(\"missing\") };",
        "match store.get() { 1 => {} _ => unreachable!() }",
        "store.set(1).unwrap();",
        "store.set(1).expect_err(\"it is full\");",
        "for n in 0..3 { check(n, store); }",
        "super::assert_empty(store);",
        "crate::judging::judge(store);",
        "[1, 2].map(|n| assert_eq!(store.get(), n));",
        "tokio::select! { answer = store.get() => assert_eq!(answer, 1) }",
        "expect![[\"1\"]].assert_eq(&store.text());",
        "must_be!(store.get(), 1);",
        "Answer(store.get()).is(1);",
        "store.get().ok_or(\"it is missing\")?;",
        "if store.is_empty() { return Err(\"it is empty\"); }",
        "anyhow::ensure!(store.is_empty());",
        "tokio::time::timeout(SECOND, store.emptied()).await?;",
        "network.until(|network| network.connections() == 0).await;",
        "clock.eventually(SECOND, async || store.get().await).await;",
    ];
    let cases: String = forms.iter().enumerate().map(|(at, form)| {
        format!("/// It holds what was put into it, {at} times.\n#[case] fn form_{at}(store: &dyn Store) {{ {form} }}\n")
    }).collect();
    let helpers = "
        fn check(n: u8, store: &dyn Store) { inner(n, store); }
        fn inner(n: u8, store: &dyn Store) { assert_eq!(n, store.get()); }
        macro_rules! must_be { ($a:expr, $b:expr) => { if $a != $b { panic!() } } }
        struct Answer(u8);
        impl Answer { fn is(&self, n: u8) { assert_eq!(self.0, n); } }
        /// Whoever takes from nothing panics.
        #[case] #[should_panic] fn panics(store: &dyn Store) { store.take(); }
        /// Deleting what is there is no error, whatever is done afterwards.
        #[case] async fn ends_with_what_was_answered(store: &dyn Store) -> Result<(), E> {
            let deleted = store.delete(1).await;
            store.close().await;
            deleted
        }
        /// Deleting what is not there is no error.
        #[case] async fn ends_with_the_answer(store: &dyn Store) -> Result<(), E> { store.delete(1).await }";
    let judging = "pub fn judge(store: &dyn Store) { if store.get() != 1 { panic!() } }";
    let library = format!(
        "mod judging;\nfn assert_empty(_: &dyn Store) {{}}\n{}",
        suite(&(cases + helpers))
    );
    let files = [
        ("src/lib.rs", library.as_str()),
        ("src/judging.rs", judging),
    ];
    assert_eq!(found_by("assertions", "", &files), NOTHING);
}

#[test]
fn nobody_sleeps() {
    let items = "
        /// A thread.
        #[case] fn by_thread(store: &dyn Store) { std::thread::sleep(SECOND); assert!(store.is_empty()); }
        /// A task, by a helper and within a macro.
        #[case] async fn by_task(store: &dyn Store) { later(store).await; assert!(store.is_empty()); }
        /// The same helper.
        #[case] async fn once_more(store: &dyn Store) { later(store).await; assert!(store.is_empty()); }
        async fn later(store: &dyn Store) {
            join!(tokio::time::sleep(SECOND), store.get());
        }
        /// Time that is let pass.
        #[case] async fn by_clock(store: &dyn Store, clock: &Clock) {
            clock.advance(SECOND).await;
            assert!(store.is_empty());
        }
        /// What the store is asked for, and what it does then, is what the case is about.
        #[case] fn by_the_store(store: &Sleeper) { store.sleep(1); store.doze(); assert!(store.is_empty()); }
        struct Sleeper;
        impl Sleeper { fn doze(&self) { std::thread::sleep(SECOND); } }";
    assert_eq!(found("sleeps", items), ["5 sleep", "11 sleep"]);
}

#[test]
fn nobody_ends_early_as_if_all_were_well() {
    let items = "
        /// A result.
        #[case] fn skips(store: &dyn Store) -> Result<(), E> {
            if !store.can() { return Ok(()); }
            assert!(store.is_empty());
            Ok(())
        }
        /// Nothing.
        #[case] fn skips_too(store: &dyn Store) {
            let Some(found) = store.get() else { return };
            assert_eq!(found, 1);
        }
        /// An error is no pass; what a closure returns is its own.
        #[case] fn fails(store: &dyn Store) -> Result<(), E> {
            if store.is_empty() { return Err(E); }
            store.each(|n| { if n == 1 { return; } check(n); });
            assert!(store.is_empty());
            Ok(())
        }
        /// It comes about at last.
        #[case] fn waits(store: &dyn Store) -> Result<(), E> {
            for _ in 0..9 { if store.is_empty() { return Ok(()); } }
            panic!(\"it never came about\")
        }
        /// A unit, written out.
        #[case] fn skips_by_a_unit(store: &dyn Store) {
            if !store.can() { return (); }
            assert!(store.is_empty());
        }
        /// There is no other way out.
        #[case] fn loops(store: &dyn Store) -> Result<(), E> {
            loop { store.take().unwrap(); if store.is_empty() { return Ok(()); } }
        }
        /// What a task returns is its own.
        #[case] fn spawns(store: &dyn Store) {
            spawn(async { if store.can() { return; } store.take(); });
            assert!(store.is_empty());
        }";
    assert_eq!(
        found("early-return", items),
        ["6 early-return", "12 early-return", "29 early-return"]
    );
}

#[test]
fn nobody_changes_the_environment() {
    let items = "
        /// A variable.
        #[case] fn sets(store: &dyn Store) {
            unsafe { std::env::set_var(\"A\", \"1\"); }
            std::env::set_current_dir(\"/\").unwrap();
            assert_eq!(std::env::var(\"A\").unwrap(), store.text());
        }
        /// A variable of the store.
        #[case] fn sets_its_own(store: &dyn Store) { store.set_var(\"A\"); assert!(store.is_empty()); }";
    assert_eq!(
        found("environment", items),
        ["6 environment", "7 environment"]
    );
}

#[test]
fn what_does_not_run_says_why() {
    let items = "
        /// One.
        #[case] #[ignore] fn first(store: &dyn Store) { assert!(store.is_empty()); }
        /// On a condition.
        #[case] #[cfg_attr(windows, ignore)] fn second(store: &dyn Store) { assert!(store.is_empty()); }
        /// Empty.
        #[case] #[ignore = \" \"] fn third(store: &dyn Store) { assert!(store.is_empty()); }
        /// With its reason.
        #[case] #[ignore = \"slow\"] fn fourth(store: &dyn Store) { assert!(store.is_empty()); }
        #[case] #[ignore = \"slow\"] fn silent(store: &dyn Store) { assert!(store.is_empty()); }";
    assert_eq!(
        found("ignored", items),
        ["5 ignore", "7 ignore", "9 ignore", "12 promise"]
    );
    let library = suite(items);
    let ran = Project::new("ignored-said", "", &[("src/lib.rs", &library)]).run(&["check"]);
    for said in [
        "`first` is ignored, and there is no reason",
        "`third` is ignored, and the reason is empty",
    ] {
        assert!(ran.out.contains(said), "{said}: {ran:?}");
    }
}

const STRUCTURED: &str = "
        /// It is kept.
        #[case] fn plain(store: &dyn Store) { assert!(store.is_empty()); }
        /// It is kept.
        ///
        /// Scope: the store
        /// Seam: its trait
        #[case] fn structured(store: &dyn Store) { assert!(store.is_empty()); }";

#[test]
fn a_doc_has_the_parts_that_the_project_asks_for() {
    let asked = "[package.metadata.contrait.check]\nstructured-doc = [\"Scope\", \"Seam\"]";
    let library = suite(STRUCTURED);
    let files = [("src/lib.rs", library.as_str())];
    assert_eq!(found_by("structured", asked, &files), ["5 structured-doc"]);
    let all = "[workspace.metadata.contrait.check]\nstructured-doc = true";
    let project = Project::new("structured-all", all, &files);
    let ran = project.run(&["check"]);
    assert!(
        ran.out.contains("`Impact`, `Strategy`, `Success criteria`"),
        "{ran:?}"
    );
    assert_eq!(found("structured-not", STRUCTURED), NOTHING);
}

#[test]
fn tests_are_looked_at_where_it_is_asked_for() {
    let library = suite(
        "/// It begins empty.\n#[case] fn fine(store: &dyn Store) { assert!(store.is_empty()); }",
    );
    let test = "#[tokio::test]\nasync fn sleeps() { sleep(SECOND).await; }\n
        #[test] #[ignore = \"another test starts it\"] fn waits() { sleep(SECOND); }";
    let files = [("src/lib.rs", library.as_str()), ("tests/one.rs", test)];
    assert_eq!(found_by("tests-not", "", &files), NOTHING);
    let asked = "[package.metadata.contrait.check]\ntests = true";
    assert_eq!(
        found_by("tests-too", asked, &files),
        ["2 assertion", "2 sleep"]
    );
}

const SLEEPER: &str = "/// It begins empty.
#[case] fn sleeps(store: &dyn Store) { sleep(SECOND); assert!(store.is_empty()); }";

#[test]
fn what_is_allowed_has_a_reason_and_happens() {
    let library = suite(SLEEPER);
    let files = [("src/lib.rs", library.as_str())];
    let by = |name: &str, allow: &str| {
        let manifest = format!("[workspace.metadata.contrait.check]\nallow = [{allow}]");
        Project::new(name, &manifest, &files).run(&["check", "--json"])
    };
    let rules = |ran: &Ran| {
        let report = ran.json();
        let findings = report["findings"].as_array().expect("a list").clone();
        findings
            .iter()
            .map(|f| f["rule"].as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    let fits = by(
        "allowed",
        "{ finding = \"sleep\", in = \"suite::sleeps\", reason = \"why\" }",
    );
    assert_eq!(rules(&fits), NOTHING);
    let folder = by("allowed-in-a-folder", "{ in = \"src\", reason = \"why\" }");
    assert_eq!(rules(&folder), NOTHING);
    let half = by(
        "allowed-by-half-a-name",
        "{ finding = \"sleep\", in = \"eeps\", reason = \"why\" }",
    );
    assert_eq!(rules(&half), ["sleep", "allowance"]);
    let other = by(
        "allowed-otherwise",
        "{ finding = \"ignore\", in = \"suite::sleeps\", reason = \"why\" }",
    );
    assert_eq!(rules(&other), ["sleep", "allowance"]);
    let silent = by("allowed-in-silence", "{ in = \"src\", reason = \"\" }");
    assert_eq!(silent.code, 2, "{silent:?}");
    assert!(silent.err.contains("without a reason"), "{silent:?}");
}

#[test]
fn deny_decides_how_it_ends() {
    let library = suite(SLEEPER);
    let project = Project::new("deny", "", &[("src/lib.rs", &library)]);
    for (arguments, code) in [
        (&["check"][..], 0),
        (&["check", "--deny"], 1),
        (&["check", "--deny=ignore"], 0),
        (&["check", "--deny=ignore,sleep"], 1),
        (&["check", "--deny=slumber"], 2),
    ] {
        let ran = project.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_finding_names_file_line_and_remedy() {
    let library = suite(SLEEPER);
    let ran = Project::new("readable", "", &[("src/lib.rs", &library)]).run(&["check"]);
    assert!(
        ran.out.contains("src/lib.rs:4: sleep: `sleep` hopes"),
        "{ran:?}"
    );
    assert!(ran.out.contains("in readable::suite::sleeps"), "{ran:?}");
    assert!(
        ran.out.contains("do let time pass with `clock.advance(…)`"),
        "{ran:?}"
    );
    assert!(ran.out.contains("1 case looked at: 1 finding"), "{ran:?}");
}

#[test]
fn a_helper_is_found_further_out() {
    let library = "fn judge(store: &dyn Store) { if store.get() != 1 { panic!() } }
        pub mod inner { #[contract_suite(Store)] pub mod suite {
            /// It holds what was put into it.
            #[case] fn kept(store: &dyn Store) { super::super::judge(store); } } }";
    assert_eq!(
        found_by("further-out", "", &[("src/lib.rs", library)]),
        NOTHING
    );
}

#[test]
fn a_suite_is_found_wherever_its_modules_lead() {
    let conditional = "#[cfg_attr(feature = \"more\", contract_suite(Store, model = |_| 1))]
        pub mod suite { pub mod group { #[path = \"elsewhere.rs\"] mod inner; } }";
    let inner = "/// It begins empty.\n#[case] fn nothing(_: &dyn Store) {}";
    let files = [
        ("src/lib.rs", "mod outer;"),
        ("src/outer/mod.rs", conditional),
        ("src/outer/suite/group/elsewhere.rs", inner),
    ];
    assert_eq!(found_by("modules", "", &files), ["2 assertion"]);
}

#[test]
fn bad_input_is_told_from_findings() {
    let nothing = Project::new("no-suite", "", &[("src/lib.rs", "")]).run(&["check"]);
    assert_eq!(nothing.code, 4, "{nothing:?}");
    assert!(
        nothing.err.contains("no suite in this workspace"),
        "{nothing:?}"
    );
    let no_rust =
        Project::new("no-rust", "", &[("src/lib.rs", "fn a() {}\nfn b() -> {}")]).run(&["check"]);
    assert_eq!(no_rust.code, 5, "{no_rust:?}");
    assert!(
        no_rust.err.contains("src/lib.rs:2:11: expected one of"),
        "{no_rust:?}"
    );
    let open = Project::new("no-end", "", &[("src/lib.rs", "fn a() {}\nfn b( {}")]).run(&["check"]);
    assert_eq!(open.code, 5, "{open:?}");
    assert!(
        open.err
            .contains("src/lib.rs:2:5: a bracket or a literal has no end"),
        "{open:?}"
    );
    let no_file = Project::new("no-file", "", &[("src/lib.rs", "\nmod gone;")]).run(&["check"]);
    assert_eq!(no_file.code, 5, "{no_file:?}");
    assert!(
        no_file
            .err
            .contains("src/lib.rs:2: there is no file for `mod gone;`"),
        "{no_file:?}"
    );
    let manifest = "[workspace.metadata.contrait.check]\ntest = true";
    let library = suite(SLEEPER);
    let unknown = Project::new("no-key", manifest, &[("src/lib.rs", &library)]).run(&["check"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.err.contains("unknown field `test`"), "{unknown:?}");
    let folder = Project::empty("no-project");
    let none = folder.run(&["check", "--manifest-path", "Cargo.toml"]);
    assert_eq!(none.code, 2, "{none:?}");
    assert!(
        none.err.contains("no workspace can be read here"),
        "{none:?}"
    );
}

#[test]
fn this_workspace_has_no_finding() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let ran =
        Project::empty("this-workspace").run(&["check", "--deny", "--manifest-path", manifest]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}
