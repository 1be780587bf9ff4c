//! Which server it passes for: what was asked of the real ones, and what they answered.

use redis_embedded::{Cluster, Profile, Reply, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const ALL: [Profile; 4] = [
    Profile::Redis7_0,
    Profile::Redis8_2,
    Profile::Valkey8_1,
    Profile::Valkey9_1,
];

async fn start(profile: Profile) -> std::io::Result<Server> {
    Server::builder().profile(profile).start().await
}

/// What each of the four answers, as text.
async fn answers(line: &str) -> Result<[String; 4], Box<dyn std::error::Error>> {
    let mut answers = Vec::new();
    for profile in ALL {
        let server = start(profile).await?;
        server.command(["RPUSH", "list", "a", "b"]);
        server.command(["SADD", "set", "a", "1"]);
        server.command(["HSET", "hash", "a", "1", "b", "2"]);
        server.command(["SET", "text", "a"]);
        answers.push(server.command(line.split(' ')).to_string());
    }
    Ok(answers.try_into().map_err(|_| "four answers")?)
}

#[tokio::test]
async fn each_says_who_it_is() -> Outcome {
    for (profile, server, version) in [
        (Profile::Redis7_0, "redis", "7.0.15"),
        (Profile::Redis8_2, "redis", "8.2.3"),
        (Profile::Valkey8_1, "valkey", "8.1.8"),
        (Profile::Valkey9_1, "valkey", "9.1.2"),
    ] {
        let fake = start(profile).await?;
        assert_eq!(profile.version(), version);
        let Reply::Map(hello) = fake.command(["HELLO", "3"]) else {
            return Err("HELLO answers with a map".into());
        };
        assert_eq!(
            (&hello[0].1, &hello[1].1),
            (&server.into(), &version.into())
        );
        let info = fake.command(["INFO", "server"]);
        let info = info.as_text().ok_or("no text")?;
        let expected = match server {
            "redis" => format!("# Server\r\nredis_version:{version}\r\nredis_mode:standalone\r\n"),
            _ => format!(
                "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\n\
                 valkey_version:{version}\r\nvalkey_release_stage:ga\r\nserver_mode:standalone\r\n"
            ),
        };
        assert!(info.starts_with(&expected), "{info}");
        let lolwut = fake.command(["LOLWUT"]).to_string();
        assert!(lolwut.contains(&format!("ver. {version}")), "{lolwut}");
    }
    Ok(())
}

#[tokio::test]
async fn each_has_the_commands_of_its_version() -> Outcome {
    let unknown = |text: &str| format!("(error) ERR unknown {text}");
    let setinfo = answers("CLIENT SETINFO lib-name x").await?;
    let no_setinfo = unknown("subcommand 'SETINFO'. Try CLIENT HELP.");
    assert_eq!(setinfo, [no_setinfo.as_str(), "OK", "OK", "OK"]);
    let no_delifeq = unknown("command 'DELIFEQ', with args beginning with: 'text' 'a' ");
    let no = no_delifeq.as_str();
    assert_eq!(answers("DELIFEQ text a").await?, [no, no, no, "1"]);
    let hgetdel = answers("HGETDEL hash FIELDS 2 a c").await?;
    let no = unknown("command 'HGETDEL', with args beginning with: 'hash' 'FIELDS' '2' 'a' 'c' ");
    let [no, got] = [no.as_str(), "[\"1\", (nil)]"];
    assert_eq!(hgetdel, [no, got, no, got]);
    // An unknown command is unknown whether its arguments would be right or not.
    let waitaof = answers("WAITAOF 0").await?;
    assert_eq!(
        waitaof[0],
        unknown("command 'WAITAOF', with args beginning with: '0' ")
    );
    assert!(waitaof[1].contains("wrong number of arguments for 'waitaof'"));
    assert_eq!(answers("WAITAOF 0 0 0").await?[3], "[0, 0]");
    let counts = answers("COMMAND COUNT").await?;
    assert!(counts[0] < counts[1] && counts[1] < counts[3], "{counts:?}");
    Ok(())
}

#[tokio::test]
async fn each_describes_its_commands() -> Outcome {
    let has = async |command: &str, part: &str| -> Result<[bool; 4], Box<dyn std::error::Error>> {
        let answers = answers(&format!("COMMAND INFO {command}")).await?;
        Ok(answers.map(|answer| answer.contains(part)))
    };
    let (redis8, valkey9, later) = (
        [false, true, false, false],
        [false, false, false, true],
        [false, true, true, true],
    );
    assert_eq!(has("wait", "@blocking").await?, later);
    assert_eq!(has("blpop", "noscript").await?, later.map(|later| !later));
    let slots = has("cluster|slots", "loading").await?;
    assert_eq!((slots[0], slots[1], slots[3]), (false, true, true));
    assert_eq!(has("cluster|nodes", "loading").await?, valkey9);
    assert_eq!(has("client|id", "allow_busy").await?, valkey9);
    assert_eq!(has("script|flush", "stale").await?, valkey9);
    assert_eq!(has("watch", "no_multi").await?, valkey9);
    assert_eq!(has("exec", "skip_commandlog").await?, valkey9);
    assert_eq!(has("client", "client|setinfo").await?, later);
    assert_eq!(has("httl", "nondeterministic_output").await?, redis8);
    Ok(())
}

#[tokio::test]
async fn each_has_categories_and_rules_for_its_commands() -> Outcome {
    let blocking = answers("ACL CAT blocking").await?;
    let waits = blocking.map(|answer| answer.contains("\"wait\""));
    assert_eq!(waits, [false, true, true, true]);
    let rule = answers("ACL SETUSER ann +hexpire").await?;
    let known = rule.map(|answer| answer == "OK");
    assert_eq!(known, [false, true, false, true]);
    for profile in [Profile::Redis7_0, Profile::Redis8_2] {
        let server = start(profile).await?;
        server.command([
            "ACL",
            "SETUSER",
            "ann",
            "on",
            "nopass",
            "~*",
            "+@all",
            "-@blocking",
        ]);
        let verdict = server.command(["ACL", "DRYRUN", "ann", "WAIT", "0", "0"]);
        let expected = match profile {
            Profile::Redis7_0 => "OK",
            _ => "\"User ann has no permissions to run the 'wait' command\"",
        };
        assert_eq!(verdict.to_string(), expected);
    }
    Ok(())
}

#[tokio::test]
async fn the_group_of_a_command_is_that_of_its_family() -> Outcome {
    // As all three real servers answer.
    const GROUPS: [(&str, &str); 9] = [
        ("cluster", "cluster cluster|info asking readonly readwrite"),
        ("connection", "client client|id auth hello select ping"),
        ("generic", "object object|encoding sort sort_ro wait del"),
        ("pubsub", "pubsub pubsub|help publish"),
        (
            "scripting",
            "function function|load script script|load eval",
        ),
        (
            "server",
            "command command|docs dbsize flushall flushdb restore-asking swapdb info acl|cat",
        ),
        ("sorted-set", "zadd"),
        ("stream", "xgroup xgroup|create xinfo xinfo|stream xadd"),
        ("transactions", "multi exec watch"),
    ];
    let server = start(Profile::Redis7_0).await?;
    for (group, names) in GROUPS {
        for name in names.split(' ') {
            let docs = server.command(["COMMAND", "DOCS", name]).to_string();
            let said = format!("\"{group}\"");
            assert!(docs.contains(&said), "{name}: {docs}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn each_words_its_replies() -> Outcome {
    let disabled = "(error) ERR This instance has cluster support disabled";
    assert_eq!(answers("READONLY").await?, [disabled, disabled, "OK", "OK"]);
    let list = answers("OBJECT ENCODING list").await?;
    assert_eq!(
        list,
        [
            "\"quicklist\"",
            "\"listpack\"",
            "\"listpack\"",
            "\"listpack\""
        ]
    );
    let set = answers("OBJECT ENCODING set").await?;
    assert_eq!(
        set,
        [
            "\"hashtable\"",
            "\"listpack\"",
            "\"listpack\"",
            "\"listpack\""
        ]
    );
    let doctor = answers("LATENCY DOCTOR").await?;
    assert!(doctor[1].contains("in this Redis instance"), "{doctor:?}");
    assert!(doctor[3].contains("in this Valkey instance"), "{doctor:?}");
    let fields = answers("HGETDEL hash FIELDS 3 a b").await?;
    assert!(fields[1].ends_with("The `numfields` parameter must match the number of arguments"));
    assert!(fields[3].ends_with("and match the provided number of fields"));
    Ok(())
}

#[tokio::test]
async fn a_shard_has_an_id_where_there_are_such_ids() -> Outcome {
    let builder = Server::builder().profile(Profile::Valkey9_1);
    let cluster = Cluster::start_with(2, builder).await?;
    let ids: Vec<String> = cluster
        .nodes()
        .iter()
        .map(|node| node.command(["CLUSTER", "MYSHARDID"]).to_string())
        .collect();
    assert!(ids[0] != ids[1] && ids[0].len() == 42, "{ids:?}");
    Ok(())
}

#[tokio::test]
async fn a_set_is_in_one_piece_in_later_versions_until_it_was_long_once() -> Outcome {
    for profile in ALL {
        let server = start(profile).await?;
        let later = profile != Profile::Redis7_0;
        for number in 0..20 {
            server.command(["SADD", "short", &format!("m{number}")]);
        }
        let scan = server.command(["SSCAN", "short", "0", "COUNT", "5"]);
        let Reply::Array(parts) = &scan else {
            return Err(format!("{profile:?}: {scan}").into());
        };
        assert_eq!(parts[0] == "0", later, "{profile:?}: {scan}");
        server.command(["SADD", "long", "m0", &"x".repeat(65)]);
        server.command(["SREM", "long", &"x".repeat(65)]);
        server.command(["SUNIONSTORE", "result", "long"]);
        for (key, encoding) in [
            ("long", "hashtable"),
            ("result", if later { "listpack" } else { "hashtable" }),
        ] {
            let found = server.command(["OBJECT", "ENCODING", key]);
            assert_eq!(found, encoding, "{profile:?}: {key}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn later_versions_count_what_they_would_ask_of_replicas() -> Outcome {
    for profile in ALL {
        let server = start(profile).await?;
        let mut stream = server.connect_in_memory();
        stream
            .write_all(b"WAIT 1 1\r\nWAIT 0 1\r\nROLE\r\nQUIT\r\n")
            .await?;
        let mut replies = String::new();
        stream.read_to_string(&mut replies).await?;
        let offset = i64::from(profile != Profile::Redis7_0);
        assert_eq!(
            replies,
            format!(":0\r\n:0\r\n*3\r\n$6\r\nmaster\r\n:{offset}\r\n*0\r\n+OK\r\n"),
            "{profile:?}"
        );
    }
    Ok(())
}
