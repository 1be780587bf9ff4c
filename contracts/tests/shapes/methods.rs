//! What stands in a trait beside plain methods, and arguments of all sorts.

use std::sync::Arc;

use contrait::{backend, contract, contract_suite};

/// A type that cannot be shown.
pub struct Opaque(u32);

/// All sorts of methods.
#[contract]
pub trait Sorts {
    /// Arguments that need no name.
    fn patterns(&self, _: u8, pair: (u8, u8)) -> u8;
    /// Arguments called as locals of an expansion may be.
    fn locals(&self, call: u8, log: u8, subject: u8, outcome: u8, own: u8, future: u8) -> u8;
    /// A name that is a keyword.
    fn r#type(&self, r#match: u8) -> u8;
    /// What cannot be shown.
    fn opaque(&self, opaque: Opaque) -> Result<Opaque, Opaque>;
    /// Not here.
    #[cfg(any())]
    fn absent(&self) -> Absent;
    /// Here.
    #[cfg(not(any()))]
    fn present(&self) -> bool;
    /// Not to be ignored.
    #[must_use]
    fn owed(&self) -> u8;
    /// Not to be used.
    #[deprecated(note = "is old")]
    fn old(&self) -> u8;
    /// Overridden.
    fn overridden(&self) -> &'static str {
        "the trait's"
    }
    /// A default that changes its argument.
    fn changed(&self, mut value: u8) -> u8 {
        value += self.owed();
        value
    }
    /// For those whose size is known.
    fn sized(&self) -> Vec<Self>
    where
        Self: Clone + Sized,
    {
        vec![self.clone()]
    }
    /// Without a subject.
    fn name() -> &'static str
    where
        Self: Sized,
    {
        "the trait's"
    }
    /// In a slice of many.
    fn many(&self, many: &[&str], each: &mut dyn FnMut(&str));
}

#[derive(Clone, Default)]
struct One;

impl Sorts for One {
    fn patterns(&self, first: u8, (second, third): (u8, u8)) -> u8 {
        first + second + third
    }
    fn locals(&self, call: u8, log: u8, subject: u8, outcome: u8, own: u8, future: u8) -> u8 {
        call + log + subject + outcome + own + future
    }
    fn r#type(&self, r#match: u8) -> u8 {
        r#match
    }
    fn opaque(&self, opaque: Opaque) -> Result<Opaque, Opaque> {
        if opaque.0 == 0 {
            Err(opaque)
        } else {
            Ok(opaque)
        }
    }
    fn present(&self) -> bool {
        true
    }
    fn owed(&self) -> u8 {
        1
    }
    fn old(&self) -> u8 {
        2
    }
    fn overridden(&self) -> &'static str {
        "its own"
    }
    fn many(&self, many: &[&str], each: &mut dyn FnMut(&str)) {
        many.iter().for_each(|one| each(one));
    }
}

/// What all sorts owe.
#[contract_suite(Sorts)]
pub mod sorts {
    use super::*;

    /// All of them come through.
    #[case]
    fn come_through(sorts: &dyn Sorts) {
        assert_eq!(sorts.patterns(1, (2, 3)), 6);
        assert_eq!(sorts.locals(1, 2, 3, 4, 5, 6), 21);
        assert_eq!(sorts.r#type(9), 9);
        assert!(sorts.opaque(Opaque(0)).is_err() && sorts.opaque(Opaque(1)).is_ok());
        assert!(sorts.present());
        assert_eq!(sorts.changed(sorts.owed()), 2);
        let mut seen = Vec::new();
        sorts.many(&["a", "b"], &mut |one| seen.push(one.to_owned()));
        assert_eq!(seen, ["a", "b"]);
    }

    /// What an implementation has of its own is what runs.
    #[case]
    fn overrides(sorts: &dyn Sorts) {
        assert_eq!(sorts.overridden(), "its own");
    }

    /// The old one works as ever.
    #[case]
    #[expect(deprecated, reason = "it is under contract as well")]
    fn keep_the_old_one(r#type: &dyn Sorts) {
        assert_eq!(r#type.old(), 2);
    }
}

#[backend(sorts)]
fn one() -> One {
    One
}

#[backend(sorts)]
fn r#dyn() -> Box<dyn Sorts> {
    Box::new(One)
}

#[backend(sorts)]
fn counted() -> Arc<One> {
    Arc::default()
}

#[test]
fn what_cannot_be_passed_on_runs_its_default() {
    assert_eq!(<Box<One> as Sorts>::name(), One::name());
    assert_eq!(One.sized().len(), 1);
}

/// Can be made, and can be a trait object as well.
#[contract]
pub trait Made {
    /// Makes one.
    fn make(value: u8) -> Self
    where
        Self: Sized;
    /// Ends one.
    fn end(self) -> u8
    where
        Self: Sized;
    /// Looks at one.
    fn look(&self) -> u8;
}

impl Made for u8 {
    fn make(value: u8) -> Self {
        value
    }
    fn end(self) -> u8 {
        self
    }
    fn look(&self) -> u8 {
        *self
    }
}

/// What a made one owes as an object.
#[contract_suite(Made)]
pub mod made_object {
    use super::*;

    /// It can be looked at.
    #[case]
    fn is_looked_at(made: &dyn Made) {
        assert_eq!(made.look(), 8);
    }
}

/// What a made one owes as itself.
#[contract_suite(Made)]
pub mod made_itself {
    use super::*;

    fn another<M: Made>(_: &M) -> M {
        M::make(9)
    }

    /// Another one can be made of it.
    #[case]
    fn makes_another(made: &impl Made) {
        assert_eq!(another(made).end(), 9);
    }
}

#[backend(made_object, made_itself)]
fn byte() -> u8 {
    8
}
