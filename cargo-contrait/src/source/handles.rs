//! Which methods of a contract a case calls: on its handles, and on what it makes of them.
//!
//! Types are not known, so a handle is followed by its names: parameters of the contract's type, and what is bound to them
//! without a call of the contract in between. Functions that a case hands its handles to are looked into.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{
    Expr, ExprClosure, ExprForLoop, ExprMethodCall, FnArg, GenericParam, Item, Local, Macro, Pat,
    PatIdent, Path, Signature, Type, TypeParamBound, WherePredicate,
};

use super::{Facts, Function, ModuleId, attributes, calls};

/// The methods among `names` that a case calls, itself or by others.
pub(crate) fn methods_called<'a>(
    facts: &Facts<'a>,
    case: &Function<'a>,
    contract: &str,
    names: &BTreeSet<String>,
) -> BTreeSet<String> {
    let krate = |function: &Function<'_>| facts.sources.module(function.module).krate;
    let within = |function: &Function<'a>| krate(function) == krate(case) && !function.method;
    let mut called = BTreeSet::new();
    let mut extensions = BTreeSet::new();
    for function in facts.reached(case, within) {
        let mut handles = Handles::of(facts, function, contract, names);
        handles.visit_block(function.body);
        called.append(&mut handles.called);
        extensions.append(&mut handles.others);
    }
    for function in extension_methods(facts, contract, &extensions) {
        let mut handles = Handles::of(facts, function, contract, names);
        handles.names.insert("self".to_owned());
        handles.visit_block(function.body);
        called.append(&mut handles.called);
    }
    called
}

/// Whether a type is the contract's: `&dyn Trait`, `&mut impl Trait`, `T` where `T: Trait`.
fn is_handle(
    facts: &Facts<'_>,
    module: ModuleId,
    signature: &Signature,
    ty: &Type,
    contract: &str,
) -> bool {
    let is_contract = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            facts.same_contract(facts.sources.resolve(module, &bound.path)) == contract
        }
        _ => false,
    };
    match ty {
        Type::Reference(reference) => {
            is_handle(facts, module, signature, &reference.elem, contract)
        }
        Type::TraitObject(object) => object.bounds.iter().any(is_contract),
        Type::ImplTrait(object) => object.bounds.iter().any(is_contract),
        Type::Path(path) => bounds_of(signature, &path.path)
            .into_iter()
            .any(is_contract),
        _ => false,
    }
}

/// What a type parameter of a function is bound to.
fn bounds_of<'s>(signature: &'s Signature, path: &Path) -> Vec<&'s TypeParamBound> {
    let Some(name) = path.get_ident() else {
        return Vec::new();
    };
    let mut bounds = Vec::new();
    for parameter in &signature.generics.params {
        if let GenericParam::Type(parameter) = parameter
            && parameter.ident == *name
        {
            bounds.extend(&parameter.bounds);
        }
    }
    let clause = signature.generics.where_clause.iter();
    for predicate in clause.flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(predicate) = predicate
            && matches!(&predicate.bounded_ty, Type::Path(bounded) if bounded.path.is_ident(name))
        {
            bounds.extend(&predicate.bounds);
        }
    }
    bounds
}

/// The methods of these names in traits that every implementation of the contract has.
fn extension_methods<'f, 'a>(
    facts: &'f Facts<'a>,
    contract: &str,
    names: &BTreeSet<String>,
) -> Vec<&'f Function<'a>> {
    let extends = |item: &&super::Trait<'_>| {
        item.item.supertraits.iter().any(|bound| match bound {
            TypeParamBound::Trait(bound) => {
                facts.sources.resolve(item.module, &bound.path) == contract
            }
            _ => false,
        })
    };
    let paths: BTreeSet<String> = facts
        .traits
        .iter()
        .filter(extends)
        .flat_map(|item| names.iter().map(|name| format!("{}::{name}", item.path)))
        .collect();
    let is_one = |function: &&Function<'_>| paths.contains(&function.path);
    facts.functions.iter().filter(is_one).collect()
}

struct Handles<'f, 'a> {
    facts: &'f Facts<'a>,
    contract: &'f str,
    methods: &'f BTreeSet<String>,
    /// The names of handles.
    names: BTreeSet<String>,
    called: BTreeSet<String>,
    /// What is called on handles beside.
    others: BTreeSet<String>,
    module: ModuleId,
    signature: &'f Signature,
}

impl<'f, 'a> Handles<'f, 'a> {
    fn of(
        facts: &'f Facts<'a>,
        function: &'f Function<'_>,
        contract: &'f str,
        methods: &'f BTreeSet<String>,
    ) -> Self {
        let (module, signature) = (function.module, function.signature);
        let mut names = BTreeSet::new();
        for input in &signature.inputs {
            if let FnArg::Typed(input) = input
                && is_handle(facts, module, signature, &input.ty, contract)
            {
                bind(&mut names, &input.pat);
            }
        }
        Self {
            facts,
            contract,
            methods,
            names,
            called: BTreeSet::new(),
            others: BTreeSet::new(),
            module,
            signature,
        }
    }

    /// Whether an expression is a handle, or several, and no answer of one.
    fn is_handle(&self, expression: &Expr) -> bool {
        struct Mentions<'h>(&'h Handles<'h, 'h>, bool, bool);
        impl Visit<'_> for Mentions<'_> {
            fn visit_expr(&mut self, expression: &Expr) {
                match expression {
                    Expr::Path(path) => {
                        let name = path.path.get_ident().map(ToString::to_string);
                        self.1 |= name.is_some_and(|name| self.0.names.contains(&name));
                    }
                    Expr::MethodCall(call) => {
                        self.2 |= self.0.methods.contains(&call.method.to_string());
                    }
                    Expr::Await(_) | Expr::Call(_) => self.2 = true,
                    _ => {}
                }
                visit::visit_expr(self, expression);
            }
        }
        let mut mentions = Mentions(self, false, false);
        mentions.visit_expr(expression);
        mentions.1 && !mentions.2
    }
}

impl Visit<'_> for Handles<'_, '_> {
    fn visit_item(&mut self, _: &Item) {}

    fn visit_local(&mut self, local: &Local) {
        if let Some(init) = &local.init
            && self.is_handle(&init.expr)
        {
            bind(&mut self.names, &local.pat);
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_for_loop(&mut self, item: &ExprForLoop) {
        if self.is_handle(&item.expr) {
            bind(&mut self.names, &item.pat);
        }
        visit::visit_expr_for_loop(self, item);
    }

    fn visit_expr_closure(&mut self, closure: &ExprClosure) {
        for input in &closure.inputs {
            if let Pat::Type(input) = input
                && is_handle(
                    self.facts,
                    self.module,
                    self.signature,
                    &input.ty,
                    self.contract,
                )
            {
                bind(&mut self.names, &input.pat);
            }
        }
        visit::visit_expr_closure(self, closure);
    }

    fn visit_expr_method_call(&mut self, call: &ExprMethodCall) {
        if self.is_handle(&call.receiver) {
            let name = call.method.to_string();
            match self.methods.contains(&name) {
                true => self.called.insert(name),
                false => self.others.insert(name),
            };
            for argument in &call.args {
                if let Expr::Closure(ExprClosure { inputs, .. }) = argument {
                    inputs.iter().for_each(|input| bind(&mut self.names, input));
                }
            }
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &Path) {
        let name = attributes::last(path);
        if path.segments.len() > 1 && self.methods.contains(&name) {
            let mut owner = path.clone();
            // Without the separator after what is now the last.
            let outer = path.segments.iter().take(path.segments.len() - 1);
            owner.segments = outer.cloned().collect();
            let owner = self.facts.sources.resolve(self.module, &owner);
            if self.facts.same_contract(owner) == self.contract {
                self.called.insert(name);
            }
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &Macro) {
        for expression in calls::expressions(&item.tokens).into_iter().flatten() {
            self.visit_expr(&expression);
        }
    }
}

/// Adds the names that a pattern binds.
fn bind(names: &mut BTreeSet<String>, pattern: &Pat) {
    struct Names<'n>(&'n mut BTreeSet<String>);
    impl Visit<'_> for Names<'_> {
        fn visit_pat_ident(&mut self, pattern: &PatIdent) {
            self.0.insert(pattern.ident.to_string());
            visit::visit_pat_ident(self, pattern);
        }
    }
    Names(names).visit_pat(pattern);
}
