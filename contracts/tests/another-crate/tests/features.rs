//! What needs a feature of contrait that is off names it.
//!
//! It stands in this crate since trybuild builds a crate with the features that the crate itself asks for, and contrait's
//! own tests ask for all of them.

#[test]
fn a_feature_that_is_off_is_named() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/features/*.rs");
}
