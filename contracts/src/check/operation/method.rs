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
    /// Whether it takes `&mut self`.
    pub exclusive: bool,
    /// Whether somebody can stand in front of it: not where its answer borrows from the subject.
    pub intercepted: bool,
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
    /// `#[ttl]`: what the call stores is there for so long.
    Ttl,
}

/// How an owned argument is passed to a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Owned,
    /// By reference.
    Borrowed,
    /// As an option of a reference.
    OptionBorrowed,
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
    /// The methods that cannot be driven and are not declared so, each with what to add; nothing where there are none.
    pub fn undeclared(&self) -> Option<String> {
        let lines: Vec<String> = self
            .undriven
            .iter()
            .filter(|undriven| !undriven.declared)
            .map(|undriven| {
                let Undriven {
                    method,
                    why,
                    remedy,
                    ..
                } = undriven;
                format!("`{}::{method}`: {why}; {remedy}", self.name)
            })
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}
