//! The suite of connecting against connectors that break one promise each: every case must be seen failing.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::connecting::{CacheConnector, CacheTarget};
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Swap, TimeToLive, Version, Versioned,
};
use contrait::report::Outcome;
use contrait::{Context, SetupError, backend};
use contrait_redis_rs::RedisCache;
use contrait_servers::Servers;

/// Each flaw, with cases that must notice it.
const FLAWS: &[(Flaw, &[&str])] = &[
    (Flaw::Nothing, &[]),
    (Flaw::ConnectsToNobody, &["right_target_connects"]),
    (
        Flaw::AsksNobody,
        &[
            "wrong_password_is_denied",
            "absent_server_is_unavailable",
            "silent_server_is_unavailable",
            "refused_connection_is_unavailable",
            "stalled_greeting_is_unavailable",
            "black_hole_is_unavailable",
            "server_of_another_kind_is_refused",
            "tls_where_there_is_none_is_refused",
            "tls_is_verified",
        ],
    ),
    (
        Flaw::RefusalsAreOther,
        &[
            "wrong_password_is_denied",
            "handshake_cut_short_is_no_connection",
        ],
    ),
    (Flaw::TellsThePassword, &["wrong_password_is_denied"]),
    (Flaw::NamesNobody, &["server_of_another_kind_is_refused"]),
    (
        Flaw::KeepsConnections,
        &["last_handle_closes_its_connections"],
    ),
    (
        Flaw::LeavesConnections,
        &["denied_client_leaves_no_connection"],
    ),
    (Flaw::GivesUp, &["handle_outlives_a_refusal"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Nothing,
    ConnectsToNobody,
    AsksNobody,
    RefusalsAreOther,
    TellsThePassword,
    NamesNobody,
    KeepsConnections,
    LeavesConnections,
    GivesUp,
}

impl Flaw {
    /// The thread of a case has the name of the one that runs it, which here is that of the flaw.
    fn of_this_thread() -> Self {
        let thread = thread::current();
        let name = thread.name().unwrap_or_default();
        let found = FLAWS.iter().find(|(flaw, _)| format!("{flaw:?}") == name);
        found.expect("a thread for a flaw").0
    }
}

struct Broken {
    flaw: Flaw,
    target: CacheTarget,
    namespace: String,
}

impl Broken {
    /// What a caller is told, who should have been told this.
    fn tell(&self, target: &CacheTarget, error: CacheError) -> CacheError {
        let password = target.password.as_deref().unwrap_or_default();
        match self.flaw {
            Flaw::RefusalsAreOther => CacheError::new(CacheErrorKind::Other, error.message()),
            Flaw::NamesNobody => CacheError::new(error.kind(), "nobody answers"),
            Flaw::TellsThePassword => {
                let message = format!("{} with {password}", error.message());
                CacheError::new(error.kind(), message)
            }
            Flaw::LeavesConnections => {
                std::mem::forget(TcpStream::connect(&target.address));
                error
            }
            _ => error,
        }
    }
}

#[async_trait]
impl CacheConnector for Broken {
    fn target(&self) -> CacheTarget {
        self.target.clone()
    }

    async fn connect(&self, target: &CacheTarget) -> Result<Box<dyn CacheInterface>, CacheError> {
        let builder = RedisCache::builder(&target.url("redis")).namespace(&self.namespace);
        #[cfg(feature = "tls")]
        let builder = match &target.authority {
            Some(pem) => builder.root_certificate(pem.as_bytes()),
            None => builder,
        };
        let inner = builder.connect().await;
        let inner = match (self.flaw, inner) {
            (Flaw::ConnectsToNobody, _) => None,
            (Flaw::AsksNobody, inner) => inner.ok(),
            (_, Ok(inner)) => Some(inner),
            (_, Err(error)) => return Err(self.tell(target, error)),
        };
        if self.flaw == Flaw::KeepsConnections {
            std::mem::forget(inner.clone());
        }
        Ok(Box::new(Handle {
            gives_up: self.flaw == Flaw::GivesUp,
            gone: Arc::new(AtomicBool::new(inner.is_none())),
            inner,
        }))
    }
}

/// A handle that may have no connection, or have given it up.
struct Handle {
    inner: Option<RedisCache>,
    gives_up: bool,
    gone: Arc<AtomicBool>,
}

impl Handle {
    fn inner(&self) -> Result<&RedisCache, CacheError> {
        let inner = self
            .inner
            .as_ref()
            .filter(|_| !self.gone.load(Ordering::SeqCst));
        inner.ok_or_else(|| CacheError::new(CacheErrorKind::Unavailable, "there is nobody"))
    }

    fn tell<T>(&self, answer: Result<T, CacheError>) -> Result<T, CacheError> {
        if self.gives_up && answer.is_err() {
            self.gone.store(true, Ordering::SeqCst);
        }
        answer
    }
}

#[async_trait]
impl CacheInterface for Handle {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.tell(self.inner()?.get(key).await)
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.tell(self.inner()?.set(key, value, ttl).await)
    }

    async fn add(&self, _: &str, _: &[u8], _: Option<Duration>) -> Result<bool, CacheError> {
        unasked()
    }

    async fn replace(&self, _: &str, _: &[u8], _: Option<Duration>) -> Result<bool, CacheError> {
        unasked()
    }

    async fn delete(&self, _: &str) -> Result<bool, CacheError> {
        unasked()
    }

    async fn exists(&self, _: &str) -> Result<bool, CacheError> {
        unasked()
    }

    async fn increment(&self, _: &str, _: i64) -> Result<i64, CacheError> {
        unasked()
    }

    async fn touch(&self, _: &str, _: Duration) -> Result<bool, CacheError> {
        unasked()
    }

    async fn persist(&self, _: &str) -> Result<bool, CacheError> {
        unasked()
    }

    async fn ttl(&self, _: &str) -> Result<TimeToLive, CacheError> {
        unasked()
    }

    async fn get_versioned(&self, _: &str) -> Result<Option<Versioned>, CacheError> {
        unasked()
    }

    async fn compare_and_swap(
        &self,
        _: &str,
        _: &Version,
        _: &[u8],
        _: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        unasked()
    }

    async fn close(&self) -> Result<(), CacheError> {
        unasked()
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(1, 1, Duration::from_millis(1))
    }
}

fn unasked<T>() -> Result<T, CacheError> {
    panic!("no case of connecting asks for it")
}

#[backend(contrait::cache::connecting::suite, tests = false)]
async fn broken(cx: &Context) -> Result<Broken, SetupError> {
    Ok(Broken {
        flaw: Flaw::of_this_thread(),
        target: cx.redis().await?.target()?,
        namespace: cx.namespace().to_owned(),
    })
}

fn cases() -> BTreeSet<&'static str> {
    let promises = broken::conformance().promises();
    promises.iter().map(|promise| promise.name).collect()
}

/// Those of `cases` that pass with a connector of this flaw.
fn passing(flaw: Flaw, cases: &BTreeSet<&'static str>) -> BTreeSet<&'static str> {
    let run = |case: &'static str| {
        let thread = thread::Builder::new().name(format!("{flaw:?}"));
        let running = thread
            .spawn(move || broken::conformance().run(case))
            .unwrap();
        (case, running)
    };
    // All at once, since most of them wait.
    let running: Vec<_> = cases.iter().copied().map(run).collect();
    let ended = running
        .into_iter()
        .map(|(case, record)| (case, record.join().unwrap()));
    let passed = ended.filter(|(_, record)| {
        // A case fails by what its backend did, and shows what that was.
        let failed = record.outcome == Outcome::Failed;
        assert!(!failed || !record.operations.is_empty(), "{record}");
        !failed
    });
    passed.map(|(case, _)| case).collect()
}

#[test]
fn every_flaw_is_noticed() {
    let running: Vec<_> = FLAWS
        .iter()
        .map(|(flaw, noticing)| {
            let noticing = noticing.iter().copied().collect();
            (flaw, thread::spawn(move || passing(*flaw, &noticing)))
        })
        .collect();
    for (flaw, passing) in running {
        let passing = passing.join().unwrap();
        assert!(
            passing.is_empty(),
            "{flaw:?} is not noticed by {passing:#?}"
        );
    }
}

#[test]
fn without_a_flaw_everything_passes() {
    let mut owed = cases();
    if !cfg!(feature = "tls") {
        owed.retain(|case| !case.starts_with("tls"));
    }
    assert_eq!(passing(Flaw::Nothing, &owed), owed);
}

#[test]
fn every_case_notices_a_flaw() {
    let noticing: BTreeSet<_> = FLAWS
        .iter()
        .flat_map(|(_, cases)| *cases)
        .copied()
        .collect();
    assert_eq!(noticing, cases());
}
