//! The server around the commands: its state, its connections and its timer.

mod builder;
mod busy_poll;
pub(crate) mod client;
pub(crate) mod config;
mod connection;
pub(crate) mod databases;
mod duplex;
pub(crate) mod events;
pub(crate) mod gate;
mod handle;
pub(crate) mod limits;
mod listener;
mod parameters;
mod renewal;
pub(crate) mod shape;
pub(crate) mod shared;
pub(crate) mod state;
mod timer;
#[cfg(feature = "tls")]
mod tls;
pub(crate) mod usage;

pub use builder::Builder;
pub use handle::Server;
#[cfg(feature = "tls")]
pub use tls::Tls;
