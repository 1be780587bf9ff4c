//! The cache contract on every backend that a feature chose.
