//! Lockstep with a model: what it finds, how short it makes it, what it says, and what it keeps.

mod cases;
mod finds;
mod keeps;
mod planted;
mod says;
mod shelf;
