//! Every public command method of redis-rs and fred, in both protocols, and what a real server
//! answers to it.
//!
//! The files beside this one have what Redis 7.0.15 answered, a method a line. `REDIS=127.0.0.1:6380`
//! compares a real server with them, whose data it deletes, and with `RECORD=1` writes them anew.

mod fred_keys;
mod fred_server;
mod record;
mod redis_keys;
mod redis_server;

use record::{Outcome, Record};
use redis::AsyncConnectionConfig;
use redis_embedded::{Profile, Server};

/// A server to talk to: this one, or the real one that is named.
async fn address(profile: Profile) -> Result<(Option<Server>, String), Outcome> {
    if let Ok(address) = std::env::var("REDIS") {
        return Ok((None, address));
    }
    let builder = Server::builder().profile(profile);
    let server = builder.start().await.map_err(|error| Err(error.into()))?;
    let address = server.addr().to_string();
    Ok((Some(server), address))
}

async fn by_redis_rs(protocol: &str) -> Outcome {
    let (_server, address) = match address(Profile::Redis7_0).await {
        Ok(both) => both,
        Err(failed) => return failed,
    };
    let client = redis::Client::open(format!("redis://{address}/?protocol={protocol}"))?;
    // Half a second, which is what it waits by itself, is too short for a machine with other work to do.
    let patient = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&patient)
        .await?;
    let mut record = Record::default();
    redis_keys::call_all(&mut connection, &mut record).await;
    redis_server::call_all(&mut connection, &mut record).await;
    record.compare(&format!("redis_rs_{protocol}.txt"))
}

#[tokio::test]
async fn redis_rs_in_resp2() -> Outcome {
    by_redis_rs("resp2").await
}

#[tokio::test]
async fn redis_rs_in_resp3() -> Outcome {
    by_redis_rs("resp3").await
}

async fn by_fred(version: fred::types::RespVersion, name: &str) -> Outcome {
    use fred::prelude::ClientLike as _;
    let (_server, address) = match address(Profile::Redis7_0).await {
        Ok(both) => both,
        Err(failed) => return failed,
    };
    let mut config = fred::prelude::Config::from_url(&format!("redis://{address}"))?;
    config.version = version;
    let client = fred::prelude::Client::new(config, None, None, None);
    client.init().await?;
    let mut record = Record::default();
    fred_keys::call_all(&client, &mut record).await;
    fred_server::call_all(&client, &mut record).await;
    client.quit().await?;
    record.compare(name)
}

#[tokio::test]
async fn fred_in_resp2() -> Outcome {
    by_fred(fred::types::RespVersion::RESP2, "fred_resp2.txt").await
}

#[tokio::test]
async fn fred_in_resp3() -> Outcome {
    by_fred(fred::types::RespVersion::RESP3, "fred_resp3.txt").await
}
