//! The kill matrix of a suite: the fields are those of `contrait::check::strength::KillMatrix`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which checks noticed which saboteurs.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct KillMatrix {
    /// The name of the trait.
    pub(crate) contract: String,
    /// The path of the suite.
    pub(crate) suite: String,
    /// The package that declares the backend.
    pub(crate) package: String,
    /// The backend that the saboteurs stood in front of.
    pub(crate) backend: String,
    /// A row a saboteur.
    pub(crate) rows: Vec<Row>,
    /// What could not be derived, and what would change that.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// What is wrong with the names of saboteurs that may live.
    #[serde(default)]
    pub(crate) mistakes: Vec<String>,
    /// How many runs of cases it took.
    #[serde(default)]
    pub(crate) runs: usize,
    /// How long it took, in microseconds.
    #[serde(default)]
    pub(crate) duration_us: u64,
}

/// A saboteur.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Row {
    /// Its name: `set/ttl-ignored`.
    pub(crate) saboteur: String,
    /// What it does wrong.
    pub(crate) says: String,
    /// The method that it is about.
    pub(crate) method: String,
    /// The kind of its fault.
    pub(crate) family: String,
    /// The cases that noticed it.
    #[serde(default)]
    pub(crate) cases: Vec<String>,
    /// The generated checks that noticed it.
    #[serde(default)]
    pub(crate) checks: Vec<String>,
    /// What became of it.
    pub(crate) verdict: Verdict,
}

/// What became of a saboteur.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// It was noticed.
    Killed,
    /// Nobody can notice it, and this tells so.
    Equivalent(String),
    /// It lives, as the backend's declaration allows, for this reason.
    Allowed(String),
    /// It lives, and this would change that.
    Hole(String),
    /// It was noticed, although this says that nobody can.
    Contradiction(String),
}

impl KillMatrix {
    pub(crate) fn killed(&self) -> usize {
        self.rows.iter().filter(|row| row.is_killed()).count()
    }

    /// All but the equivalent ones.
    pub(crate) fn killable(&self) -> usize {
        self.rows.iter().filter(|row| row.is_killable()).count()
    }

    /// Those that live and should not.
    pub(crate) fn holes(&self) -> usize {
        let hole = |row: &&Row| matches!(row.verdict, Verdict::Hole(_));
        self.rows.iter().filter(hole).count()
    }

    pub(crate) fn is_strong(&self) -> bool {
        let contradicted = |row: &Row| matches!(row.verdict, Verdict::Contradiction(_));
        self.holes() == 0 && self.mistakes.is_empty() && !self.rows.iter().any(contradicted)
    }
}

impl Row {
    pub(crate) fn is_killed(&self) -> bool {
        matches!(self.verdict, Verdict::Killed | Verdict::Contradiction(_))
    }

    pub(crate) fn is_killable(&self) -> bool {
        !matches!(self.verdict, Verdict::Equivalent(_))
    }
}
