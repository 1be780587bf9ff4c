//! The methods of fred for keys and what they hold.

use fred::prelude::*;
use fred::types::geo::{GeoPosition, GeoUnit, GeoValue};
use fred::types::lists::{LMoveDirection, ListLocation};
use fred::types::scan::ScanType;
use fred::types::sorted_sets::{AggregateOptions, Ordering, ZCmp, ZSort};
use fred::types::{Expiration, ExpireOptions, Key, SetOptions, SortOrder};

use super::record::Record;

/// Calls methods and notes what they return.
macro_rules! calls {
    ($client:ident, $record:ident; $($method:ident($($arg:expr),* $(,)?);)*) => {
        $(
            let result: FredResult<Value> = $client.$method($($arg),*).await;
            $record.note(stringify!($method), &result);
        )*
    };
}
/// The same for methods that return nothing.
macro_rules! actions {
    ($client:ident, $record:ident; $($method:ident($($arg:expr),* $(,)?);)*) => {
        $(
            let result: FredResult<()> = $client.$method($($arg),*).await;
            $record.note(stringify!($method), &result);
        )*
    };
}
pub(crate) use {actions, calls};

pub(crate) async fn call_all(c: &Client, record: &mut Record) {
    let flushed: FredResult<()> = c.flushall(false).await;
    record.note("flushall", &flushed);
    strings(c, record).await;
    keys(c, record).await;
    hashes(c, record).await;
    fields_that_expire(c, record).await;
    lists(c, record).await;
    blocking_lists(c, record).await;
    sets(c, record).await;
    sorted_sets(c, record).await;
    sorted_set_ranges(c, record).await;
    sorted_set_algebra(c, record).await;
    places(c, record).await;
    streams(c, record).await;
    stream_groups(c, record).await;
}

async fn strings(c: &Client, record: &mut Record) {
    calls! { c, record;
        set("s", "one", Some(Expiration::EX(1000)), Some(SetOptions::NX), false);
        set("s", "two", None, None, true);
        get("s");
        getrange("s", 0usize, 1usize);
        setrange("s", 1, "xy");
        getset("s", "six");
        append("s", "!");
        strlen("s");
        getdel("s");
        setnx("s", "ohmytext");
        msetnx(vec![("a", "1"), ("b", "mynewtext")]);
        mget(vec!["a", "none"]);
        incr("a");
        incr_by("a", 5);
        incr_by_float("a", 0.5);
        incr("a");
        lcs("s", "b", false, true, Some(1), true);
        lcs("s", "b", true, false, None, false);
        set("n", 5, None, None, false);
        decr("n");
        decr_by("n", 2);
        pfadd("p", vec!["a", "b"]);
        pfcount("p");
        pfmerge("q", vec!["p"]);
    }
    actions! { c, record;
        mset(vec![("a", "1"), ("b", "2")]);
    }
}

async fn keys(c: &Client, record: &mut Record) {
    let flushed: FredResult<()> = c.flushall(false).await;
    record.note("flushall", &flushed);
    calls! { c, record;
        set("k", "v", None, None, false);
        randomkey();
        exists(vec!["k", "none"]);
        expire("k", 1000, None);
        ttl("k");
        pttl("k");
        expire("k", 10, Some(ExpireOptions::GT));
        expire_at("k", 32_503_680_000, None);
        expire_time("k");
        pexpire("k", 1_000_000, None);
        pexpire_at("k", 32_503_680_000_000, None);
        pexpire_time("k");
        persist("k");
        copy("k", "k2", None, true);
        renamenx("k2", "k");
        rename("k2", "k3");
        unlink(vec!["k3"]);
        scan_page("0", "k*", Some(10), Some(ScanType::String));
    }
    let dumped: FredResult<Value> = c.dump("k").await;
    record.note("dump", &dumped);
    if let Ok(dumped) = dumped {
        calls! { c, record;
            restore("r", 0, dumped.clone(), false, false, None, None);
            restore("r", 0, dumped.clone(), false, false, None, None);
            restore("r", 1000, dumped, true, false, Some(5), None);
        }
    }
    calls! { c, record;
        get("r");
        del(vec!["r", "k"]);
    }
    actions! { c, record;
        watch(vec!["k"]);
        unwatch();
    }
}

async fn hashes(c: &Client, record: &mut Record) {
    calls! { c, record;
        hset("h", vec![("a", "1"), ("b", "2")]);
        hmset("h", vec![("c", "3")]);
        hsetnx("h", "a", "2");
        hget("h", "a");
        hmget("h", vec!["a", "none"]);
        hgetall("h");
        hexists("h", "a");
        hincrby("h", "a", 41);
        hincrbyfloat("h", "b", 0.5);
        hkeys("h");
        hvals("h");
        hlen("h");
        hstrlen("h", "a");
        hdel("h", vec!["b", "c", "none"]);
        hrandfield("h", None);
        hrandfield("h", Some((2, true)));
    }
}

async fn fields_that_expire(c: &Client, record: &mut Record) {
    calls! { c, record;
        httl("h", vec!["a"]);
        hexpire("h", 10, None, vec!["a"]);
        hexpire_at("h", 32_503_680_000, Some(ExpireOptions::NX), vec!["a"]);
        hexpire_time("h", vec!["a"]);
        hpttl("h", vec!["a"]);
        hpexpire("h", 1000, None, vec!["a"]);
        hpexpire_at("h", 32_503_680_000_000, None, vec!["a"]);
        hpexpire_time("h", vec!["a"]);
        hpersist("h", vec!["a"]);
    }
}

async fn lists(c: &Client, record: &mut Record) {
    calls! { c, record;
        rpush("l", vec!["3", "1", "2", "1"]);
        lpush("l", vec!["9"]);
        rpushx("l", vec!["8"]);
        lpushx("none", vec!["8"]);
        llen("l");
        lrange("l", 0, -1);
        lindex("l", 0);
        linsert("l", ListLocation::Before, "3", "7");
        lpos("l", "1", Some(1), Some(2), Some(10));
        lrem("l", 1, "1");
        sort("l", None, Some((0, 3)), (), Some(SortOrder::Desc), false, None);
        sort("l", None, None, (), None, true, Some(Key::from("sorted")));
        sort_ro("l", None, None, (), None, false);
        lmove("l", "m", LMoveDirection::Left, LMoveDirection::Right);
        lmpop(vec!["l"], LMoveDirection::Left, Some(2));
        rpoplpush("l", "m");
        lpop("l", None);
        rpop("m", Some(2));
    }
    actions! { c, record;
        rpush("l", vec!["a", "b"]);
        lset("l", 0, "A");
        lset("l", 100, "A");
        ltrim("l", 0, 0);
    }
}

async fn blocking_lists(c: &Client, record: &mut Record) {
    calls! { c, record;
        rpush("q", vec!["a", "b", "c", "d", "e"]);
        blpop(vec!["none", "q"], 1.0);
        brpop(vec!["q"], 1.0);
        brpoplpush("q", "other", 1.0);
        blmove("q", "other", LMoveDirection::Left, LMoveDirection::Left, 1.0);
        blmpop(1.0, vec!["q", "other"], LMoveDirection::Left, None);
    }
}

async fn sets(c: &Client, record: &mut Record) {
    calls! { c, record;
        sadd("e", vec![1, 2, 3]);
        sadd("g", vec![2, 3, 4]);
        scard("e");
        sdiff(vec!["e", "g"]);
        sdiffstore("d", vec!["e", "g"]);
        sinter(vec!["e", "g"]);
        sinterstore("d", vec!["e", "g"]);
        sunion(vec!["e", "g"]);
        sunionstore("d", vec!["e", "g"]);
        sismember("e", 1);
        smismember("e", vec![1, 9]);
        smembers("e");
        smove("e", "one", 1);
        srandmember("one", None);
        srandmember("one", Some(2));
        spop("one", None);
        srem("e", vec![2, 9]);
    }
}

async fn sorted_sets(c: &Client, record: &mut Record) {
    calls! { c, record;
        zadd("z", None, None, false, false, vec![(1.0, "a"), (2.5, "b"), (3.0, "c")]);
        zadd("z", Some(SetOptions::XX), Some(Ordering::GreaterThan), true, false, vec![(2.0, "a")]);
        zadd("z", None, None, false, true, vec![(2.0, "a")]);
        zcard("z");
        zcount("z", 2.0, 3.0);
        zincrby("z", 0.5, "a");
        zscore("z", "a");
        zmscore("z", vec!["a", "none"]);
        zrank("z", "a", false);
        zrevrank("z", "a", false);
        zrank("z", "none", false);
        zpopmin("z", None);
        zpopmax("z", Some(1));
        zrandmember("z", None);
        zrandmember("z", Some((-2, true)));
        zadd("z", None, None, false, false, vec![(1.0, "a"), (2.0, "b"), (3.0, "c"), (4.0, "d")]);
        zmpop(vec!["z"], ZCmp::Min, Some(1));
        bzmpop(1.0, vec!["z"], ZCmp::Max, None);
        bzpopmin(vec!["z"], 1.0);
        bzpopmax(vec!["z"], 1.0);
        zrem("z", vec!["none"]);
    }
}

async fn sorted_set_ranges(c: &Client, record: &mut Record) {
    let five = vec![(0.0, "a"), (0.0, "b"), (0.0, "c"), (0.0, "d"), (0.0, "e")];
    calls! { c, record;
        del("z");
        zadd("z", None, None, false, false, five);
        zlexcount("z", "[b", "+");
        zrange("z", 0, 1, None, false, None, true);
        zrange("z", "-", "[c", Some(ZSort::ByLex), false, Some((1, 1)), false);
        zrange("z", 1, 0, Some(ZSort::ByScore), true, None, true);
        zrangestore("copied", "z", 0, 1, None, false, None);
        zrangebylex("z", "-", "[c", Some((0, 2)));
        zrevrangebylex("z", "+", "(b", None);
        zrangebyscore("z", 0, 1, true, None);
        zrevrangebyscore("z", 1, 0, false, Some((0, 2)));
        zrevrange("z", 0, 1, true);
        zremrangebylex("z", "[b", "[b");
        zremrangebyrank("z", 0, 0);
        zremrangebyscore("z", 0, 1);
    }
}

async fn sorted_set_algebra(c: &Client, record: &mut Record) {
    let max = || Some(AggregateOptions::Max);
    calls! { c, record;
        zadd("z", None, None, false, false, vec![(1.0, "a"), (2.0, "b")]);
        zadd("y", None, None, false, false, vec![(5.0, "b"), (7.0, "c")]);
        zdiff(vec!["z", "y"], true);
        zdiffstore("t", vec!["z", "y"]);
        zinter(vec!["z", "y"], vec![2.0, 3.0], None, true);
        zinterstore("t", vec!["z", "y"], None::<f64>, max());
        zunion(vec!["z", "y"], None::<f64>, max(), true);
        zunionstore("t", vec!["z", "y"], vec![1.0, 2.0], None);
    }
}

async fn places(c: &Client, record: &mut Record) {
    let at = || GeoPosition {
        longitude: 15.0,
        latitude: 37.0,
    };
    let km = GeoUnit::Kilometers;
    let asc = || Some(SortOrder::Asc);
    let place = |longitude, latitude, member: &str| GeoValue {
        coordinates: GeoPosition {
            longitude,
            latitude,
        },
        member: member.into(),
    };
    let two = vec![
        place(13.361_389, 38.115_556, "Palermo"),
        place(15.087_269, 37.502_669, "Catania"),
    ];
    let from = || Some(Value::from("Palermo"));
    let within = || Some((200.0, GeoUnit::Kilometers));
    calls! { c, record;
        geoadd("geo", None, false, two);
        geohash("geo", vec!["Palermo"]);
        geopos("geo", vec!["Palermo", "none"]);
        geodist("geo", "Palermo", "Catania", Some(km.clone()));
    }
    let found: FredResult<Value> = c
        .georadius(
            "geo",
            at(),
            200.0,
            km.clone(),
            true,
            true,
            true,
            None,
            asc(),
            None,
            None,
        )
        .await;
    record.note("georadius", &found);
    let found: FredResult<Value> = c
        .georadiusbymember(
            "geo",
            "Palermo",
            200.0,
            km,
            false,
            true,
            false,
            None,
            asc(),
            None,
            None,
        )
        .await;
    record.note("georadiusbymember", &found);
    let found: FredResult<Value> = c
        .geosearch(
            "geo",
            from(),
            None,
            within(),
            None,
            asc(),
            Some((5, false)),
            true,
            true,
            false,
        )
        .await;
    record.note("geosearch", &found);
    calls! { c, record;
        geosearchstore("to", "geo", from(), None, within(), None, asc(), None, true);
    }
}

async fn streams(c: &Client, record: &mut Record) {
    calls! { c, record;
        xadd("x", false, None::<()>, "1-1", vec![("f", "v")]);
        xadd("x", true, ("MAXLEN", "~", 10), "2-1", vec![("f", "v"), ("g", "w")]);
        xadd("x", false, None::<()>, "1-1", vec![("f", "v")]);
        xadd("x", false, None::<()>, "3-1", vec![("f", "v")]);
        xlen("x");
        xrange("x", "-", "+", None);
        xrevrange("x", "+", "-", Some(1));
        xread(None, None, vec!["x"], vec!["2"]);
        xread(Some(1), Some(10), vec!["x"], vec!["9"]);
        xdel("x", vec!["3-1"]);
        xtrim("x", ("MAXLEN", "=", 2));
        xinfo_stream("x", false, None);
        xinfo_stream("x", true, Some(1));
    }
    let found = c
        .xrange_values::<String, String, String, _, _, _>("x", "-", "+", None)
        .await;
    record.note("xrange_values", &found);
    let found = c
        .xrevrange_values::<String, String, String, _, _, _>("x", "+", "-", None)
        .await;
    record.note("xrevrange_values", &found);
    let found = c
        .xread_map::<String, String, String, String, _, _>(None, None, vec!["x"], vec!["1-1"])
        .await;
    record.note("xread_map", &found);
}

async fn stream_groups(c: &Client, record: &mut Record) {
    calls! { c, record;
        xgroup_create("x", "g", "0", false);
        xgroup_create("x", "g", "0", false);
        xgroup_createconsumer("x", "g", "bob");
        xreadgroup("g", "ann", Some(1), None, false, vec!["x"], vec![">"]);
        xpending("x", "g", ());
        xpending("x", "g", ("-", "+", 10u64));
        xclaim("x", "g", "bob", 0, vec!["1-1"], None, None, None, false, true);
        xautoclaim("x", "g", "ann", 0, "0", Some(1), true);
        xack("x", "g", vec!["1-1"]);
        xinfo_groups("x");
        xinfo_consumers("x", "g");
    }
    let found = c
        .xreadgroup_map::<String, String, String, String, _, _, _, _>(
            "g",
            "ann",
            None,
            None,
            false,
            vec!["x"],
            vec![">"],
        )
        .await;
    record.note("xreadgroup_map", &found);
    let found = c
        .xclaim_values::<String, String, String, _, _, _, _>(
            "x",
            "g",
            "bob",
            0,
            vec!["2-1"],
            None,
            None,
            None,
            true,
            false,
        )
        .await;
    record.note("xclaim_values", &found);
    let found = c
        .xautoclaim_values::<String, String, String, _, _, _, _>(
            "x", "g", "ann", 0, "0", None, false,
        )
        .await;
    record.note("xautoclaim_values", &found);
    calls! { c, record;
        xgroup_delconsumer("x", "g", "bob");
        xgroup_setid("x", "g", "0");
        xgroup_destroy("x", "g");
    }
}
