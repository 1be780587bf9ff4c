#[backend(cache::suite, lacks(ttl = "keeps whole seconds"), clock = virtual)]
pub async fn memcached(cx: &Context) -> Result<Memcached, SetupError> {
    Memcached::connect(cx.namespace()).await
}
