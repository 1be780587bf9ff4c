//! One call that is dropped at one point, what comes before it and what follows.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Cancellation;
use super::cut::{Cut, Dropped};
use super::failure::{Finding, Line};
use super::possible::Possible;
use crate::check::concurrent::{Checked, Identity, State};
use crate::check::lockstep::{Answer, answer};
use crate::check::model::Model;
use crate::check::operation::{Drive, ModelledBy, Operation, Outcome, call_source};
use crate::check::schedule::have_a_budget;

/// Clients and servers round their clocks, each by up to a millisecond.
const ROUNDING: Duration = Duration::from_millis(2);

/// What is wrong where nothing was dropped yet.
pub(super) const BEFORE: &str = "before anything is dropped, it answers otherwise than the model, which `lockstep` tells more of";
/// What is wrong after the drop.
pub(super) const AFTER: &str = "leaves what is allowed neither without it nor with it";

/// What is called on one handle, one after the other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Scenario<O> {
    pub(super) before: Vec<O>,
    pub(super) dropped: O,
    pub(super) cut: Cut,
    pub(super) after: Vec<O>,
}

impl<O> Scenario<O> {
    pub(super) fn new((before, dropped, after): (Vec<O>, O, Vec<O>)) -> Self {
        Self {
            before,
            dropped,
            cut: Cut::Awaits(0),
            after,
        }
    }
}

/// What scenarios are run on.
pub(super) struct Stage<'r, O, H: 'static, S: ?Sized, M> {
    pub(super) checked: Checked<'r, O, H, S, M>,
    pub(super) identity: Identity<M>,
    pub(super) policy: Cancellation,
}

/// What a scenario came to.
pub(super) enum Ran<O: Operation> {
    /// The call was dropped, and what followed is allowed.
    Fits { waited: bool },
    /// The call returned before it could be dropped.
    Returned { waited: bool },
    /// It is not.
    Broken(Broken<O>),
}

/// What is wrong with a scenario.
pub(super) struct Broken<O: Operation> {
    pub(super) finding: Finding,
    /// What the calls before and after were answered, as far as they were made.
    pub(super) seen: Vec<Answer<O::Outcome>>,
}

impl<O: Operation> Ran<O> {
    pub(super) fn waited(&self) -> bool {
        match self {
            Self::Fits { waited } | Self::Returned { waited } => *waited,
            Self::Broken(broken) => broken.finding.waited,
        }
    }
}

impl<O, H, S, M> Stage<'_, O, H, S, M>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    /// A model in which nothing has happened.
    ///
    /// # Errors
    /// Where there is no handle to make it beside.
    pub(super) async fn model(&self) -> Result<M, String> {
        let mut handle = self.handle().await?;
        Ok((self.checked.model)((self.checked.subject)(&mut handle)))
    }

    async fn handle(&self) -> Result<H, String> {
        let made = self.checked.runs.fresh().await;
        made.map_err(|error| format!("the backend could not be made: {error}"))
    }

    /// Runs `scenario` on a handle in a namespace of its own.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub(super) async fn run(&self, scenario: &Scenario<O>) -> Result<Ran<O>, String> {
        let mut handle = self.handle().await?;
        let subject = (self.checked.subject)(&mut handle);
        let model = State::new((self.checked.model)(subject), self.identity);
        let clock = self.checked.runs.clock();
        let (began, rounding) = (clock.now(), ROUNDING + model.model.resolution());
        let mut run = Run {
            scenario,
            lines: Vec::new(),
            seen: Vec::new(),
            slack: || clock.now().saturating_sub(began) + rounding,
        };
        Ok(run.run(subject, model, self.policy).await)
    }
}

/// A run of a scenario.
struct Run<'s, O: Operation, F> {
    scenario: &'s Scenario<O>,
    lines: Vec<Line>,
    seen: Vec<Answer<O::Outcome>>,
    /// By how much the clocks of the implementation and the model may differ by now.
    slack: F,
}

impl<O: Operation, F: Fn() -> Duration> Run<'_, O, F> {
    async fn run<S, M>(
        &mut self,
        subject: &mut S,
        mut model: State<M>,
        policy: Cancellation,
    ) -> Ran<O>
    where
        O: Drive<S> + ModelledBy<M>,
        S: ?Sized,
        M: Model,
    {
        for operation in &self.scenario.before {
            let expected = operation.on_model(&mut model.model);
            let observed = answer(operation.drive(subject)).await;
            let same = self.is_same(&expected, &observed);
            self.lines
                .push(Line::before(operation, &observed, &expected));
            self.seen.push(observed);
            if !same {
                return self.broken(BEFORE, false);
            }
        }
        let dropped = &self.scenario.dropped;
        have_a_budget().await;
        // A call that panics or hangs here is no business of this check but for how it says so.
        let (ended, waited) = match answer(self.scenario.cut.run(dropped.drive(subject))).await {
            Answer::Returned(ended) => ended,
            Answer::Panicked(message) => {
                self.lines
                    .push(Line::ended(dropped, &format!("panicked: {message}")));
                return self.broken("panics", false);
            }
            Answer::NeverCame => (Dropped::Dropped, true),
        };
        if let Dropped::Returned(_) = ended {
            return Ran::Returned { waited };
        }
        self.lines
            .push(Line::ended(dropped, &self.scenario.cut.to_string()));
        self.follow(subject, &model, policy, waited).await
    }

    async fn follow<S, M>(
        &mut self,
        subject: &mut S,
        model: &State<M>,
        policy: Cancellation,
        waited: bool,
    ) -> Ran<O>
    where
        O: Drive<S> + ModelledBy<M>,
        S: ?Sized,
        M: Model,
    {
        let dropped = &self.scenario.dropped;
        let mut possible = Possible::after(dropped, model, policy);
        let (mut without, mut with) = (model.model.clone(), model.model.clone());
        dropped.on_model(&mut with);
        for (index, operation) in self.scenario.after.iter().enumerate() {
            if index > 0 {
                // What the call left to a task has its turn after somebody has looked.
                tokio::task::yield_now().await;
            }
            let expected = (
                operation.on_model(&mut without),
                operation.on_model(&mut with),
            );
            let observed = answer(operation.drive(subject)).await;
            let fits = match &observed {
                Answer::Returned(outcome) => possible.observe(operation, outcome, (self.slack)()),
                Answer::Panicked(_) | Answer::NeverCame => false,
            };
            self.lines
                .push(Line::after(operation, &observed, &expected));
            self.seen.push(observed);
            if !fits {
                return self.broken(AFTER, waited);
            }
        }
        Ran::Fits { waited }
    }

    fn is_same(&self, expected: &O::Outcome, observed: &Answer<O::Outcome>) -> bool {
        match observed {
            Answer::Returned(observed) => expected.compare(observed, (self.slack)()).same,
            Answer::Panicked(_) | Answer::NeverCame => false,
        }
    }

    fn broken(&mut self, what: &'static str, waited: bool) -> Ran<O> {
        let finding = Finding {
            call: call_source(&self.scenario.dropped),
            cut: self.scenario.cut,
            what,
            lines: std::mem::take(&mut self.lines),
            waited,
        };
        Ran::Broken(Broken {
            finding,
            seen: std::mem::take(&mut self.seen),
        })
    }
}
