//! What is told of keys that change, as it was heard from the real servers.

use redis_embedded::{Profile, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The events of classes, each with its key, that commands lead to.
async fn events(
    profile: Profile,
    classes: &str,
    commands: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    let server = Server::builder().profile(profile).start().await?;
    server.command(["CONFIG", "SET", "notify-keyspace-events", classes]);
    let mut stream = server.connect_in_memory();
    stream.write_all(b"PSUBSCRIBE __key*\r\n").await?;
    let mut subscribed = [0; "*3\r\n$10\r\npsubscribe\r\n$6\r\n__key*\r\n:1\r\n".len()];
    stream.read_exact(&mut subscribed).await?;
    for command in commands.split(" ; ") {
        server.command(command.split(' '));
    }
    stream.write_all(b"QUIT\r\n").await?;
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await?;
    let lines: Vec<&str> = heard.split("\r\n").collect();
    let told = lines.windows(3).filter_map(|lines| {
        let channel = lines[0].strip_prefix("__key")?;
        (channel != "*").then(|| format!("{channel} {}", lines[2]))
    });
    Ok(told.collect::<Vec<_>>().join(", "))
}

#[tokio::test]
async fn the_classes_choose_what_is_told_and_how() -> Outcome {
    let commands = "SET s 1 ; DECRBY s 3 ; RPUSH l a ; RENAME s t ; DEL t";
    for (classes, heard) in [
        ("", ""),
        ("Kl", "space@0__:l rpush"),
        (
            "E$g",
            "event@0__:set s, event@0__:incrby s, event@0__:rename_from s, event@0__:rename_to t, \
             event@0__:del t",
        ),
        ("KEl", "space@0__:l rpush, event@0__:rpush l"),
    ] {
        let told = events(Profile::Redis7_0, classes, commands).await?;
        assert_eq!(told, heard, "{classes}");
    }
    Ok(())
}

#[tokio::test]
async fn what_expires_in_the_past_has_expired_to_valkey() -> Outcome {
    let commands =
        "SET c 1 ; EXPIRE c 0 ; SET c 1 ; SET c 2 PXAT 1 ; GET c ; SET d 1 ; GETEX d PXAT 1";
    let event = |events: &str| {
        let events = events.split(", ").map(|event| format!("event@0__:{event}"));
        events.collect::<Vec<_>>().join(", ")
    };
    let redis = "set c, del c, set c, set c, expire c, expired c, set d, del d";
    let valkey = "set c, expired c, set c, expired c, set d, expired d";
    for (profile, heard) in [
        (Profile::Redis7_0, redis),
        (Profile::Redis8_2, redis),
        (Profile::Valkey9_1, valkey),
    ] {
        let told = events(profile, "AE", commands).await?;
        assert_eq!(told, event(heard), "{profile:?}");
    }
    Ok(())
}

#[tokio::test]
async fn keys_that_are_read_and_not_there_are_told_of_and_counted() -> Outcome {
    let commands = "SET s 1 ; GET s ; GET a ; MGET s b ; STRLEN c ; EXISTS d ; SUNIONSTORE e f ; \
                    COPY g h ; SET i 1 GET ; XINFO STREAM j ; LLEN s ; LPOP k ; DEL l ; OBJECT ENCODING m";
    let keys = ["a", "b", "c", "d", "f", "g", "i", "j"];
    let heard = keys
        .map(|key| format!("event@0__:keymiss {key}"))
        .join(", ");
    for profile in [Profile::Redis7_0, Profile::Redis8_2, Profile::Valkey9_1] {
        assert_eq!(events(profile, "Em", commands).await?, heard, "{profile:?}");
    }
    let server = Server::start().await?;
    for command in commands.split(" ; ") {
        server.command(command.split(' '));
    }
    let info = server.command(["INFO", "stats"]).to_string();
    assert!(
        info.contains("keyspace_hits:3\\r\\nkeyspace_misses:9\\r\\n"),
        "{info}"
    );
    Ok(())
}

#[tokio::test]
async fn new_keys_are_told_of_before_what_is_made_of_them() -> Outcome {
    let commands = "SET s 1 ; SET s 2 ; RPUSH l a ; RPUSH l b ; RENAME l s ; COPY s t ; COPY s t REPLACE ; MOVE t 1";
    let heard = "0__:new s, 0__:set s, 0__:set s, 0__:new l, 0__:rpush l, 0__:rpush l, 0__:new s, 0__:rename_from l, \
                 0__:rename_to s, 0__:new t, 0__:copy_to t, 0__:new t, 0__:copy_to t, 1__:new t, 0__:move_from t, \
                 1__:move_to t";
    let heard = heard.split(", ").map(|event| format!("event@{event}"));
    let heard = heard.collect::<Vec<_>>().join(", ");
    for profile in [Profile::Redis7_0, Profile::Redis8_2, Profile::Valkey9_1] {
        assert_eq!(
            events(profile, "AEn", commands).await?,
            heard,
            "{profile:?}"
        );
    }
    Ok(())
}
