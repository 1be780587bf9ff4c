//! What is known of a contract without calling it.

/// A trait under contract, as far as checks need to know it.
#[derive(Clone, Copy, Debug)]
pub struct Contract {
    /// The name of the trait.
    pub name: &'static str,
    /// The methods that can be driven, in the order of the trait.
    pub methods: &'static [Method],
    /// The methods that cannot.
    pub undriven: &'static [Undriven],
    /// Whether all its methods take `&self`, so that clients can share a subject.
    pub shared: bool,
    /// Whether there may be objects of it, `dyn Trait`: suites of others take an implementation, `impl Trait`.
    pub objects: bool,
}

/// A method that checks can call.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Its parameters, without the receiver.
    pub parameters: &'static [Parameter],
    /// Whether it is marked `#[read]`: it never changes anything.
    pub read: bool,
    /// Whether it is marked `#[idempotent]`: done twice at once, it does what it does once.
    pub idempotent: bool,
    /// Whether it is marked `#[infallible]`: it answers no error but such as come from outside.
    pub infallible: bool,
    /// The kinds of the errors that it can answer, as `#[errors(…)]` names them.
    pub errors: &'static [&'static str],
    /// Whether it returns a `Result`.
    pub fallible: bool,
    /// Whether its result has to be awaited.
    pub asynchronous: bool,
    /// Whether exactly one parameter is marked `#[key]`, and is no list: the call is confined to that part of the state.
    pub keyed: bool,
    /// Whether it is marked `#[makes]`: what it answers holds values that the implementation makes up.
    pub makes: bool,
    /// Whether it takes `&mut self`.
    pub exclusive: bool,
    /// Whether somebody can stand in front of it: not where its answer borrows from the subject.
    pub intercepted: bool,
}

impl Method {
    /// Whether it takes something that an earlier call made.
    pub fn is_bound(&self) -> bool {
        self.parameters
            .iter()
            .any(|parameter| parameter.role == Role::Made)
    }
}

/// A parameter of a method.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type, as it is written.
    pub ty: &'static str,
    /// What it is marked as.
    pub role: Role,
    /// How a call passes it.
    pub form: Form,
}

/// What a parameter means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing in particular.
    Plain,
    /// `#[key]`: it names the part of the state that the call is confined to.
    Key,
    /// `#[key]` on a list: the call concerns several parts, which need not happen at once.
    Keys,
    /// `#[ttl]`: what the call stores is there for so long.
    Ttl,
    /// `#[made]`: an earlier answer made it up.
    Made,
}

/// How an owned argument is passed to a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Owned,
    /// By reference.
    Borrowed,
    /// As an option of what it derefs to.
    OptionBorrowed,
    /// As an option of a reference.
    OptionRef,
}

/// A method that checks cannot call.
#[derive(Clone, Copy, Debug)]
pub struct Undriven {
    /// Its name.
    pub method: &'static str,
    /// What keeps it from being called.
    pub why: &'static str,
    /// What to add so that it can be; or why that is not wanted, where it is marked `#[undriven = "…"]`.
    pub remedy: &'static str,
    /// Whether it is marked so.
    pub declared: bool,
}

impl Contract {
    /// The position of the method of this name.
    ///
    /// # Errors
    /// Where there is none that can be called, in words.
    pub fn find(&self, method: &str) -> Result<usize, String> {
        let found = self.methods.iter().position(|known| known.name == method);
        found.ok_or_else(|| match self.undriven(method) {
            Some(undriven) => undriven.told(self.name),
            None => self.unknown(method),
        })
    }

    /// The method of this name, where it is one that cannot be driven.
    pub fn undriven(&self, method: &str) -> Option<&'static Undriven> {
        let mut undriven = self.undriven.iter();
        undriven.find(|undriven| undriven.method == method)
    }

    fn unknown(&self, method: &str) -> String {
        let known: Vec<&str> = self.methods.iter().map(|known| known.name).collect();
        format!(
            "`{}` has no method `{method}`{}; it has {}",
            self.name,
            suggestion(method, &known),
            known.join(", ")
        )
    }

    /// The methods that cannot be driven and are not declared so, each with what to add; nothing where there are none.
    pub fn undeclared(&self) -> Option<String> {
        let lines: Vec<String> = self
            .undriven
            .iter()
            .filter(|undriven| !undriven.declared)
            .map(|undriven| undriven.told(self.name))
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

impl Undriven {
    /// What keeps the method of `contract` from being called, and what to add.
    pub(crate) fn told(&self, contract: &str) -> String {
        let Self {
            method,
            why,
            remedy,
            ..
        } = self;
        format!("`{contract}::{method}`: {why}; {remedy}")
    }
}

/// " (did you mean `x`?)" where a known name is close to `written`.
fn suggestion(written: &str, known: &[&str]) -> String {
    let close = known.iter().map(|name| (distance(written, name), name));
    match close.min() {
        Some((distance, name)) if distance <= 1 + written.len() / 4 => {
            format!(" (did you mean `{name}`?)")
        }
        _ => String::new(),
    }
}

/// The least number of inserted, removed and changed characters.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, b) in other.chars().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[row.len() - 1]
}
