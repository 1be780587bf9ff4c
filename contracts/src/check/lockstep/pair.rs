//! The world that sequences mostly run in: an implementation, and a model beside it.

use std::time::{Duration, Instant};

use super::answer::{Answer, answer};
use super::world::{Call, World};
use crate::check::generate::Step;
use crate::check::model::Model;
use crate::check::operation::{Drive, Field, ModelledBy, Operation, Role};
use crate::check::strength::nearest;
use crate::runtime::{Clock, ClockKind};

/// Clients and servers round their clocks, each by up to a millisecond.
const ROUNDING: Duration = Duration::from_millis(2);

/// An implementation beside the model: the world of sequences.
///
/// `F` makes a handle of a subject `S` with nothing stored, and `G` the model beside it.
pub struct Pair<F, G, H, S: ?Sized, M> {
    make: F,
    subject: fn(&mut H) -> &mut S,
    model: G,
    clock: Clock,
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

impl<F, G, S, M> Pair<F, G, S, S, M> {
    /// A pair whose time passes by itself, and by too little for anything to expire.
    pub fn new(make: F, model: G) -> Self {
        Self::with(make, |subject| subject, model, Clock::new(ClockKind::Real))
    }

    /// A pair that lives on tokio's paused clock, which the sequences move.
    pub fn paused(make: F, model: G) -> Self {
        Self::with(
            make,
            |subject| subject,
            model,
            Clock::new(ClockKind::Virtual),
        )
    }
}

impl<F, G, H, S: ?Sized, M> Pair<F, G, H, S, M> {
    pub(crate) fn with(make: F, subject: fn(&mut H) -> &mut S, model: G, clock: Clock) -> Self {
        Self {
            make,
            subject,
            model,
            clock,
            current: None,
            time: Time::new(),
        }
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

impl<F, G, H, S, M, O> World<O> for Pair<F, G, H, S, M>
where
    F: AsyncFnMut() -> Result<H, String>,
    G: FnMut(&S) -> M,
    S: ?Sized,
    M: Model,
    O: Drive<S> + ModelledBy<M>,
{
    async fn begin(&mut self) -> Result<(), String> {
        self.current = None;
        let mut handle = (self.make)().await?;
        let model = (self.model)((self.subject)(&mut handle));
        self.current = Some((handle, model));
        self.time = Time::new();
        Ok(())
    }

    fn moves_time(&self) -> bool {
        self.clock.is_virtual()
    }

    async fn call(&mut self, operation: &O, on_model: &O) -> Call<O::Outcome> {
        let is_virtual = self.clock.is_virtual();
        if is_virtual {
            self.note_deadline(operation);
        } else {
            let passed = std::mem::replace(&mut self.time.since, Instant::now()).elapsed();
            self.both().1.advance(passed);
        }
        let (subject, model) = self.both();
        let expected = on_model.on_model(model);
        // A sync method is called when it is driven, and may panic then.
        let observed = answer(async { operation.drive(subject).await }).await;
        let slack = if is_virtual {
            Duration::ZERO
        } else {
            self.time.longest_call = self.time.longest_call.max(self.time.since.elapsed());
            self.time.longest_call + ROUNDING + self.both().1.resolution()
        };
        Call {
            observed,
            expected,
            slack,
            renamed: true,
        }
    }

    fn nearest(
        &mut self,
        steps: &[Step<O>],
        observed: &[Option<Answer<O::Outcome>>],
    ) -> Option<String> {
        let (handle, _) = self.current.as_mut()?;
        let model = (self.model)((self.subject)(handle));
        nearest(&model, steps, observed)
    }

    async fn pass(&mut self, by: Duration) {
        let resolution = self.both().1.resolution();
        let by = self.clear_of_deadlines(by, resolution);
        self.time.now += by;
        self.both().1.advance(by);
        self.clock.advance(by).await;
    }
}
