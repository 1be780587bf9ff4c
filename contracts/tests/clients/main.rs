//! Concurrent clients and dropped calls: each planted mistake is found, and what is right is left alone.

mod dropped;
mod keeps;
mod pages;
mod pasted;
mod planted;
mod process;
mod silent;
mod store;
mod sync;
mod undroppable;
