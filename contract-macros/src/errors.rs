//! All mistakes of an input are said at once, each on its own token.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt};

/// Collects errors while an input is read on.
#[derive(Default)]
pub(crate) struct Errors {
    all: Option<syn::Error>,
}

impl Errors {
    /// Notes a mistake that stands on `tokens`.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.all {
            Some(all) => all.combine(error),
            None => self.all = Some(error),
        }
    }

    /// The value, or nothing where there is an error, which is noted.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_none()
    }
}

impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if let Some(all) = &self.all {
            tokens.append_all(all.to_compile_error());
        }
    }
}

/// " (did you mean `x`?)" where a known name is close to `written`.
pub(crate) fn suggestion(written: &str, known: &[impl AsRef<str>]) -> String {
    let close = known
        .iter()
        .map(|name| (distance(written, name.as_ref()), name.as_ref()))
        .min();
    match close {
        Some((distance, name)) if distance <= 1 + written.len() / 4 => {
            format!(" (did you mean `{name}`?)")
        }
        _ => String::new(),
    }
}

/// The known name that `written` is a slip of: a character too many, too few or another, or two of them swapped. Where a
/// name may as well be somebody else's, no more can be taken for one.
pub(crate) fn slip_of<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let sorted = |name: &str| {
        let mut letters: Vec<char> = name.chars().collect();
        letters.sort_unstable();
        letters
    };
    if known.contains(&written) {
        return None;
    }
    known
        .iter()
        .find(|name| match distance(&written.to_lowercase(), name) {
            0 | 1 => true,
            2 => sorted(written) == sorted(name),
            _ => false,
        })
        .copied()
}

/// The least number of inserted, removed and changed characters.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, b) in other.chars().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::{distance, slip_of, suggestion};

    #[test]
    fn a_close_name_is_suggested() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(
            suggestion("need", &["needs", "tags"]),
            " (did you mean `needs`?)"
        );
        assert_eq!(suggestion("quux", &["needs", "tags"]), "");
    }

    #[test]
    fn a_slip_is_closer_than_a_suggestion() {
        let meant = |written| slip_of(written, &["reference", "case"]);
        for slip in [
            "refrence",
            "referennce",
            "referense",
            "refernece",
            "Reference",
        ] {
            assert_eq!(meant(slip), Some("reference"), "{slip}");
        }
        for slip in ["cse", "caes", "cases"] {
            assert_eq!(meant(slip), Some("case"), "{slip}");
        }
        for other in ["case", "reference", "cache", "test", "preferences"] {
            assert_eq!(meant(other), None, "{other}");
        }
    }
}
