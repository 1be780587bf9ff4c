//! Names: what a path means where it is written.
//!
//! The namespaces of types, values and macros are one here, since what has a contract is told apart by its kind anyway.

use std::collections::{BTreeMap, BTreeSet};

use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Ident, Item, Path, UseTree};

use super::{ModuleId, Sources};

/// What can be named in a module, but for its modules.
#[derive(Default)]
pub(crate) struct Scope {
    declared: BTreeSet<String>,
    imported: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

/// Longer paths are nobody's: imports that go in circles may make them.
const LONGEST: usize = 24;

/// Where names were looked for already: imports go in circles, and what was not found there is not found there later.
type Visited = BTreeSet<(ModuleId, Vec<String>)>;

impl Scope {
    /// Adds an item, and what is declared and imported in its bodies: the compiler would tell them apart, and a reader would
    /// not call them by one name.
    pub(super) fn add(&mut self, item: &Item) {
        self.visit_item(item);
    }

    fn declare(&mut self, ident: &Ident) {
        self.declared.insert(ident.unraw().to_string());
    }

    fn import(&mut self, before: &[String], tree: &UseTree) {
        let name = |ident: &Ident| ident.unraw().to_string();
        let whole = |last: &Ident| match last == "self" {
            true => before.to_vec(),
            false => [before, &[name(last)]].concat(),
        };
        match tree {
            UseTree::Path(path) => {
                self.import(&[before, &[name(&path.ident)]].concat(), &path.tree);
            }
            UseTree::Name(last) => {
                let path = whole(&last.ident);
                let Some(named) = path.last().cloned() else {
                    return;
                };
                self.imported.insert(named, path);
            }
            UseTree::Rename(last) => {
                self.imported.insert(name(&last.rename), whole(&last.ident));
            }
            UseTree::Glob(_) => self.globs.push(before.to_vec()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(before, tree);
                }
            }
        }
    }
}

impl Visit<'_> for Scope {
    fn visit_item(&mut self, item: &Item) {
        match item {
            Item::Const(item) => self.declare(&item.ident),
            Item::Enum(item) => self.declare(&item.ident),
            Item::Fn(item) => self.declare(&item.sig.ident),
            Item::Static(item) => self.declare(&item.ident),
            Item::Struct(item) => self.declare(&item.ident),
            Item::Trait(item) => self.declare(&item.ident),
            Item::Type(item) => self.declare(&item.ident),
            Item::Union(item) => self.declare(&item.ident),
            Item::Use(item) => self.import(&[], &item.tree),
            Item::ExternCrate(item) => {
                let named = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                let target = match item.ident == "self" {
                    true => "crate".to_owned(),
                    false => item.ident.unraw().to_string(),
                };
                let named = named.unraw().to_string();
                self.imported.insert(named, vec![target]);
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }
}

impl Sources {
    /// The whole path of what a path means in a module, from the name of the crate on; or the path itself, where what it
    /// begins with is not known.
    pub(crate) fn resolve(&self, from: ModuleId, path: &Path) -> String {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.unraw().to_string())
            .collect();
        self.resolve_names(from, &names)
    }

    pub(crate) fn resolve_names(&self, from: ModuleId, names: &[String]) -> String {
        let found = self.find(from, names, &mut Visited::new());
        found.unwrap_or_else(|| names.to_vec()).join("::")
    }

    /// The shortest path that leads to what a whole path names: the one that users write, where re-exports give one.
    pub(crate) fn public_path(&self, path: &str) -> String {
        let names: Vec<String> = path.split("::").map(str::to_owned).collect();
        let Some((last, [first, inner @ ..])) = names.split_last() else {
            return path.to_owned();
        };
        let mut module = self
            .crates
            .iter()
            .find(|krate| krate.name == *first)
            .and_then(|krate| krate.module);
        for child in inner.iter().chain([last]) {
            let Some(id) = module else { break };
            let here = self.module(id);
            let is_exported = here.scope.imported.contains_key(last);
            if is_exported
                && self
                    .within(id, std::slice::from_ref(last), &mut Visited::new())
                    .as_ref()
                    == Some(&names)
            {
                return [&here.path[..], std::slice::from_ref(last)]
                    .concat()
                    .join("::");
            }
            module = here.children.get(child).copied();
        }
        path.to_owned()
    }

    fn find(&self, from: ModuleId, names: &[String], visited: &mut Visited) -> Option<Vec<String>> {
        let (first, rest) = names.split_first()?;
        match first.as_str() {
            "crate" => self.within(self.root_of(from), rest, visited),
            "self" => self.within(from, rest, visited),
            "super" => self.find_from_parent(self.module(from).parent?, rest, visited),
            "Self" => None,
            _ => self
                .within(from, names, visited)
                .or_else(|| self.external(from, first, rest, visited)),
        }
    }

    /// After `super`, another one may follow.
    fn find_from_parent(
        &self,
        parent: ModuleId,
        rest: &[String],
        visited: &mut Visited,
    ) -> Option<Vec<String>> {
        match rest.first() {
            Some(first) if first == "super" => self.find(parent, rest, visited),
            _ => self.within(parent, rest, visited),
        }
    }

    fn external(
        &self,
        from: ModuleId,
        first: &str,
        rest: &[String],
        visited: &mut Visited,
    ) -> Option<Vec<String>> {
        // `extern crate … as name` at the root gives the name to the whole crate.
        let root = self.root_of(from);
        if let Some(target) = self.module(root).scope.imported.get(first)
            && target.len() == 1
            && target[0] != first
        {
            return self.find(root, &[&target[..], rest].concat(), visited);
        }
        let name = self.crate_of(from).externs.get(first)?;
        let known = self.crates.iter().find(|krate| krate.name == *name);
        match known.and_then(|krate| krate.module) {
            Some(module) => self.within(module, rest, visited),
            None => Some([std::slice::from_ref(name), rest].concat()),
        }
    }

    /// What names mean that go from a module downwards.
    fn within(&self, id: ModuleId, names: &[String], visited: &mut Visited) -> Option<Vec<String>> {
        let module = self.module(id);
        let Some((first, rest)) = names.split_first() else {
            return Some(module.path.clone());
        };
        if names.len() > LONGEST || !visited.insert((id, names.to_vec())) {
            return None;
        }
        if let Some(child) = module.children.get(first)
            && let Some(found) = self.within(*child, rest, visited)
        {
            return Some(found);
        }
        if module.scope.declared.contains(first) {
            return Some([&module.path[..], names].concat());
        }
        if let Some(path) = module.scope.imported.get(first) {
            let whole = [&path[..], rest].concat();
            if path[0] != *first {
                return self.find(id, &whole, visited);
            }
            // `use name::…::name;` begins at a module or a crate, and not at what it imports.
            return match module.children.get(first) {
                Some(child) => self.within(*child, &whole[1..], visited),
                None => self.external(id, first, &whole[1..], visited),
            };
        }
        module
            .scope
            .globs
            .iter()
            .find_map(|path| self.find(id, &[&path[..], names].concat(), visited))
    }

    fn root_of(&self, id: ModuleId) -> ModuleId {
        let mut id = id;
        while let Some(parent) = self.module(id).parent {
            id = parent;
        }
        id
    }
}
