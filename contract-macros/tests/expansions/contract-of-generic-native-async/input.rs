#[contract]
pub trait Store<K, V = u32>: Sized
where
    K: Ord,
{
    type Error: Debug;

    async fn put(&mut self, key: K, value: V) -> Result<(), Self::Error>;
    fn snapshot(&self) -> Result<Self, Self::Error>;
    fn sync(&self) -> impl Future<Output = ()> + Send;
}
