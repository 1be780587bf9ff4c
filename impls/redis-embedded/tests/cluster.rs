//! Cluster mode: what a raw connection sees, and both clients.

use std::time::Duration;

use fred::prelude::{ClientLike, Config, EventInterface, KeysInterface, PubsubInterface};
use redis::AsyncCommands;
use redis_embedded::{Cluster, Reply, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What a node answers to requests, all on one line.
async fn ask(server: &Server, requests: &str) -> std::io::Result<String> {
    let mut stream = server.connect_in_memory();
    stream.write_all(requests.as_bytes()).await?;
    stream.write_all(b"QUIT\r\n").await?;
    let mut replies = String::new();
    stream.read_to_string(&mut replies).await?;
    let replies = replies.replace("\r\n", " ");
    Ok(replies.trim_end_matches(" +OK ").to_string())
}

/// The slot of the key `foo`, the node that has it, and another one.
const SLOT: u16 = 12182;
const OWNER: usize = 2;
const OTHER: usize = 0;

#[tokio::test]
async fn a_key_of_another_node_is_answered_with_where_it_is() -> Outcome {
    let cluster = Cluster::start(3).await?;
    assert_eq!(Cluster::slot_of("foo"), SLOT);
    let [other, _, owner] = cluster.nodes() else {
        return Err("three nodes".into());
    };
    assert_eq!(ask(owner, "SET foo 1\r\n").await?, "+OK");
    let moved = format!("-MOVED {SLOT} {}", owner.addr());
    assert_eq!(ask(other, "GET foo\r\n").await?, moved);
    let crossed = "-CROSSSLOT Keys in request don't hash to the same slot";
    assert_eq!(ask(owner, "MGET foo bar\r\n").await?, crossed);
    assert_eq!(ask(owner, "MGET foo {foo}2\r\n").await?, "*2 $1 1 $-1");
    let refused = "-ERR SELECT is not allowed in cluster mode";
    assert_eq!(ask(owner, "SELECT 1\r\n").await?, refused);
    let transaction = ask(owner, "MULTI\r\nGET foo\r\nGET bar\r\nEXEC\r\n").await?;
    assert!(
        transaction.starts_with("+OK +QUEUED -MOVED 5061 "),
        "{transaction}"
    );
    assert!(transaction.ends_with("-EXECABORT Transaction discarded because of previous errors."));
    Ok(())
}

#[tokio::test]
async fn a_slot_on_its_way_is_asked_for_on_the_new_node() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let (owner, other) = (&cluster.nodes()[OWNER], &cluster.nodes()[OTHER]);
    owner.db(0).set("foo", "here");
    cluster.begin_moving_slot(SLOT, OTHER);
    assert_eq!(ask(owner, "GET foo\r\n").await?, "$4 here");
    let sent = format!("-ASK {SLOT} {}", other.addr());
    assert_eq!(ask(owner, "GET {foo}new\r\n").await?, sent);
    let again = "-TRYAGAIN Multiple keys request during rehashing of slot";
    assert_eq!(ask(owner, "MGET foo {foo}new\r\n").await?, again);
    let moved = format!("-MOVED {SLOT} {}", owner.addr());
    let asked = ask(other, "ASKING\r\nSET {foo}new 1\r\nGET {foo}new\r\n").await?;
    assert_eq!(asked, format!("+OK +OK {moved}"));
    cluster.move_slot(SLOT, OTHER);
    assert_eq!(
        ask(other, "MGET foo {foo}new\r\n").await?,
        "*2 $4 here $1 1"
    );
    assert!(owner.db(0).is_empty());
    cluster.drop_slot(SLOT);
    assert_eq!(
        ask(other, "GET foo\r\n").await?,
        "-CLUSTERDOWN Hash slot not served"
    );
    Ok(())
}

#[tokio::test]
async fn several_keys_of_a_slot_on_its_way_are_wanted_all_in_one_place() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let (owner, other) = (&cluster.nodes()[OWNER], &cluster.nodes()[OTHER]);
    owner.db(0).set("foo", "1");
    owner.db(0).set("{foo}2", "2");
    cluster.begin_moving_slot(SLOT, OTHER);
    let again = "-TRYAGAIN Multiple keys request during rehashing of slot";
    let sent = format!("-ASK {SLOT} {}", other.addr());
    assert_eq!(ask(owner, "MGET foo {foo}2\r\n").await?, "*2 $1 1 $1 2");
    assert_eq!(ask(owner, "MGET foo {foo}3\r\n").await?, again);
    assert_eq!(ask(owner, "MGET {foo}3 {foo}4\r\n").await?, sent);
    other.db(0).set("{foo}3", "3");
    other.db(0).set("{foo}4", "4");
    let asked = ask(other, "ASKING\r\nMGET {foo}3 {foo}4\r\n").await?;
    assert_eq!(asked, "+OK *2 $1 3 $1 4");
    let asked = ask(other, "ASKING\r\nMGET foo {foo}3\r\n").await?;
    assert_eq!(asked, format!("+OK {again}"));
    let asked = ask(other, "ASKING\r\nGET {foo}5\r\n").await?;
    assert_eq!(asked, "+OK $-1", "one key that is nowhere may be made here");
    Ok(())
}

#[tokio::test]
async fn a_transaction_whose_slot_has_gone_is_sent_after_it() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let (owner, other) = (&cluster.nodes()[OWNER], &cluster.nodes()[OTHER]);
    let mut stream = owner.connect_in_memory();
    stream.write_all(b"MULTI\r\nSET foo 1\r\n").await?;
    stream.read_exact(&mut [0; 14]).await?;
    cluster.move_slot(SLOT, OTHER);
    stream.write_all(b"EXEC\r\nEXEC\r\nQUIT\r\n").await?;
    let mut replies = String::new();
    stream.read_to_string(&mut replies).await?;
    let moved = format!("-MOVED {SLOT} {}", other.addr());
    let ended = "-ERR EXEC without MULTI";
    assert_eq!(replies, format!("{moved}\r\n{ended}\r\n+OK\r\n"));
    assert!(other.db(0).is_empty());
    Ok(())
}

#[tokio::test]
async fn slots_and_nodes_that_are_not_there_are_refused() -> Outcome {
    let cluster = Cluster::start(2).await?;
    let node = &cluster.nodes()[1];
    let count = |slot: &str| node.command(["CLUSTER", "COUNTKEYSINSLOT", slot]);
    assert_eq!(count("16383"), 0);
    let error = ask(node, "CLUSTER SETSLOT 16384 STABLE\r\n").await?;
    assert_eq!(error, "-ERR Invalid or out of range slot");
    let error = ask(node, "CLUSTER SETSLOT 1 NODE nobody\r\n").await?;
    assert!(error.starts_with("-ERR"), "{error}");
    assert!(
        error.to_lowercase().contains("unknown node nobody"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn the_slots_of_a_node_are_told_as_ranges() -> Outcome {
    let cluster = Cluster::start(2).await?;
    cluster.move_slot(100, 1);
    cluster.move_slot(102, 1);
    cluster.move_slot(8191, 1);
    let nodes = cluster.nodes()[0].command(["CLUSTER", "NODES"]);
    let nodes = nodes.as_text().ok_or("no text")?;
    assert!(nodes.contains("connected 0-99 101 103-8190\n"), "{nodes}");
    assert!(nodes.contains("connected 100 102 8191-16383\n"), "{nodes}");
    Ok(())
}

#[tokio::test]
async fn there_is_one_database() -> Outcome {
    let cluster = Cluster::start(1).await?;
    let node = &cluster.nodes()[0];
    for (request, name) in [
        ("MOVE foo 0", "MOVE"),
        ("SWAPDB 0 1", "SWAPDB"),
        ("SELECT 1", "SELECT"),
    ] {
        let refused = format!("-ERR {name} is not allowed in cluster mode");
        assert_eq!(ask(node, &format!("{request}\r\n")).await?, refused);
    }
    assert_eq!(ask(node, "SELECT 0\r\nSET foo 1\r\n").await?, "+OK +OK");
    Ok(())
}

#[tokio::test]
async fn nodes_need_an_address_each() -> Outcome {
    let port = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    let path = std::env::temp_dir().join(format!("redis-embedded-node-{}", std::process::id()));
    let socket = Server::builder().unix_socket(&path);
    for fixed in [Server::builder().address(port), socket.clone()] {
        let error = Cluster::start_with(2, fixed).await;
        let error = error.expect_err("one address for two");
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
    let cluster = Cluster::start_with(1, socket).await?;
    assert_eq!(cluster.nodes()[0].unix_socket(), Some(&*path));
    let cluster = Cluster::start_with(2, Server::builder()).await?;
    assert_eq!(cluster.nodes().len(), 2);
    let none = Cluster::start(0).await.expect_err("no node");
    assert_eq!(none.kind(), std::io::ErrorKind::InvalidInput);
    Ok(())
}

#[tokio::test]
async fn a_slot_is_moved_by_the_commands_for_that() -> Outcome {
    let cluster = Cluster::start(2).await?;
    let (source, target) = (&cluster.nodes()[1], &cluster.nodes()[0]);
    let (source_id, target_id) = (id(source)?, id(target)?);
    source.db(0).set("foo", "1");
    let importing = format!("CLUSTER SETSLOT {SLOT} IMPORTING {source_id}\r\n");
    assert_eq!(ask(target, &importing).await?, "+OK");
    let migrating = format!("CLUSTER SETSLOT {SLOT} MIGRATING {target_id}\r\n");
    assert_eq!(ask(source, &migrating).await?, "+OK");
    let nodes = source.command(["CLUSTER", "NODES"]);
    let nodes = nodes.as_text().ok_or("no text")?;
    assert!(
        nodes.contains(&format!("[{SLOT}->-{target_id}]")),
        "{nodes}"
    );
    let node = format!("CLUSTER SETSLOT {SLOT} NODE {target_id}\r\n");
    let error = ask(source, &node).await?;
    assert!(
        error.starts_with("-ERR Can't assign hashslot 12182"),
        "{error}"
    );
    source.db(0).remove("foo");
    assert_eq!(ask(source, &node).await?, "+OK");
    assert_eq!(ask(target, &node).await?, "+OK");
    assert_eq!(ask(target, "GET foo\r\n").await?, "$-1");
    Ok(())
}

fn id(server: &Server) -> Result<String, Box<dyn std::error::Error>> {
    let id = server.command(["CLUSTER", "MYID"]);
    Ok(id.as_text().ok_or("no id")?.to_string())
}

#[tokio::test]
async fn the_reports_agree_on_who_has_what() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let node = &cluster.nodes()[1];
    let port = node.addr().port();
    let info = ask(node, "CLUSTER INFO\r\n").await?;
    for line in [
        "cluster_state:ok",
        "cluster_known_nodes:3",
        "cluster_size:3",
    ] {
        assert!(info.contains(line), "{info}");
    }
    let slots = node.command(["CLUSTER", "SLOTS"]);
    let second = &slots.as_list().ok_or("no list")?[1];
    let entry = second.as_list().ok_or("no entry")?;
    assert_eq!(
        (&entry[0], &entry[1]),
        (&Reply::Int(5462), &Reply::Int(10922))
    );
    let address = entry[2].as_list().ok_or("no address")?;
    assert_eq!(address[0], "127.0.0.1");
    assert_eq!(address[1], i64::from(port));
    assert_eq!(address[2], id(node)?.as_str());
    let nodes = node.command(["CLUSTER", "NODES"]);
    let nodes = nodes.as_text().ok_or("no text")?;
    let own = nodes
        .lines()
        .find(|line| line.contains("myself"))
        .ok_or("not there")?;
    assert!(
        own.contains(&format!("127.0.0.1:{port}@")) && own.ends_with(" 5462-10922"),
        "{own}"
    );
    let shards = node.command(["CLUSTER", "SHARDS"]);
    assert_eq!(shards.as_list().map(<[_]>::len), Some(3));
    assert_eq!(node.command(["CLUSTER", "KEYSLOT", "foo"]), i64::from(SLOT));
    assert!(
        node.command(["INFO", "cluster"])
            .as_text()
            .is_some_and(|t| t.contains("enabled:1"))
    );
    let alone = Server::start().await?;
    let error = alone.command(["CLUSTER", "INFO"]);
    assert_eq!(
        error.as_error(),
        Some("ERR This instance has cluster support disabled")
    );
    Ok(())
}

#[tokio::test]
async fn the_keys_of_a_slot_are_counted_and_listed() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let node = cluster.node_of("foo");
    for key in ["foo", "{foo}a", "{foo}b"] {
        node.db(0).set(key, "1");
    }
    let slot = SLOT.to_string();
    assert_eq!(node.command(["CLUSTER", "COUNTKEYSINSLOT", &slot]), 3);
    let keys = node.command(["CLUSTER", "GETKEYSINSLOT", &slot, "2"]);
    assert_eq!(keys, Reply::Array(vec!["foo".into(), "{foo}a".into()]));
    assert!(
        node.command(["CLUSTER", "COUNTKEYSINSLOT", "16384"])
            .as_error()
            .is_some()
    );
    Ok(())
}

#[tokio::test]
async fn redis_rs_follows_the_slots() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let client = redis::cluster::ClusterClient::new(cluster.urls()[..1].to_vec())?;
    let mut connection = client.get_async_connection().await?;
    for number in 0..100 {
        let () = connection.set(format!("key{number}"), number).await?;
    }
    assert!(cluster.nodes().iter().all(|node| node.db(0).len() > 20));
    for slot in 0..16384 {
        cluster.move_slot(slot, 1);
    }
    for number in 0..100 {
        assert_eq!(
            connection.get::<_, i32>(format!("key{number}")).await?,
            number
        );
    }
    assert_eq!(cluster.nodes()[1].db(0).len(), 100);
    Ok(())
}

#[tokio::test]
async fn fred_follows_the_slots_and_hears_what_is_published_elsewhere() -> Outcome {
    let builder = Server::builder().password("secret");
    let cluster = Cluster::start_with(3, builder).await?;
    let url = cluster.urls()[0].replace("redis://", "redis-cluster://");
    let client = fred::prelude::Client::new(Config::from_url(&url)?, None, None, None);
    client.init().await?;
    for number in 0..50 {
        let () = client
            .set(format!("key{number}"), number, None, None, false)
            .await?;
    }
    for slot in 0..16384 {
        cluster.move_slot(slot, 0);
    }
    for number in 0..50 {
        assert_eq!(client.get::<i32, _>(format!("key{number}")).await?, number);
    }
    let subscriber = client.clone_new();
    subscriber.init().await?;
    let mut messages = subscriber.message_rx();
    subscriber.subscribe("news").await?;
    // The client does not wait for the server's confirmation.
    let heard =
        |node: &Server| node.command(["PUBSUB", "CHANNELS"]) == Reply::Array(vec!["news".into()]);
    while !cluster.nodes().iter().any(heard) {
        tokio::task::yield_now().await;
    }
    for (index, node) in cluster.nodes().iter().enumerate() {
        node.command(["PUBLISH", "news", &index.to_string()]);
        let message = tokio::time::timeout(Duration::from_secs(10), messages.recv()).await??;
        assert_eq!(message.value.convert::<usize>()?, index);
    }
    Ok(())
}

#[tokio::test]
async fn keys_of_several_slots_are_taken_apart_by_redis_rs_and_refused_to_fred() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let client = redis::cluster::ClusterClient::new(cluster.urls()[..1].to_vec())?;
    let mut connection = client.get_async_connection().await?;
    let pairs = [("foo", 1), ("bar", 2), ("hello", 3)];
    let () = connection.mset(&pairs).await?;
    for (key, _) in pairs {
        assert!(cluster.node_of(key).db(0).contains(key));
    }
    assert_ne!(cluster.node_of("foo").addr(), cluster.node_of("bar").addr());
    let read: Vec<i64> = connection.mget(&["hello", "foo", "bar"]).await?;
    assert_eq!(read, [3, 1, 2]);
    let url = cluster.urls()[0].replace("redis://", "redis-cluster://");
    let fred = fred::prelude::Client::new(Config::from_url(&url)?, None, None, None);
    fred.init().await?;
    let keys = vec!["hello", "foo", "bar"];
    let error = fred
        .mget::<Vec<i64>, _>(keys)
        .await
        .expect_err("three slots");
    assert!(error.details().contains("CROSSSLOT"), "{error}");
    assert_eq!(connection.del::<_, i64>(&["foo", "bar"]).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_node_is_told_of_by_the_address_that_it_announces() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let (way, own) = ("127.0.0.2:7", cluster.nodes()[OWNER].addr().to_string());
    cluster.announce(OWNER, way.parse()?);
    let other = &cluster.nodes()[OTHER];
    let moved = format!("-MOVED {SLOT} {way}");
    assert_eq!(ask(other, "GET foo\r\n").await?, moved);
    for report in ["NODES", "SLOTS", "SHARDS"] {
        let told = ask(other, &format!("CLUSTER {report}\r\n")).await?;
        assert!(told.contains("127.0.0.2"), "{told}");
        assert!(!told.contains(&own), "{told}");
    }
    assert_eq!(cluster.nodes()[OWNER].addr().to_string(), own);
    Ok(())
}

#[tokio::test]
async fn the_nodes_share_a_clock() -> Outcome {
    let cluster = Cluster::start_with(3, Server::builder().frozen_clock()).await?;
    for key in ["foo", "bar", "hello"] {
        let node = cluster.node_of(key);
        node.db(0).set_for(key, "1", Duration::from_secs(10));
    }
    cluster.clock().advance(Duration::from_millis(10_001));
    assert!(cluster.nodes().iter().all(|node| node.db(0).is_empty()));
    Ok(())
}

#[tokio::test]
async fn a_node_keeps_its_place_over_a_restart() -> Outcome {
    let cluster = Cluster::start(3).await?;
    let node = cluster.node_of("foo");
    node.db(0).set("foo", "1");
    let before = id(node)?;
    node.restart();
    assert_eq!(id(node)?, before);
    assert_eq!(ask(node, "GET foo\r\n").await?, "$1 1");
    Ok(())
}
