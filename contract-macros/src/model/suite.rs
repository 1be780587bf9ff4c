//! A suite: the module, its cases and its groups.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, Item, ItemMod, Meta, Path, Token};

use super::case::{Case, cfgs, conditional};
use super::parameter::Parameter;
use super::{kind_of_item, same_tokens};
use crate::errors::{Errors, slip_of};
use crate::parse::{self, Arguments};
use crate::seen;

const OPTIONS: &[&str] = &["model", "cancellation", "group", "groups", "crate"];

/// How cases take their handles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// As trait objects: a case is compiled once.
    Object,
    /// As generic parameters: a case is compiled once a backend.
    Generic,
}

/// A suite.
pub(crate) struct Suite {
    pub(crate) krate: Option<Path>,
    /// The path of the trait, with the arguments that it is given here.
    pub(crate) contract: Path,
    pub(crate) subject: Subject,
    /// The module, without what only the suite understands.
    pub(crate) module: ItemMod,
    pub(crate) root: Group,
    /// What makes the model beside a subject, where the suite has one.
    pub(crate) model: Option<Expr>,
    /// What a dropped call may have done, where the suite says so.
    pub(crate) cancellation: Option<Cancellation>,
    /// The group that its cases stand in.
    pub(crate) group: Option<Ident>,
    /// The paths of other suites, which are groups of this one.
    pub(crate) groups: Vec<Path>,
}

/// What a dropped call may have done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancellation {
    Atomic,
    MayLand,
    NoEffect,
    /// Nothing can be dropped: no method of the contract is async.
    None,
}

/// The group of the checks that are generated where there is a model.
pub(crate) const GENERATED: &str = "generated";

/// A module of cases: the suite itself, or a group within it.
pub(crate) struct Group {
    pub(crate) ident: Ident,
    /// Which of the items around it it is: under two `#[cfg]`s, two groups may have one name.
    pub(crate) position: usize,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) cases: Vec<Case>,
    pub(crate) groups: Vec<Group>,
}

impl Group {
    pub(crate) fn all_cases(&self) -> Vec<&Case> {
        let own = self.cases.iter();
        own.chain(self.groups.iter().flat_map(Group::all_cases))
            .collect()
    }

    /// Whether there was no case of its name yet, by the names of those there are.
    fn add(&mut self, case: Case, names: &mut HashSet<String>, errors: &mut Errors) -> bool {
        let name = &case.ident;
        let again = !names.insert(name.to_string()) && case.cfgs.is_empty();
        if again {
            errors.on(
                name,
                format!("there is a case `{name}` already: a case has a name of its own"),
            );
        }
        self.cases.push(case);
        !again
    }

    fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.groups.is_empty()
    }
}

/// What is there to be emitted beside the errors.
pub(crate) enum NoSuite {
    /// A module, without what only the suite understands.
    Broken(Box<ItemMod>),
    Other(TokenStream),
}

impl Suite {
    /// The suite, or what is left of the item.
    pub(crate) fn new(
        arguments: TokenStream,
        item: TokenStream,
        errors: &mut Errors,
    ) -> Result<Self, NoSuite> {
        let Ok(mut module) = parse::module(item.clone()) else {
            let (kind, blamed) = kind_of_item(&item);
            errors.on(
                blamed,
                format!("`#[contract_suite]` goes on a module, and this is {kind}"),
            );
            return Err(NoSuite::Other(item));
        };
        let Options {
            krate,
            contract,
            model,
            cancellation,
            group: name_of_group,
            groups,
        } = options(arguments, &module, errors);
        let name = contract
            .as_ref()
            .and_then(|path| path.segments.last())
            .map(|last| last.ident.clone());
        let Some((_, items)) = &mut module.content else {
            let ident = &module.ident;
            errors.on(ident, format!("a suite needs its cases here: write `mod {ident} {{ … }}`, and re-export it where you want it"));
            return Err(NoSuite::Other(item));
        };
        let ident = module.ident.clone();
        // Without a known trait the cases are still read, for their other mistakes.
        let root = group(ident, Vec::new(), items, name.as_ref(), errors);
        if root.is_empty() && groups.is_empty() && errors.is_empty() {
            errors.on(
                &root.ident,
                "a suite without a case proves nothing: mark a function with `#[case]`",
            );
        }
        if let Some(case) = root.cases.iter().find(|case| case.ident == "conformance") {
            errors.on(&case.ident, "`conformance` is the name of a function beside the tests: call the case something else");
        }
        let taken = root.groups.iter().find(|group| group.ident == GENERATED);
        if let (Some(group), Some(_)) = (taken, &model) {
            errors.on(&group.ident, "`generated` is the group of the checks against the model: call this one something else");
        }
        let subject = subject(&root, errors);
        match contract {
            Some(contract) if errors.is_empty() => Ok(Self {
                krate,
                contract,
                subject,
                module,
                root,
                model,
                cancellation,
                group: name_of_group,
                groups,
            }),
            _ => Err(NoSuite::Broken(Box::new(module))),
        }
    }

    /// Whether a case takes several handles of one namespace, which are then to share what they store.
    pub(crate) fn has_several_handles(&self) -> bool {
        self.root.all_cases().iter().any(|case| {
            let namespaces: Vec<&str> = case.handles().map(|(_, namespace)| namespace).collect();
            let mut rest = &namespaces[..];
            while let [namespace, others @ ..] = rest {
                if others.contains(namespace) {
                    return true;
                }
                rest = others;
            }
            false
        })
    }

    /// The first handle that is written as a trait object, of a contract that may have none.
    pub(crate) fn doubtful_object(&self) -> Option<Token![dyn]> {
        if seen::with_objects(&self.contract.segments.last()?.ident) {
            return None;
        }
        let cases = self.root.all_cases();
        let mut parameters = cases.iter().flat_map(|case| &case.parameters);
        parameters.find_map(|parameter| match parameter {
            Parameter::Handle { object, .. } => *object,
            _ => None,
        })
    }

    /// Whether a case takes its handle as `&mut`.
    pub(crate) fn has_mutable_handles(&self) -> bool {
        let cases = self.root.all_cases();
        let mut parameters = cases.iter().flat_map(|case| &case.parameters);
        parameters.any(|parameter| matches!(parameter, Parameter::Handle { mutable: true, .. }))
    }

    /// Whether a case is async.
    pub(crate) fn has_async_cases(&self) -> bool {
        self.root.all_cases().iter().any(|case| case.is_async)
    }

    /// Whether there is a `#[cfg]` that only this crate can judge.
    pub(crate) fn is_conditional(&self) -> bool {
        fn conditional(group: &Group) -> bool {
            !group.cfgs.is_empty()
                || group
                    .cases
                    .iter()
                    .any(|case| !case.cfgs.is_empty() || !case.ignored_if.is_empty())
                || group.groups.iter().any(conditional)
        }
        conditional(&self.root)
    }
}

/// What the attribute says.
#[derive(Default)]
struct Options {
    krate: Option<Path>,
    contract: Option<Path>,
    model: Option<Expr>,
    cancellation: Option<Cancellation>,
    group: Option<Ident>,
    groups: Vec<Path>,
}

fn options(arguments: TokenStream, module: &ItemMod, errors: &mut Errors) -> Options {
    let Some(arguments) = errors.keep(syn::parse2::<Arguments>(arguments)) else {
        return Options::default();
    };
    arguments.check_names(OPTIONS, errors);
    let krate = arguments.path("crate", errors);
    let model = model(&arguments, errors);
    let cancellation = cancellation(&arguments, errors);
    let group = arguments.word(
        "group",
        "`group = name`, the group that the cases of this suite stand in",
        errors,
    );
    let groups = groups(&arguments, errors);
    let mut positional = arguments.positional.into_iter();
    let contract = positional.next();
    for further in positional {
        let written = further.path.get_ident().map(ToString::to_string);
        let option = written.and_then(|written| {
            let same = OPTIONS.iter().find(|name| **name == written);
            same.copied().or_else(|| slip_of(&written, OPTIONS))
        });
        match option {
            Some(option) => errors.on(
                &further.path,
                format!("an option has a value: `{option} = …`"),
            ),
            None => errors.on(&further.path, "a suite is that of one trait"),
        }
    }
    let Some(contract) = contract else {
        errors.on(
            &module.ident,
            "name the trait whose suite this is: `#[contract_suite(Trait)]`",
        );
        return Options {
            krate,
            ..Options::default()
        };
    };
    if let Some(alias) = &contract.alias {
        errors.on(alias, "a suite is named after its module");
    }
    Options {
        krate,
        contract: Some(contract.path),
        model,
        cancellation,
        group,
        groups,
    }
}

fn groups(arguments: &Arguments, errors: &mut Errors) -> Vec<Path> {
    let form = "`groups(path::suite, …)`, suites of the same trait that stand in other files";
    let listed = arguments
        .option("groups")
        .map(|option| option.list::<Path>(form));
    let groups = listed
        .and_then(|listed| errors.keep(listed))
        .unwrap_or_default();
    for (index, path) in groups.iter().enumerate() {
        if groups[..index]
            .iter()
            .any(|earlier| same_tokens(earlier, path))
        {
            errors.on(path, "this suite stands here twice");
        }
    }
    groups
}

fn model(arguments: &Arguments, errors: &mut Errors) -> Option<Expr> {
    let option = arguments.option("model")?;
    if !cfg!(any(feature = "check", test)) {
        errors.on(&option.name, "a model needs contrait's feature `check`: turn it on where the suite is, `contrait = { …, features = [\"check\"] }`");
        return None;
    }
    let form =
        "`model = |subject| Model::new()`, which makes the model that stands beside a subject";
    errors.keep(option.equals(form, <Expr as syn::parse::Parse>::parse))
}

fn cancellation(arguments: &Arguments, errors: &mut Errors) -> Option<Cancellation> {
    let form = "`cancellation = atomic`, `= may_land` or `= no_effect`: what a dropped call may have done; or `= none`, where no method of the contract is async";
    let word = arguments.word("cancellation", form, errors)?;
    if arguments.option("model").is_none() {
        errors.on(&word, "what a dropped call may have done is judged by a model: add `model = |subject| Model::new()`");
    }
    match word.to_string().as_str() {
        "atomic" => Some(Cancellation::Atomic),
        "may_land" => Some(Cancellation::MayLand),
        "no_effect" => Some(Cancellation::NoEffect),
        "none" => Some(Cancellation::None),
        _ => {
            errors.on(&word, format!("expected {form}"));
            None
        }
    }
}

fn group(
    ident: Ident,
    cfgs_of_group: Vec<Attribute>,
    items: &mut [Item],
    contract: Option<&Ident>,
    errors: &mut Errors,
) -> Group {
    let mut found = Group {
        ident,
        position: 0,
        cfgs: cfgs_of_group,
        cases: Vec::new(),
        groups: Vec::new(),
    };
    let mut names = HashSet::new();
    for (position, item) in items.iter_mut().enumerate() {
        match item {
            Item::Fn(function) => {
                check_conditional_case(&mut function.attrs, errors);
                mend_case(&mut function.attrs, errors);
                if let Some(attribute) = take_case(&mut function.attrs, errors) {
                    let case = Case::new(&attribute, function, contract, errors);
                    let again = !found.add(case, &mut names, errors);
                    if again {
                        // The compiler would say it once more.
                        *item = Item::Verbatim(TokenStream::new());
                    }
                }
            }
            Item::Mod(module) => {
                let (ident, cfgs) = (module.ident.clone(), cfgs(&module.attrs));
                if let Some(attribute) = take_case(&mut module.attrs, errors) {
                    errors.on(
                        attribute,
                        "`#[case]` goes on a function; a module of cases is a group as it is",
                    );
                }
                let Some((_, items)) = &mut module.content else {
                    errors.on(
                        &ident,
                        format!("a group needs its cases here: write `mod {ident} {{ … }}`"),
                    );
                    continue;
                };
                let inner = group(ident, cfgs, items, contract, errors);
                if !inner.is_empty() {
                    found.groups.push(Group { position, ..inner });
                }
            }
            other => misplaced_case(other, errors),
        }
    }
    found
}

/// Notes an attribute that was meant to be `#[case]`, and takes it for one: else the function would be none in silence, but
/// for the compiler's word that there is no such attribute.
fn mend_case(attributes: &mut [Attribute], errors: &mut Errors) {
    for attribute in attributes {
        let Some(written) = attribute.path().get_ident() else {
            continue;
        };
        if slip_of(&written.to_string(), &["case"]).is_some() {
            let message = format!("unknown attribute `{written}` (did you mean `case`?)");
            let case = Ident::new("case", written.span());
            errors.on(written, message);
            *path_of(&mut attribute.meta) = case.into();
        }
    }
}

fn path_of(meta: &mut Meta) -> &mut Path {
    match meta {
        Meta::Path(path) => path,
        Meta::List(list) => &mut list.path,
        Meta::NameValue(pair) => &mut pair.path,
    }
}

fn take_case(attributes: &mut Vec<Attribute>, errors: &mut Errors) -> Option<Attribute> {
    let is_case = |attribute: &Attribute| {
        attribute
            .path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "case")
    };
    let attribute = attributes
        .iter()
        .find(|attribute| is_case(attribute))
        .cloned();
    for again in attributes
        .iter()
        .filter(|attribute| is_case(attribute))
        .skip(1)
    {
        errors.on(
            again,
            "a function is one case: write another function for another one",
        );
    }
    attributes.retain(|attribute| !is_case(attribute));
    attribute
}

/// Notes a `#[case]` on a condition, which only the compiler could judge, and after the suite is written.
fn check_conditional_case(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let on_condition = conditional(attribute).is_some_and(|(_, attributes)| {
            attributes.iter().any(|meta| meta.path().is_ident("case"))
        });
        if on_condition {
            errors.on(
                attribute,
                "a case on a condition is a `#[case]` with a `#[cfg]`",
            );
        }
        !on_condition
    });
}

fn misplaced_case(item: &mut Item, errors: &mut Errors) {
    let attributes = match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return,
    };
    if let Some(attribute) = take_case(attributes, errors) {
        errors.on(attribute, "`#[case]` goes on a function");
    }
}

/// How the cases take their handles, which is one way for all.
fn subject(root: &Group, errors: &mut Errors) -> Subject {
    let cases = root.all_cases();
    let subjects = cases.iter().flat_map(|case| {
        case.parameters
            .iter()
            .filter_map(move |parameter| match parameter {
                Parameter::Handle { subject, .. } => Some((*case, *subject)),
                _ => None,
            })
    });
    let mut subjects = subjects.peekable();
    let Some(&(_, first)) = subjects.peek() else {
        return Subject::Object;
    };
    if let Some((case, _)) = subjects.find(|(_, subject)| *subject != first) {
        errors.on(&case.ident, "this case and the ones before it differ in `&dyn` and `&impl`: a suite takes its handles in one way");
    }
    first
}
