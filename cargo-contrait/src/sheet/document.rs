//! The document.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::contract::{Contract, Entry};
use super::{method, prose};
use crate::counted::counted;
use crate::source::Facts;
use crate::source::attributes::docs;

/// So many promises are read for a method that none is about.
const FEW: usize = 12;

/// Writes a contract.
pub(super) fn write(facts: &Facts<'_>, contract: &Contract<'_, '_>) -> String {
    let name = contract.name();
    let methods: BTreeSet<String> = contract
        .methods()
        .iter()
        .map(|method| method.sig.ident.to_string())
        .collect();
    let mut text = format!(
        "<!-- Written by `cargo contrait sheet {name}`: change the trait or its suites, and write it again. -->\n# {name}\n\n"
    );
    let item = contract.item;
    let _ = writeln!(text, "{}\n", introduction(facts, contract));
    let _ = writeln!(text, "```rust\n{}\n```\n", method::head(item.item));
    let _ = writeln!(
        text,
        "{}\n",
        prose::markdown(&docs(&item.item.attrs), 1, &methods)
    );
    whole(&mut text, facts, contract, &methods);
    text.push_str("## Methods\n\n");
    for item in contract.methods() {
        let name = item.sig.ident.to_string();
        let _ = writeln!(
            text,
            "### `{name}`\n\n```rust\n{}\n```\n",
            method::signature(item)
        );
        let notes = [method::roles(item), method::markers(item)].concat();
        if !notes.is_empty() {
            let _ = writeln!(text, "{}\n", notes.join(" · "));
        }
        let docs = docs(&item.attrs);
        if !docs.is_empty() {
            let _ = writeln!(text, "{}\n", prose::markdown(&docs, 3, &methods));
        }
        promises(&mut text, facts, contract, &name, &methods);
    }
    text.trim_end().to_owned() + "\n"
}

fn introduction(facts: &Facts<'_>, contract: &Contract<'_, '_>) -> String {
    let suites: Vec<String> = contract
        .suites
        .iter()
        .map(|suite| {
            let path = facts.sources.public_path(&suite.path);
            format!("`{path}` ({})", suite.cases.len())
        })
        .collect();
    let path = facts.sources.public_path(&contract.item.path);
    let place = &contract.item.place.file;
    let methods = counted(contract.methods().len(), "method");
    if suites.is_empty() {
        return format!(
            "`{path}`, in {place}: {methods}, and no suite that says what they promise."
        );
    }
    let backends = backends(facts, contract);
    let kept = match backends.is_empty() {
        true => String::new(),
        false => format!(" They are run on {}.", backends.join(", ")),
    };
    format!(
        "`{path}`, in {place}: {methods}, and {} in {}.{kept}",
        counted(contract.cases.len(), "promise"),
        suites.join(", "),
    )
}

/// The backends that are no test code.
fn backends(facts: &Facts<'_>, contract: &Contract<'_, '_>) -> Vec<String> {
    let runs = |backend: &&crate::source::Backend<'_>| {
        let of_contract = |path: &String| contract.suites.iter().any(|suite| suite.path == *path);
        backend.suites.iter().any(of_contract)
            && !facts.sources.is_test_code(backend.function.module)
    };
    let names = facts
        .backends
        .iter()
        .filter(runs)
        .map(|backend| backend.function.name());
    let names: BTreeSet<String> = names.collect();
    names.into_iter().map(|name| format!("`{name}`")).collect()
}

/// The cases that are about no single method.
fn whole(
    text: &mut String,
    facts: &Facts<'_>,
    contract: &Contract<'_, '_>,
    methods: &BTreeSet<String>,
) {
    let entries: Vec<_> = contract
        .cases
        .iter()
        .filter(|entry| entry.about.is_empty())
        .collect();
    if entries.is_empty() {
        return;
    }
    text.push_str("## Promises on the whole\n\n");
    list(text, facts, contract, &entries, methods);
    text.push('\n');
}

/// The cases under a method: what is promised of it, and what it takes part in.
fn promises(
    text: &mut String,
    facts: &Facts<'_>,
    contract: &Contract<'_, '_>,
    name: &str,
    methods: &BTreeSet<String>,
) {
    let called = contract
        .cases
        .iter()
        .filter(|entry| entry.called.contains(name));
    let (own, others): (Vec<_>, Vec<_>) = called.partition(|entry| entry.about.contains(name));
    // Where no case is about a method, a few that call it say what is known of it.
    let (own, others) = match own.is_empty() && others.len() <= FEW {
        true => (others, own),
        false => (own, others),
    };
    if own.is_empty() && others.is_empty() {
        text.push_str("**Nothing is promised of it**: no case calls it.\n\n");
    }
    if !own.is_empty() {
        text.push_str("**Promised**\n\n");
        list(text, facts, contract, &own, methods);
        text.push('\n');
    }
    if !others.is_empty() {
        takes_part(text, &others, own.is_empty());
    }
}

/// The names of cases, behind a line that opens them.
fn takes_part(text: &mut String, entries: &[&Entry<'_, '_>], alone: bool) {
    let name = |entry: &&Entry<'_, '_>| format!("`{}`", entry.case.name);
    let names: Vec<String> = entries.iter().map(name).collect();
    let more = if alone { "" } else { "more " };
    let promises = counted(names.len(), &format!("{more}promise"));
    let _ = writeln!(
        text,
        "<details><summary>It takes part in {promises}</summary>\n\n{}\n\n</details>\n",
        names.join(", ")
    );
}

/// A line a case, suite by suite.
fn list(
    text: &mut String,
    facts: &Facts<'_>,
    contract: &Contract<'_, '_>,
    entries: &[&Entry<'_, '_>],
    methods: &BTreeSet<String>,
) {
    for (position, suite) in contract.suites.iter().enumerate() {
        let of_suite = entries
            .iter()
            .filter(|entry| entry.suite.path == suite.path);
        let lines: Vec<String> = of_suite.map(|entry| line(entry, methods)).collect();
        // The first is what a reader takes for the suite.
        if position > 0 && !lines.is_empty() {
            let path = facts.sources.public_path(&suite.path);
            let _ = writeln!(text, "\nand of `{path}`:\n");
        }
        text.push_str(&lines.concat());
    }
}

fn line(entry: &Entry<'_, '_>, methods: &BTreeSet<String>) -> String {
    let case = entry.case;
    let promise = prose::sentence(&case.promise(), methods);
    let needs = match case.needs.is_empty() {
        true => String::new(),
        false => format!("; needs {}", case.needs.join(" and ")),
    };
    format!("- {promise} (`{}`{needs})\n", case.name)
}
