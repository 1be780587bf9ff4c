//! The world of a suite: a backend's handle beside the model, in a namespace of their own.

use std::time::{Duration, Instant};

use super::answer::{Answer, answer};
use super::world::{Call, World};
use crate::check::generate::Step;
use crate::check::model::Model;
use crate::check::operation::{Drive, Field, ModelledBy, Operation, Role};
use crate::check::strength::nearest;
use crate::runtime::Runs;

/// Clients and servers round their clocks, each by up to a millisecond.
const ROUNDING: Duration = Duration::from_millis(2);

/// A backend beside the model.
pub(crate) struct Pair<'r, H: 'static, S: ?Sized, M> {
    runs: &'r Runs<H>,
    subject: fn(&mut H) -> &mut S,
    model: fn(&S) -> M,
    current: Option<(H, M)>,
    time: Time,
}

/// What is known of the time of a sequence.
struct Time {
    since: Instant,
    longest_call: Duration,
    /// On a virtual clock: the time since the sequence began.
    now: Duration,
    /// When entries may expire, on the same clock.
    deadlines: Vec<Duration>,
}

impl Time {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            longest_call: Duration::ZERO,
            now: Duration::ZERO,
            deadlines: Vec::new(),
        }
    }
}

impl<'r, H, S: ?Sized, M: Model> Pair<'r, H, S, M> {
    pub(crate) fn new(
        runs: &'r Runs<H>,
        subject: fn(&mut H) -> &mut S,
        model: fn(&S) -> M,
    ) -> Self {
        Self {
            runs,
            subject,
            model,
            current: None,
            time: Time::new(),
        }
    }

    /// Makes a handle and a model, with nothing stored.
    pub(crate) async fn anew(&mut self) -> Result<(), String> {
        let mut handle = self.runs.fresh().await.map_err(|error| error.to_string())?;
        let model = (self.model)((self.subject)(&mut handle));
        self.current = Some((handle, model));
        self.time = Time::new();
        Ok(())
    }

    fn both(&mut self) -> (&mut S, &mut M) {
        let (handle, model) = self.current.as_mut().expect("begun before");
        ((self.subject)(handle), model)
    }

    /// How long to wait instead of `by`: while an entry may be gone and may still be there, either answer is right, so
    /// no sequence stops there.
    fn clear_of_deadlines(&self, by: Duration, resolution: Duration) -> Duration {
        let mut then = self.time.now.saturating_add(by);
        let window = resolution.saturating_mul(2);
        while let Some(deadline) = self
            .time
            .deadlines
            .iter()
            .find(|deadline| **deadline <= then && then <= deadline.saturating_add(window))
        {
            then = deadline
                .saturating_add(window)
                .saturating_add(Duration::from_nanos(1));
        }
        then - self.time.now
    }

    fn note_deadline<O: Operation>(&mut self, operation: &O) {
        let now = self.time.now;
        let deadlines = &mut self.time.deadlines;
        operation.visit(&mut |parameter, field: &dyn Field| {
            if parameter.role != Role::Ttl {
                return;
            }
            let value = field.value();
            let ttl = value.downcast_ref::<Duration>().copied();
            let ttl = ttl.or_else(|| *value.downcast_ref::<Option<Duration>>()?);
            deadlines.extend(ttl.and_then(|ttl| now.checked_add(ttl)));
        });
    }
}

impl<H, S: ?Sized, M: Model, O: Drive<S> + ModelledBy<M>> World<O> for Pair<'_, H, S, M> {
    async fn begin(&mut self) -> Result<(), String> {
        self.current = None;
        self.anew().await
    }

    async fn call(&mut self, operation: &O) -> Call<O::Outcome> {
        let is_virtual = self.runs.clock().is_virtual();
        if is_virtual {
            self.note_deadline(operation);
        } else {
            let passed = std::mem::replace(&mut self.time.since, Instant::now()).elapsed();
            self.both().1.advance(passed);
        }
        let (subject, model) = self.both();
        let expected = operation.on_model(model);
        let observed = answer(operation.drive(subject)).await;
        let slack = if is_virtual {
            Duration::ZERO
        } else {
            self.time.longest_call = self.time.longest_call.max(self.time.since.elapsed());
            self.time.longest_call + ROUNDING
        };
        Call {
            observed,
            expected,
            slack,
        }
    }

    fn nearest(
        &mut self,
        steps: &[Step<O>],
        observed: &[Option<Answer<O::Outcome>>],
    ) -> Option<String> {
        let model = self.model;
        let (subject, _) = self.both();
        nearest(&model(subject), steps, observed)
    }

    async fn pass(&mut self, by: Duration) {
        let resolution = self.both().1.resolution();
        let by = self.clear_of_deadlines(by, resolution);
        self.time.now += by;
        self.both().1.advance(by);
        self.runs.clock().advance(by).await;
    }
}
