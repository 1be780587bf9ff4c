//! `#[contract_suite]`: the module as written with its tables, the type of its handles, and its macro.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, PathArguments, Visibility, parse_quote};

use super::{generated, means, suite_macro, table};
use crate::errors::Errors;
use crate::model::{NoSuite, Subject, Suite};
use crate::names;

pub(crate) fn contract_suite(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !super::with_suites() {
        errors.on(first_token(&item), "`#[contract_suite]` needs contrait's feature `suite`: put the module behind a feature of this crate that turns it on, `#[cfg(feature = \"suite\")]` with `suite = [\"contrait/suite\"]`");
        return quote!(#errors);
    }
    let mut suite = match Suite::new(arguments, item, &mut errors) {
        Ok(suite) => suite,
        // The module stays, so that its uses are no errors as well.
        Err(NoSuite::Broken(module)) => {
            let exported = suite_macro::broken(&module);
            return quote!(#module #exported #errors);
        }
        Err(NoSuite::Other(item)) => return quote!(#item #errors),
    };
    table::add_tables(&mut suite);
    let handles = handles(&suite);
    let checks = generated::table(&suite);
    let means = means::means(&suite);
    let groups = groups(&suite);
    let exported = suite_macro::suite_macro(&suite);
    re_export(&mut suite);
    let module = &suite.module;
    quote!(#module #handles #groups #checks #means #exported)
}

/// `#[case]` by itself.
pub(crate) fn stray_case(item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    errors.on(
        name_of(item),
        "a `#[case]` stands in a module with `#[contract_suite(Trait)]`, which makes it a case",
    );
    quote!(#item #errors)
}

/// What turns a backend's subject into a handle. It stands beside the module, where the path of the trait means what
/// it means to the user; it is public, since the module re-exports it to wherever the module itself is seen.
fn handles(suite: &Suite) -> TokenStream {
    let private = names::private(suite.krate.as_ref());
    let module = &suite.module.ident;
    let (path, arguments) = split(&suite.contract);
    let mut alias = names::contract_alias(module);
    alias.set_span(alias.span().located_at(names::end_of(&suite.contract)));
    let make = names::handle_maker(module);
    let hidden = quote!(#[doc(hidden)] #[allow(non_camel_case_types, non_snake_case, missing_docs, private_bounds, private_interfaces, unreachable_pub, dead_code)]);
    // Where there are no objects of the trait, a macro of its name says so.
    let objects = suite
        .doubtful_object()
        .map(|object| quote!(#alias! { #object }));
    // The recorder is found by the name of the trait. Where there is none, the name of the outer block is found.
    let record = quote_spanned! {names::end_of(&suite.contract)=>
        #[allow(unused_imports)]
        use #private::not_under_contract as #alias;
        {
            #[allow(unused_imports)]
            use self::#alias;
            #objects
            #alias(subject, log).recorder
        }
    };
    let handles = match suite.subject {
        Subject::Object => {
            let handle = names::handle_type(module, &suite.contract);
            // That there can be no objects of the trait is said on its path, once.
            quote_spanned! {names::end_of(&suite.contract)=>
                #hidden
                pub type #handle = ::std::boxed::Box<dyn #alias #arguments>;
                #hidden
                pub fn #make<S: #alias #arguments + 'static>(subject: S, log: #private::Log) -> #handle {
                    // Not generic, so that a backend does not have it compiled again.
                    fn __record(subject: #handle, log: #private::Log) -> #handle {
                        ::std::boxed::Box::new({ #record })
                    }
                    __record(::std::boxed::Box::new(subject), log)
                }
            }
        }
        Subject::Generic => {
            let subject = names::subject_trait(module);
            quote_spanned! {names::end_of(&suite.contract)=>
                #hidden
                pub trait #subject: #alias #arguments + 'static {}
                #[automatically_derived]
                impl<S: #alias #arguments + 'static> #subject for S {}
                #hidden
                pub fn #make<S: #alias #arguments + 'static>(subject: S, log: #private::Log) -> impl #alias #arguments + 'static {
                    let subject = ::std::boxed::Box::new(subject);
                    #record
                }
            }
        }
    };
    quote! {
        #[doc(hidden)]
        #[allow(unused_imports)]
        use #path as #alias;
        #handles
    }
}

/// The suites that are groups of this one, under names of ours: their paths mean what they mean beside the module.
fn groups(suite: &Suite) -> TokenStream {
    let (module, vis) = (&suite.module.ident, &suite.module.vis);
    let groups = suite.groups.iter().enumerate().map(|(index, path)| {
        let mut alias = names::group_alias(module, index);
        alias.set_span(alias.span().located_at(names::end_of(path)));
        quote!(#[doc(hidden)] #[allow(unused_imports, unreachable_pub)] #vis use #path as #alias;)
    });
    quote!(#(#groups)*)
}

/// Has the module hand out what stands beside it, so that a backend finds all of a suite under one path.
fn re_export(suite: &mut Suite) {
    let make = names::handle_maker(&suite.module.ident);
    let means = means::re_exported(suite);
    let vis = one_level_in(&suite.module.vis);
    let groups = suite.groups.iter().enumerate().map(|(index, path)| {
        let mut alias = names::group_alias(&suite.module.ident, index);
        let mut group = names::group(index);
        // Where the other suite is seen by fewer than this one, that is said on its path.
        for name in [&mut alias, &mut group] {
            name.set_span(name.span().located_at(names::end_of(path)));
        }
        quote_spanned!(group.span()=> #[doc(hidden)] #[allow(unused_imports, unreachable_pub)] #vis use super::#alias as #group;)
    });
    let groups = quote!(#(#groups)*);
    let (_, items) = suite.module.content.as_mut().expect("a suite has a body");
    items.push(syn::Item::Verbatim(quote! {
        #[doc(hidden)]
        #[allow(unused_imports, unreachable_pub)]
        pub use super::#make as __contrait_handle;
        #means
        #groups
        #[doc(hidden)]
        pub const __CONTRAIT_PATH: &str = ::core::module_path!();
    }));
}

/// The visibility of a module, as it is written within the module.
fn one_level_in(vis: &Visibility) -> Visibility {
    match vis {
        Visibility::Public(_) => vis.clone(),
        Visibility::Inherited => parse_quote!(pub(super)),
        Visibility::Restricted(restricted) => {
            let path = &restricted.path;
            let begins = |word| {
                path.segments
                    .first()
                    .is_some_and(|first| first.ident == word)
            };
            if begins("super") {
                parse_quote!(pub(in super::#path))
            } else if begins("self") {
                parse_quote!(pub(super))
            } else {
                vis.clone()
            }
        }
    }
}

/// The path of the trait, and the arguments that it is given.
fn split(path: &Path) -> (Path, TokenStream) {
    let mut path = path.clone();
    let last = path.segments.last_mut();
    let arguments = last.map(|last| std::mem::replace(&mut last.arguments, PathArguments::None));
    (path, quote!(#arguments))
}

fn first_token(tokens: &TokenStream) -> TokenStream {
    tokens.clone().into_iter().take(1).collect()
}

/// The name of a function, or its first token.
fn name_of(item: &TokenStream) -> TokenStream {
    match syn::parse2::<syn::ItemFn>(item.clone()) {
        Ok(function) => {
            let ident: Ident = function.sig.ident;
            quote!(#ident)
        }
        Err(_) => first_token(item),
    }
}
