//! The walk over a module's items, which notes what there is: it reads each item once, and those within bodies too.

use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, ImplItemFn, ItemFn, ItemImpl, ItemMacro, ItemTrait, ItemType, Macro,
    Signature, TraitItemFn, Type,
};

use super::attributes::{self, Arguments};
use super::types::bare;
use super::{Facts, Function, Implementation, ModuleId, Trait};

/// Looks through the items of a module, and those within its bodies.
pub(super) struct Collector<'f, 'a> {
    facts: &'f mut Facts<'a>,
    module: ModuleId,
    /// The type or trait that functions belong to.
    owner: Option<String>,
}

impl<'f, 'a> Collector<'f, 'a> {
    pub(super) fn new(facts: &'f mut Facts<'a>, module: ModuleId) -> Self {
        Self {
            facts,
            module,
            owner: None,
        }
    }

    fn path(&self, name: &str) -> String {
        let module = self.facts.sources.module(self.module).path.join("::");
        match &self.owner {
            Some(owner) => format!("{owner}::{name}"),
            None => format!("{module}::{name}"),
        }
    }

    fn function(&mut self, attributes: &'a [Attribute], signature: &'a Signature, body: &'a Block) {
        let function = Function {
            path: self.path(&signature.ident.unraw().to_string()),
            module: self.module,
            signature,
            attributes,
            body,
            place: self.facts.sources.place(self.module, &signature.ident),
            method: self.owner.is_some(),
        };
        let index = self.facts.functions.len();
        let mut name = |name: String| self.facts.by_name.entry(name).or_default().push(index);
        name(function.path.clone());
        if function.method {
            name(function.name());
        }
        self.facts.functions.push(function);
    }

    fn within(&mut self, owner: Option<String>, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.owner, owner);
        visit(self);
        self.owner = outer;
    }
}

impl<'a> Visit<'a> for Collector<'_, 'a> {
    fn visit_item_trait(&mut self, item: &'a ItemTrait) {
        let sources = self.facts.sources;
        let contract = attributes::find(&item.attrs, "contract");
        let remote = contract
            .as_ref()
            .and_then(|meta| Arguments::of(meta).value("remote"))
            .and_then(|tokens| syn::parse2(tokens).ok())
            .map(|path| sources.resolve(self.module, &path));
        let path = self.path(&item.ident.unraw().to_string());
        self.facts.traits.push(Trait {
            path: path.clone(),
            module: self.module,
            item,
            place: sources.place(self.module, &item.ident),
            contract: contract.is_some(),
            remote,
        });
        self.within(Some(path), |within| visit::visit_item_trait(within, item));
    }

    fn visit_item_impl(&mut self, item: &'a ItemImpl) {
        let sources = self.facts.sources;
        let ty = bare(&item.self_ty);
        let subject = match ty {
            Type::Path(path) => sources.resolve(self.module, &path.path),
            other => quote::quote!(#other).to_string(),
        };
        if let Some((path, _)) = &item.trait_ {
            let implementation = Implementation {
                contract: sources.resolve(self.module, path),
                subject: subject.clone(),
                module: self.module,
                place: sources.place(self.module, &item.impl_token),
            };
            self.facts.implementations.push(implementation);
        }
        self.within(Some(subject), |within| visit::visit_item_impl(within, item));
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.within(None, |within| {
            within.function(&item.attrs, &item.sig, &item.block);
            visit::visit_item_fn(within, item);
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.attrs, &item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_type(&mut self, item: &'a ItemType) {
        if let Type::Path(target) = bare(&item.ty) {
            let target = self.facts.sources.resolve(self.module, &target.path);
            let path = self.path(&item.ident.unraw().to_string());
            self.facts.aliases.insert(path, target);
        }
    }

    fn visit_item_macro(&mut self, item: &'a ItemMacro) {
        if let Some(name) = &item.ident
            && super::assertion::tokens_assert(item.mac.tokens.clone())
        {
            self.facts.asserting_macros.insert(name.to_string());
        }
        visit::visit_item_macro(self, item);
    }

    fn visit_macro(&mut self, item: &'a Macro) {
        if attributes::last(&item.path) == "contract_tests"
            && let Some(path) = Arguments::split(item.tokens.clone()).paths().first()
        {
            let backend = self.facts.sources.resolve(self.module, path);
            self.facts.run_elsewhere.insert(backend);
        }
    }
}
