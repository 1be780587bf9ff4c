//! How much there is of something, in words: one of them is no plural.

use std::fmt::Display;

/// `1 test`, `2 tests`.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, one: &str) -> String {
    let s = if count == N::from(1) { "" } else { "s" };
    format!("{count} {one}{s}")
}

/// The first word behind one, and the second one behind any other number: `is`, `are`.
pub(crate) fn agreeing(count: usize, one: &'static str, many: &'static str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{agreeing, counted};

    #[test]
    fn one_is_no_plural() {
        let tests = [0_usize, 1, 2].map(|count| counted(count, "test"));
        assert_eq!(tests, ["0 tests", "1 test", "2 tests"]);
    }

    #[test]
    fn verbs_agree() {
        let are = [0, 1, 2].map(|count| agreeing(count, "is", "are"));
        assert_eq!(are, ["0 are", "1 is", "2 are"]);
    }
}
