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
    use super::{distance, suggestion};

    #[test]
    fn a_close_name_is_suggested() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(
            suggestion("need", &["needs", "tags"]),
            " (did you mean `needs`?)"
        );
        assert_eq!(suggestion("quux", &["needs", "tags"]), "");
    }
}
