//! The types of values.

use super::{Hash, List, Members, SortedSet, Stream, number};

/// The value of a key.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Str(Str),
    List(List),
    Set(Set),
    Hash(Hash),
    SortedSet(Box<SortedSet>),
    Stream(Box<Stream>),
}

/// A value of another type than the command works on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WrongType;

/// One type of value, for code that is the same for all.
pub(crate) trait Kind: Sized + Default {
    fn of(value: &Value) -> Option<&Self>;
    fn of_mut(value: &mut Value) -> Option<&mut Self>;
    fn wrap(self) -> Value;
}

macro_rules! kinds {
    ($($kind:ident $(($box:ident))?),*) => {$(
        impl Kind for $kind {
            fn of(value: &Value) -> Option<&Self> {
                match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                }
            }

            fn of_mut(value: &mut Value) -> Option<&mut Self> {
                match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                }
            }

            fn wrap(self) -> Value {
                Value::$kind($($box::new)?(self))
            }
        }
    )*};
}

kinds!(Str, List, Set, Hash, SortedSet(Box), Stream(Box));

impl Value {
    /// The name TYPE gives.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Value::Str(_) => "string",
            Value::List(_) => "list",
            Value::Set(_) => "set",
            Value::Hash(_) => "hash",
            Value::SortedSet(_) => "zset",
            Value::Stream(_) => "stream",
        }
    }

    /// The name OBJECT ENCODING gives.
    pub(crate) fn encoding(&self) -> &'static str {
        match self {
            Value::Str(text) => text.encoding(),
            Value::List(_) => "quicklist",
            Value::Set(Set::Ints(_)) => "intset",
            Value::Set(Set::Members { .. }) => "hashtable",
            Value::Hash(hash) if hash.compact => "listpack",
            Value::Hash(_) => "hashtable",
            Value::SortedSet(set) if set.compact => "listpack",
            Value::SortedSet(_) => "skiplist",
            Value::Stream(_) => "stream",
        }
    }

    /// What OBJECT REFCOUNT gives: Redis shares small integers.
    pub(crate) fn references(&self) -> i64 {
        match self {
            Value::Str(text) if text.form == Form::Short => match number::integer(&text.bytes) {
                Some(0..10_000) => i64::from(i32::MAX),
                _ => 1,
            },
            _ => 1,
        }
    }

    /// Whether it is a collection without elements, which Redis does not keep.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Value::Str(_) | Value::Stream(_) => false,
            Value::List(list) => list.is_empty(),
            Value::Set(set) => set.len() == 0,
            Value::Hash(hash) => hash.fields.is_empty(),
            Value::SortedSet(set) => set.len() == 0,
        }
    }

    /// How many elements it has, as MEMORY USAGE and DEBUG count them.
    pub(crate) fn size(&self) -> usize {
        match self {
            Value::Str(text) => text.bytes.len(),
            Value::List(list) => list.size(),
            Value::Set(set) => set.iter().map(|member| member.len()).sum(),
            Value::Hash(hash) => hash
                .fields
                .iter()
                .map(|(field, value)| field.len() + value.len())
                .sum(),
            Value::SortedSet(set) => set.iter().map(|(member, _)| member.len() + 8).sum(),
            Value::Stream(stream) => stream.size(),
        }
    }
}

/// A string of bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Str {
    pub(crate) bytes: Vec<u8>,
    pub(crate) form: Form,
}

/// How short a form of a string Redis would look for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// The shortest one, an integer if it is one.
    #[default]
    Short,
    /// The shortest one, and no integer that others share, as COPY leaves it.
    Own,
    /// No integer.
    Text,
    /// It was changed in place, after which Redis leaves it as it is.
    Raw,
}

impl Str {
    pub(crate) fn new(bytes: &[u8]) -> Str {
        Str {
            bytes: bytes.to_vec(),
            form: Form::Short,
        }
    }

    pub(crate) fn encoding(&self) -> &'static str {
        if self.form == Form::Raw {
            "raw"
        } else if self.form != Form::Text
            && self.bytes.len() <= 20
            && number::integer(&self.bytes).is_some()
        {
            "int"
        } else if self.bytes.len() <= 44 {
            "embstr"
        } else {
            "raw"
        }
    }
}

/// A set; one of integers only is kept in their order, as Redis does up to a limit.
#[derive(Debug, Clone)]
pub(crate) enum Set {
    Ints(Vec<i64>),
    Members {
        members: Members<Vec<u8>>,
        /// Whether it has always had few and short members, which later versions keep in one piece.
        compact: bool,
    },
}

impl Default for Set {
    fn default() -> Set {
        Set::Ints(Vec::new())
    }
}

/// How many members a compact set has at most, and of how many bytes.
const COMPACT: (usize, usize) = (128, 64);

impl Set {
    pub(crate) fn len(&self) -> usize {
        match self {
            Set::Ints(ints) => ints.len(),
            Set::Members { members, .. } => members.len(),
        }
    }

    pub(crate) fn contains(&self, member: &[u8]) -> bool {
        match self {
            Set::Ints(ints) => {
                number::integer(member).is_some_and(|int| ints.binary_search(&int).is_ok())
            }
            Set::Members { members, .. } => members.contains(member),
        }
    }

    /// Adds a member; true when it is new. `ints` is how many integers are kept as such.
    pub(crate) fn add(&mut self, member: &[u8], limit: usize) -> bool {
        if let Set::Ints(ints) = self {
            if let Some(int) = number::integer(member) {
                let Err(at) = ints.binary_search(&int) else {
                    return false;
                };
                ints.insert(at, int);
                if ints.len() > limit {
                    self.widen(false);
                }
                return true;
            }
            self.widen(true);
        }
        match self {
            Set::Members { members, .. } if members.contains(member) => false,
            Set::Members { members, compact } => {
                *compact &= members.len() < COMPACT.0 && member.len() <= COMPACT.1;
                members.insert(member.to_vec())
            }
            Set::Ints(_) => false,
        }
    }

    fn widen(&mut self, compact: bool) {
        if let Set::Ints(ints) = self {
            let members = ints
                .iter()
                .map(|int| int.to_string().into_bytes())
                .collect();
            *self = Set::Members { members, compact };
        }
    }

    pub(crate) fn remove(&mut self, member: &[u8]) -> bool {
        match self {
            Set::Ints(ints) => {
                let found = number::integer(member).and_then(|int| ints.binary_search(&int).ok());
                found.map(|at| ints.remove(at)).is_some()
            }
            Set::Members { members, .. } => members.swap_remove(member),
        }
    }

    /// The member at a rank of the order [`Set::iter`] has.
    pub(crate) fn at(&self, index: usize) -> Option<Vec<u8>> {
        match self {
            Set::Ints(ints) => ints.get(index).map(|int| int.to_string().into_bytes()),
            Set::Members { members, .. } => members.get_index(index).cloned(),
        }
    }

    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = Vec<u8>> + '_> {
        match self {
            Set::Ints(ints) => Box::new(ints.iter().map(|int| int.to_string().into_bytes())),
            Set::Members { members, .. } => Box::new(members.iter().cloned()),
        }
    }
}
