//! The network of a case: each of its faults, and what suites and backends make of it.

mod eventually;
mod faults;
mod line;
mod suites;
