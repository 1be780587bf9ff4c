//! Runs one case on one backend: makes the handles, bounds the time, and tears down however the case ended.
//!
//! The case runs on a thread of its own, since nothing else can bound the time of one that blocks. A case that is
//! late is left behind with its thread, and the test fails without it.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
#[cfg(feature = "check")]
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::backend::{BackendInfo, ClockKind, Make};
use super::bounded_thread::{Parts, on_a_thread};
use super::case::{Body, Case, LocalFuture, Promise, Setting};
use super::clock::Clock;
use super::context::{Context, SetupError};
#[cfg(feature = "check")]
use super::decorator::{Decoration, Decorator, decorated};
use super::environment;
use super::outcome::Returned;
use super::runtimes::{LazyRuntime, RUNTIMES};

/// How long the handles of a case may take to be made: a server may have to be started first.
const SET_UP: Duration = Duration::from_secs(30);
/// How long each part of the teardown may take.
const TEARDOWN: Duration = Duration::from_secs(5);
/// Nothing waits so long: a virtual clock that comes here ran ahead because nothing was left to wait for.
const NEVER: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) context: Option<Context>,
    pub(crate) seed: u64,
    pub(crate) returned: Returned,
    pub(crate) took: Duration,
}

/// The part of a run that depends on the type of the handles. It is compiled once a suite, in the crate of its tests, so
/// it is as small as can be: all that waits or starts anything is a method of [`Stage`], compiled in this crate.
pub(crate) trait Proof {
    fn set_up(&mut self, stage: &Stage) -> Result<(), SetupError>;
    fn prove(&mut self, stage: &Stage) -> Returned;
    fn drop_handles(&mut self);
}

/// A case and the backend that it is run on.
pub(crate) struct Bound<H: 'static> {
    pub(crate) case: &'static Case<H>,
    pub(crate) make: Make<H>,
    /// Whether a check may keep what it finds.
    #[cfg_attr(not(feature = "check"), expect(dead_code, reason = "checks alone ask"))]
    as_a_test: bool,
    setting: Option<Setting<H>>,
    #[cfg(feature = "check")]
    decoration: Decoration<H>,
}

impl<H> Bound<H> {
    pub(crate) fn new(case: &'static Case<H>, make: Make<H>, as_a_test: bool) -> Self {
        Self {
            case,
            make,
            as_a_test,
            setting: None,
            #[cfg(feature = "check")]
            decoration: None,
        }
    }

    /// With somebody in front of its handles.
    #[cfg(feature = "check")]
    pub(crate) fn decorated(
        case: &'static Case<H>,
        make: Make<H>,
        decorator: Arc<dyn Decorator<H>>,
    ) -> Self {
        Self {
            decoration: Some(decorator),
            ..Self::new(case, make, false)
        }
    }
}

impl<H> Proof for Bound<H> {
    fn set_up(&mut self, stage: &Stage) -> Result<(), SetupError> {
        let mut handles = Vec::with_capacity(self.case.promise.handles.len());
        for handle in self.case.promise.handles {
            let context = stage.context.of_handle(handle);
            let handle = stage.make(self.make, &context)?;
            #[cfg(feature = "check")]
            let handle = decorated(&self.decoration, handle, &context);
            handles.push(handle);
        }
        self.setting = Some(Setting {
            context: stage.context.clone(),
            handles,
        });
        Ok(())
    }

    fn prove(&mut self, stage: &Stage) -> Returned {
        let setting = self.setting.as_mut().expect("set up before");
        match self.case.body {
            // An async backend may have left tasks that its subject talks to.
            Body::Sync(body) => stage.entered(&mut || body(setting)),
            Body::Async(body) => body(setting, stage),
            #[cfg(feature = "check")]
            Body::Check(check) => self.check(stage, check),
        }
    }

    fn drop_handles(&mut self) {
        self.setting = None;
    }
}

#[cfg(feature = "check")]
impl<H> Bound<H> {
    fn check(&self, stage: &Stage, check: super::runs::Check<H>) -> Returned {
        let runs = super::runs::Runs::new(
            stage.context.clone(),
            stage.info,
            self.make,
            self.as_a_test,
            self.decoration.clone(),
        );
        let outside = matches!(self.make, Make::Sync(_))
            && !check.asynchronous
            && stage.info.clock == ClockKind::Real;
        if outside {
            return ready((check.run)(&runs));
        }
        stage.wait(self.case.promise.timeout, (check.run)(&runs).as_mut())
    }
}

/// What a future yields that waits for nothing.
#[cfg(feature = "check")]
fn ready(mut future: LocalFuture<'_, Returned>) -> Returned {
    let mut context = task::Context::from_waker(task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        Poll::Ready(returned) => returned,
        Poll::Pending => Err(
            "waits for something, and a contract without async methods has nothing to wait for"
                .to_owned(),
        ),
    }
}

/// Makes a proof, on the thread of its case.
pub(crate) type MakeProof = Box<dyn FnOnce() -> Box<dyn Proof> + Send>;

/// Leaves what `future` yields in `made`, for which its caller waits.
async fn store<T>(made: &mut Option<T>, future: LocalFuture<'_, T>) -> Returned {
    *made = Some(future.await);
    Ok(())
}

/// A case, and what tells whether it passed. A type of its own, since an async block is more code for each `T`.
struct Judged<'a, T> {
    case: Pin<&'a mut (dyn Future<Output = T> + 'a)>,
    judge: fn(T) -> Returned,
}

impl<T> Future for Judged<'_, T> {
    type Output = Returned;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Returned> {
        match self.case.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(returned) => Poll::Ready((self.judge)(returned)),
        }
    }
}

/// What every run has, whatever its handles.
pub struct Stage {
    info: &'static BackendInfo,
    /// How long the case itself may take.
    limit: Duration,
    context: Context,
    runtime: LazyRuntime,
}

impl Stage {
    /// For a run of which only the outcome matters.
    #[cfg(feature = "check")]
    fn of_a_trial(
        promise: &'static Promise,
        info: &'static BackendInfo,
        seed: u64,
        runtime: LazyRuntime,
    ) -> Self {
        let context = Context::new(info.name, promise, seed, Clock::new(info.clock));
        Self {
            info,
            limit: promise.timeout,
            context: context.without_log(),
            runtime,
        }
    }

    /// Waits for a case, and judges what it returned.
    pub fn case<T>(
        &self,
        case: Pin<&mut (dyn Future<Output = T> + '_)>,
        judge: fn(T) -> Returned,
    ) -> Returned {
        self.wait(self.limit, pin!(Judged { case, judge }))
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.get_or_take(self.info.flavor, self.info.clock)
    }

    fn make<H>(&self, make: Make<H>, context: &Context) -> Result<H, SetupError> {
        match make {
            Make::Sync(make) => make(context),
            Make::Async(make) => {
                let mut made = None;
                self.wait(SET_UP, pin!(store(&mut made, make(context))))?;
                made.expect("waited for")
            }
        }
    }

    /// Runs `future` to its end, for as long as it may take.
    fn wait(
        &self,
        limit: Duration,
        future: Pin<&mut (dyn Future<Output = Returned> + '_)>,
    ) -> Returned {
        self.runtime()
            .block_on(bounded(self.info.clock, limit, future))
    }

    /// Runs `what` within the runtime, if there is one.
    fn entered(&self, what: &mut dyn FnMut() -> Returned) -> Returned {
        let _entered = self.runtime.get().map(Runtime::enter);
        what()
    }

    fn perform(&self, proof: &mut dyn Proof, parts: &Parts) -> Returned {
        let set_up = |proof: &mut dyn Proof| {
            proof.set_up(self)?;
            self.context.check_what_is_asked_for()
        };
        let proven = caught(|| match set_up(proof) {
            Ok(()) => {
                parts.begin("in the case", self.limit);
                proof.prove(self)
            }
            Err(error) => Err(format!("the backend could not be made: {}", chain(&*error))),
        });
        parts.begin("in the teardown", TEARDOWN);
        let torn_down = self.tear_down(proof);
        proven.and(torn_down)
    }

    /// Ends the handles, then what was noted for teardown, then what the handles shared and what was between them.
    fn tear_down(&self, proof: &mut dyn Proof) -> Returned {
        self.context.heal_network();
        let dropped = caught(|| {
            self.entered(&mut || {
                proof.drop_handles();
                Ok(())
            })
        });
        let mut torn_down = dropped;
        while let Some(teardown) = self.context.pop_teardown() {
            let mut teardown = pin!(async {
                teardown.await;
                Ok(())
            });
            let ended = caught(|| self.wait(TEARDOWN, teardown.as_mut()));
            torn_down = torn_down.and(ended.map_err(|reason| format!("in the teardown: {reason}")));
        }
        let shared = caught(|| {
            self.entered(&mut || {
                self.context.drop_shared();
                self.context.close_network();
                Ok(())
            })
        });
        torn_down.and(shared)
    }
}

/// Runs `proof` on a thread of its own, for as long as the case may take.
///
/// `proof` is made on that thread, since handles need not be `Send`. Without a `seed` it is that of the environment.
pub(crate) fn run(
    promise: &'static Promise,
    info: &'static BackendInfo,
    seed: Option<u64>,
    proof: MakeProof,
) -> Ended {
    let began = Instant::now();
    let seed = match seed.map_or_else(environment::seed, Ok) {
        Ok(seed) => seed,
        Err(reason) => {
            return Ended {
                context: None,
                seed: 0,
                returned: Err(reason),
                took: Duration::ZERO,
            };
        }
    };
    let context = Context::new(info.name, promise, seed, Clock::new(info.clock));
    let staged = context.clone();
    let perform = move |parts: &Parts| {
        let stage = Stage {
            info,
            limit: promise.timeout,
            context: staged,
            runtime: LazyRuntime::default(),
        };
        let returned = stage.perform(&mut *proof(), parts);
        if let Some(runtime) = stage.runtime.into_inner() {
            RUNTIMES.put_back(runtime, info.flavor, info.clock);
        }
        returned
    };
    let perform = move |parts: &Parts| caught(|| perform(parts));
    let returned = on_a_thread("while the backend was made", SET_UP, Box::new(perform));
    let returned = as_it_should(promise, returned);
    Ended {
        context: Some(context),
        seed,
        returned,
        took: began.elapsed(),
    }
}

/// Runs `proof` on this thread, and on `runtime`, which comes back. There is no limit but that of what waits.
#[cfg(feature = "check")]
pub(crate) fn run_here(
    promise: &'static Promise,
    info: &'static BackendInfo,
    seed: u64,
    proof: &mut dyn Proof,
    runtime: LazyRuntime,
) -> (Returned, LazyRuntime) {
    let stage = Stage::of_a_trial(promise, info, seed, runtime);
    let returned = caught(|| stage.perform(proof, &Parts::of_nobody()));
    (as_it_should(promise, returned), stage.runtime)
}

/// Makes a handle on `runtime`, which comes back.
#[cfg(feature = "check")]
pub(crate) fn make_here<H>(
    promise: &'static Promise,
    info: &'static BackendInfo,
    seed: u64,
    make: Make<H>,
    runtime: LazyRuntime,
) -> (Result<H, SetupError>, LazyRuntime) {
    let stage = Stage::of_a_trial(promise, info, seed, runtime);
    let made = stage.make(make, &stage.context);
    (made, stage.runtime)
}

/// Turns the failure of a case that should panic into a pass, and the other way round.
fn as_it_should(promise: &Promise, returned: Returned) -> Returned {
    let Some(expected) = promise.should_panic else {
        return returned;
    };
    match returned {
        Ok(()) => Err("did not panic, as it should".to_owned()),
        Err(reason) if reason.contains(expected) => Ok(()),
        Err(reason) => Err(format!("should fail with {expected:?}, but {reason}")),
    }
}

/// Ends `future` when it has had its time, and turns its panic into a reason.
async fn bounded(
    clock: ClockKind,
    limit: Duration,
    future: Pin<&mut (dyn Future<Output = Returned> + '_)>,
) -> Returned {
    let (bound, late): (_, fn(Duration) -> String) = match clock {
        ClockKind::Real => (limit, |limit| format!("did not end within {limit:?}")),
        ClockKind::Virtual => (NEVER, |_| {
            "waits for something that never comes: nothing was left to run".to_owned()
        }),
    };
    let mut future = pin!(tokio::time::timeout(bound, future));
    std::future::poll_fn(move |context| {
        // A panic ends the case, not the runtime: the teardown still runs on it.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(returned))) => Poll::Ready(returned),
            Ok(Poll::Ready(Err(_))) => Poll::Ready(Err(late(limit))),
            Err(panic) => Poll::Ready(Err(panic_message(&*panic))),
        }
    })
    .await
}

pub(crate) fn caught(run: impl FnOnce() -> Returned) -> Returned {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panic_message(&*panic)))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(
        || "panicked with a value that is no text".to_owned(),
        |text| format!("panicked: {text}"),
    )
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors print their source themselves.
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
