//! Doc comments as Markdown that stands by itself: rustdoc's links lead nowhere outside of rustdoc, and its headings begin at
//! the top.

use std::collections::BTreeSet;

/// The text of a doc comment, with headings so many levels down. Links to one of `methods` lead to its section, other links
/// into Rust are their text alone.
pub(super) fn markdown(docs: &str, down: usize, methods: &BTreeSet<String>) -> String {
    let mut in_code = false;
    let mut lines = Vec::new();
    for line in docs.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            in_code = !in_code;
            let opens = in_code
                && (language.is_empty()
                    || language.starts_with("ignore")
                    || language.starts_with("no_run"));
            lines.push(if opens {
                "```rust".to_owned()
            } else {
                line.to_owned()
            });
        } else if in_code {
            // What rustdoc hides is hidden.
            if !line.trim_start().starts_with("# ") && line.trim() != "#" {
                lines.push(line.to_owned());
            }
        } else if line.starts_with('#') {
            lines.push(format!("{}{}", "#".repeat(down), links(line, methods)));
        } else {
            lines.push(links(line, methods));
        }
    }
    lines.join("\n").trim().to_owned()
}

/// A line with its links as they can be followed.
fn links(line: &str, methods: &BTreeSet<String>) -> String {
    let mut written = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('[') {
        written.push_str(&rest[..start]);
        let Some((text, after)) = bracketed(&rest[start..], '[', ']') else {
            written.push_str(&rest[start..]);
            return written;
        };
        let (target, after) = match bracketed(after, '(', ')') {
            Some((target, after)) => (Some(target), after),
            None => (None, after),
        };
        written.push_str(&link(text, target, methods));
        rest = after;
    }
    written + rest
}

/// What stands in brackets at the beginning, and what follows.
fn bracketed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let inner = text.strip_prefix(open)?;
    let mut depth = 1;
    for (at, letter) in inner.char_indices() {
        depth += i32::from(letter == open) - i32::from(letter == close);
        if depth == 0 {
            return Some((&inner[..at], &inner[at + close.len_utf8()..]));
        }
    }
    None
}

fn link(text: &str, target: Option<&str>, methods: &BTreeSet<String>) -> String {
    let is_code = text.starts_with('`') && text.ends_with('`') && text.len() > 1;
    let Some(target) = target else {
        // `[text]` alone is a link where it is code, and may be an index or a task otherwise.
        return if is_code {
            text.to_owned()
        } else {
            format!("[{text}]")
        };
    };
    let method = target
        .strip_prefix("Self::")
        .filter(|name| methods.contains(*name));
    match method {
        Some(method) => format!("[{text}](#{method})"),
        None if target.contains("://") || target.starts_with('#') => format!("[{text}]({target})"),
        None if target.contains("::")
            || target.chars().all(|c| c.is_alphanumeric() || c == '_') =>
        {
            text.to_owned()
        }
        None => format!("[{text}]({target})"),
    }
}

/// A promise as one line.
pub(super) fn sentence(promise: &str, methods: &BTreeSet<String>) -> String {
    let lines: Vec<&str> = promise
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    links(&lines.join(" "), methods)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(docs: &str) -> String {
        markdown(docs, 2, &BTreeSet::from(["get".to_owned()]))
    }

    #[test]
    fn links_lead_somewhere_or_are_text() {
        assert_eq!(
            written("as [`get`](Self::get) of [`Limits::keys`] says"),
            "as [`get`](#get) of `Limits::keys` says"
        );
        assert_eq!(
            written("[a kind](super::Kind::Wrong), [x](https://y.z)"),
            "a kind, [x](https://y.z)"
        );
        assert_eq!(
            written("a[0] and [1, [2]] and [open"),
            "a[0] and [1, [2]] and [open"
        );
    }

    #[test]
    fn headings_go_down_and_code_stays() {
        let docs = "# Errors\ntext\n```\n# hidden\nlet a = b[0];\n```";
        assert_eq!(
            written(docs),
            "### Errors\ntext\n```rust\nlet a = b[0];\n```"
        );
    }
}
