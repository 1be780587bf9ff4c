//! What is told of keys that change, as it was heard from the real servers.

use redis_embedded::{Profile, Reply, Server};
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

/// Events by themselves, as they are heard of database 0.
fn heard(events: &str) -> String {
    let events = events.split(", ").map(|event| format!("event@0__:{event}"));
    events.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn what_expires_in_the_past_has_expired_to_valkey() -> Outcome {
    let commands =
        "SET c 1 ; EXPIRE c 0 ; SET c 1 ; SET c 2 PXAT 1 ; GET c ; SET d 1 ; GETEX d PXAT 1";
    let redis = "set c, del c, set c, set c, expire c, expired c, set d, del d";
    let valkey = "set c, expired c, set c, expired c, set d, expired d";
    for (profile, events_heard) in [
        (Profile::Redis7_0, redis),
        (Profile::Redis8_2, redis),
        (Profile::Valkey9_1, valkey),
    ] {
        let told = events(profile, "AE", commands).await?;
        assert_eq!(told, heard(events_heard), "{profile:?}");
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

#[tokio::test]
async fn what_nothing_is_stored_over_is_deleted_even_if_its_time_is_past() -> Outcome {
    let overdue = |profile| match profile {
        // A SET of the past sets nothing there.
        Profile::Valkey9_1 => "MSETEX 1 k 1 EXAT 1",
        _ => "SET k 1 EXAT 1",
    };
    let made = "new k, set k, expire k";
    for command in [
        "SORT l STORE k",
        "ZUNIONSTORE k 1 z",
        "ZRANGESTORE k z 0 1",
        "SINTERSTORE k s",
        "BITOP AND k s",
        "GEORADIUS z 1 1 1 m STORE k",
    ] {
        for profile in [Profile::Redis7_0, Profile::Redis8_2, Profile::Valkey9_1] {
            let commands = format!("{} ; {command}", overdue(profile));
            let told = events(profile, "AEn", &commands).await?;
            let expected = heard(&format!("{made}, del k"));
            assert_eq!(told, expected, "{command}, {profile:?}");
        }
    }
    for (command, events_heard) in [
        ("SET k 2", "expired k, new k, set k"),
        ("DEL k", "expired k"),
        ("GETDEL k", "expired k"),
    ] {
        for profile in [Profile::Redis7_0, Profile::Redis8_2, Profile::Valkey9_1] {
            let commands = format!("{} ; {command}", overdue(profile));
            let told = events(profile, "AEn", &commands).await?;
            let expected = heard(&format!("{made}, {events_heard}"));
            assert_eq!(told, expected, "{command}, {profile:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_a_failing_bitfield_makes_is_new() -> Outcome {
    let commands = "BITFIELD k OVERFLOW FAIL SET i8 7 200 ; SET s 1";
    for profile in [Profile::Redis7_0, Profile::Redis8_2, Profile::Valkey9_1] {
        let told = events(profile, "AEn", commands).await?;
        assert_eq!(told, heard("new k, new s, set s"), "{profile:?}");
    }
    Ok(())
}

#[tokio::test]
async fn redis_8_tells_of_values_that_are_replaced() -> Outcome {
    for (commands, events_heard) in [
        ("SET a 1 ; SET a 2", "new a, set a, overwritten a, set a"),
        (
            "RPUSH a 1 ; SET a 2",
            "new a, rpush a, overwritten a, type_changed a, set a",
        ),
        (
            "SET a 1 ; SET b 2 ; RENAME a b",
            "new a, set a, new b, set b, new b, rename_from a, rename_to b, overwritten b",
        ),
        (
            "SET a 1 ; RPUSH b 2 ; COPY a b REPLACE",
            "new a, set a, new b, rpush b, new b, copy_to b, overwritten b, type_changed b",
        ),
        ("SET a 1 ; INCR a", "new a, set a, incrby a"),
    ] {
        let told = events(Profile::Redis8_2, "AEnoc", commands).await?;
        assert_eq!(told, heard(events_heard), "{commands}");
    }
    for profile in [Profile::Redis7_0, Profile::Valkey9_1] {
        let server = Server::builder().profile(profile).start().await?;
        let reply = server.command(["CONFIG", "SET", "notify-keyspace-events", "Eo"]);
        assert!(matches!(reply, Reply::Error(_)), "{profile:?}: {reply}");
    }
    Ok(())
}

#[tokio::test]
async fn what_all_hides_of_the_classes_is_told_all_the_same() -> Outcome {
    let server = Server::start().await?;
    server.command(["CONFIG", "SET", "notify-keyspace-events", "AnEm"]);
    let shown = server.command(["CONFIG", "GET", "notify-keyspace-events"]);
    assert!(shown.to_string().contains("\"AEm\""), "{shown}");
    let told = events(Profile::Redis7_0, "AnEm", "SET a 1").await?;
    assert_eq!(told, heard("new a, set a"));
    Ok(())
}
