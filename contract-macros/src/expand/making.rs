//! Outcomes that hold values which the implementation makes up.

use proc_macro2::TokenStream;
use quote::quote;

use super::operations::Operations;
use crate::model::Makes;

/// The function of `Outcome` that shows them; nothing where there are none.
pub(super) fn making(operations: &Operations<'_>) -> Option<TokenStream> {
    let private = &operations.private;
    let driven = operations.driving.driven.iter();
    let arms: Vec<TokenStream> = driven
        .filter_map(|driven| {
            let variant = &driven.variant;
            let shown = match driven.markers.makes.as_ref()? {
                Makes::ByType => quote!(#private::operation::Makes::each_made(answer, visit)),
                Makes::With(function) => quote!((#function)(answer, visit)),
            };
            Some(quote!(Self::#variant(answer) => #shown,))
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn #private::operation::Made)) {
                match self {
                    #(#arms)*
                    #[allow(unreachable_patterns)]
                    _ => {}
                }
            }
        }
    })
}
