//! How much memory a client may take.

/// The most bytes that wait for a connection in either direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Requests that are not whole yet, or wait behind one that does: what Redis calls
    /// `client-query-buffer-limit`, with the same default.
    pub(crate) input: usize,
    /// Replies that the client does not read. Redis has no limit for normal clients.
    pub(crate) output: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            input: 1024 * 1024 * 1024,
            output: 256 * 1024 * 1024,
        }
    }
}
