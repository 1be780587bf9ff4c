//! Contracts for traits: write a trait's behaviour once, and prove that every implementation keeps it.

#[cfg(feature = "cache")]
pub mod cache;
