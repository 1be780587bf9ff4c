//! What a module without a body would have in it.
