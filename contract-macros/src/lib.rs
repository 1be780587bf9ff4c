//! The macros of contrait. Use them through the crate `contrait`, which documents what they are for.
//!
//! Three passes with three kinds of types: `parse` turns tokens into syntax, `model` validates it and keeps facts
//! with their spans, `expand` writes tokens from facts and never looks at an attribute. What can be decided at run
//! time is left to the runtime.

use proc_macro::TokenStream;

mod errors;
mod expand;
mod model;
mod names;
mod parse;
mod seen;

#[cfg(test)]
mod mangled;
#[cfg(test)]
mod snapshots;

/// Puts a trait under contract.
///
/// The trait stays exactly as written. It is also implemented for `&T`, `Box<T>` and `Arc<T>` of its implementations,
/// where its receivers allow that; and, with contrait's feature `suite`, for a recorder that suites look through.
///
/// ```
/// # use contrait::contract;
/// # use async_trait::async_trait;
/// #[contract]
/// #[async_trait]
/// pub trait Mailbox: Send + Sync {
///     async fn put(&self, letter: &str) -> Result<(), String>;
///     async fn take(&self) -> Result<Option<String>, String>;
/// }
/// # fn main() {}
/// ```
///
/// With the feature `check` it is also taken apart into operations: for a trait `Mailbox` the enums `MailboxOperation` and
/// `MailboxOutcome`, a variant a method, and, where a method is async, the trait `MailboxModel`, which a reference model
/// implements. On these stand the checks of `contrait::check`.
///
/// It stands above every attribute that rewrites the trait: `#[contract] #[automock] #[async_trait]`.
///
/// # Options
/// - `remote = path::Trait`: the trait is a copy of the signatures of a trait of another crate, which is then put under
///   contract in its stead; the name of the copy becomes an alias of that trait. Methods that have a default may be
///   left out, but then the recorder runs the default and not what an implementation overrides it with.
/// - `arguments(Type, …)`: types of one's own that implement `contrait::check::Argument`.
/// - `crate = path`: where contrait is found, for those who re-export it.
///
/// # Markers
/// What a signature does not say, for the generated checks. They are taken off before anybody else sees the trait.
/// - on a method: `#[read]`, it never changes anything; `#[idempotent]`, done twice at once it does what it does once;
///   `#[infallible]`, it answers no error of its own; `#[errors(Kind, …)]`, the kinds of errors that it can answer; `#[compare(with = function)]`, how two of its answers are compared,
///   `fn(&T, &T, slack: Duration) -> bool`; `#[undriven = "reason"]`, no check is to call it; `#[makes]`, its answer holds
///   values that the implementation makes up (ids, receipts): `contrait::check::Makes` says which, or
///   `#[makes(with = function)]`, `fn(&mut T, &mut dyn FnMut(&mut dyn Made))`.
/// - on a parameter: `#[key]`, the part of the state that the call is confined to; `#[ttl]`, how long what the call stores
///   is there; `#[made]`, one of the values that earlier answers made up; `#[strategy(expression)]`, the strategy of proptest
///   that makes its arguments (feature `proptest`).
///
/// # Limits
/// A required method must be one that a wrapper can pass on: not `unsafe`, with `self` as a value, a reference or a
/// `Box`, and with `Self` only where it stands by itself. A default method that cannot be passed on runs its default.
/// Suites look through the recorder, which is what the supertraits ask for where they are contracts themselves, or among
/// those that contrait's `Recorded` implements.
#[proc_macro_attribute]
pub fn contract(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let checks = cfg!(feature = "check");
    expand::contract(arguments.into(), item.into(), checks).into()
}

/// Turns a module of functions into the behavioural suite of a trait under contract.
///
/// ```
/// # use contrait::{contract, contract_suite};
/// # use async_trait::async_trait;
/// # #[contract]
/// # #[async_trait]
/// # pub trait Mailbox: Send + Sync {
/// #     async fn put(&self, letter: &str) -> Result<(), String>;
/// #     async fn take(&self) -> Result<Option<String>, String>;
/// # }
/// #[contract_suite(Mailbox)]
/// pub mod suite {
///     use super::*;
///
///     /// A letter that was put is taken once.
///     #[case]
///     async fn put_then_take(mailbox: &dyn Mailbox) -> Result<(), String> {
///         mailbox.put("hello").await?;
///         assert_eq!(mailbox.take().await?.as_deref(), Some("hello"));
///         assert_eq!(mailbox.take().await?, None);
///         Ok(())
///     }
/// }
/// # fn main() {}
/// ```
///
/// A `#[case]` is a sync or async function. Its doc comment is its promise, and owed. It asks for what it needs by its
/// parameters: one or more handles of the contract, `&Clock`, `&Network` (feature `network`), `&Server`, `&Context`.
/// Handles are `&dyn Trait` or `&mut dyn Trait` where the trait can be a trait object, and the case is then compiled once
/// for all backends; otherwise `&impl Trait` or `&mut impl Trait`. All handles of a case share a namespace, but for those with
/// `#[namespace("name")]`. It returns `()`, a `Result` with a `Debug` error, or any `Termination`.
///
/// A module within the module is a group. Functions without `#[case]` are helpers. `#[ignore]`, `#[should_panic]` and
/// `#[cfg]` on a case mean what they mean on a test, and so does `#[cfg_attr(condition, ignore = "reason")]`; conditions
/// are judged in the suite's crate.
///
/// # Options of a case
/// - `needs(capability, …)`: what a backend may declare to lack. A parameter `&Network` needs `network`, and `&Server`
///   needs `server`, without a word;
/// - `timeout = "5s"`: how long it may take, in `ms`, `s` or `m`; 30 s unless it says more;
/// - `tags(name, …)`: for the reader of the records.
///
/// # Several files
/// A suite may have other suites of its trait as groups, in other files or from other crates. Each says which group its
/// cases stand in, and runs by itself as well:
///
/// ```
/// # use contrait::{backend, contract, contract_suite};
/// # #[contract]
/// # pub trait Store { fn get(&self, key: &str) -> Option<u8>; }
/// # struct Nothing;
/// # impl Store for Nothing { fn get(&self, _: &str) -> Option<u8> { None } }
/// mod keys {
///     use super::Store;
///
///     #[contrait::contract_suite(Store, group = keys)]
///     pub mod suite {
///         use super::Store;
///
///         /// A key may be empty, and is a key like any other.
///         #[case]
///         fn may_be_empty(store: &dyn Store) {
///             assert_eq!(store.get(""), None);
///         }
///     }
/// }
///
/// #[contract_suite(Store, groups(keys::suite))]
/// pub mod suite {}
///
/// #[backend(suite)]
/// fn nothing() -> Nothing {
///     Nothing
/// }
/// # fn main() { nothing::conformance().check("keys::may_be_empty") }
/// ```
///
/// # Options of a suite
/// - `groups(path::suite, …)`: the suites that are groups of this one, each at least as visible as this one;
/// - `group = name`: the group that all its cases stand in;
/// - `model = |subject| Model::new()`: what makes the model that stands beside a subject, which it is given as a reference.
///   The suite then has generated checks, each a test of its own: `memory::generated::lockstep`. With the feature `check`.
/// - `crate = path`: where contrait is found, for those who re-export it.
#[proc_macro_attribute]
pub fn contract_suite(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::contract_suite(arguments.into(), item.into()).into()
}

/// Marks a function of a [`macro@contract_suite`] as a case.
#[proc_macro_attribute]
pub fn case(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::stray_case(&item.into()).into()
}

/// Makes a function a backend: every case of the suite becomes a `#[test]` of what the function returns.
///
/// ```
/// use contrait::cache::CacheError;
/// use contrait::{Context, backend};
/// use contrait_memory::{MemoryCache, MemoryStore};
///
/// #[backend(contrait::cache::suite, clock = virtual, lacks(counters = "only here, to show it"))]
/// fn memory(context: &Context) -> Result<MemoryCache, CacheError> {
///     context.shared(MemoryStore::default).cache(context.namespace())
/// }
/// # fn main() { memory::conformance().check("set_then_get") }
/// ```
///
/// The function is sync or async, takes a `&Context` or nothing, and returns an implementation of the trait, or a
/// `Result` of one with any error. What it returns outlives it, and does not borrow from the context: an `impl Trait` says
/// so by `+ use<>`. It is called once for each handle that a case asks for. The tests stand in a module
/// of its name, beside `conformance()`, which runs cases by name: `memcached::ttl::expires`. rust-analyzer offers to run
/// each of them at its case, where the suite stands in the same file, and all of them at the backend.
///
/// With several suites, each has a module of its own, named after the module that the suite stands in, or after `as`:
/// `#[backend(cache::suite, session::suite as sessions)]`.
///
/// # Options
/// - `lacks(capability = "reason", …)`: cases that need the capability are ignored, with the reason;
/// - `clock = virtual`: time is tokio's paused clock; only for what lives in this process;
/// - `flavor = multi_thread`: cases run on a multi-threaded runtime. With the feature `multi-thread`;
/// - `reference`: the suite itself is judged on this backend, which lives in memory, on a virtual clock where calls are
///   awaited. Saboteurs, each an implementation that is wrong in one thing, are to be noticed: a test
///   `memory::strength::suite_kills_every_saboteur` fails with the list of those that are not. With `reference = checks` it
///   is enough that a generated check notices. With the feature `check`;
/// - `survivors("set/ttl-halved" = "reason", …)`: the saboteurs that may live;
/// - `coverage`: every answer that a method can give is to be seen by a case: `memory::coverage::suite_sees_every_answer`;
/// - `gaps("get Ok(None)" = "reason", …)`: the answers that may stay unseen;
/// - `tests = false`: only declares the backend, for [`contract_tests!`] elsewhere;
/// - `crate = path`: where contrait is found, for those who re-export it.
#[proc_macro_attribute]
pub fn backend(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::backend(arguments.into(), &item.into()).into()
}

/// Runs the suites of a backend that is declared elsewhere as tests of this crate.
///
/// ```
/// # use contrait::contract_tests;
/// contract_tests!(contrait_memory::backend::memory);
/// contract_tests!(contrait_memory::backend::memory as another_name);
/// # fn main() {}
/// ```
#[proc_macro]
pub fn contract_tests(input: TokenStream) -> TokenStream {
    expand::contract_tests(input.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn __backend(input: TokenStream) -> TokenStream {
    expand::backend_with_cases(input.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn __tests(input: TokenStream) -> TokenStream {
    expand::tests_with_cases(input.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn __refused(input: TokenStream) -> TokenStream {
    expand::refused(input.into()).into()
}

#[doc(hidden)]
#[proc_macro_derive(__SuiteCases, attributes(contrait_case, contrait_ignore))]
pub fn __suite_cases(input: TokenStream) -> TokenStream {
    expand::suite_macro_of_live_cases(input.into()).into()
}
