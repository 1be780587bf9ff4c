//! A case does not end in the middle, as if all were well: what did not run would show as passed.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprAsync, ExprClosure, ExprReturn, Item, Stmt};

use super::super::finding::{Finding, Rule};
use super::Subject;
use crate::source::Place;
use crate::source::attributes::last;

pub(super) fn check(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let function = subject.function;
    if ends_otherwise(function.body) {
        return Vec::new();
    }
    let mut returns = Returns(Vec::new());
    returns.visit_block(function.body);
    let kind = subject.kind();
    let finding = |span: Span| {
        let place = Place::new(function.place.file.clone(), span);
        let message = format!(
            "this ends the {kind} early, and it passes: nobody sees that the rest did not run"
        );
        let remedy = "declare what a backend lacks: `#[case(needs(…))]` here and `lacks(… = \"reason\")` there show as ignored; or assert what holds in this case too";
        subject.finding_at(place, Rule::EarlyReturn, message, remedy)
    };
    returns.0.into_iter().map(finding).collect()
}

/// What ends the function and say that all is well.
struct Returns(Vec<Span>);

impl Visit<'_> for Returns {
    fn visit_item(&mut self, _: &Item) {}
    fn visit_expr_closure(&mut self, _: &ExprClosure) {}
    fn visit_expr_async(&mut self, _: &ExprAsync) {}

    fn visit_block(&mut self, block: &Block) {
        visit::visit_block(self, block);
    }

    fn visit_expr_return(&mut self, item: &ExprReturn) {
        if item.expr.as_deref().is_none_or(is_fine) {
            self.0.push(item.return_token.span());
        }
    }
}

fn is_fine(expression: &Expr) -> bool {
    match expression {
        Expr::Call(call) => {
            let unit =
                |argument: &Expr| matches!(argument, Expr::Tuple(tuple) if tuple.elems.is_empty());
            matches!(&*call.func, Expr::Path(path) if last(&path.path) == "Ok")
                && call.args.iter().all(unit)
        }
        Expr::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// Whether whoever gets to the end has failed, so that a return is how all ends well; or the return is the end.
fn ends_otherwise(body: &Block) -> bool {
    match body.stmts.last() {
        Some(Stmt::Macro(item)) => fails(&item.mac),
        Some(Stmt::Expr(expression, _)) => match expression {
            Expr::Macro(item) => fails(&item.mac),
            Expr::Loop(_) => true,
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Path(path) if last(&path.path) == "Err")
            }
            _ => false,
        },
        _ => false,
    }
}

fn fails(item: &syn::Macro) -> bool {
    ["panic", "unreachable", "bail"].contains(&last(&item.path).as_str())
}
