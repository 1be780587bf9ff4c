#[async_trait]
pub trait Cache: Send + Sync {
    /// What was set, if it is still there.
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError>;
    /// Whether there is something.
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.get(key).await?.is_some())
    }
}
#[async_trait]
#[automatically_derived]
#[allow(deprecated)]
impl<'__a, __T: Cache + ?::core::marker::Sized> Cache for &'__a __T
where
    &'__a __T: Send + Sync,
{
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        <__T as Cache>::get(&**self, key).await
    }
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        <__T as Cache>::exists(&**self, key).await
    }
}
#[async_trait]
#[automatically_derived]
#[allow(deprecated)]
impl<__T: Cache + ?::core::marker::Sized> Cache for ::std::sync::Arc<__T>
where
    ::std::sync::Arc<__T>: Send + Sync,
{
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        <__T as Cache>::get(&**self, key).await
    }
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        <__T as Cache>::exists(&**self, key).await
    }
}
#[async_trait]
#[automatically_derived]
#[allow(deprecated)]
impl<__T: Cache + ?::core::marker::Sized> Cache for ::std::boxed::Box<__T>
where
    ::std::boxed::Box<__T>: Send + Sync,
{
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        <__T as Cache>::get(&**self, key).await
    }
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        <__T as Cache>::exists(&**self, key).await
    }
}
#[async_trait]
#[automatically_derived]
#[allow(deprecated)]
impl<__T: Cache + ?::core::marker::Sized> Cache for ::contrait::__private::Recorded<__T>
where
    ::contrait::__private::Recorded<__T>: Send + Sync,
{
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "get", key
        );
        let __subject = ::contrait::__private::Recorded::subject(&self);
        ::contrait::__private::returned!(
            __call, < __T as Cache > ::get(__subject, key). await
        )
    }
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "exists", key
        );
        let __subject = ::contrait::__private::Recorded::subject(&self);
        ::contrait::__private::returned!(
            __call, < __T as Cache > ::exists(__subject, key). await
        )
    }
}
#[doc(hidden)]
#[allow(non_snake_case, dead_code)]
pub fn Cache<T: ?::core::marker::Sized>(
    subject: ::std::boxed::Box<T>,
    log: ::contrait::__private::Log,
) -> ::contrait::__private::Contracted<
    ::contrait::__private::Recorded<T>,
    ::contrait::__private::NoOperations,
> {
    ::contrait::__private::Contracted::new(
        ::contrait::__private::Recorded::new(subject, log),
    )
}
#[doc(hidden)]
#[allow(non_snake_case, dead_code)]
pub fn __contrait_recorder_of_Cache(
    subject: ::std::boxed::Box<dyn Cache>,
    log: ::contrait::__private::Log,
) -> ::std::boxed::Box<dyn Cache> {
    ::std::boxed::Box::new(::contrait::__private::Recorded::new(subject, log))
}
