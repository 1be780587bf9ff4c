//! What a backend and a case know of the run that they are part of.

use std::any::{Any, TypeId};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::backend::ClockKind;
use super::case::{Handle, Promise};
use super::clock::{Clock, TimeSource};
use super::environment;
use super::hidden::Hidden;
use super::log::Log;
use super::network::Network;
use super::server::{Server, ServerControl};

/// The capability that a parameter `&Network` needs.
const NETWORK: &str = "network";
/// The capability that a parameter `&Server` needs.
const SERVER: &str = "server";

/// Why a backend could not be made: any error.
pub type SetupError = Box<dyn Error + Send + Sync>;

/// How a backend may fail.
#[diagnostic::on_unimplemented(
    message = "a backend cannot fail with `{Self}`",
    note = "its error is any that implements `std::error::Error + Send + Sync`, or a text"
)]
pub trait SetupFailure {
    /// The failure as an error of any kind.
    fn into_error(self) -> SetupError;
}

impl<E: Into<SetupError>> SetupFailure for E {
    fn into_error(self) -> SetupError {
        self.into()
    }
}

/// What a backend's function returned.
///
/// # Errors
/// Where it did.
pub fn made<T, E: SetupFailure>(made: Result<T, E>) -> Result<T, SetupError> {
    made.map_err(SetupFailure::into_error)
}

type Shared = Arc<dyn Any + Send + Sync>;
type Teardown = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The surroundings of one run of one case: a namespace of its own, the clock, the seed, and what is torn down after.
///
/// A backend's function gets one for each handle that the case asks for; all of them share one run.
#[derive(Clone)]
pub struct Context {
    run: Hidden<Run>,
    namespace: Arc<str>,
    log: Log,
}

struct Run {
    backend: &'static str,
    case: &'static str,
    /// What the case needs; none outside of cases.
    needs: Option<&'static [&'static str]>,
    /// That of the whole run of tests.
    seed: u64,
    clock: Clock,
    network: OnceLock<Network>,
    controlled: OnceLock<Server>,
    server: Mutex<Option<String>>,
    /// One of a type.
    shared: Mutex<Vec<(TypeId, Shared)>>,
    teardown: Mutex<Vec<Teardown>>,
}

impl Context {
    pub(crate) fn new(
        backend: &'static str,
        case: &'static Promise,
        seed: u64,
        clock: Clock,
    ) -> Self {
        Self::begin(backend, case.name, Some(case.needs), seed, clock)
    }

    /// For subjects that no case is run on: `name` stands where the case would.
    pub(crate) fn outside_of_cases(name: &'static str, seed: u64) -> Self {
        Self::begin("", name, None, seed, Clock::new(ClockKind::Real))
    }

    fn begin(
        backend: &'static str,
        case: &'static str,
        needs: Option<&'static [&'static str]>,
        seed: u64,
        clock: Clock,
    ) -> Self {
        let log = Log::new(clock.clone());
        let run = Run {
            backend,
            case,
            needs,
            seed,
            clock,
            network: OnceLock::new(),
            controlled: OnceLock::new(),
            server: Mutex::default(),
            shared: Mutex::default(),
            teardown: Mutex::default(),
        };
        Self {
            run: Hidden::new(run),
            namespace: unique_namespace().into(),
            log,
        }
    }

    /// The same run, for a handle of its own.
    pub(crate) fn of_handle(&self, handle: &Handle) -> Self {
        let namespace = match handle.namespace {
            "" => Arc::clone(&self.namespace),
            within => format!("{}/{within}", self.namespace).into(),
        };
        Self {
            run: self.run.clone(),
            namespace,
            log: self.log.of_handle(handle.name),
        }
    }

    /// The same run, in a namespace that nobody else has.
    #[cfg(feature = "check")]
    pub(crate) fn of_a_new_namespace(&self) -> Self {
        Self {
            namespace: unique_namespace().into(),
            // A check says what matters of its thousands of calls itself.
            ..self.clone().without_log()
        }
    }

    /// The same run, whose operations are not written down.
    #[cfg(feature = "check")]
    pub(crate) fn without_log(self) -> Self {
        Self {
            log: Log::detached(),
            ..self
        }
    }

    /// The name of the backend; empty on a [`Workbench`](crate::Workbench), which many share.
    pub fn backend(&self) -> &'static str {
        self.run.backend
    }

    /// Whether a case runs, which may move the clock. On a [`Workbench`](crate::Workbench) none does: time passes by
    /// itself there, and what a backend brings must not get in the way of what is measured.
    pub fn in_case(&self) -> bool {
        self.run.needs.is_some()
    }

    /// The name of the case, with its groups; or that of the workbench.
    pub fn case(&self) -> &'static str {
        self.run.case
    }

    /// A name that no other run of a case has, of at most 14 letters and digits; for a handle that the case wants in
    /// a namespace of its own, followed by a slash and that name.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// A number to derive generated data from: the same one whenever the run has the same `CONTRAIT_SEED`.
    pub fn seed(&self) -> u64 {
        // Without keys, so that a seed means the same in every process.
        let mut hasher = DefaultHasher::new();
        (self.run.seed, self.run.backend, self.run.case).hash(&mut hasher);
        hasher.finish()
    }

    /// The clock of the case.
    pub fn clock(&self) -> &Clock {
        &self.run.clock
    }

    /// What the handles of this case share: made by the first that asks for it, one of a type.
    pub fn shared<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        match self.find_shared() {
            Some(found) => found,
            None => self.share(make()),
        }
    }

    /// [`Context::shared`], where making it takes a while or may fail.
    ///
    /// # Errors
    /// That of `make`.
    pub async fn shared_async<T: Send + Sync + 'static, E>(
        &self,
        make: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        match self.find_shared() {
            Some(found) => Ok(found),
            None => Ok(self.share(make().await?)),
        }
    }

    /// Has `teardown` run when the case has ended, however it ended; the last one noted runs first.
    pub fn on_teardown(&self, teardown: impl Future<Output = ()> + Send + 'static) {
        lock(&self.run.teardown).push(Box::pin(teardown));
    }

    /// Notes which server the case runs on, for failures and records. It must name no secret.
    pub fn server(&self, description: impl Into<String>) {
        *lock(&self.run.server) = Some(description.into());
    }

    /// Lets the case move `source`, the clock of the server that the backend runs on, instead of waiting.
    pub fn drive_clock(&self, source: Arc<dyn TimeSource>) {
        self.run.clock.drive(source);
    }

    /// Whether the case asks for `&Network`. Real time passes on a network: nothing is to be gained from a server whose
    /// clock the case drives, since its client's clock is another one.
    pub fn asks_for_network(&self) -> bool {
        self.needs(NETWORK)
    }

    /// Where clients of the server at `server` are to connect: there, or at the proxy in front of it where the case asks
    /// for `&Network`. It is the same address for every handle. TLS passes through, to a client that then knows the
    /// server under another address.
    ///
    /// # Errors
    /// Where the proxy finds no port.
    pub fn route(&self, server: SocketAddr) -> Result<SocketAddr, SetupError> {
        if !self.asks_for_network() {
            return Ok(server);
        }
        Ok(self.network().route(server)?)
    }

    /// Whether the case asks for `&Server`, and so wants one of its own, by real time, which it may kill: to be handed in
    /// with [`control_server`](Self::control_server).
    pub fn asks_for_server(&self) -> bool {
        self.needs(SERVER)
    }

    /// Hands the server of the case to the case. A further handle's server is the same one: the first stays.
    pub fn control_server(&self, control: Arc<dyn ServerControl>) {
        let _ = self.run.controlled.set(Server::new(control));
    }

    #[doc(hidden)]
    pub fn log(&self) -> Log {
        self.log.clone()
    }

    /// What a case is given for `&Network`.
    #[doc(hidden)]
    pub fn network(&self) -> &Network {
        self.run.network.get_or_init(Network::default)
    }

    /// What a case is given for `&Server`.
    #[doc(hidden)]
    pub fn controlled_server(&self) -> &Server {
        let server = self.run.controlled.get();
        server.expect("a case is not begun without what it asks for")
    }

    /// Whether the backend has set up all that the case asks for.
    pub(crate) fn check_what_is_asked_for(&self) -> Result<(), SetupError> {
        let (parameter, capability, call) = match &*self.run {
            run if self.asks_for_network()
                && !run.network.get().is_some_and(Network::is_routed) =>
            {
                ("Network", NETWORK, "route")
            }
            run if self.asks_for_server() && run.controlled.get().is_none() => {
                ("Server", SERVER, "control_server")
            }
            _ => return Ok(()),
        };
        let message = format!(
            "the case asks for `&{parameter}`, and `{}` set up none: call `Context::{call}` in it, or declare `lacks({capability} = \"why\")`",
            self.run.backend
        );
        Err(message.into())
    }

    /// Ends the faults of the network, so that they do not hold up the teardown.
    pub(crate) fn heal_network(&self) {
        if let Some(network) = self.run.network.get() {
            network.heal();
        }
    }

    /// Ends the network, after all that goes through it.
    pub(crate) fn close_network(&self) {
        if let Some(network) = self.run.network.get() {
            network.close();
        }
    }

    fn needs(&self, capability: &str) -> bool {
        self.run
            .needs
            .is_some_and(|needs| needs.contains(&capability))
    }

    pub(crate) fn server_description(&self) -> Option<String> {
        lock(&self.run.server).clone()
    }

    pub(crate) fn pop_teardown(&self) -> Option<Teardown> {
        lock(&self.run.teardown).pop()
    }

    /// Ends what the handles share, after the last teardown.
    pub(crate) fn drop_shared(&self) {
        let shared = std::mem::take(&mut *lock(&self.run.shared));
        drop(shared);
    }

    fn find_shared<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let shared = lock(&self.run.shared);
        let (_, found) = shared.iter().find(|(of, _)| *of == TypeId::of::<T>())?;
        Arc::clone(found).downcast().ok()
    }

    fn share<T: Send + Sync + 'static>(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        let shared: Shared = Arc::clone(&value) as _;
        lock(&self.run.shared).push((TypeId::of::<T>(), shared));
        value
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("backend", &self.run.backend)
            .field("case", &self.run.case)
            .field("namespace", &self.namespace)
            .field("seed", &self.seed())
            .finish_non_exhaustive()
    }
}

/// A panic of a case leaves what it shared usable for the teardown.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unique_namespace() -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = environment::unique();
    // One letter, and what the largest number has of digits.
    let mut name = [b'n'; 14];
    let mut length = 1;
    while rest > 0 {
        name[length] = DIGITS[(rest % 36) as usize];
        rest /= 36;
        length += 1;
    }
    String::from_utf8_lossy(&name[..length]).into_owned()
}
