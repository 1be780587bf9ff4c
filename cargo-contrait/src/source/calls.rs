//! What a body does: its expressions, also those within macros.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Item, Macro, Path, Token};

/// Something that a body does.
pub(crate) enum Call<'x> {
    /// It names a function, mostly to call it.
    Path(&'x Path),
    Method(&'x ExprMethodCall),
    Macro(&'x Macro),
    /// A name with arguments, in a macro that has a syntax of its own.
    Word(String, Span),
}

impl Call<'_> {
    /// The last name of what is called.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Path(path) => super::attributes::last(path),
            Self::Method(call) => call.method.to_string(),
            Self::Macro(item) => super::attributes::last(&item.path),
            Self::Word(name, _) => name.clone(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Path(path) => path
                .segments
                .last()
                .map_or_else(Span::call_site, |last| last.ident.span()),
            Self::Method(call) => call.method.span(),
            Self::Macro(item) => item.path.span(),
            Self::Word(_, span) => *span,
        }
    }
}

/// Shows all that a body does, but for functions that are declared within it.
pub(crate) fn calls(body: &Block, see: &mut dyn FnMut(Call<'_>)) {
    Calls { see }.visit_block(body);
}

struct Calls<'f> {
    see: &'f mut dyn FnMut(Call<'_>),
}

impl Visit<'_> for Calls<'_> {
    fn visit_item(&mut self, _: &Item) {}

    fn visit_expr(&mut self, expression: &Expr) {
        match expression {
            Expr::Path(path) => (self.see)(Call::Path(&path.path)),
            Expr::MethodCall(call) => (self.see)(Call::Method(call)),
            _ => {}
        }
        visit::visit_expr(self, expression);
    }

    fn visit_macro(&mut self, item: &Macro) {
        (self.see)(Call::Macro(item));
        match expressions(&item.tokens) {
            Some(expressions) => expressions.iter().for_each(|inner| self.visit_expr(inner)),
            None => self.words(item.tokens.clone()),
        }
    }
}

impl Calls<'_> {
    fn words(&mut self, tokens: TokenStream) {
        let mut before: Option<proc_macro2::Ident> = None;
        for token in tokens {
            if let TokenTree::Group(group) = &token {
                if let (Some(name), Delimiter::Parenthesis) = (before.take(), group.delimiter()) {
                    (self.see)(Call::Word(name.to_string(), name.span()));
                }
                self.words(group.stream());
            }
            before = match token {
                TokenTree::Ident(ident) => Some(ident),
                // `name!(…)`
                TokenTree::Punct(punct) if punct.as_char() == '!' => before,
                _ => None,
            };
        }
    }
}

/// What a macro is given, where that is a list of expressions or a block of statements.
pub(super) fn expressions(tokens: &TokenStream) -> Option<Vec<Expr>> {
    let list = Punctuated::<Expr, Token![,]>::parse_terminated;
    if let Ok(list) = list.parse2(tokens.clone()) {
        return Some(list.into_iter().collect());
    }
    let statements = Block::parse_within.parse2(tokens.clone()).ok()?;
    let block = Block {
        brace_token: syn::token::Brace::default(),
        stmts: statements,
    };
    Some(vec![Expr::Block(syn::ExprBlock {
        attrs: Vec::new(),
        label: None,
        block,
    })])
}
