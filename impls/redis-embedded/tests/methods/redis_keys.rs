//! The methods of redis-rs for keys and what they hold.

use std::num::NonZeroUsize;

use redis::aio::MultiplexedConnection;
use redis::geo::{Coord, RadiusOptions, RadiusOrder, Unit};
use redis::streams::{
    StreamAddOptions, StreamAutoClaimOptions, StreamClaimOptions, StreamMaxlen, StreamReadOptions,
    StreamTrimOptions, StreamTrimmingMode,
};
use redis::{
    AsyncCommands, CopyOptions, Direction, ExpireOption, Expiry, FieldExistenceCheck,
    HashFieldExpirationOptions, LposOptions, SetExpiry, SetOptions, SortedSetAddOptions,
    ValueComparison,
};

use super::record::Record;

/// Calls methods and notes what they return.
macro_rules! calls {
    ($connection:ident, $record:ident; $($method:ident($($arg:expr),* $(,)?);)*) => {
        $(
            let result: redis::RedisResult<redis::Value> = $connection.$method($($arg),*).await;
            $record.note(stringify!($method), &result);
        )*
    };
}
pub(crate) use calls;

pub(crate) async fn call_all(c: &mut MultiplexedConnection, record: &mut Record) {
    let _: redis::RedisResult<()> = c.flushall().await;
    strings(c, record).await;
    keys(c, record).await;
    bits(c, record).await;
    hashes(c, record).await;
    lists(c, record).await;
    sets(c, record).await;
    sorted_sets(c, record).await;
    sorted_set_ranges(c, record).await;
    places(c, record).await;
    streams(c, record).await;
    stream_groups(c, record).await;
}

async fn strings(c: &mut MultiplexedConnection, record: &mut Record) {
    let options = SetOptions::default()
        .with_expiration(SetExpiry::EX(1000))
        .get(true);
    calls! { c, record;
        set("s", "one");
        get("s");
        set_options("s", "two", options);
        mset(&[("a", "1"), ("b", "2")]);
        mget(&["a", "b", "none"]);
        set_ex("s", "three", 1000);
        pset_ex("s", "four", 1_000_000);
        set_nx("s", "five");
        mset_nx(&[("a", "1"), ("c", "3")]);
        getset("s", "six");
        getrange("s", 1, -1);
        setrange("s", 1, "xyz");
        append("s", "!");
        strlen("s");
        incr("a", 5);
        incr("f", 0.25);
        incr("s", 1);
        decr("a", 2);
        get_ex("s", Expiry::EX(100));
        get_del("s");
        get_del("s");
        pfadd("p", &["a", "b", "c"]);
        pfcount("p");
        pfmerge("q", &["p"]);
        del_ex("a", ValueComparison::IFEQ("4".into()));
        digest("a");
    }
}

async fn keys(c: &mut MultiplexedConnection, record: &mut Record) {
    calls! { c, record;
        set("k", "v");
        keys("k*");
        exists("k");
        key_type("k");
        expire("k", 1000);
        ttl("k");
        pttl("k");
        pexpire("k", 2_000_000);
        expire_at("k", 32_503_680_000);
        expire_time("k");
        pexpire_at("k", 32_503_680_000_000);
        pexpire_time("k");
        persist("k");
        copy("k", "k2", CopyOptions::default().replace(true));
        rename("k2", "k3");
        rename("none", "k3");
        rename_nx("k3", "k");
        unlink("k3");
        del(&["k", "none"]);
        set("k", 7);
        object_encoding("k");
        object_idletime("k");
        object_freq("k");
        object_refcount("none");
    }
}

async fn bits(c: &mut MultiplexedConnection, record: &mut Record) {
    calls! { c, record;
        setbit("bits", 7, true);
        getbit("bits", 7);
        bitcount("bits");
        bitcount_range("bits", 0, 0);
        set("other", "ab");
        bit_and("to", &["bits", "other"]);
        bit_or("to", &["bits", "other"]);
        bit_xor("to", &["bits", "other"]);
        bit_not("to", "bits");
        bit_diff("to", &["bits", "other"]);
        bit_diff1("to", &["bits", "other"]);
        bit_and_or("to", &["bits", "other"]);
        bit_one("to", &["bits", "other"]);
        get("to");
    }
}

async fn hashes(c: &mut MultiplexedConnection, record: &mut Record) {
    let expiring = HashFieldExpirationOptions::default()
        .set_existence_check(FieldExistenceCheck::FNX)
        .set_expiration(SetExpiry::EX(1000));
    calls! { c, record;
        hset("h", "a", "1");
        hset_nx("h", "a", "2");
        hset_multiple("h", &[("b", "2"), ("c", "3")]);
        hget("h", "a");
        hget("h", "none");
        hmget("h", &["a", "none"]);
        hincr("h", "a", 41);
        hincr("h", "c", 0.5);
        hexists("h", "a");
        hkeys("h");
        hvals("h");
        hgetall("h");
        hlen("h");
        hdel("h", &["c", "none"]);
        hget_ex("h", "a", Expiry::EX(10));
        hget_del("h", "a");
        hset_ex("h", &expiring, &[("x", "1")]);
        httl("h", "x");
        hpttl("h", "x");
        hexpire("h", 10, ExpireOption::NONE, "x");
        hexpire_at("h", 32_503_680_000, ExpireOption::NX, "x");
        hexpire_time("h", "x");
        hpexpire("h", 10_000, ExpireOption::XX, "x");
        hpexpire_at("h", 32_503_680_000_000, ExpireOption::GT, "x");
        hpexpire_time("h", "x");
        hpersist("h", "x");
    }
}

async fn lists(c: &mut MultiplexedConnection, record: &mut Record) {
    let two = NonZeroUsize::new(2);
    calls! { c, record;
        rpush("l", &["a", "b", "c", "a"]);
        lpush("l", "z");
        rpush_exists("l", "y");
        lpush_exists("none", "y");
        llen("l");
        lrange("l", 0, -1);
        lindex("l", 1);
        lset("l", 1, "A");
        lset("l", 100, "A");
        linsert_before("l", "b", "before");
        linsert_after("l", "b", "after");
        lpos("l", "a", LposOptions::default().rank(1));
        lrem("l", 1, "a");
        ltrim("l", 0, 5);
        lmove("l", "m", Direction::Left, Direction::Right);
        lmpop(1, "l", Direction::Left, 2);
        rpoplpush("l", "m");
        blmove("l", "m", Direction::Right, Direction::Left, 1.0);
        blmpop(1.0, 1, "m", Direction::Left, 1);
        blpop("m", 1.0);
        brpop("m", 1.0);
        rpush("l", &["1", "2", "3", "4", "5"]);
        brpoplpush("l", "m", 1.0);
        lpop("l", None);
        lpop("l", two);
        rpop("l", two);
        rpop("none", two);
    }
}

async fn sets(c: &mut MultiplexedConnection, record: &mut Record) {
    calls! { c, record;
        sadd("e", &[1, 2, 3]);
        sadd("g", &[2, 3, 4]);
        scard("e");
        sdiff(&["e", "g"]);
        sdiffstore("d", &["e", "g"]);
        sinter(&["e", "g"]);
        sinterstore("d", &["e", "g"]);
        sunion(&["e", "g"]);
        sunionstore("d", &["e", "g"]);
        sismember("e", 1);
        smismember("e", &[1, 9]);
        smembers("e");
        smove("e", "one", 1);
        srandmember("one");
        srandmember_multiple("one", -2);
        spop("one");
        srem("e", &[2, 9]);
    }
}

async fn sorted_sets(c: &mut MultiplexedConnection, record: &mut Record) {
    let options = SortedSetAddOptions::add_only();
    calls! { c, record;
        zadd("z", "a", 1);
        zadd_multiple("z", &[(2.5, "b"), (3.0, "c"), (4.0, "d")]);
        zadd_options("z", "a", 9, &options);
        zadd_multiple_options("z", &[(5, "e"), (6, "f")], &options);
        zcard("z");
        zcount("z", 2, "+inf");
        zincr("z", "a", 0.5);
        zrank("z", "b");
        zrevrank("z", "b");
        zrank("z", "none");
        zscore("z", "a");
        zscore_multiple("z", &["a", "none"]);
        zadd("y", "a", 10);
        zinterstore("t", &["z", "y"]);
        zinterstore_min("t", &["z", "y"]);
        zinterstore_max("t", &["z", "y"]);
        zinterstore_weights("t", &[("z", 2), ("y", 3)]);
        zinterstore_min_weights("t", &[("z", 2), ("y", 3)]);
        zinterstore_max_weights("t", &[("z", 2), ("y", 3)]);
        zunionstore("t", &["z", "y"]);
        zunionstore_min("t", &["z", "y"]);
        zunionstore_max("t", &["z", "y"]);
        zunionstore_weights("t", &[("z", 2), ("y", 3)]);
        zunionstore_min_weights("t", &[("z", 2), ("y", 3)]);
        zunionstore_max_weights("t", &[("z", 2), ("y", 3)]);
        zrange_withscores("t", 0, -1);
        zpopmax("t", 1);
        zpopmin("t", 1);
        bzpopmax("t", 1.0);
        bzpopmin("t", 1.0);
        zmpop_max("t", 1);
        zmpop_min("t", 1);
        bzmpop_max(1.0, "z", 1);
        bzmpop_min(1.0, "z", 1);
        zrandmember("y", None);
        zrandmember("y", Some(-2));
        zrandmember_withscores("y", 1);
    }
}

async fn sorted_set_ranges(c: &mut MultiplexedConnection, record: &mut Record) {
    calls! { c, record;
        del("z");
        zadd_multiple("z", &[(0, "a"), (0, "b"), (0, "c"), (0, "d"), (0, "e")]);
        zlexcount("z", "[b", "+");
        zrange("z", 1, 2);
        zrangebylex("z", "-", "[c");
        zrangebylex_limit("z", "-", "+", 1, 2);
        zrevrangebylex("z", "+", "(b");
        zrevrangebylex_limit("z", "+", "-", 0, 1);
        zrangebyscore("z", "-inf", "+inf");
        zrangebyscore_withscores("z", 0, 1);
        zrangebyscore_limit("z", 0, 1, 1, 2);
        zrangebyscore_limit_withscores("z", 0, 1, 1, 2);
        zrevrange("z", 0, 1);
        zrevrange_withscores("z", 0, 1);
        zrevrangebyscore("z", 1, 0);
        zrevrangebyscore_withscores("z", 1, 0);
        zrevrangebyscore_limit("z", 1, 0, 1, 1);
        zrevrangebyscore_limit_withscores("z", 1, 0, 1, 1);
        zrem("z", &["a", "none"]);
        zrembylex("z", "[b", "[b");
        zremrangebyrank("z", 0, 0);
        zrembyscore("z", 0, 1);
    }
}

async fn places(c: &mut MultiplexedConnection, record: &mut Record) {
    let options = || RadiusOptions::default().with_dist().order(RadiusOrder::Asc);
    let palermo = (Coord::lon_lat("13.361389", "38.115556"), "Palermo");
    let catania = (Coord::lon_lat("15.087269", "37.502669"), "Catania");
    calls! { c, record;
        geo_add("geo", &[palermo, catania]);
        geo_dist("geo", "Palermo", "Catania", Unit::Kilometers);
        geo_dist("geo", "Palermo", "none", Unit::Meters);
        geo_hash("geo", &["Palermo", "none"]);
        geo_pos("geo", &["Palermo", "none"]);
        geo_radius("geo", 15.0, 37.0, 200.0, Unit::Kilometers, options());
        geo_radius_by_member("geo", "Palermo", 200.0, Unit::Kilometers, options());
    }
}

async fn streams(c: &mut MultiplexedConnection, record: &mut Record) {
    let mut map = std::collections::BTreeMap::new();
    map.insert("f", "v");
    let add = StreamAddOptions::default().nomkstream();
    let trim = StreamTrimOptions::maxlen(StreamTrimmingMode::Exact, 4);
    let read = StreamReadOptions::default().count(1);
    calls! { c, record;
        xadd("x", "1-1", &[("f", "v"), ("g", "w")]);
        xadd("x", "1-1", &[("f", "v")]);
        xadd_map("x", "2-1", &map);
        xadd_options("none", "1-1", &[("f", "v")], &add);
        xadd_maxlen("x", StreamMaxlen::Equals(10), "3-1", &[("f", "v")]);
        xadd_maxlen_map("x", StreamMaxlen::Approx(10), "4-1", &map);
        xlen("x");
        xrange("x", "2", "3");
        xrange_all("x");
        xrange_count("x", "-", "+", 1);
        xrevrange("x", "+", "3");
        xrevrange_all("x");
        xrevrange_count("x", "+", "-", 1);
        xread(&["x"], &["3"]);
        xread(&["x"], &["9"]);
        xread_options(&["x"], &["0"], &read);
        xdel("x", &["3-1", "9-9"]);
        xtrim("x", StreamMaxlen::Equals(2));
        xtrim_options("x", &trim);
        xinfo_stream("x");
    }
}

async fn stream_groups(c: &mut MultiplexedConnection, record: &mut Record) {
    let read = StreamReadOptions::default().group("g", "ann");
    let claim = StreamClaimOptions::default().with_force().with_justid();
    let auto = StreamAutoClaimOptions::default().count(1);
    calls! { c, record;
        xgroup_create("x", "g", "0");
        xgroup_create("x", "g", "0");
        xgroup_create_mkstream("new", "g", "$");
        xgroup_createconsumer("x", "g", "bob");
        xread_options(&["x"], &[">"], &read);
        xpending("x", "g");
        xpending_count("x", "g", "-", "+", 10);
        xpending_consumer_count("x", "g", "-", "+", 10, "ann");
        xclaim("x", "g", "bob", 0, &["2-1"]);
        xclaim_options("x", "g", "ann", 0, &["2-1"], claim);
        xautoclaim_options("x", "g", "bob", 0, "0", auto);
        xack("x", "g", &["2-1"]);
        xinfo_groups("x");
        xinfo_consumers("x", "g");
        xgroup_delconsumer("x", "g", "bob");
        xgroup_setid("x", "g", "0");
        xgroup_destroy("x", "g");
    }
}
