//! When two replies count as the same.

use super::descriptions::{ordered, without_vector_sets};
use super::wire::Value;

/// How the replies of two servers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sameness {
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
    /// The same words, in any order.
    Words,
    /// The same apart from what these names stand for.
    Apart(&'static [&'static str]),
    /// The same apart from an offset, the second one, which differs by little.
    Offset,
    /// The same apart from times and addresses, and numbered in the same way from any number on.
    Refusals,
    /// A text of the same length, which is chosen at random.
    Length,
    /// The same descriptions of commands, each in an order of its own.
    Descriptions,
    /// Numbers that differ by no more than this.
    Near(i64),
    /// The same for each of several numbers.
    AllNear(i64),
}

/// How the replies of a command are the same.
fn sameness(name: &str) -> Sameness {
    let mut words = name.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (command, second, third) = (word(), word(), word());
    match command {
        "client" if second == "info" || second == "list" => Sameness::Shape,
        "acl" if second == "genpass" => Sameness::Length,
        "acl" if second == "log" => Sameness::Refusals,
        "role" => Sameness::Offset,
        "hello" => Sameness::Apart(&["id"]),
        "lastsave" => Sameness::Near(60),
        "function" if second == "dump" => Sameness::Shape,
        "acl" | "function" => Sameness::Words,
        "config" if second == "get" => Sameness::UnorderedPairs,
        "command" if second.is_empty() || second == "info" => Sameness::Descriptions,
        "command" | "smembers" | "sinter" | "sunion" | "sdiff" | "keys" | "spop" => {
            Sameness::Unordered
        }
        // A script sees maps and sets in an order of its own.
        "eval" | "eval_ro" | "evalsha" | "evalsha_ro" => Sameness::Unordered,
        "sort" if second == "nosort" && third == "limit" => Sameness::Shape,
        "sort" if second == "nosort" => Sameness::Unordered,
        "hkeys" | "hvals" => Sameness::Unordered,
        "hgetall" => Sameness::UnorderedPairs,
        // A cursor that was not given by the server leads anywhere.
        "scan" if second != "0" => Sameness::Shape,
        "sscan" if third != "0" => Sameness::Shape,
        "hscan" if second == "novalues" => Sameness::Scan,
        "scan" | "sscan" => Sameness::Scan,
        "hscan" | "zscan" => Sameness::ScanPairs,
        "dump" | "info" | "memory" | "time" | "srandmember" | "randomkey" | "hrandfield"
        | "zrandmember" | "dbsize" | "slowlog" | "commandlog" => Sameness::Shape,
        "hpttl" => Sameness::AllNear(3000),
        "httl" => Sameness::AllNear(2),
        "hexpiretime" => Sameness::AllNear(2),
        "hpexpiretime" => Sameness::AllNear(3000),
        "pttl" => Sameness::Near(3000),
        "ttl" => Sameness::Near(2),
        "pexpiretime" => Sameness::Near(3000),
        "expiretime" => Sameness::Near(2),
        _ => Sameness::Exact,
    }
}

/// Differences that are meant to be, where this server replies no error: the servers, the command, a part of either
/// reply, and why.
const DECLARED: &[(&str, &str, &str, &str)] = &[
    (
        "789",
        "command docs",
        "summary",
        "COMMAND DOCS has no prose",
    ),
    (
        "789",
        "config",
        "active-defrag",
        "CONFIG GET * has the parameters of Redis 7.0",
    ),
    (
        "789",
        "latency histogram",
        "histogram_usec",
        "each server takes its own time",
    ),
    (
        "9",
        "xautoclaim",
        "Insufficient memory",
        "a COUNT of billions takes as much memory as there is",
    ),
    (
        "89",
        "object encoding",
        "quicklist",
        "the encoding of a list goes by what it holds now, theirs by what it once held",
    ),
    ("8", "hello", "vectorset", "vector sets are left out"),
    ("8", "module list", "vectorset", "vector sets are left out"),
    (
        "89",
        "client help",
        "MAXAGE",
        "HELP has the texts of Redis 7.0",
    ),
    (
        "9",
        "command help",
        "all commands.",
        "HELP has the texts of Redis 7.0",
    ),
    (
        "9",
        "script help",
        "SHOW",
        "HELP has the texts of Redis 7.0",
    ),
];

/// How many commands Redis 8.2 has for vector sets.
const VECTOR_COMMANDS: i64 = 12;

/// What is made of two replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Same,
    /// They differ as they are meant to.
    Declared,
    Different,
}

/// Compares the replies to a command; what EXEC replies is compared as what was queued would be.
pub(crate) fn compare(
    server: char,
    name: &str,
    (ours, theirs): (&Value, &Value),
    queued: Option<&[String]>,
) -> Verdict {
    if let (Value::Many(b'*', mine), Value::Many(b'*', other), Some(queued)) =
        (ours, theirs, queued)
        && name.split(' ').next() == Some("exec")
        && mine.len() == other.len()
    {
        let replies = mine.iter().zip(other).zip(queued);
        return replies
            .map(|(replies, name)| compare(server, name, replies, None))
            .max()
            .unwrap_or(Verdict::Same);
    }
    if same(name, ours, theirs) {
        Verdict::Same
    } else if declared(server, name, ours, theirs) {
        Verdict::Declared
    } else {
        Verdict::Different
    }
}

/// Whether a difference is one that is meant to be.
fn declared(server: char, name: &str, ours: &Value, theirs: &Value) -> bool {
    if server == '8' && lacks_vector_sets(name, ours, theirs) {
        return true;
    }
    let texts = [ours.to_string(), theirs.to_string()];
    !ours.is_error()
        && DECLARED.iter().any(|(servers, command, part, _)| {
            servers.contains(server)
                && name.starts_with(command)
                && texts.iter().any(|text| text.contains(part))
        })
}

/// Whether all that differs is that the vector sets of Redis 8.2 are left out.
fn lacks_vector_sets(name: &str, ours: &Value, theirs: &Value) -> bool {
    match name {
        "command count" => number(ours).map(|count| count + VECTOR_COMMANDS) == number(theirs),
        "command" | "command info" | "command list" => {
            same(name, ours, &without_vector_sets(theirs))
        }
        _ => false,
    }
}

fn same(name: &str, ours: &Value, theirs: &Value) -> bool {
    if ours == theirs {
        return true;
    }
    if name.starts_with("xinfo") || name.starts_with("xpending") {
        return timeless(ours) == timeless(theirs);
    }
    if ours.is_error() || theirs.is_error() {
        return false;
    }
    let sorted = |values: &[Value]| {
        let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
        texts.sort();
        texts
    };
    let pairs = |values: &[Value]| {
        let mut texts: Vec<String> = values.chunks(2).map(|pair| format!("{pair:?}")).collect();
        texts.sort();
        texts
    };
    let (mine, other) = (ours.items(), theirs.items());
    match sameness(name) {
        Sameness::Exact => false,
        Sameness::Unordered => sorted(mine) == sorted(other) && !mine.is_empty(),
        Sameness::UnorderedPairs => pairs(mine) == pairs(other) && !mine.is_empty(),
        Sameness::Scan => {
            mine.len() == 2
                && other.len() == 2
                && (is_part(&mine[0], &other[0])
                    || sorted(mine[1].items()) == sorted(other[1].items()))
        }
        Sameness::ScanPairs => {
            mine.len() == 2
                && other.len() == 2
                && (is_part(&mine[0], &other[0])
                    || pairs(mine[1].items()) == pairs(other[1].items()))
        }
        Sameness::Shape => {
            std::mem::discriminant(ours) == std::mem::discriminant(theirs)
                && mine.len() == other.len()
        }
        Sameness::Descriptions => ordered(ours) == ordered(theirs),
        Sameness::Apart(names) => without(ours, names) == without(theirs, names),
        Sameness::Offset => {
            let both = offset(mine).zip(offset(other));
            both.is_some_and(|((mine, at), (other, their_at))| {
                mine == other && at.abs_diff(their_at) <= 1 + their_at / 10
            })
        }
        Sameness::Refusals => refusals(ours) == refusals(theirs),
        Sameness::Length => length(ours) == length(theirs),
        Sameness::Words => words(ours) == words(theirs),
        Sameness::Near(limit) => near(ours, theirs, limit),
        Sameness::AllNear(limit) => {
            let mut pairs = mine.iter().zip(other);
            mine.len() == other.len()
                && pairs.all(|(mine, other)| mine == other || near(mine, other, limit))
        }
    }
}

/// Whether two numbers above zero differ by no more than a limit.
fn near(ours: &Value, theirs: &Value, limit: i64) -> bool {
    match (number(ours), number(theirs)) {
        (Some(mine), Some(other)) => mine > 0 && other > 0 && (mine - other).abs() <= limit,
        _ => false,
    }
}

/// A reply without what some names stand for.
fn without(value: &Value, names: &[&str]) -> Value {
    let Value::Many(mark, items) = value else {
        return value.clone();
    };
    let is_named = |item: &Value| match item {
        Value::Bulk(_, text) => names.iter().any(|name| name.as_bytes() == text),
        _ => false,
    };
    let mut kept = Vec::new();
    let mut rest = items.as_slice();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if is_named(first) {
            rest = tail.get(1..).unwrap_or_default();
        } else {
            kept.push(without(first, names));
        }
    }
    Value::Many(*mark, kept)
}

/// What ROLE replies, without the offset, and the offset.
fn offset(items: &[Value]) -> Option<(Vec<Value>, u64)> {
    let mut items = items.to_vec();
    let offset = (items.len() > 1).then(|| items.remove(1))?;
    let offset = u64::try_from(number(&offset)?).ok()?;
    Some((items, offset))
}

/// Entries of ACL LOG without what differs from run to run, and their numbers, counted from the smallest one.
fn refusals(value: &Value) -> (Value, Vec<i64>) {
    const OTHERS: &[&str] = &[
        "age-seconds",
        "client-info",
        "entry-id",
        "timestamp-created",
        "timestamp-last-updated",
    ];
    let is_id = |item: &Value| matches!(item, Value::Bulk(_, name) if name == b"entry-id");
    let fields = value
        .items()
        .iter()
        .flat_map(|entry| entry.items().windows(2));
    let ids = fields.filter(|pair| is_id(&pair[0]));
    let ids: Vec<i64> = ids.filter_map(|pair| number(&pair[1])).collect();
    let first = ids.iter().min().copied().unwrap_or_default();
    let ids = ids.iter().map(|id| id - first).collect();
    (without(value, OTHERS), ids)
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::Bulk(_, text) => Some(text.len()),
        _ => None,
    }
}

/// A reply without times and how long ago they were.
fn timeless(value: &Value) -> Value {
    const NAMES: [&[u8]; 4] = [b"idle", b"inactive", b"seen-time", b"active-time"];
    let is_time = |value: &Value| number(value).is_some_and(|number| number > 1_600_000_000_000);
    let zero = || Value::Line(b':', b"0".to_vec());
    let Value::Many(mark, items) = value else {
        return if is_time(value) {
            zero()
        } else {
            value.clone()
        };
    };
    let mut timeless: Vec<Value> = items.iter().map(timeless).collect();
    for at in 1..items.len() {
        let named = matches!(&items[at - 1], Value::Bulk(_, name) if NAMES.contains(&&name[..]));
        // An entry of XPENDING has the time since its delivery in the third place.
        let entry = at == 2 && items.len() == 4 && number(&items[3]).is_some();
        if (named || entry) && number(&items[at]).is_some() {
            timeless[at] = zero();
        }
    }
    Value::Many(*mark, timeless)
}

fn words(value: &Value) -> Vec<String> {
    let text = value
        .to_string()
        .replace(['"', ',', '[', ']', '(', ')'], " ");
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

/// Whether a scan goes on on both sides, so that each has another part of the whole.
fn is_part(mine: &Value, other: &Value) -> bool {
    let goes_on = |cursor: &Value| matches!(cursor, Value::Bulk(_, cursor) if cursor != b"0");
    goes_on(mine) && goes_on(other)
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Line(b':', text) => String::from_utf8_lossy(text).parse().ok(),
        _ => None,
    }
}
