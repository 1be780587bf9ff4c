//! What judging a suite takes: a function beside it, which a backend asks that is a reference.

use proc_macro2::TokenStream;
use quote::quote;

use super::generated;
use crate::model::Suite;
use crate::names;

/// Nothing in a build without checks.
pub(super) fn means(suite: &Suite) -> TokenStream {
    if !super::with_checks() {
        return TokenStream::new();
    }
    let private = names::private(suite.krate.as_ref());
    let module = &suite.module.ident;
    let means = names::means(module);
    let (generics, handle) = generated::handle(suite);
    let mut alias = names::contract_alias(module);
    alias.set_span(alias.span().located_at(names::end_of(&suite.contract)));
    let by_model = suite.model.as_ref().map(|model| {
        let modelled = generated::modelled(suite, model, &private, &handle);
        quote!(, #modelled)
    });
    quote! {
        // Compiled where it is asked for, and nowhere else.
        #[doc(hidden)]
        #[inline]
        #[allow(private_bounds, private_interfaces, unreachable_pub, dead_code)]
        pub fn #means #generics() -> ::core::result::Result<::std::boxed::Box<dyn #private::Means<#handle>>, ::std::string::String> {
            // Where the trait is not under contract, which is said elsewhere, the name of the outer block is found.
            #[allow(unused_imports)]
            use #private::no_operations as #alias;
            {
                #[allow(unused_imports)]
                use self::#alias;
                #private::means!(#handle, #private::operations_of::<(), _, _>(#alias) #by_model)
            }
        }
    }
}

/// Its name within the suite.
pub(super) fn re_exported(suite: &Suite) -> TokenStream {
    if !super::with_checks() {
        return TokenStream::new();
    }
    let means = names::means(&suite.module.ident);
    quote! {
        #[doc(hidden)]
        #[allow(unused_imports, unreachable_pub)]
        pub use super::#means as __contrait_means;
    }
}
