//! The bodies of functions, which are handed on as they came.
//!
//! A suite is mostly bodies, and nothing in them concerns the macros: to parse them would be most of what expanding a
//! suite takes, and would have syntax errors in them told by us instead of by the compiler. So they are taken out before
//! a module is parsed, each leaving a mark in its place.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ItemFn, Lit, Stmt};

const MARK: &str = "the body of a function of a contract suite: ";

/// The bodies that were taken out of a module.
#[derive(Default)]
pub(crate) struct Bodies(Vec<Group>);

/// What the tokens that are being read belong to.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    Function,
    Module,
    Other,
}

impl Bodies {
    /// Takes the bodies out of an item: of its functions, where it is a module, and of those in modules within it.
    pub(crate) fn take(item: TokenStream) -> (TokenStream, Self) {
        let mut bodies = Self::default();
        let item = bodies.take_from(item, false);
        (item, bodies)
    }

    fn take_from(&mut self, tokens: TokenStream, in_module: bool) -> TokenStream {
        let mut reading = Reading::Other;
        let mut tokens = tokens.into_iter().peekable();
        let mut taken = Vec::new();
        while let Some(token) = tokens.next() {
            let next = tokens.peek();
            taken.push(match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    match reading {
                        // Braces in a type: `-> [u8; 2]` needs none, but `-> Array<{ N }>` does.
                        Reading::Function if is_within_angles(next) => group.into(),
                        Reading::Function if in_module => {
                            reading = Reading::Other;
                            self.mark(group)
                        }
                        Reading::Module => {
                            reading = Reading::Other;
                            let content = self.take_from(group.stream(), true);
                            with_content(&group, content)
                        }
                        _ => {
                            reading = Reading::Other;
                            group.into()
                        }
                    }
                }
                TokenTree::Ident(ident) => {
                    reading = begun(&ident, next).unwrap_or(reading);
                    ident.into()
                }
                TokenTree::Punct(punct) => {
                    if punct.as_char() == ';' {
                        reading = Reading::Other;
                    }
                    punct.into()
                }
                other => other,
            });
        }
        taken.into_iter().collect()
    }

    fn mark(&mut self, body: Group) -> TokenTree {
        let mark = Literal::string(&format!("{MARK}{}", self.0.len()));
        let marked = with_content(&body, TokenTree::from(mark).into());
        self.0.push(body);
        marked
    }

    /// The function with its body.
    pub(crate) fn restore(&self, function: &ItemFn) -> TokenStream {
        let Some(body) = self.of(&function.block.stmts) else {
            return function.to_token_stream();
        };
        let mut tokens: Vec<TokenTree> = function.to_token_stream().into_iter().collect();
        // The mark's own block ends the function.
        tokens.pop();
        tokens.push(body.clone().into());
        tokens.into_iter().collect()
    }

    fn of(&self, marked: &[Stmt]) -> Option<&Group> {
        let [Stmt::Expr(Expr::Lit(literal), None)] = marked else {
            return None;
        };
        let Lit::Str(text) = &literal.lit else {
            return None;
        };
        let index: usize = text.value().strip_prefix(MARK)?.parse().ok()?;
        self.0.get(index)
    }
}

/// What begins with the keyword `ident`. A pointer type has no name after its `fn`.
fn begun(ident: &Ident, next: Option<&TokenTree>) -> Option<Reading> {
    let reading = match ident {
        ident if ident == "fn" => Reading::Function,
        ident if ident == "mod" => Reading::Module,
        _ => return None,
    };
    matches!(next, Some(TokenTree::Ident(_))).then_some(reading)
}

fn is_within_angles(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '>' | ','))
}

fn with_content(group: &Group, content: TokenStream) -> TokenTree {
    let mut filled = Group::new(group.delimiter(), content);
    filled.set_span(group.span());
    filled.into()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn hidden(item: TokenStream) -> (String, usize) {
        let (item, bodies) = Bodies::take(item);
        (item.to_string(), bodies.0.len())
    }

    #[test]
    fn bodies_of_functions_are_taken_wherever_they_stand_in_modules() {
        let (item, taken) = hidden(quote! {
            mod suite {
                fn a() -> Array<{ N }> { first() }
                mod group { async fn b(x: &dyn Fn() -> u8) { second() } }
                impl S { fn c() { third() } }
            }
        });
        assert_eq!(taken, 2);
        assert!(item.contains("{ N }") && item.contains("third") && !item.contains("second"));
    }

    #[test]
    fn what_only_looks_like_a_function_stays() {
        let (item, taken) = hidden(quote! {
            mod suite {
                const POINTER: fn(u8) -> u8 = { choose() };
                use other::{a, b};
                struct S { f: fn() }
            }
        });
        assert_eq!(taken, 0);
        assert!(item.contains("choose"));
    }

    #[test]
    fn a_function_comes_back_as_it_was() {
        let written = quote!(
            async fn a(x: u8) -> u8 {
                x + "not even { valid"
            }
        );
        let (module, bodies) = Bodies::take(quote!(mod suite { #written }));
        let module: syn::ItemMod = syn::parse2(module).expect("a module");
        let Some((_, items)) = module.content else {
            panic!("a body")
        };
        let [syn::Item::Fn(function)] = items.as_slice() else {
            panic!("a function")
        };
        assert_eq!(bodies.restore(function).to_string(), written.to_string());
    }
}
