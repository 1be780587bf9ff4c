//! All saboteurs of a contract: what can go wrong at its boundary, by its signatures.

use super::facts::{Facts, Samples};
use super::fault::{Fault, Saboteur};
use crate::check::operation::{Contract, Operation};

/// What the cases of a suite have, without which some faults cannot be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Some case has two handles in one namespace.
    pub handles: bool,
    /// Some case has handles in two namespaces.
    pub namespaces: bool,
}

/// The saboteurs of a contract, and why there are not more.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    /// The saboteurs, by method.
    pub saboteurs: Vec<Saboteur>,
    /// What could not be derived, and what would change that.
    pub notes: Vec<String>,
}

struct Derivation<'d, O: Operation> {
    contract: &'static Contract,
    facts: &'d Facts,
    samples: &'d Samples<O>,
    scope: Scope,
    derived: Derived,
}

pub(super) fn derive<O: Operation>(facts: &Facts, samples: &Samples<O>, scope: Scope) -> Derived {
    let mut derivation = Derivation {
        contract: O::CONTRACT,
        facts,
        samples,
        scope,
        derived: Derived::default(),
    };
    for method in 0..O::CONTRACT.methods.len() {
        derivation.method(method);
    }
    derivation.note_scope();
    derivation.derived
}

impl<O: Operation> Derivation<'_, O> {
    fn add(&mut self, method: usize, fault: Fault) {
        let saboteur = Saboteur::new(self.contract, method, fault);
        self.derived.saboteurs.push(saboteur);
    }

    fn note(&mut self, note: String) {
        self.derived.notes.push(note);
    }

    fn method(&mut self, method: usize) {
        let about = &self.contract.methods[method];
        if !about.intercepted {
            self.note(format!(
                "`{}` is never sabotaged: what it answers borrows from the subject",
                about.name
            ));
            return;
        }
        self.arguments(method);
        self.effects(method);
        self.answers(method);
        self.errors(method);
        self.add(method, Fault::Panics);
        // A sync method that never answers can only panic.
        if self.contract.methods[method].asynchronous {
            self.add(method, Fault::Hangs);
        }
    }

    fn arguments(&mut self, method: usize) {
        let arguments = self.facts.arguments[method].clone();
        for (index, argument) in arguments.iter().enumerate() {
            for change in argument.kind.changes() {
                self.add(method, Fault::Argument(index, *change));
            }
            for (other, _) in arguments
                .iter()
                .enumerate()
                .skip(index + 1)
                .filter(|(_, other)| other.id == argument.id)
            {
                self.add(method, Fault::Swapped(index, other));
            }
        }
    }

    fn effects(&mut self, method: usize) {
        let about = &self.contract.methods[method];
        // Where others take `&mut self`, who takes `&self` changes nothing.
        if about.read || (!self.contract.shared && !about.exclusive) {
            return;
        }
        self.add(method, Fault::Twice);
        let made_up = self.samples.value(self.facts, method).is_some();
        if made_up {
            self.add(method, Fault::Dropped);
            self.add(method, Fault::Late);
        } else {
            self.note(format!(
                "`{}` is never dropped or late: no answer of it can be made up, since its type has neither `Default` nor `Clone`",
                about.name
            ));
        }
        if made_up && self.scope.handles {
            self.add(method, Fault::Behind);
        }
        if self.scope.namespaces {
            self.add(method, Fault::Leaked);
        }
        if about.asynchronous && self.contract.shared {
            if self.facts.types[method].value.copy.is_some() {
                self.add(method, Fault::Lost);
            }
            self.add(method, Fault::LandsAfterDrop);
        }
    }

    fn answers(&mut self, method: usize) {
        let about = &self.contract.methods[method];
        let value = &self.facts.types[method].value;
        for spoil in value.spoils.clone() {
            self.add(method, Fault::Spoiled(spoil));
        }
        let says_nothing = value.spoils.is_empty() && value.default.is_some();
        if says_nothing {
            return;
        }
        if value.copy.is_none() {
            self.note(format!(
                "`{}` answers nothing that it answered before: the type of its answer has no `Clone`",
                about.name
            ));
            return;
        }
        if about.keyed {
            self.add(method, Fault::Stale);
        }
        self.add(method, Fault::OfCallBefore);
        if self.scope.handles || self.scope.namespaces {
            self.add(method, Fault::OfAnotherHandle);
        }
    }

    fn errors(&mut self, method: usize) {
        let about = &self.contract.methods[method];
        if !about.fallible {
            return;
        }
        if self.samples.value(self.facts, method).is_some() {
            self.add(method, Fault::OkForErr);
        }
        match self.samples.kinds(self.facts, method) {
            0 => self.note(format!(
                "`{}` answers no error that is made up: the suite never saw one of its type, or that type has no `Clone`",
                about.name
            )),
            1 => self.add(method, Fault::ErrForOk),
            _ => {
                self.add(method, Fault::ErrForOk);
                self.add(method, Fault::OtherKind);
            }
        }
    }

    fn note_scope(&mut self) {
        if !self.scope.namespaces {
            self.note(
                "nothing leaks into other namespaces: no case has handles in two of them"
                    .to_owned(),
            );
        }
        if !self.scope.handles {
            self.note(
                "nothing goes wrong between handles: no case has two of them in one namespace"
                    .to_owned(),
            );
        }
    }
}
