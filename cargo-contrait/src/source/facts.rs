//! What a reader of the sources wants to know: traits, implementations, suites, cases, backends, functions.

use std::collections::{BTreeMap, BTreeSet};

use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, GenericArgument, ImplItemFn, ItemFn, ItemImpl, ItemMacro, ItemTrait,
    ItemType, Macro, PathArguments, ReturnType, Signature, TraitItemFn, Type,
};

use super::attributes::{self, Arguments};
use super::{Call, ModuleId, Place, Sources, calls};

/// All of it.
pub(crate) struct Facts<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) traits: Vec<Trait<'a>>,
    pub(crate) implementations: Vec<Implementation>,
    pub(crate) suites: Vec<Suite<'a>>,
    pub(crate) backends: Vec<Backend<'a>>,
    /// Functions and methods with a body, cases and tests among them.
    pub(crate) functions: Vec<Function<'a>>,
    /// The backends that a `contract_tests!` names.
    pub(crate) run_elsewhere: BTreeSet<String>,
    /// The macros of the workspace that assert something, by name.
    pub(crate) asserting_macros: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
    /// The functions, by their whole path, and methods by their name as well.
    by_name: BTreeMap<String, Vec<usize>>,
}

/// A trait.
pub(crate) struct Trait<'a> {
    pub(crate) path: String,
    pub(crate) module: ModuleId,
    pub(crate) item: &'a ItemTrait,
    pub(crate) place: Place,
    /// Whether it is under contract.
    pub(crate) contract: bool,
    /// The trait of another crate that this one copies for the sake of a contract.
    pub(crate) remote: Option<String>,
}

/// An implementation of a trait.
#[derive(Clone)]
pub(crate) struct Implementation {
    pub(crate) contract: String,
    /// The type, without what it is wrapped in and without its arguments.
    pub(crate) subject: String,
    pub(crate) module: ModuleId,
    pub(crate) place: Place,
    /// Whether it stands for all types of a kind, as in `impl<T: Trait> Trait for &T`.
    pub(crate) blanket: bool,
}

/// A suite.
pub(crate) struct Suite<'a> {
    pub(crate) path: String,
    pub(crate) module: ModuleId,
    pub(crate) place: Place,
    /// The trait, by its whole path.
    pub(crate) contract: String,
    pub(crate) cases: Vec<Case<'a>>,
}

/// A case.
pub(crate) struct Case<'a> {
    pub(crate) function: Function<'a>,
    /// The groups that it stands in, and its name: `ttl::expires`.
    pub(crate) name: String,
    pub(crate) needs: Vec<String>,
    pub(crate) tags: Vec<String>,
}

impl Case<'_> {
    /// Its doc comment.
    pub(crate) fn promise(&self) -> String {
        attributes::docs(self.function.attributes)
    }
}

/// A backend.
pub(crate) struct Backend<'a> {
    pub(crate) function: Function<'a>,
    pub(crate) suites: Vec<String>,
    /// Whether its tests stand where it does.
    pub(crate) tests: bool,
    /// The capabilities that it lacks.
    pub(crate) lacks: Vec<String>,
    /// The types that it may make: that which it returns, or those that it names where it returns any of a trait.
    pub(crate) subjects: Vec<String>,
}

/// A function with a body.
#[derive(Clone)]
pub(crate) struct Function<'a> {
    pub(crate) path: String,
    pub(crate) module: ModuleId,
    pub(crate) signature: &'a Signature,
    pub(crate) attributes: &'a [Attribute],
    pub(crate) body: &'a Block,
    pub(crate) place: Place,
    /// Whether it is called with a dot.
    pub(crate) method: bool,
}

impl Function<'_> {
    pub(crate) fn name(&self) -> String {
        self.signature.ident.unraw().to_string()
    }

    /// Whether a test harness runs it: `#[test]`, `#[tokio::test]`, …
    pub(crate) fn is_test(&self) -> bool {
        attributes::all(self.attributes).any(|meta| {
            ["test", "rstest", "test_case"].contains(&attributes::last(meta.path()).as_str())
        })
    }
}

impl<'a> Facts<'a> {
    pub(crate) fn of(sources: &'a Sources) -> Self {
        let mut facts = Self {
            sources,
            traits: Vec::new(),
            implementations: Vec::new(),
            suites: Vec::new(),
            backends: Vec::new(),
            functions: Vec::new(),
            run_elsewhere: BTreeSet::new(),
            asserting_macros: BTreeSet::new(),
            aliases: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        for id in (0..sources.modules.len()).map(ModuleId) {
            facts.collect(id);
        }
        facts.drop_what_is_there_twice();
        for id in (0..sources.modules.len()).map(ModuleId) {
            facts.add_suite(id);
        }
        facts.add_backends();
        facts
    }

    fn collect(&mut self, module: ModuleId) {
        let mut collector = Collector {
            facts: self,
            module,
            owner: None,
        };
        let sources = collector.facts.sources;
        for item in &sources.module(module).items {
            collector.visit_item(item);
        }
    }

    /// A file that several targets have a `mod` of is read once for each.
    fn drop_what_is_there_twice(&mut self) {
        let mut seen = BTreeSet::new();
        self.traits.retain(|item| seen.insert(item.place.clone()));
        let mut seen = BTreeSet::new();
        self.implementations
            .retain(|item| seen.insert(item.place.clone()));
    }

    fn add_suite(&mut self, id: ModuleId) {
        let module = self.sources.module(id);
        let Some(meta) = attributes::find(&module.attributes, "contract_suite") else {
            return;
        };
        let contract = Arguments::of(&meta).paths().into_iter().next();
        let outside = module.parent.unwrap_or(id);
        let place = Place::new(self.sources.module(outside).file.clone(), module.span);
        if self.suites.iter().any(|suite| suite.place == place) {
            return;
        }
        let mut cases = Vec::new();
        self.add_cases(id, "", &mut cases);
        self.suites.push(Suite {
            path: module.path.join("::"),
            module: id,
            place,
            contract: contract.map_or_else(String::new, |path| {
                self.same_contract(self.sources.resolve(outside, &path))
            }),
            cases,
        });
    }

    fn add_cases(&self, id: ModuleId, group: &str, cases: &mut Vec<Case<'a>>) {
        for function in self
            .functions
            .iter()
            .filter(|function| function.module == id)
        {
            let Some(meta) = attributes::find(function.attributes, "case") else {
                continue;
            };
            let arguments = Arguments::of(&meta);
            cases.push(Case {
                function: function.clone(),
                name: format!("{group}{}", function.name()),
                needs: arguments.names("needs"),
                tags: arguments.names("tags"),
            });
        }
        for (name, child) in &self.sources.module(id).children {
            self.add_cases(*child, &format!("{group}{name}::"), cases);
        }
        cases.sort_by_key(|case| case.function.place.line);
    }

    fn add_backends(&mut self) {
        let mut seen = BTreeSet::new();
        for function in &self.functions {
            // One on a condition may be declared in two ways, of which each tells the same suites.
            let Some(meta) = attributes::find(function.attributes, "backend") else {
                continue;
            };
            if !seen.insert(function.place.clone()) {
                continue;
            }
            let arguments = Arguments::of(&meta);
            let resolve = |path: &syn::Path| self.sources.resolve(function.module, path);
            let tests = arguments.value("tests").map(|value| value.to_string());
            self.backends.push(Backend {
                suites: arguments.paths().iter().map(resolve).collect(),
                tests: tests.as_deref() != Some("false"),
                lacks: arguments.names("lacks"),
                subjects: self.subjects(function),
                function: function.clone(),
            });
        }
    }

    /// What a backend makes.
    fn subjects(&self, function: &Function<'_>) -> Vec<String> {
        let ReturnType::Type(_, ty) = &function.signature.output else {
            return Vec::new();
        };
        let returned = bare(first_argument_of_result(ty));
        match returned {
            Type::Path(path) => vec![self.type_path(function.module, &path.path)],
            _ => types_named_in(function.body)
                .iter()
                .map(|path| self.type_path(function.module, path))
                .collect(),
        }
    }

    /// The whole path of a type, through aliases.
    pub(crate) fn type_path(&self, module: ModuleId, path: &syn::Path) -> String {
        let path = self.sources.resolve(module, path);
        self.aliases.get(&path).cloned().unwrap_or(path)
    }

    /// The trait that a contract is for: of a copy, that which it copies.
    pub(crate) fn same_contract(&self, path: String) -> String {
        let copied = self.traits.iter().find(|item| item.path == path);
        copied.and_then(|item| item.remote.clone()).unwrap_or(path)
    }

    /// A function and those that it calls, directly or not, as far as they are known and `within` holds of them.
    ///
    /// What a method is depends on types: one that stands in the module of its caller is meant by its name, others are not
    /// known.
    pub(crate) fn reached<'f>(
        &'f self,
        function: &Function<'a>,
        within: impl Fn(&Function<'a>) -> bool,
    ) -> Vec<&'f Function<'a>> {
        let mut reached: Vec<&Function<'a>> = self.called_as(&function.path);
        reached.retain(|found| found.place == function.place);
        let mut seen: BTreeSet<&Place> = reached.iter().map(|found| &found.place).collect();
        let mut next = 0;
        while let Some(caller) = reached.get(next).copied() {
            next += 1;
            calls(caller.body, &mut |call| {
                for called in self.called(caller, &call) {
                    if within(called) && seen.insert(&called.place) {
                        reached.push(called);
                    }
                }
            });
        }
        reached
    }

    fn called(&self, caller: &Function<'a>, call: &Call<'_>) -> Vec<&Function<'a>> {
        match call {
            Call::Path(path) => {
                let path = self.sources.resolve(caller.module, path);
                let mut called = self.called_as(&path);
                called.retain(|function| !function.method);
                called
            }
            Call::Method(method) => {
                let mut called = self.called_as(&method.method.to_string());
                called.retain(|function| function.method && function.module == caller.module);
                called
            }
            Call::Macro(_) | Call::Word(..) => Vec::new(),
        }
    }

    /// The functions of a whole path, or the methods of a name.
    fn called_as(&self, name: &str) -> Vec<&Function<'a>> {
        let called = self.by_name.get(name).into_iter().flatten();
        called.map(|index| &self.functions[*index]).collect()
    }
}

/// Looks through the items of a module, and those within its bodies.
struct Collector<'f, 'a> {
    facts: &'f mut Facts<'a>,
    module: ModuleId,
    /// The type or trait that functions belong to.
    owner: Option<String>,
}

impl<'a> Collector<'_, 'a> {
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
            let is_parameter = |name: &str| {
                let mut parameters = item.generics.type_params();
                parameters.any(|parameter| parameter.ident == name)
            };
            let implementation = Implementation {
                contract: sources.resolve(self.module, path),
                blanket: is_parameter(&subject) || !matches!(ty, Type::Path(_)),
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

/// A type without what points to it.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => bare(&reference.elem),
        Type::Paren(paren) => bare(&paren.elem),
        Type::Group(group) => bare(&group.elem),
        Type::Path(path) => {
            let last = path.path.segments.last();
            let pointer =
                last.filter(|last| ["Arc", "Box", "Rc"].iter().any(|name| last.ident == name));
            pointer
                .and_then(|last| first_type(&last.arguments))
                .map_or(ty, bare)
        }
        _ => ty,
    }
}

fn first_argument_of_result(ty: &Type) -> &Type {
    match ty {
        Type::Path(path) => {
            let result = path
                .path
                .segments
                .last()
                .filter(|last| last.ident == "Result");
            result
                .and_then(|last| first_type(&last.arguments))
                .unwrap_or(ty)
        }
        _ => ty,
    }
}

fn first_type(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The types that a body constructs, as far as their names tell: `Type::new()`, `Type { … }`, `Type(…)`.
fn types_named_in(body: &Block) -> Vec<syn::Path> {
    struct Types(Vec<syn::Path>);
    impl Visit<'_> for Types {
        fn visit_path(&mut self, path: &syn::Path) {
            let is_type = |name: &syn::Ident| name.to_string().starts_with(char::is_uppercase);
            let last = path
                .segments
                .iter()
                .rposition(|segment| is_type(&segment.ident));
            if let Some(last) = last {
                let mut path = path.clone();
                path.segments = path.segments.into_iter().take(last + 1).collect();
                self.0.push(path);
            }
        }
    }
    let mut types = Types(Vec::new());
    types.visit_block(body);
    types.0
}
