//! The functions that judge what the cases of a table return: one a type. To find out what a type means takes the compiler
//! longer than all else in a row.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::model::Case;

/// Those of one table, which has `__private` in scope.
#[derive(Default)]
pub(super) struct Judges {
    functions: Vec<Judge>,
}

struct Judge {
    /// The type, and the conditions under which it is there.
    of: String,
    function: TokenStream,
}

impl Judges {
    /// The name of the function that judges what the case returns.
    pub(super) fn of(&mut self, case: &Case) -> Ident {
        let (cfgs, returns) = (&case.cfgs, &case.returns);
        let of = quote!(#(#cfgs)* #returns).to_string();
        let known = self.functions.iter().position(|judge| judge.of == of);
        let name = format_ident!("__judge_{}", known.unwrap_or(self.functions.len()));
        if known.is_none() {
            // What is wrong with the type is said on the type, of the first case that has it.
            let judge = Ident::new("judge", case.output);
            let function = quote! {
                #(#cfgs)*
                fn #name(__returned: #returns) -> __private::Returned {
                    __private::outcome!(#judge, __returned)
                }
            };
            self.functions.push(Judge { of, function });
        }
        name
    }
}

impl ToTokens for Judges {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.functions.iter().map(|judge| judge.function.clone()));
    }
}
