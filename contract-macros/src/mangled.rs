//! Whatever is written, the macros answer with errors, and never with a panic.
//!
//! Valid inputs are mangled by a seeded generator: tokens are dropped, doubled, swapped and taken from other inputs, at
//! any depth.

use std::panic::catch_unwind;
use std::str::FromStr;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use crate::expand;

const ROUNDS: u64 = 2000;

const ARGUMENTS: &[&str] = &[
    "",
    "Cache",
    "Store<String, u32>, crate = facade::contrait",
    "remote = std::io::Read",
    "cache::suite, other::suite as other, lacks(ttl = \"whole seconds\", more = \"none\"), clock = virtual",
    "suite, flavor = multi_thread, tests = false, crate = facade",
    "needs(ttl, more), timeout = \"5s\", tags(slow)",
    "backends::memory as elsewhere, crate = facade",
    "arguments(Job, Vec<Id>), crate = facade",
    "Cache, model = |cache| Model::beside(cache)",
    "Cache, group = ttl, groups(keys::suite, super::many::suite)",
    "suite, reference, survivors(\"get/stale\" = \"so\"), coverage, gaps(\"get None\" = \"so\", \"b\" = \"so\")",
];

const ITEMS: &[&str] = &[
    "#[async_trait] pub trait Cache: Send + Sync { async fn get(&self, key: &str) -> Result<Option<u8>, E>; fn sync(&self) -> impl Future<Output = ()> + Send; fn boxed(self: Box<Self>) -> Pin<Box<dyn Future<Output = Self> + Send + '_>>; }",
    "unsafe trait Store<'a, K: Ord, const N: usize = 3, V = u32>: Sized where K: 'a { type Item<'b>: Debug where Self: 'b; const N: u8; fn put<T>(&mut self, (a, _): (K, V), mut x: &Self, y: impl Fn(u8)) -> Result<Self, <Self as Store>::E> where T: Copy; fn made() -> Self where Self: Sized; fn by_default(self) -> Vec<Self> { todo!() } a!(); }",
    "/// Docs.\npub mod suite { use super::*; /// One.\n #[case] #[cfg(unix)] async fn one(a: &dyn Cache, #[namespace(\"b\")] b: &mut dyn Cache, clock: &Clock) -> Result<(), E> { Ok(()) } mod ttl { /// Two.\n #[case(needs(ttl), timeout = \"5s\", tags(a, b))] #[cfg_attr(unix, ignore = \"so\")] #[should_panic(expected = \"x\")] fn two(cache: &dyn super::Cache, _: &Context, network: &contrait::Network, server: &Server) -> ! { panic!() } } }",
    "pub async fn memory(cx: &Context) -> Result<Memory, SetupError> { Memory::new(cx).await }",
    "#[test] unsafe extern \"C\" fn one<T>(self, context: Context) -> impl Store<T> + '_ { 1 }",
    "{ [cache::suite, lacks(ttl = \"so\")] [pub fn memory() -> Memory {}] () } groups { a b } case { ttl expires } needs { ttl } attributes { #[ignore] } case { set } needs {} attributes {}",
    "{ elsewhere backends::memory } suite { cache } broken case { ttl expires } needs { ttl } attributes { #[should_panic = \"a\"] } suite {} case { set } needs {} attributes {}",
    "#[contrait_case(exported suite)] pub enum Cases { #[contrait_case(case { a } needs {} attributes {})] #[contrait_ignore(\"so\")] Case0, #[contrait_case(case { b } needs {} attributes {})] Case1 }",
    "trait Jobs: Send + Sync { #[read] #[idempotent] fn get(&self, #[key] id: &str, #[ttl] ttl: Option<Duration>) -> Option<&Job>; #[infallible] #[compare(with = same)] async fn put(&mut self, #[strategy(any())] job: &[&Job]) -> Result<(), E>; #[undriven = \"so\"] fn r#move(&self); }",
];

type Entry = fn(TokenStream, TokenStream) -> TokenStream;

const ENTRIES: &[(&str, Entry)] = &[
    ("contract", |arguments, item| {
        expand::contract(arguments, item, true)
    }),
    ("contract_suite", expand::contract_suite),
    ("case", |_, item| expand::stray_case(&item)),
    ("backend", |arguments, item| {
        expand::backend(arguments, &item)
    }),
    ("contract_tests", |arguments, _| {
        expand::contract_tests(arguments)
    }),
    ("__backend", |_, item| expand::backend_with_cases(item)),
    ("__tests", |_, item| expand::tests_with_cases(item)),
    ("__SuiteCases", |_, item| {
        expand::suite_macro_of_live_cases(item)
    }),
];

/// A generator that is the same everywhere (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

fn tokens(text: &str) -> TokenStream {
    TokenStream::from_str(text).expect("tokens")
}

fn mangle(stream: TokenStream, strange: &[TokenTree], random: &mut Random) -> TokenStream {
    let mut trees: Vec<TokenTree> = stream.into_iter().collect();
    let at = random.below(trees.len());
    let other = random.below(trees.len());
    match (random.below(8), trees.get(at).cloned()) {
        (0, Some(_)) => drop(trees.remove(at)),
        (1, Some(tree)) => trees.insert(at, tree),
        (2, Some(_)) => trees.swap(at, other),
        (3, _) => trees.insert(at, strange[random.below(strange.len())].clone()),
        (_, Some(TokenTree::Group(group))) => {
            let inner = mangle(group.stream(), strange, random);
            trees[at] = Group::new(group.delimiter(), inner).into();
        }
        _ => {
            let groups: Vec<usize> = (0..trees.len())
                .filter(|&at| matches!(trees[at], TokenTree::Group(_)))
                .collect();
            if let Some(&at) = groups.get(random.below(groups.len()))
                && let TokenTree::Group(group) = &trees[at]
            {
                let inner = mangle(group.stream(), strange, random);
                trees[at] = Group::new(group.delimiter(), inner).into();
            }
        }
    }
    trees.into_iter().collect()
}

#[test]
fn no_input_makes_a_macro_panic() {
    let strange: Vec<TokenTree> = quote!(#[case] #[cfg(a)] ! ? ; , . = < > & + * :: '_ -> 'a "text" 1.5 () {} [] r#type self Self dyn impl crate broken _ case suite)
        .into_iter()
        .collect();
    for seed in 1..=ROUNDS {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut arguments = tokens(ARGUMENTS[random.below(ARGUMENTS.len())]);
        let mut item = tokens(ITEMS[random.below(ITEMS.len())]);
        for _ in 0..random.below(4) {
            arguments = mangle(arguments, &strange, &mut random);
            item = mangle(item, &strange, &mut random);
        }
        for (name, entry) in ENTRIES {
            let (arguments, item) = (arguments.clone(), item.clone());
            let input = format!("#[{name}({arguments})] {item}");
            let outcome = catch_unwind(move || drop(entry(arguments, item)));
            assert!(outcome.is_ok(), "seed {seed} makes a panic of: {input}");
        }
    }
}

#[test]
fn valid_inputs_are_among_those_that_are_mangled() {
    for (entry, arguments, item) in [(0, 0, 0), (1, 1, 2), (3, 4, 3), (0, 8, 8), (1, 9, 2)] {
        let expanded = ENTRIES[entry].1(tokens(ARGUMENTS[arguments]), tokens(ITEMS[item]));
        assert!(
            !expanded.to_string().contains("compile_error"),
            "{expanded}"
        );
    }
}
