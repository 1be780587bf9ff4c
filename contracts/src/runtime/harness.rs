//! Runs one case on one backend: makes the handles, bounds the time, and tears down however the case ended.
//!
//! The case runs on a thread of its own, since nothing else can bound the time of one that blocks. A case that is
//! late is left behind with its thread, and the test fails without it.

use std::any::Any;
use std::cell::OnceCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use super::backend::{BackendInfo, ClockKind, Flavor, Make};
use super::case::{Body, Case, Promise, Setting};
use super::clock::Clock;
use super::context::{Context, SetupError};
use super::environment;
use super::outcome::Returned;

/// How much longer than its case a whole run may take, for set-up and teardown.
const GRACE: Duration = Duration::from_secs(5);
/// Nothing waits so long: a virtual clock that comes here ran ahead because nothing was left to wait for.
const NEVER: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) context: Option<Context>,
    pub(crate) seed: u64,
    pub(crate) returned: Returned,
    pub(crate) took: Duration,
}

/// The part of a run that depends on the type of the handles.
pub(crate) trait Proof {
    fn set_up(&mut self, stage: &Stage) -> Result<(), SetupError>;
    fn prove(&mut self, stage: &Stage) -> Returned;
    fn drop_handles(&mut self);
}

/// A case and the backend that it is run on.
pub(crate) struct Bound<H: 'static> {
    pub(crate) case: &'static Case<H>,
    pub(crate) make: Make<H>,
    setting: Option<Setting<H>>,
}

impl<H> Bound<H> {
    pub(crate) fn new(case: &'static Case<H>, make: Make<H>) -> Self {
        Self {
            case,
            make,
            setting: None,
        }
    }
}

impl<H> Proof for Bound<H> {
    fn set_up(&mut self, stage: &Stage) -> Result<(), SetupError> {
        let mut handles = Vec::with_capacity(self.case.promise.handles.len());
        for handle in self.case.promise.handles {
            let context = stage.context.of_handle(handle);
            handles.push(match self.make {
                Make::Sync(make) => make(&context)?,
                Make::Async(make) => stage.runtime().block_on(make(&context))?,
            });
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
            Body::Sync(body) => {
                // An async backend may have left tasks that its subject talks to.
                let _entered = stage.runtime.get().map(Runtime::enter);
                body(setting)
            }
            Body::Async(body) => {
                let limit = self.case.promise.timeout;
                stage
                    .runtime()
                    .block_on(bounded(stage.info.clock, limit, body(setting)))
            }
        }
    }

    fn drop_handles(&mut self) {
        self.setting = None;
    }
}

/// What every run has, whatever its handles.
pub(crate) struct Stage {
    info: &'static BackendInfo,
    context: Context,
    runtime: OnceCell<Runtime>,
}

impl Stage {
    /// Made when first asked for: a sync case on a sync backend needs none.
    fn runtime(&self) -> &Runtime {
        self.runtime.get_or_init(|| {
            let mut builder = match self.info.flavor {
                Flavor::CurrentThread => Builder::new_current_thread(),
                Flavor::MultiThread => Builder::new_multi_thread(),
            };
            builder.enable_all();
            if self.info.clock == ClockKind::Virtual {
                builder.start_paused(true);
            }
            builder.build().expect("a tokio runtime")
        })
    }

    fn perform(&self, proof: &mut dyn Proof) -> Returned {
        let proven = caught(|| match proof.set_up(self) {
            Ok(()) => proof.prove(self),
            Err(error) => Err(format!("the backend could not be made: {}", chain(&*error))),
        });
        let torn_down = self.tear_down(proof);
        proven.and(torn_down)
    }

    /// Ends the handles, then what was noted for teardown, then what the handles shared.
    fn tear_down(&self, proof: &mut dyn Proof) -> Returned {
        let dropped = caught(|| {
            let _entered = self.runtime.get().map(Runtime::enter);
            proof.drop_handles();
            Ok(())
        });
        let mut torn_down = dropped;
        while let Some(teardown) = self.context.pop_teardown() {
            let ended = caught(|| {
                let teardown = async {
                    teardown.await;
                    Ok(())
                };
                self.runtime()
                    .block_on(bounded(self.info.clock, GRACE, teardown))
            });
            torn_down = torn_down.and(ended.map_err(|reason| format!("in the teardown: {reason}")));
        }
        let shared = caught(|| {
            let _entered = self.runtime.get().map(Runtime::enter);
            self.context.drop_shared();
            Ok(())
        });
        torn_down.and(shared)
    }
}

/// Runs `proof` on a thread of its own, for as long as the case may take.
///
/// `proof` is made on that thread, since handles need not be `Send`.
pub(crate) fn run<P: Proof>(
    promise: &'static Promise,
    info: &'static BackendInfo,
    proof: impl FnOnce() -> P + Send + 'static,
) -> Ended {
    let began = Instant::now();
    let seed = match environment::seed() {
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
    let context = Context::new(info.name, promise.name, seed, Clock::new(info.clock));
    let staged = context.clone();
    let returned = on_a_thread(promise.timeout + GRACE, move || {
        let mut stage = Stage {
            info,
            context: staged,
            runtime: OnceCell::new(),
        };
        let returned = stage.perform(&mut proof());
        if let Some(runtime) = stage.runtime.take() {
            // Blocking tasks that do not end must not hold the test.
            runtime.shutdown_background();
        }
        returned
    });
    let returned = as_it_should(promise, returned);
    Ended {
        context: Some(context),
        seed,
        returned,
        took: began.elapsed(),
    }
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

fn on_a_thread(limit: Duration, run: impl FnOnce() -> Returned + Send + 'static) -> Returned {
    let (sender, receiver) = mpsc::sync_channel(1);
    // A panic message names the thread, so this one is called as the test is.
    let name = thread::current().name().unwrap_or("case").to_owned();
    let spawned = thread::Builder::new().name(name).spawn(move || {
        let _ = sender.send(run());
    });
    let thread = match spawned {
        Ok(thread) => thread,
        Err(error) => return Err(format!("no thread could be started for the case: {error}")),
    };
    match receiver.recv_timeout(limit) {
        Ok(returned) => {
            let _ = thread.join();
            returned
        }
        Err(RecvTimeoutError::Timeout) => Err(format!(
            "blocked its thread: it did not end within {limit:?}, set-up and teardown included"
        )),
        Err(RecvTimeoutError::Disconnected) => {
            Err("the thread of the case ended without a word".to_owned())
        }
    }
}

/// Ends `future` when the case has had its time.
async fn bounded(
    clock: ClockKind,
    limit: Duration,
    future: impl Future<Output = Returned>,
) -> Returned {
    let (limit, late) = match clock {
        ClockKind::Real => (limit, format!("did not end within {limit:?}")),
        ClockKind::Virtual => (
            NEVER,
            "waits for something that never comes: nothing was left to run".to_owned(),
        ),
    };
    let mut future = pin!(tokio::time::timeout(limit, future));
    std::future::poll_fn(move |context| {
        // A panic ends the case, not the runtime: the teardown still runs on it.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(returned))) => Poll::Ready(returned),
            Ok(Poll::Ready(Err(_))) => Poll::Ready(Err(late.clone())),
            Err(panic) => Poll::Ready(Err(panic_message(&*panic))),
        }
    })
    .await
}

fn caught(run: impl FnOnce() -> Returned) -> Returned {
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
