//! The methods of redis-rs for the connection, users, scripts and the server.

use redis::acl::Rule;
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, FlushAllOptions, FlushDbOptions, Script};

use super::record::Record;
use super::redis_keys::calls;

pub(crate) async fn call_all(c: &mut MultiplexedConnection, record: &mut Record) {
    connection(c, record).await;
    users(c, record).await;
    scripts(c, record).await;
    scans(c, record).await;
    calls! { c, record;
        flushdb();
        flushdb_options(&FlushDbOptions::default());
        flushall();
        flushall_options(&FlushAllOptions::default());
    }
}

async fn connection(c: &mut MultiplexedConnection, record: &mut Record) {
    calls! { c, record;
        ping();
        ping_message("hello");
        publish("channel", "message");
        spublish("channel", "message");
        client_setname("me");
        client_getname();
        client_id();
    }
}

async fn users(c: &mut MultiplexedConnection, record: &mut Record) {
    let rules = [
        Rule::On,
        Rule::AddPass("pw".into()),
        Rule::Pattern("k*".into()),
        Rule::AddCommand("get".into()),
        Rule::Channel("news".into()),
    ];
    calls! { c, record;
        acl_load();
        acl_save();
        acl_setuser("new");
        acl_setuser_rules("ann", &rules);
        acl_list();
        acl_users();
        acl_getuser("ann");
        acl_getuser("none");
        acl_dryrun("ann", "get", &["k1"]);
        acl_dryrun("ann", "get", &["x"]);
        acl_dryrun("ann", "set", &["k1", "v"]);
        acl_deluser(&["ann", "new"]);
        acl_cat();
        acl_cat_categoryname("nosuch");
        acl_genpass();
        acl_genpass_bits(5);
        acl_whoami();
        acl_log(1);
        acl_log_reset();
        acl_help();
    }
}

async fn scripts(c: &mut MultiplexedConnection, record: &mut Record) {
    let script = Script::new("return {KEYS[1], ARGV[1], 7}");
    let mut invocation = script.key("k");
    invocation.arg("a");
    calls! { c, record;
        load_script(&script);
        invoke_script(&invocation);
    }
}

/// The methods that return iterators.
async fn scans(c: &mut MultiplexedConnection, record: &mut Record) {
    macro_rules! scanned {
        ($($method:ident($($arg:expr),*);)*) => {$(
            let found: redis::RedisResult<Vec<String>> = match c.$method($($arg),*).await {
                Ok(mut scan) => {
                    let mut all = Vec::new();
                    while let Some(item) = scan.next_item().await {
                        all.extend(item);
                    }
                    Ok(all)
                }
                Err(error) => Err(error),
            };
            record.note(stringify!($method), &found);
        )*};
    }
    calls! { c, record;
        flushall();
        hset_multiple("h", &[("a", "1"), ("b", "2")]);
        sadd("e", &[1, 2]);
        zadd("z", "m", 1);
    }
    let _: redis::RedisResult<()> = c.del("nothing").await;
    scanned! {
        scan_match("h*");
        hscan("h");
        hscan_match("h", "a*");
        sscan("e");
        sscan_match("e", "1*");
        zscan("z");
        zscan_match("z", "m*");
    }
    let mut keys: Vec<String> = Vec::new();
    if let Ok(mut scan) = c.scan::<String>().await {
        while let Some(key) = scan.next_item().await {
            keys.extend(key);
        }
    }
    keys.sort();
    record.note("scan", &Ok::<_, String>(keys));
}
