//! Models of what most systems are made of, to check them by or to start from.
//!
//! Their operations and outcomes have a serialized form, so that histories of them can be written by any program.

mod counter;
mod keyed;
mod lock;
mod queue;
mod register;

pub use counter::{Counter, CounterOperation};
pub use keyed::{Keyed, On};
pub use lock::{Lock, LockOperation};
pub use queue::{Queue, QueueOperation, QueueOutcome};
pub use register::{Register, RegisterOperation, RegisterOutcome};
