//! The packages of a workspace and their crates, as `cargo metadata` tells them.

use std::collections::BTreeMap;
use std::path::Path;

use camino::Utf8PathBuf;
use cargo_metadata::{Metadata, MetadataCommand, TargetKind};

use super::{ModuleId, SourceError, Sources};

/// A package of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    /// What stands under `[package.metadata.contrait]`, or null.
    pub(crate) settings: serde_json::Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CrateId(pub(crate) usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CrateKind {
    Library,
    Program,
    Test,
    Bench,
    Example,
    BuildScript,
}

impl CrateKind {
    pub(crate) fn is_product(self) -> bool {
        matches!(self, Self::Library | Self::Program)
    }
}

/// What cargo calls a target.
pub(crate) struct Crate {
    /// What paths into it begin with. Nobody can name other targets than libraries: theirs says what they are.
    pub(crate) name: String,
    /// The index of its package.
    pub(crate) package: usize,
    pub(crate) kind: CrateKind,
    pub(crate) root: Utf8PathBuf,
    /// The module of that file, once it is read.
    pub(crate) module: Option<ModuleId>,
    /// The crates that paths in it can begin with, by the names that they have there.
    pub(crate) externs: BTreeMap<String, String>,
}

/// The workspace, without a module.
pub(super) fn read(manifest: Option<&Path>) -> Result<Sources, SourceError> {
    let mut command = MetadataCommand::new();
    // Dependencies are not read, so nothing has to be there of them.
    command.no_deps();
    if let Some(manifest) = manifest {
        command.manifest_path(manifest);
    }
    let metadata = command.exec().map_err(SourceError::Metadata)?;
    let mut sources = Sources {
        root: metadata.workspace_root.clone(),
        settings: metadata.workspace_metadata["contrait"].clone(),
        packages: Vec::new(),
        crates: Vec::new(),
        modules: Vec::new(),
    };
    let libraries = libraries(&metadata);
    for package in metadata.workspace_packages() {
        let index = sources.packages.len();
        sources.packages.push(Package {
            name: package.name.to_string(),
            settings: package.metadata["contrait"].clone(),
        });
        let externs = externs(package, &libraries);
        for target in &package.targets {
            let kind = kind(&target.kind);
            let name = match kind {
                CrateKind::Library => in_code(&target.name),
                kind => format!("{}[{kind:?} {}]", package.name, target.name),
            };
            sources.crates.push(Crate {
                name,
                package: index,
                kind,
                root: target.src_path.clone(),
                module: None,
                externs: externs.clone(),
            });
        }
    }
    Ok(sources)
}

fn kind(kinds: &[TargetKind]) -> CrateKind {
    match kinds.first() {
        Some(TargetKind::Bin) => CrateKind::Program,
        Some(TargetKind::Test) => CrateKind::Test,
        Some(TargetKind::Bench) => CrateKind::Bench,
        Some(TargetKind::Example) => CrateKind::Example,
        Some(TargetKind::CustomBuild) => CrateKind::BuildScript,
        _ => CrateKind::Library,
    }
}

/// The names of the libraries, by package.
fn libraries(metadata: &Metadata) -> BTreeMap<String, String> {
    let library = |package: &&cargo_metadata::Package| {
        let target = package
            .targets
            .iter()
            .find(|target| kind(&target.kind) == CrateKind::Library)?;
        Some((package.name.to_string(), in_code(&target.name)))
    };
    metadata
        .workspace_packages()
        .iter()
        .filter_map(library)
        .collect()
}

/// What the crates of a package can name: its dependencies, and its own library.
fn externs(
    package: &cargo_metadata::Package,
    libraries: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let library = |name: &str| libraries.get(name).cloned();
    let mut externs: BTreeMap<_, _> = ["std", "core", "alloc"]
        .map(|name| (name.to_owned(), name.to_owned()))
        .into();
    for dependency in &package.dependencies {
        let found = library(&dependency.name).unwrap_or_else(|| in_code(&dependency.name));
        let name = dependency
            .rename
            .as_deref()
            .map_or_else(|| found.clone(), in_code);
        externs.insert(name, found);
    }
    if let Some(own) = library(&package.name) {
        externs.insert(own.clone(), own);
    }
    externs
}

fn in_code(name: &str) -> String {
    name.replace('-', "_")
}
