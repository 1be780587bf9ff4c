//! What CONFIG takes and shows, as it was asked of the real servers.

use redis_embedded::{Profile, Reply, Server};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What a server of a profile says to a value of a parameter.
async fn said(profile: Profile, name: &str, value: &str) -> Result<Reply, std::io::Error> {
    let server = Server::builder().profile(profile).start().await?;
    Ok(server.command(["CONFIG", "SET", name, value]))
}

#[tokio::test]
async fn values_are_refused_with_the_reason_of_each_server() -> Outcome {
    use Profile::{Redis7_0, Redis8_2, Valkey9_1};
    let size = "argument must be between 0 and 9223372036854775807 inclusive";
    let unsigned = "argument must be greater or equal to 0";
    let no_bytes = "argument must be a memory value";
    for (profile, name, value, reason) in [
        (
            Redis7_0,
            "hz",
            "x",
            "argument couldn't be parsed into an integer",
        ),
        (
            Redis7_0,
            "active-expire-effort",
            "11",
            "argument must be between 1 and 10 inclusive",
        ),
        (Redis7_0, "hash-max-listpack-entries", "-1", size),
        (Redis8_2, "hash-max-listpack-entries", "-1", unsigned),
        (Valkey9_1, "hash-max-listpack-entries", "-1", size),
        (Redis8_2, "acllog-max-len", "-1", size),
        (
            Redis7_0,
            "maxmemory-samples",
            "0",
            "argument must be between 1 and 2147483647 inclusive",
        ),
        (
            Redis8_2,
            "maxmemory-samples",
            "65",
            "argument must be between 1 and 64 inclusive",
        ),
        (Redis7_0, "zset-max-listpack-value", "-1", no_bytes),
        (
            Redis7_0,
            "hll-sparse-max-bytes",
            "9223372036854775808",
            size,
        ),
        (
            Redis8_2,
            "hll-sparse-max-bytes",
            "9223372036854775808",
            unsigned,
        ),
        (Valkey9_1, "maxmemory", "18446744073709551616", no_bytes),
        (
            Redis7_0,
            "maxmemory-clients",
            "x%",
            "argument must be a memory or percent value",
        ),
        (
            Redis7_0,
            "loglevel",
            "nothing",
            "argument(s) must be one of the following: debug, verbose, notice, warning",
        ),
        (Redis7_0, "daemonize", "no", "can't set immutable config"),
        (Redis7_0, "dir", "/", "can't set protected config"),
    ] {
        let text =
            format!("ERR CONFIG SET failed (possibly related to argument '{name}') - {reason}");
        assert_eq!(
            said(profile, name, value).await?,
            Reply::Error(text),
            "{profile:?}"
        );
    }
    assert_eq!(said(Redis8_2, "loglevel", "Nothing").await?, "OK");
    assert_eq!(
        said(Redis7_0, "maxmemory", "18446744073709551616").await?,
        "OK"
    );
    Ok(())
}

#[tokio::test]
async fn all_parameters_of_a_request_are_set_or_none() -> Outcome {
    let server = Server::start().await?;
    let reply = server.command(["CONFIG", "SET", "maxmemory-samples", "7", "hz", "x"]);
    assert!(matches!(reply, Reply::Error(_)), "{reply}");
    let kept = server.command(["CONFIG", "GET", "maxmemory-samples"]);
    assert!(kept.to_string().contains("\"5\""), "{kept}");
    Ok(())
}

#[tokio::test]
async fn a_parameter_has_its_old_names_too() -> Outcome {
    let server = Server::start().await?;
    for (name, other, value) in [
        ("repl-ping-slave-period", "repl-ping-replica-period", "7"),
        ("replica-priority", "slave-priority", "3"),
        ("lua-time-limit", "busy-reply-threshold", "4000"),
        ("zset-max-ziplist-value", "zset-max-listpack-value", "1000"),
    ] {
        assert_eq!(server.command(["CONFIG", "SET", name, value]), "OK");
        let shown = server.command(["CONFIG", "GET", other]).to_string();
        assert!(shown.contains(&format!("\"{value}\"")), "{shown}");
    }
    Ok(())
}
