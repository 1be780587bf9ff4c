//! The macros of contrait.
