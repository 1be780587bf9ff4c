//! Nothing: the contract and its backends are in `tests/`.
