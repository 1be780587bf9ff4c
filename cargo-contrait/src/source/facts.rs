//! What a reader of the sources wants to know: traits, implementations, suites, cases, backends, functions.

use std::collections::{BTreeMap, BTreeSet};

use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::{Attribute, Block, ItemTrait, ReturnType, Signature, Type};

use super::attributes::{self, Arguments};
use super::collector::Collector;
use super::types::{bare, first_argument_of_result, types_named_in};
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
    pub(super) aliases: BTreeMap<String, String>,
    /// The functions, by their whole path, and methods by their name as well.
    pub(super) by_name: BTreeMap<String, Vec<usize>>,
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
}

/// A suite.
pub(crate) struct Suite<'a> {
    pub(crate) path: String,
    pub(crate) module: ModuleId,
    pub(crate) place: Place,
    /// The trait, by its whole path.
    pub(crate) contract: String,
    pub(crate) cases: Vec<Case<'a>>,
    /// The suites that are groups of it, by their whole paths.
    pub(crate) groups: Vec<String>,
}

/// A case.
#[derive(Clone)]
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
        facts.put_groups_together();
        facts
    }

    fn collect(&mut self, module: ModuleId) {
        let sources = self.sources;
        let mut collector = Collector::new(self, module);
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
        let arguments = Arguments::of(&meta);
        let contract = arguments.paths().into_iter().next();
        let group = arguments.value("group");
        let group = group.map_or_else(String::new, |name| format!("{name}::"));
        let outside = module.parent.unwrap_or(id);
        let place = Place::new(self.sources.module(outside).file.clone(), module.span);
        if self.suites.iter().any(|suite| suite.place == place) {
            return;
        }
        let mut cases = Vec::new();
        self.add_cases(id, &group, &mut cases);
        let groups = arguments.paths_in("groups");
        let groups = groups
            .iter()
            .map(|path| self.sources.resolve(outside, path));
        let groups = groups.collect();
        self.suites.push(Suite {
            path: module.path.join("::"),
            module: id,
            place,
            contract: contract.map_or_else(String::new, |path| {
                self.same_contract(self.sources.resolve(outside, &path))
            }),
            cases,
            groups,
        });
    }

    /// Gives suites the cases of those that are groups of them, which are no suites beside them any more, unless a backend
    /// runs one by itself.
    fn put_groups_together(&mut self) {
        let cases: Vec<Vec<Case<'a>>> = self
            .suites
            .iter()
            .map(|suite| self.cases_with_groups(suite, &mut BTreeSet::new()))
            .collect();
        for (suite, cases) in self.suites.iter_mut().zip(cases) {
            suite.cases = cases;
        }
        let groups: BTreeSet<String> = self
            .suites
            .iter()
            .flat_map(|suite| suite.groups.clone())
            .collect();
        let run: BTreeSet<&String> = self
            .backends
            .iter()
            .flat_map(|backend| &backend.suites)
            .collect();
        self.suites
            .retain(|suite| !groups.contains(&suite.path) || run.contains(&suite.path));
    }

    fn cases_with_groups(&self, suite: &Suite<'a>, within: &mut BTreeSet<String>) -> Vec<Case<'a>> {
        let mut cases = suite.cases.clone();
        if within.insert(suite.path.clone()) {
            let groups = self
                .suites
                .iter()
                .filter(|other| suite.groups.contains(&other.path));
            cases.extend(groups.flat_map(|group| self.cases_with_groups(group, within)));
        }
        cases
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
