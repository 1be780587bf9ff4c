//! Scripts: the replies of Redis, and what the clients do to run one.

#![cfg(feature = "scripts")]

mod transcripts;

use fred::prelude::{ClientLike, Config, KeysInterface};
use fred::types::RespVersion;
use redis_embedded::Server;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn replies_are_those_of_redis() -> Outcome {
    transcripts::replay(include_str!("transcripts/scripts.txt")).await
}

async fn script_by_redis_rs(parameters: &str) -> Outcome {
    let server = Server::start().await?;
    let client = redis::Client::open(format!("{}/{parameters}", server.url()))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let script = redis::Script::new(
        "redis.call('SET', KEYS[1], ARGV[1]) return {redis.call('GET', KEYS[1]), #ARGV}",
    );
    // The second time, the server knows it.
    for _ in 0..2 {
        let (value, args): (String, i64) = script
            .key("key")
            .arg("value")
            .arg(2)
            .invoke_async(&mut connection)
            .await?;
        assert_eq!((value.as_str(), args), ("value", 2));
    }
    Ok(())
}

#[tokio::test]
async fn redis_rs_loads_a_script_when_it_is_not_known() -> Outcome {
    script_by_redis_rs("").await?;
    script_by_redis_rs("?protocol=resp3").await
}

async fn script_by_fred(version: RespVersion) -> Outcome {
    let server = Server::start().await?;
    let mut config = Config::from_url(&server.url())?;
    config.version = version;
    let client = fred::prelude::Client::new(config, None, None, None);
    client.init().await?;
    let script =
        fred::types::scripts::Script::from_lua("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    let sum: i64 = script.evalsha_with_reload(&client, "n", 5).await?;
    assert_eq!(sum, 5);
    assert_eq!(client.get::<i64, _>("n").await?, 5);
    Ok(())
}

#[tokio::test]
async fn fred_loads_a_script_when_it_is_not_known() -> Outcome {
    script_by_fred(RespVersion::RESP2).await?;
    script_by_fred(RespVersion::RESP3).await
}

/// The error of a script.
async fn failure(script: &str) -> Result<String, Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let client = redis::Client::open(server.url())?;
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&config)
        .await?;
    let reply = redis::cmd("EVAL")
        .arg(script)
        .arg(0)
        .query_async::<redis::Value>(&mut connection)
        .await;
    // The server answers after that as before.
    let () = redis::cmd("PING").query_async(&mut connection).await?;
    Ok(match reply {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    })
}

#[tokio::test]
async fn hostile_scripts_end_with_an_error() -> Outcome {
    let cases = [
        ("local t = {} t.t = t return {t, {map = t}} ", ""),
        ("local t = {} t[1] = t return t", "reached lua stack limit"),
        (
            "local function f() return f() + 1 end return f()",
            "stack overflow",
        ),
        (
            "local s = 'x' while true do s = s .. s end",
            "not enough memory",
        ),
        ("return loadstring('\\27Lua')", ""),
        ("return string.rep('x', 1e10)", ""),
        (
            "return cmsgpack.unpack(string.rep('\\145', 5000))",
            "in input",
        ),
        (
            "return cjson.decode(string.rep('[', 5000))",
            "too many nested data structures",
        ),
        (
            "local t = {} for i = 1, 2000 do t = {t} end return cjson.encode(t)",
            "excessive depth",
        ),
        ("return {unpack({}, 1, 1e7)}", "too many results to unpack"),
        ("setmetatable(_G, {}) ", "readonly table"),
        ("getmetatable('').__index = 1", ""),
        (
            "return redis.call('EVAL', 'return 1', '0')",
            "not allowed from script",
        ),
    ];
    for (script, expected) in cases {
        let failure = failure(script).await?;
        assert!(failure.contains(expected), "{script}: {failure}");
    }
    Ok(())
}

#[tokio::test]
async fn an_endless_script_ends_whatever_it_catches() -> Outcome {
    let cases = [
        "while true do pcall(function() while true do end end) end",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    ];
    for script in cases {
        let failure = failure(script).await?;
        assert!(failure.contains("too long"), "{script}: {failure}");
    }
    Ok(())
}

#[tokio::test]
async fn a_script_leaves_the_database_of_its_connection() -> Outcome {
    let server = Server::start().await?;
    let client = redis::Client::open(server.url())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let () = redis::cmd("EVAL")
        .arg("redis.call('SELECT', 3) return redis.call('SET', KEYS[1], 'there')")
        .arg(1)
        .arg("key")
        .query_async(&mut connection)
        .await?;
    let here: Option<String> = redis::cmd("GET")
        .arg("key")
        .query_async(&mut connection)
        .await?;
    assert_eq!(here, None);
    Ok(())
}
