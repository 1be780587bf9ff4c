//! Every mistake has its own clear error, on the token that is wrong, with the remedy.
//!
//! A file holds one mistake; `TRYBUILD=overwrite` writes what the compiler says of it, to be read before it is kept.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
