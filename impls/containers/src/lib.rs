//! Servers in containers, for tests on machines that have a Docker engine and no server.
//!
//! A crate of its own, since the client of the engine is several times as large as all that uses it. Whether a container
//! is wanted at all, under which name and for how long, is the business of `contrait-servers`.
//!
//! # One container for all who ask by the same name
//!
//! [`start`] joins the container of that name, or makes it. Two processes that make it at the same moment are in each
//! other's way: callers hold a lock meanwhile.
//!
//! # How it ends
//!
//! Each [`Container`] holds a connection to its server, which the kernel closes when the process ends, however it ends.
//! A small shell in the container counts the connections, and once there has been none for a while it stops the server;
//! with it the container ends, and the engine removes it. Nothing outside has to stay for that, and no container is left behind.
#![cfg(unix)]

mod error;
mod image;
mod lease;
mod server;
mod start;

pub use error::ContainerError;
pub use image::Image;
pub use server::Server;
pub use start::{Container, start};
