//! What is known of a contract's types, and what an implementation of it was seen to answer: all that saboteurs are made
//! of.

use std::any::TypeId;
use std::convert::Infallible;

use super::change::Kind;
use crate::check::Draw;
use crate::check::generate::{Generator, Options, Step, with_a_draw};
use crate::check::model::Model;
use crate::check::operation::{
    Build, Codec, Method, ModelledBy, Operation, Outcome, Parameter, Types, copy, shape_within,
    with_error_of,
};

/// What is known of the types of a contract.
#[derive(Debug)]
pub(crate) struct Facts {
    /// What the answers of each method can do.
    pub(super) types: Vec<Types>,
    /// The arguments of each method.
    pub(super) arguments: Vec<Vec<Argument>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Argument {
    pub(super) kind: Kind,
    pub(super) id: TypeId,
}

impl Facts {
    pub(crate) fn of<O: Operation>() -> Self {
        let methods = 0..O::CONTRACT.methods.len();
        Self {
            types: methods.clone().map(O::Outcome::types).collect(),
            arguments: methods.map(arguments::<O>).collect(),
        }
    }
}

impl Facts {
    /// The shapes that the answers of a method can have, as far as its types and its markers tell.
    pub(crate) fn shapes(&self, method: &Method, index: usize) -> Vec<String> {
        let value = self.types[index].value.shapes.iter();
        if !method.fallible {
            return value.map(|&shape| shape.to_owned()).collect();
        }
        let value = value.map(|shape| shape_within("Ok", shape));
        let errors = method.errors.iter();
        value
            .chain(errors.map(|kind| shape_within("Err", kind)))
            .collect()
    }
}

/// The arguments of a method. An operation is made for it, since only then is each argument of a type.
fn arguments<O: Operation>(method: usize) -> Vec<Argument> {
    with_a_draw(|draw| {
        let mut survey = Survey {
            draw,
            arguments: Vec::new(),
        };
        let Ok(_) = O::build(method, &mut survey);
        survey.arguments
    })
}

struct Survey<'d, 'g> {
    draw: &'d mut Draw<'g>,
    arguments: Vec<Argument>,
}

impl Build for Survey<'_, '_> {
    type Error = Infallible;

    fn argument<T: Clone + 'static>(
        &mut self,
        _: &'static Parameter,
        codec: impl Codec<T>,
    ) -> Result<T, Infallible> {
        self.arguments.push(Argument {
            kind: Kind::of::<T>(),
            id: TypeId::of::<T>(),
        });
        Ok(codec.generate(self.draw))
    }
}

/// How many generated sequences a model answers, so that others can be made up by what it says.
const LEARNT: usize = 5;

/// Answers that an implementation gave, by which others can be made up.
#[derive(Debug)]
pub(crate) struct Samples<O: Operation> {
    /// One that is no error, of each method.
    values: Vec<Option<O::Outcome>>,
    /// One error of each kind, with the kind.
    errors: Vec<(String, O::Outcome)>,
}

impl<O: Operation> Samples<O> {
    pub(crate) fn new() -> Self {
        Self {
            values: O::CONTRACT.methods.iter().map(|_| None).collect(),
            errors: Vec::new(),
        }
    }

    /// Keeps a copy of an answer, where there is none like it.
    pub(crate) fn note(&mut self, facts: &Facts, outcome: &O::Outcome) {
        let method = outcome.method();
        if outcome.is_error() {
            let kind = outcome.shape();
            let known =
                |(other, kept): &(String, O::Outcome)| *other == kind && kept.method() == method;
            if !self.errors.iter().any(known)
                && let Some(copy) = copy(&facts.types[method], outcome)
            {
                self.errors.push((kind, copy));
            }
        } else if self.values[method].is_none() {
            self.values[method] = copy(&facts.types[method], outcome);
        }
    }

    /// Keeps what a model answers to generated calls.
    pub(super) fn learn<M: Model>(&mut self, facts: &Facts, model: &M, seed: u64)
    where
        O: ModelledBy<M>,
    {
        let mut generator = Generator::new(seed, Options::default());
        for _ in 0..LEARNT {
            let mut model = model.clone();
            for step in generator.sequence::<O>() {
                match step {
                    Step::Call(operation) => self.note(facts, &operation.on_model(&mut model)),
                    Step::Pass(by) => model.advance(by),
                }
            }
        }
    }

    /// What `method` could well answer: that it did what it should, or a default, or what it answered before.
    pub(super) fn value(&self, facts: &Facts, method: usize) -> Option<O::Outcome> {
        let abilities = &facts.types[method].value;
        if abilities.shapes == ["false", "true"] {
            return O::Outcome::of_parts(method, Ok(Box::new(true)));
        }
        if let Some(default) = abilities.default {
            return O::Outcome::of_parts(method, Ok(default()));
        }
        copy(&facts.types[method], self.values[method].as_ref()?)
    }

    /// An error that `method` could answer, of another kind than `not`.
    pub(super) fn error(&self, facts: &Facts, method: usize, not: &str) -> Option<O::Outcome> {
        let others = self.errors.iter().filter(|(kind, _)| kind != not);
        let mut made =
            others.map(|(_, error)| with_error_of(&facts.types[error.method()], method, error));
        made.find_map(|made| made)
    }

    /// How many kinds of errors `method` could answer.
    pub(super) fn kinds(&self, facts: &Facts, method: usize) -> usize {
        let mut kinds: Vec<&str> = Vec::new();
        for (kind, error) in &self.errors {
            let fits = || with_error_of(&facts.types[error.method()], method, error).is_some();
            if !kinds.contains(&kind.as_str()) && fits() {
                kinds.push(kind);
            }
        }
        kinds.len()
    }
}
