//! Every public command method of redis-rs and fred, in both protocols, and what a real server
//! answers to it.
//!
//! The files beside this one have what Redis 7.0.15, Redis 8.2.3 and Valkey 9.1.2 answered, a method a line.
//! `REDIS=127.0.0.1:6380` compares a real server with them, whose data it deletes, and with `RECORD=1` writes them
//! anew; a filter such as `redis_7`, `redis_8` or `valkey_9` picks the tests that are meant for it.

mod fred_keys;
mod fred_server;
mod record;
mod redis_keys;
mod redis_server;

use fred::types::RespVersion;
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

async fn by_redis_rs(profile: Profile, protocol: &str, file: &str) -> Outcome {
    let (_server, address) = match address(profile).await {
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
    record.compare(file)
}

async fn by_fred(profile: Profile, version: RespVersion, file: &str) -> Outcome {
    use fred::prelude::ClientLike as _;
    let (_server, address) = match address(profile).await {
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
    record.compare(file)
}

/// One test for each server, client and protocol.
macro_rules! tests {
    ($($name:ident: $by:ident($profile:ident, $protocol:expr, $file:literal);)*) => {
        $(
            #[tokio::test]
            async fn $name() -> Outcome {
                $by(Profile::$profile, $protocol, $file).await
            }
        )*
    };
}

tests! {
    redis_7_by_redis_rs_in_resp2: by_redis_rs(Redis7_0, "resp2", "redis_rs_resp2.txt");
    redis_7_by_redis_rs_in_resp3: by_redis_rs(Redis7_0, "resp3", "redis_rs_resp3.txt");
    redis_7_by_fred_in_resp2: by_fred(Redis7_0, RespVersion::RESP2, "fred_resp2.txt");
    redis_7_by_fred_in_resp3: by_fred(Redis7_0, RespVersion::RESP3, "fred_resp3.txt");
    redis_8_by_redis_rs: by_redis_rs(Redis8_2, "resp3", "redis_rs_8.txt");
    redis_8_by_fred: by_fred(Redis8_2, RespVersion::RESP3, "fred_8.txt");
    valkey_9_by_redis_rs: by_redis_rs(Valkey9_1, "resp3", "redis_rs_valkey_9.txt");
    valkey_9_by_fred: by_fred(Valkey9_1, RespVersion::RESP3, "fred_valkey_9.txt");
}
