//! The contracts of contrait in memory.
