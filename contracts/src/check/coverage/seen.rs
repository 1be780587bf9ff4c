//! What a suite saw of the answers of each method.

use std::collections::BTreeMap;

/// What was seen of all methods.
#[derive(Clone, Debug)]
pub struct Seen {
    /// By method, in the order of the trait.
    pub methods: Vec<SeenOf>,
}

/// What was seen of a method.
#[derive(Clone, Debug)]
pub struct SeenOf {
    /// Its name.
    pub method: &'static str,
    /// The shapes that its answers can have, as far as that is known: `Ok(None)`, `Err(InvalidKey)`.
    pub expected: Vec<String>,
    /// The shapes that were seen, with how often.
    pub shapes: BTreeMap<String, usize>,
}
