//! The table of a suite's cases, and of each of its groups: plain data and function pointers.
//!
//! Rows are written as text, which the compiler reads. It is optimized, and the macros are not in a user's build: to put a
//! row together token by token took most of the time of a suite. A row has no token of the user's but its conditions, and
//! stands where the attribute does, as other tokens of the macros.

use std::fmt::Write;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{TokenStreamExt, quote, quote_spanned};
use syn::Path;

use super::judges::Judges;
use crate::model::{Case, Group, Parameter, Shared, Subject, Suite};
use crate::names;

/// Adds the table to each module of cases, since a case may be private to its own.
pub(super) fn add_tables(suite: &mut Suite) {
    let private = names::private(suite.krate.as_ref());
    let context = Tables {
        private,
        subject: suite.subject,
        module: suite.module.ident.clone(),
        contract: suite.contract.clone(),
        checked: suite.model.is_some(),
        group: suite.group.clone(),
        others: suite.groups.iter().map(names::end_of).collect(),
    };
    let (_, items) = suite.module.content.as_mut().expect("a suite has a body");
    context.add(&suite.root, items, &[]);
}

struct Tables {
    private: TokenStream,
    subject: Subject,
    module: Ident,
    contract: Path,
    /// Whether there are generated checks, whose table stands beside the suite.
    checked: bool,
    /// The group that all of it stands in.
    group: Option<Ident>,
    /// Where the other suites are named that are groups of this one.
    others: Vec<Span>,
}

impl Tables {
    /// `groups` are those that lead to `group`, without the suite itself.
    fn add(&self, group: &Group, items: &mut Vec<syn::Item>, groups: &[&Ident]) {
        for inner in &group.groups {
            if let syn::Item::Mod(module) = &mut items[inner.position]
                && let Some((_, items)) = &mut module.content
            {
                self.add(inner, items, &[groups, &[&inner.ident]].concat());
            }
        }
        items.push(syn::Item::Verbatim(self.table(group, groups)));
    }

    fn table(&self, group: &Group, groups: &[&Ident]) -> TokenStream {
        let (private, table) = (&self.private, names::table());
        let mut judges = Judges::default();
        let cases = self.rows(group, groups, &mut judges);
        let inner = group.groups.iter().map(|inner| {
            let (cfgs, ident) = (&inner.cfgs, &inner.ident);
            quote!(#(#cfgs)* self::#ident::#table())
        });
        let checks = names::checks(&self.module);
        let checks = (self.checked && groups.is_empty()).then(|| quote!(super::#checks()));
        let others: &[Span] = if groups.is_empty() { &self.others } else { &[] };
        let others = others.iter().enumerate().map(|(index, place)| {
            let (mut other, mut table) = (names::group(index), table.clone());
            // That it is a suite of another trait is said where it is named.
            for name in [&mut other, &mut table] {
                name.set_span(name.span().located_at(*place));
            }
            quote_spanned!(other.span()=> self::#other::#table())
        });
        let inner = inner.chain(others).chain(checks);
        let (generics, handle) = self.handle(groups.len());
        quote! {
            #[doc(hidden)]
            #[allow(missing_docs, private_bounds, private_interfaces, unreachable_pub)]
            pub const fn #table #generics() -> &'static #private::Group<#handle> {
                use #private;
                #judges
                const { &__private::Group { cases: &[#cases], groups: &[#(#inner),*] } }
            }
        }
    }

    /// The type of the handles, seen from `depth` modules within the suite, and what it is generic over.
    fn handle(&self, depth: usize) -> (TokenStream, TokenStream) {
        let up = (0..=depth).map(|_| quote!(super::));
        match self.subject {
            Subject::Object => {
                let ty = names::handle_type(&self.module, &self.contract);
                (TokenStream::new(), quote!(#(#up)* #ty))
            }
            Subject::Generic => {
                let subject = names::subject_trait(&self.module);
                (quote!(<H: #(#up)* #subject>), quote!(H))
            }
        }
    }

    /// The rows of a group, of which `groups` are those that lead to it.
    fn rows(&self, group: &Group, groups: &[&Ident], judges: &mut Judges) -> TokenStream {
        let (generics, handle) = self.handle(groups.len());
        let mut rows = Rows {
            groups: self.group.iter().chain(groups.iter().copied()).collect(),
            generics: generics.to_string(),
            handle: handle.to_string(),
            judges,
        };
        let (mut tokens, mut text) = (TokenStream::new(), String::new());
        for case in &group.cases {
            if !case.cfgs.is_empty() {
                tokens.extend(read(&std::mem::take(&mut text)));
                tokens.append_all(&case.cfgs);
            }
            text += &rows.row(case);
        }
        tokens.extend(read(&text));
        tokens
    }
}

/// What the rows of one group have in common.
struct Rows<'s> {
    /// The groups that its cases stand in.
    groups: Vec<&'s Ident>,
    /// The type of the handles, and what it is generic over.
    handle: String,
    generics: String,
    judges: &'s mut Judges,
}

impl Rows<'_> {
    fn row(&mut self, case: &Case) -> String {
        let promise = &case.promise;
        let name = self.name(case);
        let needs = texts(&case.needs);
        let tags = texts(&case.tags);
        let timeout = case.timeout_ms.unwrap_or(30_000);
        let should_panic = match case.expected_panic() {
            Some(expected) => format!("Some({expected:?})"),
            None => "None".to_owned(),
        };
        let mut handles = String::new();
        for (name, namespace) in case.handles() {
            handles +=
                &format!("__private::Handle {{ name: {name:?}, namespace: {namespace:?} }}, ");
        }
        let place = place(case.ident.span());
        let body = self.body(case);
        format!(
            "__private::Case {{
                promise: __private::Promise {{
                    name: {name:?},
                    promise: {promise:?},
                    needs: &[{needs}],
                    tags: &[{tags}],
                    timeout: ::core::time::Duration::from_millis({timeout}),
                    should_panic: ::core::option::Option::{should_panic},
                    handles: &[{handles}],
                    {place}
                }},
                body: {body},
            }},"
        )
    }

    /// The groups that a case stands in, and its own name.
    fn name(&self, case: &Case) -> String {
        let groups = self.groups.iter().copied();
        let names = groups.chain([&case.ident]).map(ToString::to_string);
        names.collect::<Vec<_>>().join("::")
    }

    /// A function that hands a case what it asks for.
    fn body(&mut self, case: &Case) -> String {
        let (mut handles, mut arguments) = (String::new(), String::new());
        for (index, parameter) in case.parameters.iter().enumerate() {
            arguments += &argument(parameter, index);
            if let Parameter::Handle { .. } = parameter {
                handles += &format!("__handle_{index}, ");
            }
        }
        let call = format!("self::{}({arguments})", case.ident);
        let (generics, handle) = (&self.generics, &self.handle);
        let (kind, stage) = if case.is_async {
            ("Async", ", __stage: &__private::Stage")
        } else {
            ("Sync", "")
        };
        let proof = match (case.diverges, case.is_async) {
            (false, true) => {
                let judge = self.judges.of(case);
                format!("__stage.case(::core::pin::pin!({call}), {judge})")
            }
            (false, false) => format!("{}({call})", self.judges.of(case)),
            (true, true) => {
                let never = never(&format!("{call}.await"));
                format!(
                    "__stage.case(::core::pin::pin!(async move {never}), ::core::convert::identity)"
                )
            }
            (true, false) => never(&call),
        };
        // A function and no closure: a closure is two functions once it is a pointer.
        format!(
            "{{
                fn __prove {generics}(__setting: &mut __private::Setting<{handle}> {stage}) -> __private::Returned {{
                    let ([{handles}], __context, __clock) = __setting.parts();
                    let _ = (__context, __clock);
                    {proof}
                }}
                __private::Body::{kind}(__prove)
            }}"
        )
    }
}

/// What a case is given for a parameter.
fn argument(parameter: &Parameter, index: usize) -> String {
    match parameter {
        Parameter::Shared(Shared::Clock) => "__clock, ".to_owned(),
        Parameter::Shared(Shared::Context) => "__context, ".to_owned(),
        Parameter::Shared(Shared::Network) => "__context.network(), ".to_owned(),
        Parameter::Shared(Shared::Server) => "__context.controlled_server(), ".to_owned(),
        Parameter::Handle {
            mutable, subject, ..
        } => match (subject, mutable) {
            (Subject::Object, false) => format!("&**__handle_{index}, "),
            (Subject::Object, true) => format!("&mut **__handle_{index}, "),
            (Subject::Generic, false) => format!("&*__handle_{index}, "),
            (Subject::Generic, true) => format!("__handle_{index}, "),
        },
    }
}

/// A case that never returns: nothing is there to be looked at, but the compiler wants a type.
fn never(call: &str) -> String {
    format!(
        "{{
            #[allow(unreachable_code, clippy::diverging_sub_expression)]
            {{
                let __returned: __private::Returned = {call};
                __returned
            }}
        }}"
    )
}

/// Where a case stands. The compiler's own macros would say that it is where the attribute stands.
fn place(span: Span) -> String {
    if !proc_macro::is_available() {
        return "file: ::core::file!(), line: ::core::line!()".to_owned();
    }
    let place = span.unwrap();
    format!("file: {:?}, line: {}", place.file(), place.line())
}

/// Names as texts in a list.
fn texts(names: &[Ident]) -> String {
    let mut texts = String::new();
    for name in names {
        let _ = write!(texts, "{:?}, ", name.to_string());
    }
    texts
}

/// The compiler reads the text itself: what is read by `proc-macro2` is read by a lexer of its own before.
fn read(text: &str) -> TokenStream {
    const RUST: &str = "rows are Rust";
    if proc_macro::is_available() {
        let tokens: proc_macro::TokenStream = text.parse().expect(RUST);
        return tokens.into();
    }
    text.parse().expect(RUST)
}
