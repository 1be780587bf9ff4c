//! `cargo contrait new`: what it writes is a project that holds.

use crate::project::{Project, Ran};

#[test]
fn a_starter_passes_the_checklist() {
    let folder = Project::empty("starter");
    let ran = folder.run(&["new", "my-store"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err
            .contains("which other machines, as those of CI, do not have: `--git URL`"),
        "{ran:?}"
    );
    for (file, said) in [
        ("my-store/Cargo.toml", "name = \"my-store\""),
        (
            "my-store/tests/contract.rs",
            "use my_store::{Counts, Journal, suite};",
        ),
        (
            "my-store/CONTRACT.md",
            "`my_store::Inventory`, in src/lib.rs: 3 methods, and 4 promises",
        ),
        (
            "my-store/.github/workflows/ci.yml",
            "cargo contrait check --deny",
        ),
    ] {
        let text = folder.read(file);
        assert!(text.contains(said), "{file}: {text}");
        for placeholder in ["NAME", "CRATE", "SOURCE", "INSTALL"] {
            assert!(!text.contains(placeholder), "{file}: {text}");
        }
    }
    for arguments in [
        &["check", "--deny"][..],
        &["seams", "--deny", "P2"],
        &["sheet", "Inventory", "--check", "my-store/CONTRACT.md"],
    ] {
        let arguments = [arguments, &["--manifest-path", "my-store/Cargo.toml"]].concat();
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = Project::empty("starter-there");
    folder.write("mine/notes.md", "mine");
    let ran = folder.run(&["new", "mine"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("mine is there already"), "{ran:?}");
    let ran = folder.run(&["new", "mine/notes"]);
    assert_eq!(ran.code, 0, "a new folder beside it: {ran:?}");
    folder.write("file", "mine");
    assert_eq!(folder.run(&["new", "file"]).code, 2);
    assert_eq!(folder.read("file"), "mine");
}

#[test]
fn a_name_is_one_that_a_package_can_have() {
    let folder = Project::empty("starter-names");
    for (name, fault) in [
        ("7up", "it begins with no letter"),
        ("-", "unexpected argument"),
        ("my store", "it has ` ` in it"),
        ("größe", "it has `ö` in it"),
        ("async", "it is a keyword"),
        ("std", "that is the name of another crate"),
        ("contrait", "that is the name of another crate"),
        ("..", "it is empty"),
    ] {
        let ran = folder.run(&["new", name]);
        assert_eq!(ran.code, 2, "{name}: {ran:?}");
        let told =
            ran.err.contains(fault) || (name == "-" && ran.err.contains("begins with no letter"));
        assert!(told, "{name}: {ran:?}");
    }
}

#[test]
fn contrait_comes_from_where_it_is_said_to() {
    let folder = Project::empty("starter-origins");
    let ran = folder.run(&["new", "a", "--contrait", "nowhere"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.err.contains("there is no contrait in nowhere"),
        "{ran:?}"
    );
    let manifest = "[package]\nname = \"contrait\"\n[features]\nsuite = []\n[workspace]\n";
    folder.write("checkout/contracts/Cargo.toml", manifest);
    folder.write("checkout/contracts/src/lib.rs", "");
    assert_eq!(folder.run(&["new", "b", "--contrait", "checkout"]).code, 0);
    let manifest = folder.read("b/Cargo.toml");
    assert!(manifest.contains("checkout/contracts\" }"), "{manifest}");
    let url = "https://example.org/contrait";
    let ran = folder.run(&["new", "c", "--git", url]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        folder
            .read("c/Cargo.toml")
            .contains("contrait = { git = \"https://example.org/contrait\" }")
    );
    assert!(
        folder
            .read("c/.github/workflows/ci.yml")
            .contains("cargo install --locked --git https://example.org/contrait cargo-contrait")
    );
}

/// It is built with the features and the target folder of the examples, which CI has at hand.
#[test]
#[ignore = "builds a project and the runtime with it: `.ci/run` runs it"]
fn what_is_written_compiles_and_passes() {
    let folder = Project::empty("starter-built");
    assert_eq!(folder.run(&["new", "my-store"]).code, 0);
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/examples");
    let cargo = |arguments: &[&str]| {
        let mut command = folder.program(env!("CARGO"));
        command
            .args(arguments)
            .args(["--manifest-path", "my-store/Cargo.toml"]);
        let output = command.env("CARGO_TARGET_DIR", target).output();
        Ran::new(output.expect("cargo is there"))
    };
    let ran = cargo(&["test"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    for backend in ["counts", "journal"] {
        let line = format!("test {backend}::nobody_takes_more_than_there_are ... ok");
        assert!(ran.out.contains(&line), "{}", ran.out);
    }
    assert!(!ran.err.contains("warning"), "{}", ran.err);
    let formatted = cargo(&["fmt", "--check"]);
    assert_eq!(formatted.code, 0, "{}", formatted.out);
    for (arguments, said) in [
        (&[][..], "12 passed, 0 failed, 0 lacking, 2 not run"),
        (
            &["strength"],
            "32 of 32 saboteurs that can be noticed are, 0 live",
        ),
        (&["coverage"], "0 answers are never seen"),
        (
            &["shuffle", "--rounds", "2"],
            "the same in 2 orders, 12 tests",
        ),
        (
            &["shard", "2/2"],
            "not run: it belongs to another part than 2/2",
        ),
    ] {
        let options = [
            "--manifest-path",
            "my-store/Cargo.toml",
            "--target-dir",
            target,
        ];
        let ran = folder.run(&[arguments, &options].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {}\n{}", ran.out, ran.err);
        assert!(ran.out.contains(said), "{arguments:?}: {}", ran.out);
    }
}
