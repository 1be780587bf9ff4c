//! The commands that are compared, a pattern each, and how their replies are.

/// Patterns; a command may have several.
pub const PATTERNS: &[&str] = &[
    // Strings.
    "get KS", "set KS V {nx|xx|get|keepttl|ex TTL|px TTL|exat AT|pxat ATMS}*", "set KS V",
    "setnx KS V", "setex KS TTL V", "psetex KS TTL V", "getset KS V", "getdel KS",
    "getex KS {ex TTL|px TTL|exat AT|pxat ATMS|persist}?", "mget KS+ K*", "mset KS V {KS V}*",
    "msetnx KS V {KS V}?", "incr KS", "decr KS", "incrby KS I", "decrby KS I", "incrbyfloat KS F",
    "append KS V", "strlen KS", "getrange KS I I", "substr KS I I", "setrange KS N V",
    "setrange KS I V", "lcs KS KS {len|idx|minmatchlen I|withmatchlen}*",
    // Keys.
    "del KS K*", "unlink KL K*", "exists K+ KS*", "type KS", "type KZ", "type K",
    "expire KS TTL {nx|xx|gt|lt}*", "pexpire KL TTL {nx|xx|gt|lt}?", "expireat KH AT {nx|xx|gt|lt}?",
    "pexpireat KZ ATMS {nx|xx|gt|lt}?", "ttl KS", "pttl KL", "expiretime KH", "pexpiretime KZ",
    "persist KS", "persist KL", "rename K K", "rename KS KS", "rename KL KL", "rename KZ K",
    "renamenx KS KS", "renamenx KH K", "copy KS KS {replace|db DB}*", "copy KZ KZ replace?",
    "copy KX KX replace?", "move KS DB", "keys GLOB", "scan 0 {match GLOB|type {string|hash|zset|x}}* count 1000",
    "scan {x|1.5}", "randomkey", "touch KS+", "dbsize", "object encoding KS", "object encoding KL",
    "object encoding KH", "object encoding KE", "object encoding KZ", 
    "object freq KS", "object V", "select DB", "select 0", "swapdb DB DB", "flushdb {async|sync|x}?",
    // Hashes.
    "hset KH M V {M V}*", "hset KH M I", "hmset KH M V {M V}*", "hsetnx KH M V", "hget KH M",
    "hmget KH M+", "hgetall KH", "hkeys KH", "hvals KH", "hlen KH", "hexists KH M", "hstrlen KH M",
    "hdel KH M+", "hincrby KH M I", "hincrbyfloat KH M F", "hrandfield KH {I withvalues?}?",
    "hscan KH 0 {match GLOB|count 1000}*",
    // Lists.
    "lpush KL M+", "rpush KL M+", "lpushx KL M+", "rpushx KL M+", "lpop KL I?", "rpop KL I?",
    "llen KL", "lrange KL I I", "lindex KL I", "lset KL I V", "linsert KL {before|after|x} M M",
    "lrem KL I M", "ltrim KL I I", "lpos KL M {rank I|count I|maxlen I}*", "rpoplpush KL KL",
    "lmove KL KL {left|right} {left|right|x}", "lmpop 2 KL KL {left|right} {count I}?",
    "lmpop I KL {left|right}", "blpop KL KL? 0.01", "brpop KL {0.01|x|-1|}", "brpoplpush KL KL 0.01",
    "blmove KL KL {left|right} {left|right} 0.01", "blmpop 0.01 1 KL left {count I}?",
    // Sets.
    "sadd KE M+", "srem KE M+", "smove KE KE M", "sismember KE M", "smismember KE M+", "scard KE",
    "spop KE 1000", "spop KE {x|-1}", "srandmember KE I?", "smembers KE", "sinter KE+", "sunion KE+",
    "sdiff KE+", "sinterstore KE KE+", "sunionstore KE KE+", "sdiffstore KE KE+",
    "sintercard 2 KE KE {limit I}?", "sintercard I KE KE", "sscan KE 0 {match GLOB|count 1000}*",
    // Sorted sets.
    "zadd KZ {nx|xx|gt|lt|ch|incr}* SC M {SC M}?", "zadd KZ SC M {SC M}*", "zincrby KZ SC M",
    "zrem KZ M+", "zcard KZ", "zscore KZ M", "zmscore KZ M+", "zrank KZ M", "zrevrank KZ M",
    "zcount KZ SB SB", "zlexcount KZ LB LB", "zrange KZ I I {withscores|rev}*",
    "zrange KZ SB SB byscore {rev|withscores|limit I I}*", "zrange KZ LB LB bylex {rev|limit I I}*",
    "zrevrange KZ I I withscores?", "zrangebyscore KZ SB SB {withscores|limit I I}*",
    "zrevrangebyscore KZ SB SB {withscores|limit I I}*", "zrangebylex KZ LB LB {limit I I}?",
    "zrevrangebylex KZ LB LB {limit I I}?", "zrangestore KZ KZ I I rev?",
    "zrangestore KZ KZ SB SB byscore {limit I I}?", "zremrangebyrank KZ I I",
    "zremrangebyscore KZ SB SB", "zremrangebylex KZ LB LB", "zpopmin KZ I?", "zpopmax KZ I?",
    "bzpopmin KZ KZ? 0.01", "bzpopmax KZ {0.01|x|-1|}", "zmpop 2 KZ KZ {min|max} {count I}?",
    "bzmpop 0.01 1 KZ {min|max|x} {count I}?",
    "zunion 2 KZ KZ {weights F F|aggregate {sum|min|max|x}|withscores}*",
    "zinter 2 KZ KZ {weights F F|aggregate {sum|min|max}|withscores}*",
    "zdiff 2 KZ KZ {withscores}?", "zunionstore KZ 2 KZ KE {weights F F|aggregate {sum|min|max}}*",
    "zinterstore KZ 2 KZ KZ {weights F F|aggregate {sum|min|max}}*", "zdiffstore KZ 2 KZ KZ",
    "zunionstore KZ I KZ", "zintercard 2 KZ KZ {limit I}?", "zrandmember KZ {I withscores?}?",
    "zscan KZ 0 {match GLOB|count 1000}*",
    // Streams.
    "xadd KX {nomkstream|maxlen {=|~}? I|minid {=|~}? ID|limit I}* XID M V {M V}*", "xadd KX XID M V",
    "xadd KX XID M V", "xtrim KX {maxlen|minid} {=|~}? I {limit I}?", "xdel KX ID+", "xlen KX",
    "xrange KX RB RB {count I}?", "xrevrange KX RB RB {count I}?", "xread {count I}? streams KX KX ID ID",
    "xread {count I|block 1}* streams KX {$|0|ID|>}", "xsetid KX XID {entriesadded I|maxdeletedid ID}*",
    "xgroup create KX GRP {$|0|ID} {mkstream|entriesread I}*", "xgroup create KX GRP 0 mkstream",
    "xgroup setid KX GRP {$|0|ID} {entriesread I}?", "xgroup destroy KX GRP", "xgroup V KX",
    "xgroup createconsumer KX GRP CON", "xgroup delconsumer KX GRP CON", "xack KX GRP ID+",
    "xreadgroup group GRP CON {count I|noack|block 1}* streams KX {>|>|0|ID|$}",
    "xpending KX GRP {{idle N}? RB RB I CON?}?", "xclaim KX GRP CON {0|0|100000|x} ID+ {idle I|retrycount I|force|justid|lastid ID}*",
    "xautoclaim KX GRP CON {0|0|100000|x} {0|ID} {count I|justid}*", "xinfo stream KX", "xinfo groups KX",
    "xinfo consumers KX GRP", "xinfo stream KX full {count I}?",
    // Bitmaps, and SORT.
    "setbit KB BIT {0|1|2|x}", "getbit KB BIT", "bitcount KB {I I {bit|byte|x}?}?", "bitpos KB {0|1|2} {I {I {bit|byte}?}?}?",
    "bitop OP KB KB KB?", "set KB V", "bitfield KB {get BT BO|set BT BO BV|incrby BT BO BV|overflow {wrap|sat|fail|x}}+",
    "bitfield_ro KB {get BT BO|set BT BO BV}+", "get KB", "sort KL {alpha|asc|desc|limit I I|by V|get GLOB|get #|store KL}*",
    "sort KZ {alpha|desc|limit I I|by w*|get s*}*", "sort_ro KE alpha {desc|limit N N|get s*}*", "sort KE {store KL|alpha}*",
    // Scripts.
    "eval LUA {1 KS V|1 KH V|0|2 KZ K|I}", "eval_ro LUA {1 KS V|1 KH V}", "eval LUA 1 KL a", 
    "evalsha V 0", "script exists V", "script V",
    // Transactions.
    "multi", "multi", "exec", "exec", "exec", "discard", "watch KS+", "unwatch",
    // The connection and the server.
    "ping V?", "echo V", "client getname", "client setname M", "client V", "hello {2|3|4|x}",
    "auth V", "config get {maxmemory|databases|hash-max-*|appendonly}", "config V", 
    "wait 0 0", "wait {0|-1|x} I", "lastsave x",  "object help", "client no-evict {on|off|x}",
    "command getkeys {get K|mset K V K V|zunionstore K 2 K K|xread streams K 0|ping|x}",
    "pubsub channels", "pubsub numsub M*", "pubsub numpat", "publish M V", "spublish M V",
    "slowlog len", "slowlog get I", "acl whoami", "latency latest", "memory usage K x", "readonly",
];

/// How the replies of two servers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    Exact,
    /// The same elements, in any order.
    Unordered,
    /// The same pairs, in any order.
    UnorderedPairs,
    /// A cursor, and the same elements in any order.
    Scan,
    /// The same pairs behind a cursor.
    ScanPairs,
    /// The same type and length, since the rest is chosen at random.
    Shape,
    /// Numbers that differ by no more than this.
    Near(i64),
}

/// How the replies of a command are the same.
pub fn sameness(command: &str) -> Sameness {
    match command {
        "smembers" | "sinter" | "sunion" | "sdiff" | "keys" | "spop" => Sameness::Unordered,
        "hkeys" | "hvals" => Sameness::Unordered,
        "hgetall" => Sameness::UnorderedPairs,
        "scan" | "sscan" => Sameness::Scan,
        "hscan" | "zscan" => Sameness::ScanPairs,
        "srandmember" | "randomkey" | "hrandfield" | "zrandmember" | "hello" | "slowlog" => Sameness::Shape,
        "pttl" => Sameness::Near(3000),
        "ttl" => Sameness::Near(2),
        "pexpiretime" => Sameness::Near(3000),
        "expiretime" => Sameness::Near(2),
        _ => Sameness::Exact,
    }
}

/// What shows all that is held, after a sequence.
pub const PROBES: &[&str] = &[
    "exec", "unwatch", "select 0", "dbsize", "keys *", "get s0", "get s1", "get s2", "lrange l0 0 -1", "lrange l1 0 -1",
    "lrange l2 0 -1", "hgetall h0", "hgetall h1", "smembers e0", "smembers e1", "smembers e2",
    "zrange z0 0 -1 withscores", "zrange z1 0 -1 withscores", "xrange x0 - +", "xrange x1 - +", "xinfo groups x0", "type k0", "type k1", "ttl s0",
    "ttl l0", "object encoding s0", "object encoding h0", "object encoding e0", "object encoding z0",
];

/// Differences that are meant to be, with the reason: the command, and a part of either reply.
pub const DECLARED: &[(&str, &str, &str)] = &[];
