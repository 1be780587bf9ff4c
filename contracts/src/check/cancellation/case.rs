//! A dropped call that broke what is declared as a case to paste.

use super::Cancellation;
use super::cut::Cut;
use super::scenario::{BEFORE, Scenario};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation};
use crate::check::pasted::{self, Answers, Head, call_on, wait};

/// `scenario` as a case, which asserts what is allowed after the drop. `model` is one in which nothing has happened.
///
/// # Errors
/// Where there is none, in words.
pub(super) fn case<O: ModelledBy<M>, M: Model>(
    scenario: &Scenario<O>,
    what: &str,
    policy: Cancellation,
    model: M,
) -> Result<String, &'static str> {
    if what == BEFORE {
        return Err("nothing has to be dropped for it");
    }
    let calls: Vec<&O> = scenario.after.iter().collect();
    let answers = Answers::of(&calls, &ways(scenario, policy, model));
    let head = Head {
        found_by: "dropping calls",
        name: "found_by_dropping_a_call",
        handles: &["subject".to_owned()],
        clock: false,
    };
    Ok(pasted::case::<O>(&head, &lines(scenario, &answers)))
}

fn lines<O: Operation>(scenario: &Scenario<O>, answers: &Answers) -> Vec<String> {
    let helper = match scenario.cut {
        Cut::Awaits(_) => "dropped_at_await",
        Cut::Polls(_) => "dropped_at_poll",
    };
    let mut lines = vec![
        format!("use contrait::check::cancellation::{helper};"),
        String::new(),
    ];
    let made = |operation: &O| format!("{}{}", call_on("subject", operation), wait(operation));
    let before = scenario.before.iter();
    lines.extend(before.map(|operation| format!("let _ = {};", made(operation))));
    let dropped = &scenario.dropped;
    let call = match wait(dropped) {
        "" => format!("async {{ {} }}", call_on("subject", dropped)),
        _ => call_on("subject", dropped),
    };
    lines.push(format!("let _ = {}.await;", scenario.cut.source(&call)));
    let mut variables = Vec::new();
    for (index, operation) in scenario.after.iter().enumerate() {
        if index > 0 {
            lines.push("tokio::task::yield_now().await;".to_owned());
        }
        let taken = answers.taken(index, &made(operation));
        if answers.are_told(index) {
            variables.push(format!("after_{}", variables.len() + 1));
            lines.push(format!("let {} = {taken};", variables[variables.len() - 1]));
        } else {
            lines.push(format!("{taken};"));
        }
    }
    lines.extend(answers.asserted(&variables));
    lines
}

/// All that may be answered after the drop.
fn ways<O: ModelledBy<M>, M: Model>(
    scenario: &Scenario<O>,
    policy: Cancellation,
    mut model: M,
) -> Vec<Vec<O::Outcome>> {
    for operation in &scenario.before {
        operation.on_model(&mut model);
    }
    let landings = match policy {
        Cancellation::NoEffect => 0,
        Cancellation::Atomic => 1,
        Cancellation::MayLand => scenario.after.len(),
    };
    let landings = std::iter::once(None).chain((0..landings).map(Some));
    landings
        .map(|landing| way(scenario, landing, model.clone()))
        .collect()
}

/// What is answered after the drop where the call takes effect before the call at that position.
fn way<O: ModelledBy<M>, M: Model>(
    scenario: &Scenario<O>,
    landing: Option<usize>,
    mut model: M,
) -> Vec<O::Outcome> {
    let after = scenario.after.iter().enumerate();
    let answered = after.map(|(index, operation)| {
        if landing == Some(index) {
            scenario.dropped.on_model(&mut model);
        }
        operation.on_model(&mut model)
    });
    answered.collect()
}
