//! The checker of linearizability, checked.

mod agreement;
mod brute;
