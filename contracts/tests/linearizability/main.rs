//! The checker of linearizability, checked.

mod agreement;
mod brute;
mod correct;
mod files;
mod planted;
mod scale;
mod world;
