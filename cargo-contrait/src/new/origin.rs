//! Where a starter has contrait from.

use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};

/// Where contrait is.
pub(super) enum Origin {
    /// A checkout, by its whole path.
    Folder(PathBuf),
    Repository(String),
    /// The registry: the version of this command.
    Registry,
}

impl Origin {
    /// What was asked for; else the checkout that this command was built in, as long as it is there.
    ///
    /// # Errors
    /// There is no contrait in the folder.
    pub(super) fn of(folder: Option<&Path>, repository: Option<&str>) -> Result<Self, Error> {
        if let Some(url) = repository {
            return Ok(Self::Repository(url.to_owned()));
        }
        if let Some(folder) = folder {
            return checkout(folder).map(Self::Folder).ok_or_else(|| {
                let message = format!("there is no contrait in {}", folder.display());
                Error::new(Kind::Usage, message)
                    .remedy("name the folder of a checkout, the one that `contracts` is in")
            });
        }
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        Ok(checkout(&own).map_or(Self::Registry, Self::Folder))
    }

    /// The dependency, as it stands after `contrait =`.
    pub(super) fn dependency(&self) -> String {
        match self {
            Self::Folder(folder) => format!("{{ path = {} }}", quoted(&folder.join("contracts"))),
            Self::Repository(url) => format!("{{ git = {url:?} }}"),
            Self::Registry => format!("{:?}", env!("CARGO_PKG_VERSION")),
        }
    }

    /// What whoever keeps the starter has to know of where contrait comes from.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Folder(folder) => Some(format!(
                "contrait is that of {}, which other machines, as those of CI, do not have: `--git URL` names a repository",
                folder.display()
            )),
            Self::Registry => Some(
                "contrait is looked for on crates.io: `--git URL` and `--contrait FOLDER` name another place".to_owned(),
            ),
            Self::Repository(_) => None,
        }
    }

    /// What `cargo install` is given for the command.
    pub(super) fn install(&self) -> String {
        match self {
            Self::Folder(folder) => format!("--path {}", quoted(&folder.join("cargo-contrait"))),
            Self::Repository(url) => format!("--git {url} cargo-contrait"),
            Self::Registry => format!("cargo-contrait@{}", env!("CARGO_PKG_VERSION")),
        }
    }
}

fn checkout(folder: &Path) -> Option<PathBuf> {
    let is_one = folder.join("contracts/Cargo.toml").is_file();
    is_one.then(|| folder.canonicalize().ok()).flatten()
}

fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
