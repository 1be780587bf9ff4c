//! The command as people call it: on recorded files, and on a tiny workspace that is built and run.

mod called;
mod ending;
mod reading;
mod running;
mod tiny;
