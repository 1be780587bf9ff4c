pub trait Store<K, V = u32>: Sized
where
    K: Ord,
{
    type Error: Debug;
    async fn put(&mut self, key: K, value: V) -> Result<(), Self::Error>;
    fn snapshot(&self) -> Result<Self, Self::Error>;
    fn sync(&self) -> impl Future<Output = ()> + Send;
}
#[automatically_derived]
#[allow(deprecated)]
impl<K, V, __T: Store<K, V>> Store<K, V> for ::contrait::__private::Recorded<__T>
where
    K: Ord,
    ::contrait::__private::Recorded<__T>: Sized,
{
    type Error = <__T as Store<K, V>>::Error;
    async fn put(&mut self, key: K, value: V) -> Result<(), Self::Error> {
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "put", key, value
        );
        let __subject = ::contrait::__private::Recorded::subject_mut(self);
        ::contrait::__private::returned!(
            __call, < __T as Store < K, V > > ::put(__subject, key, value). await
        )
    }
    fn snapshot(&self) -> Result<Self, Self::Error> {
        let __log = ::contrait::__private::Recorded::log(&self).clone();
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "snapshot"
        );
        let __subject = ::contrait::__private::Recorded::subject(&self);
        let __outcome = ::contrait::__private::returned!(
            __call, < __T as Store < K, V > > ::snapshot(__subject,)
        );
        __outcome
            .map(|own| ::contrait::__private::Recorded::new(
                ::std::boxed::Box::new(own),
                __log,
            ))
    }
    fn sync(&self) -> impl Future<Output = ()> + Send {
        let __call = ::contrait::__private::call!(
            ::contrait::__private::Recorded::log(& self), "sync"
        );
        let __subject = ::contrait::__private::Recorded::subject(&self);
        {
            let __future = <__T as Store<K, V>>::sync(__subject);
            async move { ::contrait::__private::returned!(__call, __future. await) }
        }
    }
}
#[doc(hidden)]
#[allow(non_snake_case, dead_code)]
pub fn Store<T: ?::core::marker::Sized>(
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
#[macro_export]
macro_rules! __contrait_objects_Store_72660cda0ffe01d8 {
    ($object:tt) => {
        ::contrait::__private::__refused! {
        "there are no objects of `Store`, since `put` is an `async fn`: write `impl Store` for `dyn Store` in every case"
        $object }
    };
}
#[doc(hidden)]
#[allow(unused_imports)]
pub use __contrait_objects_Store_72660cda0ffe01d8 as Store;
