//! How much there is of something, in words: one of them is no plural.

use std::fmt::Display;

/// `1 step`, `2 steps`.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, one: &str) -> String {
    let s = if count == N::from(1) { "" } else { "s" };
    format!("{count} {one}{s}")
}

/// `1 is`, `2 are`.
#[cfg(feature = "check")]
pub(crate) fn counted_are(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{count} {verb}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_no_plural() {
        assert_eq!(counted(0_usize, "step"), "0 steps");
        assert_eq!(counted(1_usize, "step"), "1 step");
        assert_eq!(counted(2_u64, "earlier operation"), "2 earlier operations");
    }

    #[cfg(feature = "check")]
    #[test]
    fn one_is_and_others_are() {
        let counts = [0, 1, 2].map(super::counted_are);
        assert_eq!(counts, ["0 are", "1 is", "2 are"]);
    }
}
