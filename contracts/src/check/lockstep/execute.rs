//! Running one sequence.

use std::time::Duration;

use super::answer::Answer;
use super::bindings::Bindings;
use super::failure::Line;
use super::world::World;
use crate::check::generate::Step;
use crate::check::lockstep::Failure;
use crate::check::operation::{Operation, Outcome, call_source};

/// What is told of a run: a line and an answer a step, where time that passes is answered nothing.
pub(super) struct Told<R> {
    pub(super) lines: Vec<Line>,
    pub(super) answers: Vec<Option<Answer<R>>>,
}

impl<R> Default for Told<R> {
    fn default() -> Self {
        Self {
            lines: Vec::new(),
            answers: Vec::new(),
        }
    }
}

/// Runs a sequence from the beginning. `Err` holds the position of the step that differed. `told` is told of each step.
///
/// # Errors
/// Where the world could not be begun.
pub(super) async fn execute<O: Operation, W: World<O>>(
    world: &mut W,
    steps: &[Step<O>],
    mut told: Option<&mut Told<O::Outcome>>,
) -> Result<Result<(), usize>, Box<Failure<O>>> {
    world
        .begin()
        .await
        .map_err(|why| Box::new(Failure::no_world(why)))?;
    let mut bindings = Bindings::default();
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Pass(by) => {
                world.pass(*by).await;
                if let Some(told) = &mut told {
                    told.lines.push(Line::passed(*by));
                    told.answers.push(None);
                }
            }
            Step::Call(operation) => {
                let Some(bound) = bindings.bind(operation) else {
                    if let Some(told) = &mut told {
                        told.lines.push(Line::left_out(call_source(operation)));
                        told.answers.push(None);
                    }
                    continue;
                };
                let mut call = world.call(&bound.observed, &bound.expected).await;
                if operation.about().makes {
                    bindings.note::<O>(at + 1, &mut call);
                }
                let comparison = call.comparison();
                if let Some(told) = &mut told {
                    told.lines.push(Line {
                        call: call_source(operation),
                        observed: call.observed_text(),
                        expected: format!("{:?}", call.expected),
                        expected_source: call.expected.source(),
                        expects_error: call.expected.is_error(),
                        comparison: Some(comparison),
                        passed: Duration::ZERO,
                    });
                    told.answers.push(Some(call.observed));
                }
                if !comparison.same {
                    return Ok(Err(at));
                }
            }
        }
    }
    Ok(Ok(()))
}
