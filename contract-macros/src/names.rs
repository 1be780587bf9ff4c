//! The names that expansions give to what they add, and where they find contrait.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Path;

/// The path of contrait's private module, from the option `crate = path`.
pub(crate) fn private(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::__private),
        None => quote!(::contrait::__private),
    }
}

/// The span of the end of a path, which an alias gets: what is wrong with its import is then said on the path alone.
pub(crate) fn end_of(path: &Path) -> Span {
    path.segments
        .last()
        .map_or_else(Span::call_site, |last| last.ident.span())
}

/// The function, in a suite and in each of its groups, that hands out the table of cases.
pub(crate) fn table() -> Ident {
    Ident::new("__contrait_cases", Span::call_site())
}

/// The function, beside `conformance()`, that runs one case. Its call is all that a test holds.
pub(crate) fn check() -> Ident {
    Ident::new("__contrait_check", Span::call_site())
}

/// The function beside a contract that has the recorder of its objects compiled.
pub(crate) fn recorder_of_objects(contract: &Ident) -> Ident {
    format_ident!("__contrait_recorder_of_{}", contract)
}

/// The function of a suite that turns a backend's subject into a handle. The compiler names it where a backend returns what
/// is no such subject: so its name is short, and no other.
pub(crate) fn handle_maker(module: &Ident) -> Ident {
    format_ident!("__contrait_handle_of_{}", module)
}

/// The function beside a suite that hands out the table of its generated checks.
pub(crate) fn checks(module: &Ident) -> Ident {
    beside("__contrait_checks", module)
}

/// The function beside a suite that hands out what judging it takes.
pub(crate) fn means(module: &Ident) -> Ident {
    beside("__contrait_means", module)
}

/// The type of the handles of a suite whose trait can be a trait object.
pub(crate) fn handle_type(module: &Ident, contract: &Path) -> Ident {
    let mut name = beside("__ContraitHandle", module);
    name.set_span(end_of(contract));
    name
}

/// A name beside a suite that stands for its trait, and for the function of that name, where there is one.
pub(crate) fn contract_alias(module: &Ident) -> Ident {
    beside("__ContraitContract", module)
}

/// The trait that stands for a suite's own where it cannot be a trait object.
pub(crate) fn subject_trait(module: &Ident) -> Ident {
    beside("__ContraitSubject", module)
}

/// A name beside a suite that stands for the `index`-th of the suites that are its groups.
pub(crate) fn group_alias(module: &Ident, index: usize) -> Ident {
    beside(&format!("__contrait_group_{index}"), module)
}

/// The same within the suite.
pub(crate) fn group(index: usize) -> Ident {
    format_ident!("__contrait_group_{}", index)
}

/// A name beside a backend that stands for the `index`-th of its suites.
pub(crate) fn suite_alias(backend: &Ident, index: usize) -> Ident {
    beside(&format!("__contrait_suite_{index}"), backend)
}

/// A name beside instantiated tests that stands for their backend.
pub(crate) fn backend_alias(tests: &Ident) -> Ident {
    beside("__contrait_backend", tests)
}

/// A name beside something of the user's. It says where that stands: suites are mostly called alike, and who imports all of
/// a module with one beside another is not to meet names of ours; and where a name is there twice, the compiler is to
/// speak of that name alone.
fn beside(what: &str, own: &Ident) -> Ident {
    if !proc_macro::is_available() {
        return format_ident!("{what}_of_{}", own);
    }
    let place = own.span().unwrap();
    let (line, column) = (place.line(), place.column());
    format_ident!("{what}_of_{}_at_{line}_{column}", own)
}

/// The enum of a contract's operations.
pub(crate) fn operation(contract: &Ident) -> Ident {
    format_ident!("{}Operation", contract)
}

/// The enum of what they are answered.
pub(crate) fn outcome(contract: &Ident) -> Ident {
    format_ident!("{}Outcome", contract)
}

/// The trait of its models.
pub(crate) fn model(contract: &Ident) -> Ident {
    format_ident!("{}Model", contract)
}

/// A name for an exported macro that no other one of its crate has, and that is the same in every build, since one that
/// changes would have dependents built again.
pub(crate) fn exported_macro(kind: &str, name: &Ident) -> Ident {
    let text = format!("{}/{kind}/{name}", place());
    let hash = fnv(text.as_bytes());
    match nth(hash) {
        0 => format_ident!("__contrait_{kind}_{}_{hash:016x}", name),
        nth => format_ident!("__contrait_{kind}_{}_{hash:016x}_{}", name, nth),
    }
}

/// How many of the same place there were before: those that one macro of the user's writes, which it does in the order
/// of the source.
fn nth(hash: u64) -> u32 {
    thread_local! {
        static SEEN: RefCell<HashMap<u64, u32>> = RefCell::default();
    }
    if !proc_macro::is_available() {
        return 0;
    }
    SEEN.with_borrow_mut(|seen| {
        let count = seen.entry(hash).or_default();
        *count += 1;
        *count - 1
    })
}

/// Where the macro that runs stands: unit tests run none.
fn place() -> String {
    if !proc_macro::is_available() {
        return String::new();
    }
    let place = Span::call_site().unwrap();
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let target = std::env::var("CARGO_CRATE_NAME").unwrap_or_default();
    format!(
        "{package}/{target}/{}/{}/{}",
        place.file(),
        place.line(),
        place.column()
    )
}

/// FNV-1a: a hash that is the same in every build of this crate.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
