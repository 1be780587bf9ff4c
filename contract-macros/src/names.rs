//! The names that expansions give to what they add, and where they find contrait.

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

/// The function, in a suite and in each of its groups, that hands out the table of cases.
pub(crate) fn table() -> Ident {
    Ident::new("__contrait_cases", Span::call_site())
}

/// The function, beside `conformance()`, that runs one case. Its call is all that a test holds.
pub(crate) fn check() -> Ident {
    Ident::new("__contrait_check", Span::call_site())
}

/// The function of a suite that turns a backend's subject into a handle.
pub(crate) fn handle_maker(module: &Ident) -> Ident {
    format_ident!("__contrait_handle_of_{}", module)
}

/// The type of the handles of a suite whose trait can be a trait object.
pub(crate) fn handle_type(module: &Ident) -> Ident {
    format_ident!("__ContraitHandleOf_{}", module)
}

/// A name beside a suite that stands for its trait, and for the function of that name, where there is one.
pub(crate) fn contract_alias(module: &Ident) -> Ident {
    format_ident!("__ContraitContractOf_{}", module)
}

/// The trait that stands for a suite's own where it cannot be a trait object.
pub(crate) fn subject_trait(module: &Ident) -> Ident {
    format_ident!("__ContraitSubjectOf_{}", module)
}

/// A name beside a backend that stands for the `index`-th of its suites.
pub(crate) fn suite_alias(backend: &Ident, index: usize) -> Ident {
    format_ident!("__contrait_suite_{}_of_{}", index, backend)
}

/// A name beside instantiated tests that stands for their backend.
pub(crate) fn backend_alias(tests: &Ident) -> Ident {
    format_ident!("__contrait_backend_{}", tests)
}

/// A name for an exported macro that no other one of its crate has, and that is the same in every build, since one that
/// changes would have dependents built again.
pub(crate) fn exported_macro(kind: &str, name: &Ident) -> Ident {
    let place = Span::call_site().unwrap();
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let target = std::env::var("CARGO_CRATE_NAME").unwrap_or_default();
    let text = format!(
        "{package}/{target}/{}/{}/{}/{name}",
        place.file(),
        place.line(),
        place.column()
    );
    format_ident!("__contrait_{kind}_{}_{:016x}", name, fnv(text.as_bytes()))
}

/// FNV-1a: a hash that is the same in every build of this crate.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
