//! Patterns of `SCAN ... MATCH` that mean plain text.

/// The pattern for all keys that begin with `prefix`.
pub fn pattern(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('*');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_patterns_are_escaped_and_others_are_not() {
        assert_eq!(pattern(""), "*");
        assert_eq!(pattern("5:users:"), "5:users:*");
        assert_eq!(pattern("a*?[b]\\^-ü"), "a\\*\\?\\[b\\]\\\\^-ü*");
    }
}
