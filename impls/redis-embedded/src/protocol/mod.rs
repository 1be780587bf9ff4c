//! The Redis wire protocol, without I/O: bytes in, requests out; replies in, bytes out.

mod reply;
mod request;

pub(crate) use reply::Reply;
pub(crate) use request::{Parsed, Parser, integer};
