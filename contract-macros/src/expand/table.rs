//! The table of a suite's cases, and of each of its groups: plain data and function pointers.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
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
        let cases: Vec<_> = group
            .cases
            .iter()
            .map(|case| self.row(case, groups, &mut judges))
            .collect();
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
                // To splice in a path takes longer than anything else that a row is made of, so rows have a short one.
                use #private;
                #judges
                const { &__private::Group { cases: &[#(#cases),*], groups: &[#(#inner),*] } }
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

    fn row(&self, case: &Case, groups: &[&Ident], judges: &mut Judges) -> TokenStream {
        let (cfgs, promise) = (&case.cfgs, &case.promise);
        let name = self
            .group
            .iter()
            .chain(groups.iter().copied())
            .chain([&case.ident])
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("::");
        let needs = case.needs.iter().map(ToString::to_string);
        let tags = case.tags.iter().map(ToString::to_string);
        let timeout = case.timeout_ms.unwrap_or(30_000);
        let should_panic = option(case.expected_panic());
        let handles = case.handles().map(
            |(name, namespace)| quote!(__private::Handle { name: #name, namespace: #namespace }),
        );
        // The place is that of the case, not of the attribute.
        let place =
            quote_spanned!(case.ident.span()=> file: ::core::file!(), line: ::core::line!());
        let body = self.body(case, groups, judges);
        quote! {
            #(#cfgs)*
            __private::Case {
                promise: __private::Promise {
                    name: #name,
                    promise: #promise,
                    needs: &[#(#needs),*],
                    tags: &[#(#tags),*],
                    timeout: ::core::time::Duration::from_millis(#timeout),
                    should_panic: #should_panic,
                    handles: &[#(#handles),*],
                    #place
                },
                body: #body,
            }
        }
    }

    /// A function that hands a case what it asks for.
    fn body(&self, case: &Case, groups: &[&Ident], judges: &mut Judges) -> TokenStream {
        let (mut handles, mut arguments) = (Vec::new(), Vec::new());
        for (index, parameter) in case.parameters.iter().enumerate() {
            arguments.push(match parameter {
                Parameter::Shared(Shared::Clock) => quote!(__clock),
                Parameter::Shared(Shared::Context) => quote!(__context),
                Parameter::Shared(Shared::Network) => quote!(__context.network()),
                Parameter::Shared(Shared::Server) => quote!(__context.controlled_server()),
                Parameter::Handle {
                    mutable, subject, ..
                } => {
                    let handle = Ident::new(&format!("__handle_{index}"), Span::call_site());
                    handles.push(handle.clone());
                    match (subject, mutable) {
                        (Subject::Object, false) => quote!(&**#handle),
                        (Subject::Object, true) => quote!(&mut **#handle),
                        (Subject::Generic, false) => quote!(&*#handle),
                        (Subject::Generic, true) => quote!(#handle),
                    }
                }
            });
        }
        let ident = &case.ident;
        let call = quote!(self::#ident(#(#arguments),*));
        let (generics, handle) = self.handle(groups.len());
        let (kind, stage) = if case.is_async {
            (quote!(Async), quote!(, __stage: &__private::Stage))
        } else {
            (quote!(Sync), TokenStream::new())
        };
        let proof = match (case.diverges, case.is_async) {
            (false, true) => {
                let judge = judges.of(case);
                quote!(__stage.case(::core::pin::pin!(#call), #judge))
            }
            (false, false) => {
                let judge = judges.of(case);
                quote!(#judge(#call))
            }
            (true, true) => {
                let never = Self::never(&quote!(#call.await));
                quote!(__stage.case(
                    ::core::pin::pin!(async move #never),
                    ::core::convert::identity
                ))
            }
            (true, false) => Self::never(&call),
        };
        // A function and no closure: a closure is two functions once it is a pointer.
        quote! {{
            fn __prove #generics(__setting: &mut __private::Setting<#handle> #stage) -> __private::Returned {
                let ([#(#handles),*], __context, __clock) = __setting.parts();
                let _ = (__context, __clock);
                #proof
            }
            __private::Body::#kind(__prove)
        }}
    }

    /// A case that never returns: nothing is there to be looked at, but the compiler wants a type.
    fn never(call: &TokenStream) -> TokenStream {
        quote!({
            #[allow(unreachable_code, clippy::diverging_sub_expression)]
            {
                let __returned: __private::Returned = #call;
                __returned
            }
        })
    }
}

fn option(value: Option<String>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}
