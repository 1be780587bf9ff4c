//! The modules of a crate, from its root file along its `mod`s.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta};

use super::names::Scope;
use super::{CrateId, SourceError, Sources, attributes};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ModuleId(pub(crate) usize);

/// A module, whether it has a file of its own or not.
pub(crate) struct Module {
    pub(crate) krate: CrateId,
    /// From the crate's name on.
    pub(crate) path: Vec<String>,
    /// From the root of the workspace.
    pub(crate) file: Utf8PathBuf,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) children: BTreeMap<String, ModuleId>,
    /// Those of the `mod` item.
    pub(crate) attributes: Vec<Attribute>,
    /// Where its name stands.
    pub(crate) span: Span,
    /// Whether it is there in tests alone.
    pub(crate) test: bool,
    /// What stands in it, but for modules.
    pub(crate) items: Vec<Item>,
    pub(super) scope: Scope,
}

/// Where the files of a module's children are looked for.
struct Folders {
    /// The folder of the file, which `#[path]` goes from.
    file: Utf8PathBuf,
    /// The folder of children without a `#[path]`.
    children: Utf8PathBuf,
    /// Whether the module stands within another one of its file.
    inline: bool,
}

/// Reads all modules of a crate.
pub(super) fn read(sources: &mut Sources, krate: CrateId) -> Result<(), SourceError> {
    let Sources { crates, .. } = &*sources;
    let (root, name) = (crates[krate.0].root.clone(), crates[krate.0].name.clone());
    let file = parse(sources, &root)?;
    let folder = folder_of(&root);
    let folders = Folders {
        file: folder.clone(),
        children: folder,
        inline: false,
    };
    let module = Module {
        krate,
        path: vec![name],
        file: relative(sources, &root),
        parent: None,
        children: BTreeMap::new(),
        attributes: file.attrs,
        span: Span::call_site(),
        test: false,
        items: Vec::new(),
        scope: Scope::default(),
    };
    let module = add(sources, module, file.items, &folders)?;
    sources.crates[krate.0].module = Some(module);
    Ok(())
}

/// Adds a module and all within it.
fn add(
    sources: &mut Sources,
    module: Module,
    items: Vec<Item>,
    folders: &Folders,
) -> Result<ModuleId, SourceError> {
    let id = ModuleId(sources.modules.len());
    sources.modules.push(module);
    for item in items {
        match item {
            Item::Mod(item) => {
                let name = item.ident.unraw().to_string();
                if let Some(child) = child(sources, id, item, folders)? {
                    // Under two conditions there may be two of one name: the first is as good as the other.
                    let children = &mut sources.modules[id.0].children;
                    children.entry(name).or_insert(child);
                }
            }
            item => {
                let module = &mut sources.modules[id.0];
                module.scope.add(&item);
                module.items.push(item);
            }
        }
    }
    Ok(id)
}

fn child(
    sources: &mut Sources,
    parent: ModuleId,
    item: ItemMod,
    folders: &Folders,
) -> Result<Option<ModuleId>, SourceError> {
    let name = item.ident.unraw().to_string();
    let outer = &sources.modules[parent.0];
    let mut module = Module {
        krate: outer.krate,
        path: [&outer.path[..], std::slice::from_ref(&name)].concat(),
        file: outer.file.clone(),
        parent: Some(parent),
        children: BTreeMap::new(),
        test: outer.test || attributes::is_for_tests(&item.attrs),
        attributes: item.attrs,
        span: item.ident.span(),
        items: Vec::new(),
        scope: Scope::default(),
    };
    if let Some((_, items)) = item.content {
        let folders = Folders {
            file: folders.file.clone(),
            children: folders.children.join(&name),
            inline: true,
        };
        return add(sources, module, items, &folders).map(Some);
    }
    let Some(file) = file_of(&module.attributes, &name, folders) else {
        if attributes::is_conditional(&module.attributes) {
            return Ok(None);
        }
        return Err(SourceError::Missing {
            module: name,
            file: module.file,
            line: module.span.start().line,
        });
    };
    let parsed = parse(sources, &file)?;
    let folder = folder_of(&file);
    let is_folder = file.file_name() == Some("mod.rs") || path_of(&module.attributes).is_some();
    let children = if is_folder {
        folder.clone()
    } else {
        folder.join(&name)
    };
    let folders = Folders {
        file: folder,
        children,
        inline: false,
    };
    module.file = relative(sources, &file);
    module.attributes.extend(parsed.attrs);
    add(sources, module, parsed.items, &folders).map(Some)
}

/// The file of a module, where there is one.
fn file_of(attributes: &[Attribute], name: &str, folders: &Folders) -> Option<Utf8PathBuf> {
    let candidates = match path_of(attributes) {
        Some(path) if folders.inline => vec![folders.children.join(path)],
        Some(path) => vec![folders.file.join(path)],
        None => vec![
            folders.children.join(format!("{name}.rs")),
            folders.children.join(name).join("mod.rs"),
        ],
    };
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// The text of `#[path = "…"]`.
fn path_of(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
}

fn parse(sources: &Sources, file: &Utf8Path) -> Result<syn::File, SourceError> {
    let text = std::fs::read_to_string(file).map_err(|error| SourceError::Unreadable {
        file: relative(sources, file),
        error,
    })?;
    syn::parse_file(&text).map_err(|error| {
        let start = error.span().start();
        SourceError::Unparsable {
            file: relative(sources, file),
            line: start.line,
            column: start.column + 1,
            message: match error.to_string() {
                message if message.contains("token stream") => {
                    "a bracket or a literal has no end, or no begin".to_owned()
                }
                message => message,
            },
        }
    })
}

fn folder_of(file: &Utf8Path) -> Utf8PathBuf {
    file.parent().unwrap_or(Utf8Path::new("")).to_owned()
}

fn relative(sources: &Sources, file: &Utf8Path) -> Utf8PathBuf {
    file.strip_prefix(&sources.root).unwrap_or(file).to_owned()
}
