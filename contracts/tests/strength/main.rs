//! Suites that are judged: strong ones, weak ones, and what cannot be judged.

mod counter;
mod coverage;
mod nearest;
mod records;
mod refused;
mod stock;
mod strong;
mod weak;
