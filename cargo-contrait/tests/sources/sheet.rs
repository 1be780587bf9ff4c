//! `cargo contrait sheet`: a contract as a document that can be trusted.

use crate::project::Project;

const TRAIT: &str = r#"
//! A store.

/// A store of numbers, see [`Full`](crate::Full).
///
/// # Room
/// There is little.
#[contract]
#[async_trait]
pub trait Store: Send {
    /// What is under `name`, as [`put`](Self::put) left it.
    #[read]
    #[errors(Unknown)]
    async fn get(&self, #[key] name: &str) -> Result<u8, Error>;

    /// Stores `number`.
    async fn put(&mut self, name: &str, number: u8) -> Result<(), Error> { todo() }

    fn forget(&mut self);
}

#[contract_suite(Store)]
pub mod suite {
    use super::*;

    /// What was put is there.
    #[case]
    async fn is_kept(store: &mut dyn Store) {
        store.put("a", 1).await.unwrap();
        look(store, 1).await;
    }

    async fn look(store: &dyn Store, expected: u8) {
        assert_eq!(store.get("a").await, Ok(expected));
    }

    /// The last number that was put
    /// is the one.
    #[case(needs(memory))]
    async fn put_replaces(store: &mut dyn Store) {
        for number in [1, 2] { store.put("a", number).await.unwrap(); }
        look(store, 2).await;
    }

    /// A map with such a method is no store.
    #[case]
    fn map(store: &mut dyn Store, map: &Map) {
        assert!(map.get("a").is_none());
    }
}
"#;

fn project(name: &str) -> Project {
    Project::new(name, "", &[("src/lib.rs", TRAIT)])
}

const SHEET: &str = "<!-- Written by `cargo contrait sheet Store`: change the trait or its suites, and write it again. -->
# Store

`whole::Store`, in src/lib.rs: 3 methods, and 3 promises in `whole::suite` (3).

```rust
pub trait Store: Send
```

A store of numbers, see `Full`.

## Room
There is little.

## Promises on the whole

- A map with such a method is no store. (`map`)

## Methods

### `get`

```rust
async fn get(&self, name: &str) -> Result<u8, Error>;
```

key: `name` · changes nothing · errors of its own: `Unknown`

What is under `name`, as [`put`](#put) left it.

**Promised**

- What was put is there. (`is_kept`)

<details><summary>It takes part in 1 more promise</summary>

`put_replaces`

</details>

### `put`

```rust
async fn put(&mut self, name: &str, number: u8) -> Result<(), Error>;
```

has a default

Stores `number`.

**Promised**

- The last number that was put is the one. (`put_replaces`; needs memory)

<details><summary>It takes part in 1 more promise</summary>

`is_kept`

</details>

### `forget`

```rust
fn forget(&mut self);
```

**Nothing is promised of it**: no case calls it.
";

#[test]
fn a_sheet_has_every_promise_under_its_method() {
    let ran = project("whole").run(&["sheet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out, SHEET);
}

#[test]
fn the_groups_of_a_suite_may_stand_in_other_files() {
    let project = project("in_files");
    let in_one = project.run(&["sheet"]).out;
    let (before, case) = TRAIT.split_once("    /// The last number").expect("a case");
    let (case, rest) = case.split_once("    /// A map").expect("another case");
    let suite = before.replace(
        "contract_suite(Store)",
        "contract_suite(Store, groups(last::suite))",
    );
    project.write(
        "src/lib.rs",
        &format!("{suite}    /// A map{rest}\nmod last;"),
    );
    let group = format!(
        "use crate::{{Store, suite::look}}; #[contract_suite(Store, group = last)] pub mod suite {{ use super::*; /// The last number{case} }}"
    );
    project.write("src/last.rs", &group);
    let ran = project.run(&["sheet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let named = in_one.replace("`put_replaces`", "`last::put_replaces`");
    assert_eq!(ran.out, named);
    assert_ne!(ran.out, in_one);
}

#[test]
fn a_stale_sheet_is_told_from_a_fresh_one() {
    let project = project("stale");
    assert_eq!(
        project
            .run(&["sheet", "Store", "--output", "store.md"])
            .code,
        0
    );
    assert_eq!(
        project.run(&["sheet", "Store", "--check", "store.md"]).code,
        0
    );
    project.write(
        "src/lib.rs",
        &TRAIT.replace("What was put is there.", "What was put stays."),
    );
    let ran = project.run(&["sheet", "Store", "--check", "store.md"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    for said in [
        "stale",
        "the file     - What was put is there. (`is_kept`)",
        "the sources  - What was put stays. (`is_kept`)",
        "cargo contrait sheet Store --output store.md",
    ] {
        assert!(ran.out.contains(said), "{said}: {ran:?}");
    }
    let missing = project.run(&["sheet", "Store", "--check", "none.md"]);
    assert_eq!(missing.code, 5, "{missing:?}");
}

#[test]
fn a_contract_has_to_be_known() {
    let project = project("unknown");
    let ran = project.run(&["sheet", "Shop"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.err.contains("no trait `Shop` is under contract"),
        "{ran:?}"
    );
    assert!(ran.err.contains("there are `unknown::Store`"), "{ran:?}");
    project.write("src/lib.rs", "pub trait Store {}");
    assert_eq!(project.run(&["sheet"]).code, 4);
    project.write(
        "src/lib.rs",
        "mod a { #[contract] trait A {} } mod b { #[contract] trait A {} }",
    );
    let two = project.run(&["sheet", "A"]);
    assert_eq!(two.code, 2, "{two:?}");
    assert!(
        two.err.contains("`unknown::a::A`, `unknown::b::A`"),
        "{two:?}"
    );
    assert_eq!(project.run(&["sheet", "a::A"]).code, 0);
}

#[test]
fn a_path_is_the_one_that_users_write() {
    let project = Project::new("public", "", &[]);
    project.write("src/lib.rs", "mod inner;\npub use inner::{Store, suite};");
    project.write("src/inner.rs", TRAIT);
    let ran = project.run(&["sheet", "public::Store"]);
    assert!(
        ran.out.contains("`public::Store`, in src/inner.rs"),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("promises in `public::suite` (3)"),
        "{ran:?}"
    );
}

/// The sheet of this workspace's contract is that of its sources. The first line of what fails says how to write it again.
#[test]
fn the_sheet_of_the_cache_is_fresh() {
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    let manifest = format!("{workspace}Cargo.toml");
    let sheet = format!("{workspace}docs/contracts/cache.md");
    let arguments = [
        "sheet",
        "CacheInterface",
        "--manifest-path",
        &manifest,
        "--check",
        &sheet,
    ];
    let ran = Project::empty("cache-sheet").run(&arguments);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}
