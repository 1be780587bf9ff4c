//! What is found, where, and what to do about it.

use serde::{Deserialize, Serialize};

use crate::source::Place;

/// What is wrong with a case. The names are those of `--deny`, of the settings and of the JSON.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rule {
    /// A case does not say what it promises
    Promise,
    /// A case cannot fail by what it finds
    Assertion,
    /// Time passes for nothing
    Sleep,
    /// A case ends before it has looked at anything, and passes
    EarlyReturn,
    /// The environment of all tests is changed
    Environment,
    /// A case is ignored, and nobody knows why
    Ignore,
    /// The doc lacks what the project asks for
    StructuredDoc,
    /// Something is allowed that does not happen
    Allowance,
}

impl Rule {
    /// Its name, as it is written.
    pub(crate) fn name(self) -> String {
        let value = clap::ValueEnum::to_possible_value(&self);
        value.expect("no rule is hidden").get_name().to_owned()
    }
}

/// Something that is wrong. Findings are in the order of files and lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Finding {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) rule: Rule,
    /// The whole path of the case or test.
    pub(crate) case: String,
    pub(crate) message: String,
    pub(crate) remedy: String,
}
