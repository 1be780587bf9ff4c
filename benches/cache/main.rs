//! The cache backends side by side, and each client of a server beside its adapter.
//!
//! The backends are those that the suites run, called on a workbench: bare, without the recorder that cases see. Those of
//! Redis share one server: that of `CONTRAIT_SERVERS`, or the embedded one on a thread of its own. criterion measures and
//! reports; the table after it says how much of its bare client's throughput each adapter reaches, and a plot shows all.
#![expect(clippy::print_stdout, reason = "a bench tells its results")]

mod client;
mod contender;
#[cfg(feature = "fred")]
mod fred;
#[cfg(feature = "memcached")]
mod memcached;
#[cfg(any(
    feature = "redis-rs",
    feature = "fred",
    feature = "rustis",
    feature = "two-level",
    feature = "memcached"
))]
mod pair;
mod plot;
#[cfg(any(feature = "redis-rs", feature = "two-level"))]
mod redis_rs;
#[cfg(feature = "rustis")]
mod rustis;
mod table;
mod work;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use contrait::{Context, SetupError, Workbench};
use criterion::{Criterion, SamplingMode};
use tokio::runtime::Runtime;

use crate::contender::Contender;
use crate::table::Table;
use crate::work::Shape;

fn main() -> Result<(), SetupError> {
    let began = SystemTime::now();
    let runtime = Runtime::new()?;
    let workbench = Workbench::new("cache")?;
    let (mut contenders, servers) = runtime.block_on(contenders(&workbench))?;
    let directory = directory()?;
    let mut criterion = Criterion::default()
        .output_directory(&directory)
        // Half a thousand measurements: each has to be short. What makes ratios steady is that they are of neighbours.
        .sample_size(20)
        .nresamples(10_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .configure_from_args();
    for shape in Shape::all() {
        let mut group = criterion.benchmark_group(shape.to_string());
        // Samples of one length, so that all of them are made of whole turns.
        group.sampling_mode(SamplingMode::Flat);
        for contender in &mut contenders {
            contender.bench(&mut group, shape, &runtime);
        }
        group.finish();
    }
    criterion.final_summary();
    let table = Table::read(&contenders, &directory, began);
    if !table.is_empty() {
        let plot = directory.join("cache.svg");
        fs::write(&plot, table.plot())?;
        println!("\nservers: {}\n{table}", servers.join(", "));
        println!("plot: {}", plot.display());
    }
    drop(contenders);
    runtime.block_on(workbench.tear_down());
    Ok(())
}

/// Every backend that a feature chose, and the servers that they run on.
async fn contenders(
    workbench: &Workbench,
) -> Result<(Vec<Box<dyn Contender>>, Vec<String>), SetupError> {
    let context = workbench.context();
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    #[cfg(feature = "memory")]
    contenders.push(Box::new(memory(context)?));
    #[cfg(feature = "moka")]
    contenders.push(Box::new(moka(context)?));
    #[cfg(feature = "redis-rs")]
    contenders.push(Box::new(redis_rs(context).await?));
    #[cfg(feature = "fred")]
    contenders.push(Box::new(fred(context).await?));
    #[cfg(feature = "rustis")]
    contenders.push(Box::new(rustis(context).await?));
    #[cfg(feature = "two-level")]
    contenders.push(Box::new(two_level(context).await?));
    let mut servers: Vec<String> = workbench.server().into_iter().collect();
    #[cfg(feature = "redis-rs")]
    contenders.push(Box::new(redis_rs_cluster(context).await?));
    #[cfg(feature = "fred")]
    contenders.push(Box::new(fred_cluster(context).await?));
    servers.extend(workbench.server());
    #[cfg(feature = "memcached")]
    {
        contenders.push(Box::new(memcached(context).await?));
        servers.extend(workbench.server());
    }
    servers.dedup();
    Ok((contenders, servers))
}

#[cfg(feature = "memory")]
fn memory(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    let cache = contrait_memory::backend::memory(context)?;
    Ok(contender::Alone {
        name: "memory",
        client: client::Adapter::new(cache),
    })
}

#[cfg(feature = "moka")]
fn moka(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    let cache = contrait_moka::backend::moka(context)?;
    Ok(contender::Alone {
        name: "moka",
        client: client::Adapter::new(cache),
    })
}

#[cfg(feature = "redis-rs")]
async fn redis_rs(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    let cache = contrait_redis_rs::backend::redis_rs(context).await?;
    let bare = redis_rs::BareRedis::connect(&url(context).await?, namespace(context)?).await;
    Ok(pair::Pair::new(
        "redis-rs",
        client::Adapter::new(cache),
        bare,
    ))
}

#[cfg(feature = "fred")]
async fn fred(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    let cache = contrait_fred::backend::fred(context).await?;
    let bare = fred::BareFred::connect(&url(context).await?, namespace(context)?).await;
    Ok(pair::Pair::new("fred", client::Adapter::new(cache), bare))
}

#[cfg(feature = "redis-rs")]
async fn redis_rs_cluster(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    use contrait_servers::Servers;
    let cache = contrait_redis_rs::backend::redis_rs_cluster(context).await?;
    let cluster = context.redis_cluster().await?;
    let bare = redis_rs::BareRedis::connect_cluster(cluster.urls(), namespace(context)?).await;
    let adapter = client::Adapter::new(cache);
    Ok(pair::Pair::new("redis-rs cluster", adapter, bare))
}

#[cfg(feature = "fred")]
async fn fred_cluster(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    use contrait_servers::Servers;
    let cache = contrait_fred::backend::fred_cluster(context).await?;
    let cluster = context.redis_cluster().await?;
    let bare = fred::BareFred::connect_cluster(cluster.urls(), namespace(context)?).await;
    let adapter = client::Adapter::new(cache);
    Ok(pair::Pair::new("fred cluster", adapter, bare))
}

#[cfg(feature = "rustis")]
async fn rustis(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    let cache = contrait_rustis::backend::rustis(context).await?;
    let bare = rustis::BareRustis::connect(&url(context).await?, namespace(context)?).await;
    Ok(pair::Pair::new("rustis", client::Adapter::new(cache), bare))
}

/// Beside the bare client of its far level.
#[cfg(feature = "two-level")]
async fn two_level(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    let cache = contrait_two_level::backend::two_level(context).await?;
    // In a namespace of its own, since entries that are kept near have their versions with them.
    let namespace = contrait::cache::Namespace::new("bare")?;
    let bare = redis_rs::BareRedis::connect(&url(context).await?, namespace).await;
    Ok(pair::Pair::new(
        "two-level",
        client::Adapter::new(cache),
        bare,
    ))
}

#[cfg(feature = "memcached")]
async fn memcached(context: &Context) -> Result<impl Contender + use<>, SetupError> {
    use contrait_servers::Servers;
    let cache = contrait_memcached::backend::memcached(context).await?;
    let url = context.memcached().await?.url();
    let bare = memcached::BareMemcached::new(&url, namespace(context)?);
    Ok(pair::Pair::new(
        "memcached",
        client::Adapter::new(cache),
        bare,
    ))
}

/// The server that the backends of Redis run on.
#[cfg(any(
    feature = "redis-rs",
    feature = "fred",
    feature = "rustis",
    feature = "two-level"
))]
async fn url(context: &Context) -> Result<String, SetupError> {
    use contrait_servers::Servers;
    Ok(context.redis().await?.url().to_owned())
}

/// What the backends join keys with.
#[cfg(any(
    feature = "redis-rs",
    feature = "fred",
    feature = "rustis",
    feature = "memcached"
))]
fn namespace(context: &Context) -> Result<contrait::cache::Namespace, SetupError> {
    Ok(contrait::cache::Namespace::new(context.namespace())?)
}

/// Where criterion's reports go: beside the build that runs, unless `CRITERION_HOME` says otherwise.
fn directory() -> Result<PathBuf, SetupError> {
    if let Some(home) = env::var_os("CRITERION_HOME") {
        return Ok(home.into());
    }
    let program = env::current_exe()?;
    // target/release/deps/cache-…
    let target = program.ancestors().nth(3);
    Ok(target
        .ok_or("the bench is in no target directory")?
        .join("criterion"))
}
