//! Tests that go through a boundary from the outside, as far as their texts tell: a path that they ask for, a topic that they
//! send to, a job that they run, or what their doc says: `Seam: GET /orders/{id}`.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Lit;

use crate::source::attributes::docs;
use crate::source::{Call, Facts, Function, calls};

/// The tests and cases of a workspace.
pub(super) struct Tests(Vec<Test>);

/// What is known of one.
struct Test {
    path: String,
    docs: String,
    /// All texts in it and in what it calls.
    texts: BTreeSet<String>,
    /// The last names of all that it calls, lower-case.
    calls: BTreeSet<String>,
    /// The whole paths of the functions that it names.
    functions: BTreeSet<String>,
}

impl Tests {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let cases = facts
            .suites
            .iter()
            .flat_map(|suite| &suite.cases)
            .map(|case| &case.function);
        let tests = facts.functions.iter().filter(|function| function.is_test());
        Self(
            tests
                .chain(cases)
                .map(|test| Test::of(facts, test))
                .collect(),
        )
    }

    /// Those whose doc names a boundary.
    pub(super) fn that_say(&self, name: &str) -> Vec<String> {
        let says = |test: &Test| {
            let mut lines = test
                .docs
                .lines()
                .map(|line| line.trim().trim_start_matches(['-', '*', ' ']));
            lines.any(|line| {
                line.strip_prefix("Seam:")
                    .is_some_and(|seam| seam.trim() == name)
            })
        };
        self.which(says)
    }

    pub(super) fn through_route(&self, verb: Option<&str>, path: &str) -> Vec<String> {
        self.which(|test| {
            let asks = test.texts.iter().any(|text| leads_to(text, path));
            // A request without a method is a GET.
            let by_verb = verb.is_none_or(|verb| {
                verb == "get"
                    || test.calls.contains(verb)
                    || test.texts.contains(&verb.to_uppercase())
            });
            asks && by_verb
        })
    }

    pub(super) fn through_consumer(&self, topic: Option<&str>, function: &str) -> Vec<String> {
        self.which(|test| match topic {
            Some(topic) => test.texts.contains(topic),
            None => test.functions.contains(function),
        })
    }

    pub(super) fn through_function(&self, function: &str) -> Vec<String> {
        self.which(|test| test.functions.contains(function))
    }

    fn which(&self, fits: impl Fn(&Test) -> bool) -> Vec<String> {
        let fitting = self.0.iter().filter(|test| fits(test));
        fitting.map(|test| test.path.clone()).collect()
    }
}

impl Test {
    fn of<'a>(facts: &Facts<'a>, test: &Function<'a>) -> Self {
        let mut found = Self {
            path: test.path.clone(),
            docs: docs(test.attributes),
            texts: BTreeSet::new(),
            calls: BTreeSet::new(),
            functions: BTreeSet::new(),
        };
        // What helpers of tests do, the test does; what the application does is what it is about.
        let is_helper = |function: &Function<'_>| facts.sources.is_test_code(function.module);
        for function in facts.reached(test, is_helper) {
            texts(function.body.to_token_stream(), &mut found.texts);
            calls(function.body, &mut |call| {
                found.calls.insert(call.name().to_lowercase());
                if let Call::Path(path) = call {
                    let path = facts.sources.resolve(function.module, path);
                    found.functions.insert(path);
                }
            });
        }
        found
    }
}

fn texts(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => texts(group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Lit::Str(text) = Lit::new(literal) {
                    found.insert(text.value());
                }
            }
            _ => {}
        }
    }
}

/// Whether a text is a URL or a path that a route answers, however it is nested.
fn leads_to(text: &str, route: &str) -> bool {
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => match text.find('/') {
            // `{base}/orders`, and no text with a slash in it.
            Some(at) if at == 0 || text[..at].ends_with('}') => &text[at + 1..],
            _ => return false,
        },
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (asked, route) = (segments(path), segments(route));
    if route.is_empty() {
        return asked.is_empty();
    }
    let catches_all = route
        .last()
        .is_some_and(|last| last.starts_with("{*") || last.starts_with('*'));
    if catches_all {
        let fixed = &route[..route.len() - 1];
        return asked.len() >= route.len()
            && fixed
                .iter()
                .zip(&asked)
                .all(|(route, asked)| fits(route, asked));
    }
    let Some(outer) = asked.len().checked_sub(route.len()) else {
        return false;
    };
    route
        .iter()
        .zip(&asked[outer..])
        .all(|(route, asked)| fits(route, asked))
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}

fn fits(route: &str, asked: &str) -> bool {
    let is_parameter =
        |segment: &str| segment.contains('{') || segment.starts_with([':', '<', '*']);
    route == asked || is_parameter(route) || asked.contains('{')
}

#[cfg(test)]
mod tests {
    use super::leads_to;

    #[test]
    fn a_text_leads_to_a_route() {
        for (text, route) in [
            ("/orders", "/orders"),
            ("/orders/", "/orders"),
            ("http://127.0.0.1:80/orders?page=2", "/orders"),
            ("{base}/orders/{}", "/orders/{id}"),
            ("/orders/7", "/orders/:id"),
            ("/api/orders/7", "/orders/{id}"),
            ("/files/a", "/files/{*path}"),
            ("/files/a/b", "/files/{*path}"),
            ("/", "/"),
        ] {
            assert!(leads_to(text, route), "{text} {route}");
        }
    }

    #[test]
    fn other_texts_do_not() {
        for (text, route) in [
            ("/orders", "/orders/{id}"),
            ("/orders/7/lines", "/orders/{id}"),
            ("/order", "/orders"),
            ("/files", "/files/{*path}"),
            ("/other/a", "/files/{*path}"),
            ("orders", "/orders"),
            ("either/orders", "/orders"),
            ("/orders", "/"),
        ] {
            assert!(!leads_to(text, route), "{text} {route}");
        }
    }
}
