//! What a saboteur does, as plain data: which method, and how it goes wrong.

use std::fmt;

use super::change::Change;
use crate::check::operation::{Contract, Method, Spoil};

/// An implementation that is right in all but one thing: one method of it has one fault.
#[derive(Clone, Debug)]
pub struct Saboteur {
    /// A name that no other saboteur of the contract has, and that stays the same: `set/ttl-ignored`.
    pub id: String,
    /// What it does wrong, in a few words: ``set` ignores `ttl``.
    pub says: String,
    /// The position of the method in [`Contract::methods`].
    pub method: usize,
    /// How it goes wrong.
    pub fault: Fault,
}

/// How a method goes wrong. What it says of answers and effects is meant for every call of the method.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The argument of that position is another one.
    Argument(usize, Change),
    /// The arguments of these positions, which are of one type, change places.
    Swapped(usize, usize),
    /// Nothing happens, and it says that it did.
    Dropped,
    /// It happens twice, at once.
    Twice,
    /// It happens after the call that comes next.
    Late,
    /// It is answered first, and happens when its handle is used again.
    Behind,
    /// It happens in other namespaces as well.
    Leaked,
    /// Of two calls at once, one only is told what the other one did.
    Lost,
    /// Where the caller gives up, it happens after the call that comes next.
    LandsAfterDrop,
    /// The answer is that of the call before with the same key.
    Stale,
    /// The answer is that of the call before.
    OfCallBefore,
    /// The answer is the last one that another handle got.
    OfAnotherHandle,
    /// The answer is wrong in a way that its type allows.
    Spoiled(Spoil),
    /// Errors are answered as if all was well.
    OkForErr,
    /// What is well is answered by an error.
    ErrForOk,
    /// Errors are of another kind.
    OtherKind,
    /// It panics.
    Panics,
    /// It never answers.
    Hangs,
}

/// What kind of fault it is, for overviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// An argument arrives as another one.
    Argument,
    /// What happens is not what should.
    Effect,
    /// The answer is a wrong one.
    Answer,
    /// An error is swallowed, made up, or of the wrong kind.
    Error,
    /// There is no answer.
    Liveness,
    /// It goes wrong where the caller gives up, or another calls at the same time.
    Concurrency,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Argument,
        Self::Effect,
        Self::Answer,
        Self::Error,
        Self::Liveness,
        Self::Concurrency,
    ];
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Argument => "argument",
            Self::Effect => "effect",
            Self::Answer => "answer",
            Self::Error => "error",
            Self::Liveness => "liveness",
            Self::Concurrency => "concurrency",
        })
    }
}

impl Saboteur {
    pub(super) fn new(contract: &Contract, method: usize, fault: Fault) -> Self {
        let about = &contract.methods[method];
        let (name, says) = fault.told(about);
        Self {
            id: format!("{}/{name}", about.name),
            says: format!("`{}` {says}", about.name),
            method,
            fault,
        }
    }
}

impl Fault {
    /// Its kind.
    pub fn family(&self) -> Family {
        match self {
            Self::Argument(..) | Self::Swapped(..) => Family::Argument,
            Self::Dropped | Self::Twice | Self::Late | Self::Behind | Self::Leaked => {
                Family::Effect
            }
            Self::Stale | Self::OfCallBefore | Self::OfAnotherHandle | Self::Spoiled(_) => {
                Family::Answer
            }
            Self::OkForErr | Self::ErrForOk | Self::OtherKind => Family::Error,
            Self::Panics | Self::Hangs => Family::Liveness,
            Self::Lost | Self::LandsAfterDrop => Family::Concurrency,
        }
    }

    /// Why a marker of the method says that nobody can notice it, where one does.
    pub(super) fn excused(&self, method: &Method) -> Option<&'static str> {
        match self {
            Self::Twice if method.idempotent => Some("`#[idempotent]`"),
            Self::OkForErr | Self::OtherKind if method.infallible => Some("`#[infallible]`"),
            _ => None,
        }
    }

    /// What a case has to do to notice.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Argument(..) | Self::Swapped(..) => {
                "add a case that makes the call twice with different arguments, and looks at what each did"
            }
            Self::Dropped | Self::Twice | Self::Late => {
                "add a case that makes the call, and looks at its effect by another one"
            }
            Self::Behind => {
                "add a case with two handles, of which one looks at what the other one did"
            }
            Self::Leaked => {
                "add a case with handles in two namespaces, of which one looks for what the other one did"
            }
            Self::Lost => "add a case that makes two such calls at once, and looks at both answers",
            Self::LandsAfterDrop => {
                "add a case that drops the call while it waits, makes another one, and looks at what is left"
            }
            Self::Stale | Self::OfCallBefore | Self::Spoiled(_) => {
                "add a case that makes the call where it has to be answered otherwise, and looks at the answer"
            }
            Self::OfAnotherHandle => {
                "add a case with two handles that are answered otherwise, and looks at both answers"
            }
            Self::OkForErr | Self::OtherKind => {
                "add a case in which the call has to fail, and look at the kind of the error; or mark the method `#[infallible]`"
            }
            Self::ErrForOk => "add a case in which the call has to succeed",
            Self::Panics | Self::Hangs => "add a case that makes the call",
        }
    }

    /// A name within the method, and the words for it.
    fn told(&self, method: &Method) -> (String, String) {
        let parameter = |index: usize| method.parameters[index].name;
        let (name, says) = match self {
            Self::Argument(index, change) => {
                return change.told(parameter(*index));
            }
            Self::Swapped(one, other) => {
                let (one, other) = (parameter(*one), parameter(*other));
                return (
                    format!("{one}-for-{other}"),
                    format!("takes `{one}` for `{other}`, and the other way round"),
                );
            }
            Self::Spoiled(spoil) => (spoil.name, spoil.says),
            Self::Dropped => ("dropped", "does nothing, and says that it did"),
            Self::Twice => ("twice", "happens twice"),
            Self::Late => ("late", "happens after the next call"),
            Self::Behind => (
                "behind",
                "is answered first, and happens when its handle is used again",
            ),
            Self::Leaked => ("leaked", "happens in other namespaces as well"),
            Self::Lost => (
                "lost",
                "happens once where two call at once, and both are told that it did",
            ),
            Self::LandsAfterDrop => (
                "lands-after-drop",
                "happens after the next call where its caller gave up",
            ),
            Self::Stale => ("stale", "answers what it answered before for that key"),
            Self::OfCallBefore => ("of-call-before", "answers what it answered before"),
            Self::OfAnotherHandle => (
                "of-another-handle",
                "answers what another handle was answered",
            ),
            Self::OkForErr => ("ok-for-err", "swallows its errors"),
            Self::ErrForOk => ("err-for-ok", "answers an error for success"),
            Self::OtherKind => ("other-kind", "answers errors of another kind"),
            Self::Panics => ("panics", "panics"),
            Self::Hangs => ("hangs", "never answers"),
        };
        (name.to_owned(), says.to_owned())
    }
}
