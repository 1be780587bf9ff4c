//! What suites and backends tell about their cases from one crate to another: data in the bodies of exported macros.
//!
//! A suite tells `{ set_then_get case { ttl expires } needs { ttl } attributes { #[ignore] } … }`, and before it
//! `groups { … }` where other suites are to be asked for the rest; a backend tells `{ suite { name } set_then_get … }`. A case
//! that has nothing but its name is told by that alone, as most are; a word before braces is none.
//! Nothing else is known of a suite where its tests are written.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, braced, token};

/// A case, as far as its test has to know it.
#[derive(Clone)]
pub(crate) struct CaseEntry {
    pub(crate) groups: Vec<Ident>,
    pub(crate) name: Ident,
    pub(crate) needs: Vec<Ident>,
    /// `#[ignore]` and `#[should_panic]`.
    pub(crate) attributes: Vec<Attribute>,
}

impl CaseEntry {
    /// `ttl::expires`.
    pub(crate) fn path(&self) -> String {
        self.groups
            .iter()
            .chain([&self.name])
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("::")
    }

    /// Whether there is nothing to be told but its name.
    fn is_plain(&self) -> bool {
        self.groups.is_empty() && self.needs.is_empty() && self.attributes.is_empty()
    }
}

/// The cases of a suite.
#[derive(Clone, Default)]
pub(crate) struct SuiteCases {
    /// Whether the suite has errors, which are said already: what stands on it is to have none of its own.
    pub(crate) broken: bool,
    /// The names, within the suite, of other suites that are groups of it, and have still to be asked.
    pub(crate) groups: Vec<Ident>,
    pub(crate) cases: Vec<CaseEntry>,
}

impl SuiteCases {
    /// Adds what a group of it has told.
    pub(crate) fn add(&mut self, group: Self) {
        self.broken |= group.broken;
        self.cases.extend(group.cases);
    }
}

/// The cases of the suites of a backend. One suite alone has no name.
pub(crate) struct BackendCases {
    pub(crate) suites: Vec<(Option<Ident>, SuiteCases)>,
}

mod keyword {
    syn::custom_keyword!(broken);
    syn::custom_keyword!(groups);
    syn::custom_keyword!(case);
    syn::custom_keyword!(needs);
    syn::custom_keyword!(attributes);
    syn::custom_keyword!(suite);
}

impl Parse for CaseEntry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek2(token::Brace) {
            return Ok(Self {
                groups: Vec::new(),
                name: input.parse()?,
                needs: Vec::new(),
                attributes: Vec::new(),
            });
        }
        input.parse::<keyword::case>()?;
        let mut groups = idents(input)?;
        let name = groups
            .pop()
            .ok_or_else(|| input.error("a case has a name"))?;
        input.parse::<keyword::needs>()?;
        let needs = idents(input)?;
        input.parse::<keyword::attributes>()?;
        let content;
        braced!(content in input);
        let attributes = Attribute::parse_outer(&content)?;
        Ok(Self {
            groups,
            name,
            needs,
            attributes,
        })
    }
}

impl ToTokens for CaseEntry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            groups,
            name,
            needs,
            attributes,
        } = self;
        if self.is_plain() {
            return name.to_tokens(tokens);
        }
        tokens.extend(quote! { case { #(#groups)* #name } needs { #(#needs)* } attributes { #(#attributes)* } });
    }
}

impl Parse for SuiteCases {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let broken = input.peek(keyword::broken) && input.peek2(token::Brace);
        if broken {
            input.parse::<keyword::broken>()?;
            idents(input)?;
        }
        let mut groups = Vec::new();
        if input.peek(keyword::groups) && input.peek2(token::Brace) {
            input.parse::<keyword::groups>()?;
            groups = idents(input)?;
        }
        let mut cases = Vec::new();
        while !(input.is_empty() || input.peek(keyword::suite) && input.peek2(token::Brace)) {
            cases.push(input.parse()?);
        }
        Ok(Self {
            broken,
            groups,
            cases,
        })
    }
}

impl ToTokens for SuiteCases {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if self.broken {
            tokens.extend(quote!(broken {}));
        }
        if !self.groups.is_empty() {
            let groups = &self.groups;
            tokens.extend(quote!(groups { #(#groups)* }));
        }
        self.cases.iter().for_each(|case| case.to_tokens(tokens));
    }
}

impl Parse for BackendCases {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut suites = Vec::new();
        while !input.is_empty() {
            input.parse::<keyword::suite>()?;
            let name = idents(input)?.pop();
            suites.push((name, input.parse()?));
        }
        Ok(Self { suites })
    }
}

impl ToTokens for BackendCases {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for (name, cases) in &self.suites {
            tokens.extend(quote! { suite { #name } #cases });
        }
    }
}

fn idents(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let content;
    braced!(content in input);
    let mut idents = Vec::new();
    while !content.is_empty() {
        idents.push(content.parse()?);
    }
    Ok(idents)
}
