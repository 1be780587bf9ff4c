//! A workspace's sources: what stands where, without building anything.
//!
//! Files are found as rustc finds them, from the targets that `cargo metadata` names along their `mod`s: what no target
//! reaches (a fixture, say) is not read. What a macro writes and what a `#[cfg]` leaves out is not known here: all that is
//! written in a file counts. Names are resolved as far as the workspace goes, and a path into another crate stays as it is.

mod assertion;
pub(crate) mod attributes;
mod calls;
mod collector;
mod error;
mod facts;
mod handles;
mod modules;
mod names;
mod packages;
mod types;

use std::path::Path;

use camino::Utf8PathBuf;
use proc_macro2::Span;
use syn::spanned::Spanned;

use crate::cli::WorkspaceArgs;
use crate::error::Error;

pub(crate) use self::assertion::asserts;
pub(crate) use self::calls::{Call, calls};
pub(crate) use self::error::SourceError;
use self::facts::Implementation;
pub(crate) use self::facts::{Backend, Case, Facts, Function, Suite, Trait};
pub(crate) use self::handles::methods_called;
pub(crate) use self::modules::{Module, ModuleId};
pub(crate) use self::packages::{Crate, CrateId, CrateKind, Package};

/// All that is read of a workspace.
pub(crate) struct Sources {
    /// The folder of the workspace: places are told from here.
    pub(crate) root: Utf8PathBuf,
    /// What stands under `[workspace.metadata.contrait]`, or null.
    pub(crate) settings: serde_json::Value,
    pub(crate) packages: Vec<Package>,
    pub(crate) crates: Vec<Crate>,
    pub(crate) modules: Vec<Module>,
}

/// Where something is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) struct Place {
    /// From the root of the workspace.
    pub(crate) file: Utf8PathBuf,
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
}

impl Place {
    pub(crate) fn new(file: Utf8PathBuf, span: Span) -> Self {
        let start = span.start();
        Self {
            file,
            line: start.line,
            column: start.column + 1,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Sources {
    /// Reads a workspace.
    ///
    /// # Errors
    /// There is no cargo project, or a file is missing, cannot be read or is no Rust.
    pub(crate) fn of(workspace: &WorkspaceArgs) -> Result<Self, Error> {
        Ok(Self::read(workspace.manifest_path.as_deref())?)
    }

    fn read(manifest: Option<&Path>) -> Result<Self, SourceError> {
        let mut sources = packages::read(manifest)?;
        for id in 0..sources.crates.len() {
            modules::read(&mut sources, CrateId(id))?;
        }
        Ok(sources)
    }

    pub(crate) fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0]
    }

    pub(crate) fn crate_of(&self, id: ModuleId) -> &Crate {
        &self.crates[self.module(id).krate.0]
    }

    pub(crate) fn package_of(&self, id: ModuleId) -> &Package {
        &self.packages[self.crate_of(id).package]
    }

    /// Whether a module is built for tests, benches and examples alone.
    pub(crate) fn is_test_code(&self, id: ModuleId) -> bool {
        self.module(id).test || !self.crate_of(id).kind.is_product()
    }

    /// Where a piece of syntax of a module stands.
    pub(crate) fn place(&self, id: ModuleId, syntax: &impl Spanned) -> Place {
        Place::new(self.module(id).file.clone(), syntax.span())
    }
}
