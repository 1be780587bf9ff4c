//! The macro of a suite, which tells backends the cases.
//!
//! It is exported under a name that nobody else has, and re-exported under the name of the module, which it shares
//! since macros and modules are told apart. It calls back whatever it is given: so the suite's crate needs to name
//! nothing of contrait in it.
//!
//! Only the suite's crate can judge a `#[cfg]` on a case, and a macro cannot ask; but a derive macro is given an item
//! that is judged already. So where there is a `#[cfg]`, an enum with a variant a case goes through one.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse::ParseStream;
use syn::{Attribute, DeriveInput, ItemMod, Visibility};

use super::generated;
use crate::model::{Case, Group, Suite};
use crate::names;
use crate::parse::{CaseEntry, SuiteCases};

pub(super) fn suite_macro(suite: &Suite) -> TokenStream {
    let (module, vis) = (&suite.module.ident, &suite.module.vis);
    let exported = names::exported_macro("suite", module);
    let mut entries = Vec::new();
    let mut groups = suite.group.iter().cloned().collect();
    collect(&suite.root, &mut groups, &[], &mut entries);
    let checks = generated::entries(suite);
    entries.extend(checks.into_iter().map(|entry| (entry, Vec::new())));
    if suite.is_conditional() {
        return judged(suite, &exported, &entries);
    }
    let cases = SuiteCases {
        broken: false,
        groups: groups_of(suite),
        cases: entries.into_iter().map(|(entry, _)| entry).collect(),
    };
    definition(vis, &exported, module, &quote!(#cases))
}

/// The macro of a suite with errors, so that backends are not told that there is none.
pub(super) fn broken(module: &ItemMod) -> TokenStream {
    let exported = names::exported_macro("suite", &module.ident);
    let cases = SuiteCases {
        broken: true,
        ..SuiteCases::default()
    };
    definition(&module.vis, &exported, &module.ident, &quote!(#cases))
}

/// The names within the suite of the suites that are its groups.
fn groups_of(suite: &Suite) -> Vec<Ident> {
    (0..suite.groups.len()).map(names::group).collect()
}

/// A macro that hands `cases` to what it is given.
fn definition(
    vis: &Visibility,
    exported: &Ident,
    name: &Ident,
    cases: &TokenStream,
) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #exported {
            ({ $($callback:tt)* } { $($state:tt)* }) => { $($callback)* ! { { $($state)* } #cases } };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        #vis use #exported as #name;
    }
}

/// A case, and the `#[cfg]`s and `#[cfg_attr]`s that it is subject to.
type Conditional = (CaseEntry, Vec<Attribute>);

fn collect(
    group: &Group,
    groups: &mut Vec<Ident>,
    cfgs: &[Attribute],
    entries: &mut Vec<Conditional>,
) {
    for case in &group.cases {
        entries.push((
            entry(case, groups),
            [cfgs, &case.cfgs, &case.ignored_if].concat(),
        ));
    }
    for inner in &group.groups {
        groups.push(inner.ident.clone());
        collect(inner, groups, &[cfgs, &inner.cfgs].concat(), entries);
        groups.pop();
    }
}

fn entry(case: &Case, groups: &[Ident]) -> CaseEntry {
    let attributes = case
        .ignore
        .iter()
        .chain(&case.should_panic)
        .cloned()
        .collect();
    CaseEntry {
        groups: groups.to_vec(),
        name: case.ident.clone(),
        needs: case.needs.clone(),
        attributes,
    }
}

/// An enum of the cases, each with its entry, whose derive macro defines the macro.
fn judged(suite: &Suite, exported: &Ident, entries: &[Conditional]) -> TokenStream {
    let private = names::private(suite.krate.as_ref());
    let (module, vis) = (&suite.module.ident, &suite.module.vis);
    let (cases, groups) = (
        format_ident!("__ContraitCasesOf_{}", module),
        groups_of(suite),
    );
    let variants = entries.iter().enumerate().map(|(index, (entry, cfgs))| {
        let variant = format_ident!("Case{}", index);
        quote!(#(#cfgs)* #[contrait_case(#entry)] #variant)
    });
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)]
        #[derive(#private::__SuiteCases)]
        #[contrait_case(#exported #module #(#groups)*)]
        #vis enum #cases { #(#variants),* }
    }
}

/// The derive macro: the cases that are left, each in an attribute of its variant.
pub(crate) fn suite_macro_of_live_cases(input: TokenStream) -> TokenStream {
    live_cases(input).unwrap_or_else(|error| error.to_compile_error())
}

fn live_cases(input: TokenStream) -> syn::Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let names = |input: ParseStream<'_>| {
        let (exported, module) = (input.parse::<Ident>()?, input.parse::<Ident>()?);
        let mut groups = Vec::new();
        while !input.is_empty() {
            groups.push(input.parse()?);
        }
        Ok((exported, module, groups))
    };
    let (exported, module, groups) = told(&input.attrs)?.parse_args_with(names)?;
    let syn::Data::Enum(data) = input.data else {
        return Err(syn::Error::new_spanned(module, "expected an enum of cases"));
    };
    let cases = data.variants.iter().map(|variant| {
        let mut case = told(&variant.attrs)?.parse_args::<CaseEntry>()?;
        let ignored = variant
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident("contrait_ignore"));
        if let Some(ignored) = ignored {
            let reason: Option<syn::Expr> = ignored.parse_args_with(|input: ParseStream<'_>| {
                if input.is_empty() {
                    Ok(None)
                } else {
                    input.parse().map(Some)
                }
            })?;
            case.attributes
                .retain(|attribute| !attribute.path().is_ident("ignore"));
            case.attributes.push(match reason {
                Some(reason) => syn::parse_quote!(#[ignore = #reason]),
                None => syn::parse_quote!(#[ignore]),
            });
        }
        Ok(case)
    });
    let cases = SuiteCases {
        broken: false,
        groups,
        cases: cases.collect::<syn::Result<_>>()?,
    };
    Ok(definition(&input.vis, &exported, &module, &quote!(#cases)))
}

fn told(attributes: &[Attribute]) -> syn::Result<&Attribute> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("contrait_case"));
    attribute.ok_or_else(|| {
        syn::Error::new(
            proc_macro2::Span::call_site(),
            "expected what `#[contract_suite]` writes",
        )
    })
}
