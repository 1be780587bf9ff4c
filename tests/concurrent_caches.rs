//! Caches on a server that are right for one caller and wrong for several: the check of concurrent clients finds them.
//!
//! Each is a client of the embedded server, with calls that somebody made of two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use contrait::cache::{
    CacheInterface, CacheInterfaceOperation as Call, CacheInterfaceOutcome as Answer,
};
use contrait::check::intercept::{Intercept, Interceptor, Next, Plan};
use contrait::check::operation::Operation;
use contrait::report::Outcome;
use contrait::{Context, SetupError, backend};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    IncrementInTwoSteps,
    AddInTwoSteps,
    DeleteInTwoSteps,
    ReadsAreCached,
}

/// A handle's part of the flaw.
struct Flawed {
    flaw: Flaw,
    kept: Arc<Mutex<HashMap<String, Option<Bytes>>>>,
}

type Ran = Option<Answer>;

/// A step of a call, given what the one before answered.
type Step = Box<dyn FnOnce(Ran) -> Next<Call> + Send>;

/// Steps, one after the other.
struct Steps(std::vec::IntoIter<Step>);

impl Plan<Call> for Steps {
    fn next(&mut self, ran: Ran) -> Next<Call> {
        match self.0.next() {
            Some(step) => step(ran),
            None => Next::Answer(ran.expect("the last step ran")),
        }
    }
}

/// The value that was read, where one was.
fn value(ran: &Ran) -> Option<Bytes> {
    match ran {
        Some(Answer::Get(Ok(value))) => value.clone(),
        _ => None,
    }
}

impl Flawed {
    fn steps(&self, call: Call) -> Vec<Step> {
        match (self.flaw, call) {
            (Flaw::IncrementInTwoSteps, Call::Increment { key, by }) => increment(key, by),
            (Flaw::AddInTwoSteps, Call::Add { key, value, ttl }) => {
                let (asked, other) = (
                    key.clone(),
                    Call::Add {
                        key: key.clone(),
                        value: value.clone(),
                        ttl,
                    },
                );
                vec![
                    Box::new(move |_| Next::Run(Call::Exists { key: asked })),
                    Box::new(move |ran| match ran {
                        Some(Answer::Exists(Ok(false))) => Next::Run(Call::Set { key, value, ttl }),
                        _ => Next::Run(other),
                    }),
                    Box::new(|ran| match ran {
                        Some(Answer::Set(set)) => Next::Answer(Answer::Add(set.map(|()| true))),
                        ran => Next::Answer(ran.expect("ran")),
                    }),
                ]
            }
            (Flaw::DeleteInTwoSteps, Call::Delete { key }) => {
                let there = Arc::new(Mutex::new(false));
                let seen = Arc::clone(&there);
                let asked = key.clone();
                vec![
                    Box::new(move |_| Next::Run(Call::Exists { key: asked })),
                    Box::new(move |ran| {
                        *lock(&seen) = matches!(ran, Some(Answer::Exists(Ok(true))));
                        Next::Run(Call::Delete { key })
                    }),
                    Box::new(move |ran| match ran {
                        Some(Answer::Delete(Ok(_))) => {
                            Next::Answer(Answer::Delete(Ok(*lock(&there))))
                        }
                        ran => Next::Answer(ran.expect("ran")),
                    }),
                ]
            }
            (Flaw::ReadsAreCached, Call::Get { key }) => {
                let kept = Arc::clone(&self.kept);
                if let Some(value) = lock(&kept).get(&key).cloned() {
                    return vec![Box::new(|_| Next::Answer(Answer::Get(Ok(value))))];
                }
                let asked = key.clone();
                vec![
                    Box::new(move |_| Next::Run(Call::Get { key: asked })),
                    Box::new(move |ran| {
                        lock(&kept).insert(key, value(&ran));
                        Next::Answer(ran.expect("ran"))
                    }),
                ]
            }
            // What a handle writes, it knows.
            (_, call) => {
                if let Some(key) = call.key().filter(|_| !call.about().read) {
                    lock(&self.kept).remove(&*key);
                }
                vec![Box::new(|_| Next::Run(call))]
            }
        }
    }
}

/// Reads, and writes what it made of it.
fn increment(key: String, by: i64) -> Vec<Step> {
    let (asked, other) = (
        key.clone(),
        Call::Increment {
            key: key.clone(),
            by,
        },
    );
    let made = Arc::new(Mutex::new(0));
    let sum = Arc::clone(&made);
    vec![
        Box::new(move |_| Next::Run(Call::Get { key: asked })),
        Box::new(move |ran| {
            let number = match value(&ran) {
                None => Some(0),
                Some(value) => std::str::from_utf8(&value)
                    .ok()
                    .and_then(|text| text.parse::<i64>().ok()),
            };
            let Some(new) = number.and_then(|number| number.checked_add(by)) else {
                return Next::Run(other);
            };
            *lock(&made) = new;
            let value = new.to_string().into_bytes();
            Next::Run(Call::Set {
                key,
                value,
                ttl: None,
            })
        }),
        Box::new(move |ran| match ran {
            Some(Answer::Set(set)) => Next::Answer(Answer::Increment(set.map(|()| *lock(&sum)))),
            ran => Next::Answer(ran.expect("ran")),
        }),
    ]
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Interceptor<Call> for Flawed {
    fn begin(&self, call: Call) -> Box<dyn Plan<Call> + Send> {
        Box::new(Steps(self.steps(call).into_iter()))
    }
}

async fn flawed(context: &Context, flaw: Flaw) -> Result<Box<dyn CacheInterface>, SetupError> {
    let cache = contrait_redis_rs::backend::redis_rs(context).await?;
    let interceptor = Flawed {
        flaw,
        kept: Arc::default(),
    };
    Ok(Call::intercept(Box::new(cache), Arc::new(interceptor)))
}

/// Each flaw, as a backend whose check has to fail.
macro_rules! found {
    ($($backend:ident: $flaw:ident, $test:ident;)*) => {$(
        #[backend(contrait::cache::suite, tests = false)]
        async fn $backend(context: &Context) -> Result<Box<dyn CacheInterface>, SetupError> {
            flawed(context, Flaw::$flaw).await
        }

        #[test]
        fn $test() {
            let record = $backend::conformance().run("generated::linearizable");
            let reason = record.reason.clone().unwrap_or_default();
            assert_eq!(record.outcome, Outcome::Failed, "{record}");
            assert!(reason.starts_with("not linearizable on "), "{record}");
        }
    )*};
}

found! {
    increments: IncrementInTwoSteps, an_increment_in_two_steps;
    adds: AddInTwoSteps, an_add_in_two_steps;
    deletes: DeleteInTwoSteps, a_delete_in_two_steps;
    reads: ReadsAreCached, a_read_that_was_right_once;
}
