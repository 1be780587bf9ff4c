//! What the loads ask of a client of either server.

/// A handle of one task. What goes wrong panics, since there is nothing to measure then.
pub(crate) trait Client: Clone + Send + Sync + 'static {
    fn get(&mut self, key: &str) -> impl Future<Output = Vec<u8>> + Send;
    fn set(&mut self, key: &str, value: &[u8]) -> impl Future<Output = ()> + Send;
}
