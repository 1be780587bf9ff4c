//! What a case runs on: its context, its clock, its log, and the harness that starts, bounds and ends it.
//!
//! The macros write calls into this module and keep everything that can be decided at run time out of the
//! expansions, since what an expansion holds is compiled once a case or once a backend.

mod backend;
mod bounded_thread;
mod case;
mod clock;
mod conformance;
mod context;
#[cfg(feature = "check")]
mod decorator;
mod environment;
mod eventually;
mod expiry;
mod harness;
mod hidden;
mod log;
#[cfg(feature = "network")]
mod network;
#[cfg(not(feature = "network"))]
#[path = "no_network.rs"]
mod network;
mod outcome;
#[cfg(feature = "check")]
mod quiet;
mod recorded;
#[cfg(feature = "check")]
mod reference;
#[cfg(feature = "check")]
mod runs;
mod runtimes;
mod server;
mod show;
#[cfg(feature = "check")]
mod trial;
mod workbench;

pub use backend::{BackendInfo, ClockKind, Flavor, Lack, Make};
pub use case::{Body, Case, Group, Handle, LocalFuture, Promise, Setting};
pub use clock::{Clock, TimeSource};
pub use conformance::Conformance;
pub use context::{Context, SetupError, SetupFailure, made};
#[cfg(feature = "check")]
pub use decorator::Decorator;
pub use eventually::Late;
pub use expiry::{Expiry, Observed, Verdict, Watch};
pub(crate) use harness::Ended;
pub use harness::Stage;
pub use log::{Call, Log};
#[cfg(feature = "network")]
pub use network::{Direction, Network, NetworkFault};
pub use outcome::{Returned, ReturnedResult, ReturnedTermination, Returning};
#[cfg(feature = "check")]
pub(crate) use quiet::quietly_awaited;
pub use recorded::{
    Contracted, NoOperations, Recorded, UnderContract, no_operations, not_under_contract,
    operations_of,
};
#[cfg(feature = "check")]
pub use reference::{Demand, Reference};
#[cfg(feature = "check")]
pub use runs::{Check, Runs};
pub use server::{Controlled, Server, ServerControl, ServerFailure, ServerState};
pub use show::{Show, ShowDebug, ShowKnown, ShowOpaque};
#[cfg(feature = "check")]
pub(crate) use trial::Trials;
pub use workbench::Workbench;
