//! Methods that cannot be driven are told by name, each with what to add, and in the same words by all checks.

use contrait::check::Model;
use contrait::check::operation::{Operation, Undriven};
use contrait::report::Outcome;
use contrait::{Context, backend, contract, contract_suite};

/// Nobody's argument.
#[derive(Debug)]
pub struct Unknown;

/// Methods that cannot be driven, but for one.
#[contract]
pub trait Hard {
    fn easy(&mut self, number: u32) -> u32;
    fn generic<T: Into<u32>>(&mut self, number: T) -> u32;
    fn whole(self: Box<Self>) -> u32;
    fn strange(&mut self, unknown: &Unknown, f: fn(u32) -> u32) -> u32;
    fn changing(&mut self, number: &mut u32);
    fn borrowed<'a>(&'a self, numbers: &'a mut u32) -> Vec<&'a u32>;
    fn inner(&mut self) -> &mut u32;
    #[cfg(test)]
    fn conditional(&self);
    fn own(&self) -> Self
    where
        Self: Sized;
    #[undriven = "it ends the process"]
    fn exit(&self);
}

/// Each with why, and what to add.
#[test]
fn every_kind_has_its_reason_and_remedy() {
    const DECLARE: &str = "mark it `#[undriven = \"…\"]`";
    let contract = HardOperation::CONTRACT;
    let names: Vec<_> = contract.methods.iter().map(|method| method.name).collect();
    assert_eq!(names, ["easy"]);
    let generate = format!(
        "name the type in `#[contract(arguments(…))]` and implement `contrait::check::Argument` for it, mark the parameter `#[strategy(…)]`, or {}",
        DECLARE.replace("it", "the method")
    );
    let expected = [
        (
            "generic",
            "is generic",
            format!("give it one type, or {DECLARE}"),
        ),
        (
            "whole",
            "takes neither `&self` nor `&mut self`",
            DECLARE.to_owned(),
        ),
        (
            "strange",
            "nobody knows how to generate `unknown: &Unknown`",
            generate.clone(),
        ),
        (
            "changing",
            "nobody knows how to generate `number: &mut u32`",
            generate.clone(),
        ),
        (
            "borrowed",
            "its result, `Vec<&'au32>`, cannot be kept",
            format!("return an owned value, or {DECLARE}"),
        ),
        (
            "inner",
            "its result, `&mutu32`, cannot be kept",
            format!("return an owned value, or {DECLARE}"),
        ),
        (
            "conditional",
            "is only there on a condition",
            format!("take its `#[cfg]` away, or {DECLARE}"),
        ),
        (
            "own",
            "is only there for some implementations",
            DECLARE.to_owned(),
        ),
        (
            "exit",
            "is not to be called",
            "it ends the process".to_owned(),
        ),
    ];
    let told: Vec<_> = contract
        .undriven
        .iter()
        .map(
            |Undriven {
                 method,
                 why,
                 remedy,
                 ..
             }| (*method, *why, (*remedy).to_owned()),
        )
        .collect();
    assert_eq!(told, expected);
    let undeclared = contract.undeclared().expect("all but one");
    assert_eq!(undeclared.lines().count(), expected.len() - 1);
    assert!(!undeclared.contains("exit"), "{undeclared}");
    let line = "`Hard::generic`: is generic; give it one type, or mark it `#[undriven = \"…\"]`";
    assert_eq!(undeclared.lines().next(), Some(line));
}

#[contract]
trait Half {
    fn easy(&mut self, number: u32) -> u32;
    fn strange(&mut self, unknown: &Unknown);
}

#[derive(Clone, Debug, Default)]
struct HalfModel;

impl Model for HalfModel {}

impl Half for HalfModel {
    fn easy(&mut self, number: u32) -> u32 {
        number
    }
    fn strange(&mut self, _: &Unknown) {}
}

#[contract_suite(Half, model = |_| HalfModel)]
mod half {
    use super::*;

    /// Easy is as easy does.
    #[case]
    fn easy(half: &mut dyn Half) {
        assert_eq!(half.easy(1), 1);
        half.strange(&Unknown);
    }
}

#[backend(half, tests = false)]
fn halves(_: &Context) -> HalfModel {
    HalfModel
}

#[test]
fn generated_check_fails_where_a_method_is_left_out() {
    halves::conformance().check("easy");
    let record = halves::conformance().run("generated::lockstep");
    assert_eq!(record.outcome, Outcome::Failed, "a method is left out");
    let text = record.reason.expect("a failure has a reason");
    for said in [
        "not every method can be checked:\n",
        "`Half::strange`: nobody knows how to generate `unknown: &Unknown`; name the type",
    ] {
        assert!(text.contains(said), "{text}");
    }
}
