//! Whether a body can fail by what it finds: by an assertion of its own, or of a function that it calls.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, ReturnType, Stmt};

use super::{Call, Facts, Function, attributes, calls};

/// Whether a function asserts something, itself or by others.
pub(crate) fn asserts(facts: &Facts<'_>, function: &Function<'_>) -> bool {
    attributes::find(function.attributes, "should_panic").is_some()
        || ends_with_an_answer(function)
        || facts.reached(function, |_| true).iter().any(|reached| {
            let beside = reached.module == function.module;
            asserts_by_itself(facts, reached) || beside && fails_by_itself(reached)
        })
}

/// Whether a case, or a helper beside it, makes up an error. What others answer to a wrong call is no judgement of ours.
fn fails_by_itself(function: &Function<'_>) -> bool {
    let mut found = false;
    calls(function.body, &mut |call| {
        found |= FAILS.contains(&call.name().as_str());
    });
    found
}

fn asserts_by_itself(facts: &Facts<'_>, function: &Function<'_>) -> bool {
    let mut found = false;
    calls(function.body, &mut |call| {
        let by_macro =
            matches!(call, Call::Macro(_)) && facts.asserting_macros.contains(&call.name());
        found = found || by_macro || is_assertion(&call);
    });
    found
}

/// Whether a call is one that panics where things are not as they should be.
///
/// `unwrap` counts: that there is no error is asserted as well. So does waiting for what is to happen, which does not go on
/// where it never does.
fn is_assertion(call: &Call<'_>) -> bool {
    let name = call.name();
    match call {
        Call::Macro(_) | Call::Word(..) => asserts_by_name(&name),
        Call::Path(_) => name.starts_with("assert") || WAITS.contains(&name.as_str()),
        Call::Method(_) => name.starts_with("assert") || PANICS.contains(&name.as_str()),
    }
}

const FAILS: [&str; 5] = ["Err", "ok_or", "ok_or_else", "bail", "ensure"];
const PANICS: [&str; 6] = [
    "unwrap",
    "expect",
    "unwrap_err",
    "expect_err",
    "until",
    "eventually",
];
const WAITS: [&str; 2] = ["timeout", "timeout_at"];

fn asserts_by_name(name: &str) -> bool {
    name.contains("assert") || ["panic", "unreachable"].contains(&name)
}

/// Whether the text of a macro holds an assertion.
pub(super) fn tokens_assert(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => asserts_by_name(&ident.to_string()),
        TokenTree::Group(group) => tokens_assert(group.stream()),
        _ => false,
    })
}

/// Whether a case ends with the answer of a call, which the harness judges: `store.delete("missing").await`. A `?` within
/// it, and `Ok(())` after it, say nothing more than that the steps so far were possible.
fn ends_with_an_answer(function: &Function<'_>) -> bool {
    let returns = matches!(function.signature.output, ReturnType::Type(..));
    let Some(Stmt::Expr(last, None)) = function.body.stmts.last() else {
        return false;
    };
    returns && is_answer(last)
}

fn is_answer(expression: &Expr) -> bool {
    match expression {
        Expr::Await(inner) => is_answer(&inner.base),
        // A variable holds what was answered.
        Expr::MethodCall(_) | Expr::Path(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => attributes::last(&path.path) != "Ok",
            _ => true,
        },
        _ => false,
    }
}
