//! The command as people call it: on recorded files, and on a tiny workspace that is built and run.

mod benching;
mod called;
mod ending;
mod page;
mod reading;
mod running;
mod terminal;
mod tiny;
