//! Generated sequences of operations.
//!
//! Sequences find mistakes when their operations meet: few keys, arguments that come again, and only some of the methods
//! at a time (swarm testing), so that a case can be long on what another case has none of.

mod draw;
mod sequence;
mod step;

pub use draw::Draw;
pub(crate) use draw::with_a_draw;
pub(crate) use sequence::has_ttl;
pub use sequence::{Generator, Options};
pub use step::Step;
