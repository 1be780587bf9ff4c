//! What a suite sees of each method's answers: the fields are those of `contrait::check::coverage::Coverage`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a suite sees of each method's answers.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Coverage {
    /// The name of the trait.
    pub(crate) contract: String,
    /// The path of the suite.
    pub(crate) suite: String,
    /// The package that declares the backend.
    pub(crate) package: String,
    /// The backend that the suite ran on.
    pub(crate) backend: String,
    /// The methods that can be driven, in the order of the trait.
    pub(crate) methods: Vec<MethodCoverage>,
    /// The methods that cannot be driven, and so cannot be looked at.
    #[serde(default)]
    pub(crate) undriven: Vec<String>,
    /// What is wrong with the names of gaps that may be there.
    #[serde(default)]
    pub(crate) mistakes: Vec<String>,
}

/// What a suite sees of a method's answers.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct MethodCoverage {
    /// Its name.
    pub(crate) method: String,
    /// Its answers.
    pub(crate) answers: Vec<Answers>,
}

/// Answers of one shape.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Answers {
    /// The shape: `Ok(None)`; `_` for any at all.
    pub(crate) shape: String,
    /// How often it was answered so.
    pub(crate) times: usize,
    /// Why it may stay unseen, where the backend's declaration says so.
    pub(crate) allowed: Option<String>,
}

impl Answers {
    /// Whether it was never seen, and should have been.
    pub(crate) fn is_gap(&self) -> bool {
        self.times == 0 && self.allowed.is_none()
    }
}

impl Coverage {
    pub(crate) fn gaps(&self) -> usize {
        let answers = self.methods.iter().flat_map(|method| &method.answers);
        answers.filter(|answers| answers.is_gap()).count()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.gaps() == 0 && self.mistakes.is_empty()
    }
}
