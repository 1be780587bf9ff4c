//! What a project asks for: `[workspace.metadata.contrait.check]`, and `[package.metadata.contrait.check]` over it.

use serde::Deserialize;

use super::finding::Rule;
use crate::error::{Error, Kind};
use crate::source::{ModuleId, Sources};

/// The parts of a doc that says all that a reviewer asks for.
const PARTS: [&str; 5] = ["Scope", "Seam", "Impact", "Strategy", "Success criteria"];

/// What is asked for of the cases of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Whether `#[test]`s are looked at as cases are.
    pub(crate) tests: bool,
    /// The parts that docs are to have.
    pub(crate) structured_doc: Vec<String>,
}

/// What is known, and why it stays.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allowed {
    /// Any finding, if it is not said which.
    pub(crate) finding: Option<Rule>,
    /// The end of the path of a case, as `suite::ttl::expires`; or a file or folder, from the root of the workspace.
    #[serde(rename = "in")]
    pub(crate) within: String,
    pub(crate) reason: String,
}

/// The table, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    tests: Option<bool>,
    structured_doc: Option<StructuredDoc>,
    #[serde(default)]
    allow: Vec<Allowed>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum StructuredDoc {
    All(bool),
    Parts(Vec<String>),
}

impl StructuredDoc {
    fn parts(self) -> Vec<String> {
        match self {
            Self::All(true) => PARTS.map(str::to_owned).to_vec(),
            Self::All(false) => Vec::new(),
            Self::Parts(parts) => parts,
        }
    }
}

impl Settings {
    /// What is asked for in the package of a module.
    ///
    /// # Errors
    /// The table has an unknown key or a value of another type.
    pub(crate) fn of(sources: &Sources, module: ModuleId) -> Result<Self, Error> {
        let package = sources.package_of(module);
        let own = table(&package.settings, &package.name)?;
        let all = table(&sources.settings, "the workspace")?;
        let structured_doc = own.structured_doc.or(all.structured_doc);
        Ok(Self {
            tests: own.tests.or(all.tests).unwrap_or(false),
            structured_doc: structured_doc.map(StructuredDoc::parts).unwrap_or_default(),
        })
    }
}

/// All that is allowed, in the workspace and in its packages.
pub(crate) fn allowed(sources: &Sources) -> Result<Vec<Allowed>, Error> {
    let mut allowed = table(&sources.settings, "the workspace")?.allow;
    for package in &sources.packages {
        allowed.extend(table(&package.settings, &package.name)?.allow);
    }
    if let Some(silent) = allowed
        .iter()
        .find(|allowed| allowed.reason.trim().is_empty())
    {
        let message = format!(
            "something is allowed in `{}` without a reason",
            silent.within
        );
        return Err(Error::new(Kind::Usage, message)
            .remedy("say why, for whoever reads it next: `reason = \"…\"`"));
    }
    Ok(allowed)
}

fn table(settings: &serde_json::Value, whose: &str) -> Result<Table, Error> {
    match settings.get("check") {
        Some(table) => Table::deserialize(table).map_err(|error| {
            Error::new(
                Kind::Usage,
                format!("`metadata.contrait.check` of {whose}: {error}"),
            )
            .remedy("it has `tests`, `structured-doc` and `allow`")
        }),
        None => Ok(Table::default()),
    }
}
