//! A module of functions, whose bodies are handed on as they came.
//!
//! A suite is mostly bodies, and nothing in them concerns the macros: to parse them would be most of what expanding a
//! suite takes, and would have syntax errors in them told by us instead of by the compiler. So a module is taken apart into
//! functions, modules and all else before anything is parsed, and a body becomes an expression that nobody has read.

use std::mem::take;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Item, ItemFn, ItemMod, Stmt};

/// The module that an item is, with those within it.
pub(crate) fn module(item: TokenStream) -> syn::Result<ItemMod> {
    let mut head: Vec<TokenTree> = item.into_iter().collect();
    match head.pop() {
        Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
            module_of(head, &body)
        }
        last => syn::parse2(head.into_iter().chain(last).collect()),
    }
}

fn module_of(head: Vec<TokenTree>, body: &Group) -> syn::Result<ItemMod> {
    let mut items = Items::default();
    items.read(body.stream())?;
    // What stands in the module's own name is in its body.
    let inner = items.inner.into_iter().collect();
    let mut module: ItemMod = syn::parse2(with_group(head, with_content(body, inner)))?;
    if let Some((_, content)) = &mut module.content {
        *content = items.found;
    }
    Ok(module)
}

/// The function with a head and a body.
fn function_of(head: Vec<TokenTree>, body: &Group) -> syn::Result<ItemFn> {
    let bodiless = with_content(body, TokenStream::new());
    let mut function: ItemFn = syn::parse2(with_group(head, bodiless))?;
    let unread = Expr::Verbatim(body.stream());
    function.block.stmts.push(Stmt::Expr(unread, None));
    Ok(function)
}

/// What the tokens that are being read belong to.
#[derive(Clone, Copy, Default, PartialEq)]
enum Reading {
    Function,
    Module,
    #[default]
    Other,
}

/// The items of a module, as far as it has been read.
#[derive(Default)]
struct Items {
    found: Vec<Item>,
    /// Its attributes that stand within it: `#![…]`.
    inner: Vec<TokenTree>,
    /// Items that are neither functions nor modules, and come after those that were found.
    others: Vec<TokenTree>,
    /// The item that is being read.
    item: Vec<TokenTree>,
    reading: Reading,
}

impl Items {
    fn read(&mut self, body: TokenStream) -> syn::Result<()> {
        let mut tokens = body.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    self.braces(group, tokens.peek())?;
                }
                TokenTree::Group(group) => {
                    self.item.push(group.into());
                    self.take_inner_attribute();
                }
                TokenTree::Ident(ident) => {
                    self.reading = begun(&ident, tokens.peek()).unwrap_or(self.reading);
                    self.item.push(ident.into());
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => {
                    self.item.push(punct.into());
                    self.end();
                }
                other => self.item.push(other),
            }
        }
        self.end();
        self.parse_others()
    }

    fn braces(&mut self, group: Group, next: Option<&TokenTree>) -> syn::Result<()> {
        match self.reading {
            // Braces in a type: `-> [u8; 2]` needs none, but `-> Array<{ N }>` does.
            Reading::Function if is_within_angles(next) => self.item.push(group.into()),
            Reading::Function => {
                self.parse_others()?;
                let function = function_of(take(&mut self.item), &group)?;
                self.found.push(Item::Fn(function));
                self.reading = Reading::Other;
            }
            Reading::Module => {
                self.parse_others()?;
                let module = module_of(take(&mut self.item), &group)?;
                self.found.push(Item::Mod(module));
                self.reading = Reading::Other;
            }
            Reading::Other => {
                self.item.push(group.into());
                self.end();
            }
        }
        Ok(())
    }

    /// Takes `#![…]`, where that is what was read last, and nothing stands before it.
    fn take_inner_attribute(&mut self) {
        let is = |token: &TokenTree, char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == char);
        let first = self.found.is_empty() && self.others.is_empty();
        if let ([pound, bang, TokenTree::Group(_)], true) = (self.item.as_slice(), first)
            && is(pound, '#')
            && is(bang, '!')
        {
            self.inner.append(&mut self.item);
        }
    }

    /// Ends an item that is none of ours. An item may go on after braces: then its rest follows it.
    fn end(&mut self) {
        self.others.append(&mut self.item);
        self.reading = Reading::Other;
    }

    fn parse_others(&mut self) -> syn::Result<()> {
        let others: TokenStream = take(&mut self.others).into_iter().collect();
        self.found.extend(items.parse2(others)?);
        Ok(())
    }
}

fn items(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(input.parse()?);
    }
    Ok(items)
}

/// What begins with the keyword `ident`. A pointer type has no name after its `fn`.
fn begun(ident: &Ident, next: Option<&TokenTree>) -> Option<Reading> {
    if !matches!(next, Some(TokenTree::Ident(_))) {
        return None;
    }
    match ident {
        ident if ident == "fn" => Some(Reading::Function),
        ident if ident == "mod" => Some(Reading::Module),
        _ => None,
    }
}

fn is_within_angles(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '>' | ','))
}

fn with_group(mut tokens: Vec<TokenTree>, group: Group) -> TokenStream {
    tokens.push(group.into());
    tokens.into_iter().collect()
}

fn with_content(group: &Group, content: TokenStream) -> Group {
    let mut filled = Group::new(group.delimiter(), content);
    filled.set_span(group.span());
    filled
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;

    /// How many functions of modules an item has whose bodies nobody has read; the item is as it was.
    fn unread(item: TokenStream) -> usize {
        let text = item.to_string();
        let module = module(item).expect("a module");
        assert_eq!(module.to_token_stream().to_string(), text);
        functions(&module)
    }

    fn functions(module: &ItemMod) -> usize {
        let Some((_, items)) = &module.content else {
            return 0;
        };
        let count = |item: &Item| match item {
            Item::Fn(function) => {
                let body = function.block.stmts.as_slice();
                assert!(matches!(body, [Stmt::Expr(Expr::Verbatim(_), None)]));
                1
            }
            Item::Mod(module) => functions(module),
            _ => 0,
        };
        items.iter().map(count).sum()
    }

    #[test]
    fn bodies_of_functions_are_unread_wherever_they_stand_in_modules() {
        let functions = unread(quote! {
            /// A suite.
            pub mod suite {
                #![allow(dead_code)]
                use other::{a, b};
                fn a() -> Array<{ N }> { first not { valid } }
                struct S { f: fn() }
                pub(super) mod group { #[case] async fn b(x: &dyn Fn() -> u8) where u8: Copy { second() } }
                impl S { fn c() { third() } }
                const C: u8 = if D { 1 } else { 2 };
                unsafe extern "C" fn d() {}
            }
        });
        assert_eq!(functions, 3);
    }

    #[test]
    fn what_only_looks_like_a_function_is_none() {
        let functions = unread(quote! {
            mod suite {
                const POINTER: fn(u8) -> u8 = { choose() };
                thread_local! { static S: u8 = { 0 }; }
                mod elsewhere;
                struct S { f: fn() }
            }
        });
        assert_eq!(functions, 0);
    }
}
