//! The tests of a backend that judge the suite itself, and what they are told.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;
use syn::spanned::Spanned;

use crate::model::{Allowed, Backend, Demand, Reference};
use crate::parse::CaseEntry;

/// Tests beside those of the cases. An IDE goes from them to the suite's name.
pub(super) fn entries(reference: &Reference, suite: &Path) -> Vec<CaseEntry> {
    let named = |name: &str| Ident::new(name, suite.span());
    let entry = |group: &str, name: &str| CaseEntry {
        groups: vec![named(group)],
        name: named(name),
        needs: Vec::new(),
        attributes: Vec::new(),
    };
    let strength = reference.strength.map(|demand| match demand {
        Demand::Suite => entry("strength", "suite_kills_every_saboteur"),
        Demand::Checks => entry("strength", "checks_kill_every_saboteur"),
    });
    let coverage = reference
        .coverage
        .then(|| entry("coverage", "suite_sees_every_answer"));
    strength.into_iter().chain(coverage).collect()
}

/// The further arguments of a conformance, where the suite is judged on this backend.
pub(super) fn judged(
    declared: &Backend,
    private: &TokenStream,
    suite: &TokenStream,
) -> Option<TokenStream> {
    let reference = &declared.reference;
    if !reference.is_asked() {
        return None;
    }
    let strength = match reference.strength {
        None => quote!(::core::option::Option::None),
        Some(Demand::Suite) => quote!(::core::option::Option::Some(#private::Demand::Suite)),
        Some(Demand::Checks) => quote!(::core::option::Option::Some(#private::Demand::Checks)),
    };
    let survivors = allowed(&reference.survivors, private);
    let gaps = allowed(&reference.gaps, private);
    let coverage = reference.coverage;
    Some(quote! {
        #suite::__contrait_means,
        &#private::Reference {
            strength: #strength,
            survivors: &[#(#survivors),*],
            coverage: #coverage,
            gaps: &[#(#gaps),*],
            file: ::core::file!(),
            line: ::core::line!(),
        },
    })
}

fn allowed<'a>(
    allowed: &'a [Allowed],
    private: &'a TokenStream,
) -> impl Iterator<Item = TokenStream> + 'a {
    allowed.iter().map(
        move |Allowed { name, reason }| quote!(#private::Allowed { name: #name, reason: #reason }),
    )
}
