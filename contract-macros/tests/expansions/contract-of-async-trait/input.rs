#[contract]
#[async_trait]
pub trait Cache: Send + Sync {
    /// What was set, if it is still there.
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError>;

    /// Whether there is something.
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.get(key).await?.is_some())
    }
}
