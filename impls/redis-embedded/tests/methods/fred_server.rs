//! The methods of fred for the connection, users, scripts, functions and the server.

use fred::prelude::*;
use fred::types::ClientUnblockFlag;
use fred::types::client::{ClientKillFilter, ClientPauseKind, ClientReplyFlag};
use fred::types::scripts::{FnPolicy, ScriptDebugFlag};

use super::fred_keys::{actions, calls};
use super::record::Record;

pub(crate) async fn call_all(c: &Client, record: &mut Record) {
    connection(c, record).await;
    tracking(c, record).await;
    users(c, record).await;
    server(c, record).await;
    scripts(c, record).await;
    functions(c, record).await;
    channels(c, record).await;
}

async fn connection(c: &Client, record: &mut Record) {
    let nobody = vec![ClientKillFilter::Addr("127.0.0.1:1".into())];
    calls! { c, record;
        ping(None);
        ping(Some("hello".into()));
        echo("hello");
        client_getname();
        client_id();
        client_info();
        client_kill(nobody);
        client_unblock(999_999, Some(ClientUnblockFlag::Timeout));
        dbsize();
        wait(0, 10);
    }
    let all = c.client_list::<String, String>(None, None).await;
    record.note("client_list", &all.map(|list| list.contains("cmd=client")));
    actions! { c, record;
        client_setname("me");
        client_pause(1, Some(ClientPauseKind::Write));
        client_unpause();
        client_reply(ClientReplyFlag::On);
        select(1);
        select(0);
    }
}

async fn tracking(c: &Client, record: &mut Record) {
    calls! { c, record;
        client_getredir();
        client_tracking("ON", None, (), false, true, false, true);
        client_caching(true);
        client_trackinginfo();
        client_tracking("OFF", None, (), false, false, false, false);
    }
}

async fn users(c: &Client, record: &mut Record) {
    actions! { c, record;
        acl_setuser("ann", vec!["on", ">pw", "~k*", "+get"]);
        acl_load();
        acl_save();
        acl_log_reset();
    }
    calls! { c, record;
        acl_list();
        acl_users();
        acl_getuser("ann");
        acl_getuser("none");
        acl_deluser(vec!["ann"]);
        acl_cat(Some("nosuch".into()));
        acl_cat(None);
        acl_genpass(Some(5));
        acl_whoami();
        acl_log_count(Some(1));
    }
}

async fn server(c: &Client, record: &mut Record) {
    calls! { c, record;
        set("k", "v", None, None, false);
        config_get("maxmemory-policy");
        lastsave();
        memory_usage("k", Some(1));
        memory_usage("none", None);
        slowlog_length();
    }
    actions! { c, record;
        config_set("maxmemory-samples", 5);
        config_resetstat();
        config_rewrite();
        memory_purge();
        slowlog_reset();
        failover(None, false, true, None);
    }
    let slow: FredResult<Value> = c.slowlog_get(Some(5)).await;
    record.note("slowlog_get", &slow);
    let statistics: FredResult<Value> = c.memory_stats().await;
    record.note("memory_stats", &statistics.map(|_| "a report"));
    let report: FredResult<String> = c.memory_doctor().await;
    record.note("memory_doctor", &report.map(|_| "a report"));
    let statistics: FredResult<String> = c.memory_malloc_stats().await;
    record.note("memory_malloc_stats", &statistics.map(|_| "a report"));
    // A real server may be at it still from the call before.
    let started = |result: FredResult<Value>| match result {
        Err(error)
            if !error.to_string().contains("ackground")
                && !error.to_string().contains("active") =>
        {
            Err(error)
        }
        _ => Ok("started"),
    };
    record.note("bgsave", &started(c.bgsave().await));
    record.note("bgrewriteaof", &started(c.bgrewriteaof().await));
}

async fn scripts(c: &Client, record: &mut Record) {
    let code = "return {KEYS[1], ARGV[1], 7}";
    let sha = "cd17e51ee0b7b9ca4b7d5e0dd9d0f2ab13a0ab87";
    let loaded: FredResult<String> = c.script_load(code).await;
    record.note("script_load", &loaded);
    let name = loaded.unwrap_or_default();
    calls! { c, record;
        script_exists(vec![name.as_str(), sha]);
        evalsha(name.as_str(), vec!["k"], vec!["a"]);
        evalsha(sha, vec!["k"], vec!["a"]);
        eval(code, vec!["k"], vec!["a"]);
    }
    actions! { c, record;
        script_kill();
        script_flush(false);
        script_debug(ScriptDebugFlag::No);
    }
}

async fn functions(c: &Client, record: &mut Record) {
    let code = "#!lua name=mylib\nredis.register_function{function_name='f', flags={'no-writes'}, \
                callback=function(keys, args) return {keys[1], args[1]} end}";
    calls! { c, record;
        function_load(true, code);
        function_load(false, code);
        fcall("f", vec!["k"], vec!["a"]);
        fcall_ro("f", vec!["k"], vec!["a"]);
        fcall("none", vec!["k"], vec!["a"]);
        function_list(Some("my*"), true);
        function_stats();
    }
    let dumped: FredResult<Value> = c.function_dump().await;
    record.note("function_dump", &dumped.as_ref().map(|_| "a payload"));
    let payload = dumped.ok().and_then(Value::into_bytes).unwrap_or_default();
    actions! { c, record;
        function_restore(payload.clone(), FnPolicy::Append);
        function_restore(payload.clone(), FnPolicy::Replace);
        function_restore(payload, FnPolicy::Flush);
        function_kill();
    }
    calls! { c, record;
        fcall("f", vec!["k"], vec!["a"]);
        function_delete("mylib");
        function_delete("mylib");
        function_flush(false);
    }
}

async fn channels(c: &Client, record: &mut Record) {
    calls! { c, record;
        publish("news", "x");
        spublish("news", "x");
        pubsub_channels("*");
        pubsub_numpat();
        pubsub_numsub(vec!["news"]);
        pubsub_shardchannels("*");
        pubsub_shardnumsub(vec!["news"]);
    }
    actions! { c, record;
        subscribe(vec!["news"]);
        psubscribe(vec!["n*"]);
        ssubscribe(vec!["news"]);
        unsubscribe(vec!["news"]);
        punsubscribe(vec!["n*"]);
        sunsubscribe(vec!["news"]);
    }
}
