//! Where a password must not be: in what anybody can print of a handle, in what clients log, and in the reports of cases.
//! That errors tell none is the suites' to show.

use std::error::Error;
use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, PoisonError};

use contrait::cache::CacheInterface;
use contrait::report::{Outcome as Ended, Record};
use contrait::{Context, SetupError, backend, contract_suite};
use contrait_fred::FredCache;
use contrait_redis_rs::RedisCache;
use contrait_rustis::RustisCache;
use contrait_servers::Servers;
use redis_embedded::{Cluster, Server};

type Outcome = Result<(), Box<dyn Error>>;

/// It is part of every password here.
const SECRET: &str = "hunter2";

fn shown(values: &[&dyn Debug]) -> String {
    values.iter().fold(String::new(), |mut shown, value| {
        // Writing to a string cannot fail.
        let _ = write!(shown, "{value:?} {value:#?} ");
        shown
    })
}

#[track_caller]
fn assert_told_nowhere(text: &str) {
    assert!(!text.is_empty() && !text.contains(SECRET), "{text}");
}

/// What clients log. Of rustis, which logs every command as it is at the level of debugging and below, only what is above
/// that, as its adapter tells its users.
struct Logged(Mutex<String>);

static LOGGED: Logged = Logged(Mutex::new(String::new()));

impl log::Log for Logged {
    fn enabled(&self, of: &log::Metadata<'_>) -> bool {
        !of.target().starts_with("rustis") || of.level() <= log::Level::Info
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(logged, "{}: {}", record.target(), record.args());
    }

    fn flush(&self) {}
}

#[tokio::test]
async fn neither_handles_nor_logs_tell_passwords() -> Outcome {
    log::set_logger(&LOGGED)?;
    log::set_max_level(log::LevelFilter::Trace);
    let builder = || Server::builder().password(SECRET);
    let (server, cluster) = (
        builder().start().await?,
        Cluster::start_with(3, builder()).await?,
    );
    let (url, urls) = (server.url(), cluster.urls());
    assert!(url.contains(SECRET) && urls[0].contains(SECRET));
    let (redis_rs, fred) = (RedisCache::builder(&url), FredCache::builder(&url));
    let (redis_rs_cluster, fred_cluster) = (RedisCache::cluster(&urls), FredCache::cluster(&urls));
    let rustis = RustisCache::builder(&url);
    assert_told_nowhere(&shown(&[
        &redis_rs,
        &fred,
        &redis_rs_cluster,
        &fred_cluster,
        &rustis,
    ]));
    let (redis_rs, fred) = (redis_rs.connect().await?, fred.connect().await?);
    let redis_rs_cluster = redis_rs_cluster.connect().await?;
    let (fred_cluster, rustis) = (fred_cluster.connect().await?, rustis.connect().await?);
    assert_told_nowhere(&shown(&[
        &redis_rs,
        &fred,
        &redis_rs_cluster,
        &fred_cluster,
        &rustis,
    ]));
    let caches: [&dyn CacheInterface; 5] =
        [&redis_rs, &fred, &redis_rs_cluster, &fred_cluster, &rustis];
    for cache in caches {
        cache.set("k", b"v", None).await?;
    }
    let logged = LOGGED.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert_told_nowhere(&logged);
    Ok(())
}

/// A case that fails, so that there is a report to look at.
#[contract_suite(CacheInterface)]
mod suite {
    use contrait::Server;

    use super::{CacheInterface, Outcome};

    /// A dead server answers.
    #[case]
    async fn a_dead_server_answers(cache: &dyn CacheInterface, server: &Server) -> Outcome {
        server.kill().await?;
        cache.get("k").await?;
        Ok(())
    }
}

/// The password of a case's own server has the secret in it.
fn url_of(redis: &contrait_servers::CaseRedis) -> String {
    assert!(redis.url().contains(SECRET), "there is nothing to be told");
    redis.url().to_owned()
}

#[backend(suite, tests = false)]
async fn served(context: &Context) -> Result<RedisCache, SetupError> {
    let url = url_of(&context.redis().await?);
    Ok(RedisCache::connect(&url, context.namespace()).await?)
}

#[backend(suite, tests = false)]
async fn denied(context: &Context) -> Result<RedisCache, SetupError> {
    let wrong = url_of(&context.redis().await?).replace(SECRET, &format!("not-{SECRET}"));
    Ok(RedisCache::connect(&wrong, context.namespace()).await?)
}

#[track_caller]
fn assert_report_tells_none(record: &Record) {
    assert_eq!(record.outcome, Ended::Failed, "{record}");
    let line = serde_json::to_string(record).expect("records are written as JSON");
    assert_told_nowhere(&format!("{line} {record} {record:?}"));
}

#[test]
fn a_failure_reports_no_password() {
    let record = served::conformance().run("a_dead_server_answers");
    assert!(!record.operations.is_empty(), "{record}");
    assert_report_tells_none(&record);
}

#[test]
fn a_denied_client_reports_no_password() {
    assert_report_tells_none(&denied::conformance().run("a_dead_server_answers"));
}
