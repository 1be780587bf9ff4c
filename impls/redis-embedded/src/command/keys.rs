//! Keys, whatever they hold: expiry, names, scanning.

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::{Form, Value, glob, number};
use crate::profile::Profile;
use crate::server::events::Events;

commands! {
    "del" -2 [WRITE] (1, -1, 1) "keyspace" => del;
    "unlink" -2 [WRITE FAST] (1, -1, 1) "keyspace" => del;
    "exists" -2 [READONLY FAST] (1, -1, 1) "keyspace" => exists;
    "touch" -2 [READONLY FAST] (1, -1, 1) "keyspace" => exists;
    "type" 2 [READONLY FAST] (1, 1, 1) "keyspace" => type_of;
    "expire" -3 [WRITE FAST] (1, 1, 1) "keyspace" => expire;
    "pexpire" -3 [WRITE FAST] (1, 1, 1) "keyspace" => expire;
    "expireat" -3 [WRITE FAST] (1, 1, 1) "keyspace" => expire;
    "pexpireat" -3 [WRITE FAST] (1, 1, 1) "keyspace" => expire;
    "ttl" 2 [READONLY FAST] (1, 1, 1) "keyspace" => ttl;
    "pttl" 2 [READONLY FAST] (1, 1, 1) "keyspace" => ttl;
    "expiretime" 2 [READONLY FAST] (1, 1, 1) "keyspace" => ttl;
    "pexpiretime" 2 [READONLY FAST] (1, 1, 1) "keyspace" => ttl;
    "persist" 2 [WRITE FAST] (1, 1, 1) "keyspace" => persist;
    "rename" 3 [WRITE] (1, 2, 1) "keyspace" => rename;
    "renamenx" 3 [WRITE FAST] (1, 2, 1) "keyspace" => rename;
    "copy" -3 [WRITE DENYOOM SOURCES] (1, 2, 1) "keyspace" => copy;
    "move" 3 [WRITE FAST] (1, 1, 1) "keyspace" => move_key;
    "keys" 2 [READONLY] (0, 0, 0) "keyspace dangerous" => keys;
    "randomkey" 1 [READONLY] (0, 0, 0) "keyspace" => randomkey;
    "dbsize" 1 [READONLY FAST] (0, 0, 0) "keyspace" => dbsize;
    "flushdb" -1 [WRITE] (0, 0, 0) "keyspace dangerous" => flush;
    "flushall" -1 [WRITE] (0, 0, 0) "keyspace dangerous" => flush;
    "swapdb" 3 [WRITE FAST] (0, 0, 0) "keyspace dangerous" => swapdb;
    "scan" -2 [READONLY] (0, 0, 0) "keyspace" => scan;
    "object" -2 [CONTAINER] (0, 0, 0) "" => super::server::container;
    "object|encoding" 3 [READONLY] (2, 2, 1) "keyspace" => object;
    "object|freq" 3 [READONLY] (2, 2, 1) "keyspace" => object;
    "object|idletime" 3 [READONLY] (2, 2, 1) "keyspace" => object;
    "object|refcount" 3 [READONLY] (2, 2, 1) "keyspace" => object;
}

fn del(cx: &mut Cx<'_>) -> Outcome {
    let deleted = cx.args[1..].iter().filter(|key| cx.delete(key)).count();
    cx.out.count(deleted);
    Ok(())
}

fn exists(cx: &mut Cx<'_>) -> Outcome {
    // `entry` counts as a use of the key, which is all that TOUCH is for.
    let found = cx.args[1..]
        .iter()
        .filter(|key| db!(cx).entry(key).is_some())
        .count();
    cx.out.count(found);
    Ok(())
}

fn type_of(cx: &mut Cx<'_>) -> Outcome {
    let name = db!(cx)
        .peek(cx.args[1])
        .map_or("none", |entry| entry.value.type_name());
    cx.out.simple(name);
    Ok(())
}

/// The conditions of EXPIRE and its like.
#[derive(Debug, Default)]
struct Conditions {
    no_expiry: bool,
    expiry: bool,
    greater: bool,
    less: bool,
}

fn conditions(cx: &Cx<'_>) -> Result<Conditions, Error> {
    let mut found = Conditions::default();
    for index in 3..cx.len() {
        match cx.arg(index).to_ascii_lowercase().as_slice() {
            b"nx" => found.no_expiry = true,
            b"xx" => found.expiry = true,
            b"gt" => found.greater = true,
            b"lt" => found.less = true,
            _ => return Err([b"ERR Unsupported option ", cx.arg(index)].concat().into()),
        }
    }
    if found.no_expiry && (found.expiry || found.greater || found.less) {
        return Err(Error::new(
            "ERR NX and XX, GT or LT options at the same time are not compatible",
        ));
    }
    if found.greater && found.less {
        return Err(Error::new(
            "ERR GT and LT options at the same time are not compatible",
        ));
    }
    Ok(found)
}

fn expire(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let conditions = conditions(cx)?;
    let name = cx.command.name;
    let base = if name.ends_with("at") { 0 } else { cx.now() };
    let value = cx.int(2)?;
    let millis = if name.starts_with('p') {
        Some(value)
    } else {
        value.checked_mul(1000)
    };
    let at = millis
        .and_then(|millis| millis.checked_add(base))
        .ok_or_else(|| Error::from(format!("ERR invalid expire time in '{name}' command")))?;
    let Some(current) = cx.db().peek(key).map(|entry| entry.expires) else {
        cx.out.int(0);
        return Ok(());
    };
    let unmet = (conditions.no_expiry && current.is_some())
        || (conditions.expiry && current.is_none())
        || (conditions.greater && current.is_none_or(|current| at <= current))
        || (conditions.less && current.is_some_and(|current| at >= current));
    if unmet {
        cx.out.int(0);
        return Ok(());
    }
    if at <= cx.now() {
        cx.delete_overdue(key);
    } else {
        cx.db().set_expiry(key, Some(at));
        cx.changed(Events::GENERIC, "expire", key);
    }
    cx.out.int(1);
    Ok(())
}

fn ttl(cx: &mut Cx<'_>) -> Outcome {
    let now = cx.now();
    let reply = match db!(cx).peek(cx.args[1]).map(|entry| entry.expires) {
        None => -2,
        Some(None) => -1,
        Some(Some(at)) => match cx.command.name {
            "ttl" => (at - now + 500) / 1000,
            "pttl" => at - now,
            "expiretime" => (at + 500) / 1000,
            _ => at,
        },
    };
    cx.out.int(reply);
    Ok(())
}

fn persist(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let had = cx
        .db()
        .peek(key)
        .is_some_and(|entry| entry.expires.is_some());
    if had {
        cx.db().set_expiry(key, None);
        cx.changed(Events::GENERIC, "persist", key);
    }
    cx.out.int(i64::from(had));
    Ok(())
}

fn rename(cx: &mut Cx<'_>) -> Outcome {
    let (from, to) = (cx.arg(1), cx.arg(2));
    let only_new = cx.command.name == "renamenx";
    if !cx.db().contains(from) {
        return Err(Error::NO_SUCH_KEY);
    }
    let taken = cx.db().contains(to);
    let done = from != to && !(only_new && taken);
    if done && let Some((_, entry)) = cx.db().take(from) {
        let change = cx.db().put(to, entry);
        cx.changed(Events::GENERIC, "rename_from", from);
        cx.changed(Events::GENERIC, "rename_to", to);
        cx.overwrote(cx.client.db, to, change);
    }
    if only_new {
        cx.out.int(i64::from(done));
    } else {
        cx.out.ok();
    }
    Ok(())
}

fn copy(cx: &mut Cx<'_>) -> Outcome {
    let (from, to) = (cx.arg(1), cx.arg(2));
    let (mut target, mut replace) = (cx.client.db, false);
    let mut at = 3;
    while at < cx.len() {
        if cx.is(at, "replace") {
            replace = true;
        } else if cx.is(at, "db") && at + 1 < cx.len() {
            target = cx.db_index(at + 1)?;
            at += 1;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 1;
    }
    if target == cx.client.db && from == to {
        return Err(Error::SAME_OBJECT);
    }
    let entry = cx.db().peek(from).cloned();
    let taken = cx.state.dbs[target].contains(to);
    let copied = match entry {
        Some(mut entry) if replace || !taken => {
            if let Value::Str(text) = &mut entry.value
                && text.form == Form::Short
            {
                text.form = Form::Own;
            }
            let change = cx.state.dbs[target].put(to, entry);
            cx.changed_in(target, Events::GENERIC, "copy_to", to);
            cx.overwrote(target, to, change);
            true
        }
        _ => false,
    };
    cx.out.int(i64::from(copied));
    Ok(())
}

fn move_key(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let target = cx.db_index(2)?;
    if target == cx.client.db {
        return Err(Error::SAME_OBJECT);
    }
    let movable = cx.db().contains(key) && !cx.state.dbs[target].contains(key);
    if movable && let Some((_, entry)) = cx.db().take(key) {
        cx.state.dbs[target].put(key, entry);
        cx.changed(Events::GENERIC, "move_from", key);
        cx.changed_in(target, Events::GENERIC, "move_to", key);
    }
    cx.out.int(i64::from(movable));
    Ok(())
}

fn keys(cx: &mut Cx<'_>) -> Outcome {
    let pattern = cx.arg(1);
    let db = &cx.state.dbs[cx.client.db];
    cx.out.deferred(|out| {
        let found = db
            .keys()
            .filter(|key| pattern == b"*" || glob::matches(pattern, key));
        found.map(|key| out.bulk(key)).count()
    });
    Ok(())
}

fn randomkey(cx: &mut Cx<'_>) -> Outcome {
    cx.db().expire_due();
    let index = cx.state.random.below(cx.state.dbs[cx.client.db].len());
    let key = db!(cx).at(index).map(|(key, _)| &key[..]);
    cx.out.optional(key);
    Ok(())
}

fn dbsize(cx: &mut Cx<'_>) -> Outcome {
    let size = cx.db().len();
    cx.out.count(size);
    Ok(())
}

fn flush(cx: &mut Cx<'_>) -> Outcome {
    let word = cx.len() == 1 || cx.is(1, "async") || cx.is(1, "sync");
    if cx.len() > 2 || !word {
        return Err(Error::SYNTAX);
    }
    let dbs = match cx.command.name {
        "flushdb" => cx.client.db..cx.client.db + 1,
        _ => 0..cx.state.dbs.len(),
    };
    for db in dbs {
        let held = cx.state.watched_keys(db);
        let present = held
            .into_iter()
            .filter(|key| cx.state.dbs[db].contains(key))
            .collect::<Vec<_>>();
        cx.state.dbs[db].clear();
        for key in present {
            cx.state.touched(db, &key, Some(cx.client));
        }
    }
    cx.state.flush_tracking(Some(cx.client));
    cx.out.ok();
    Ok(())
}

fn swapdb(cx: &mut Cx<'_>) -> Outcome {
    let index = |index: usize, error: &'static str| {
        let number = number::integer(cx.arg(index)).and_then(|number| i32::try_from(number).ok());
        number.ok_or(Error::new(error))
    };
    let a = index(1, "ERR invalid first DB index")?;
    let b = index(2, "ERR invalid second DB index")?;
    let found = |number: i32| {
        usize::try_from(number)
            .ok()
            .filter(|db| *db < cx.state.dbs.len())
            .ok_or(Error::DB_INDEX)
    };
    let (low, high) = (found(a.min(b))?, found(a.max(b))?);
    if low != high {
        cx.state.dbs.swap(low, high);
        for db in [low, high] {
            for key in cx.state.watched_keys(db) {
                // A key that neither has is the same as before.
                if [low, high]
                    .iter()
                    .any(|db| cx.state.dbs[*db].contains(&key))
                {
                    cx.state.touched(db, &key, Some(cx.client));
                }
            }
        }
    }
    cx.out.ok();
    Ok(())
}

/// What SCAN and its like are asked for.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub(super) cursor: usize,
    pub(super) count: usize,
    pub(super) pattern: Option<&'a [u8]>,
    kind: Option<&'a [u8]>,
    /// Whether HSCAN leaves values out.
    pub(super) no_values: bool,
}

impl Scan<'_> {
    pub(super) fn wants(&self, name: &[u8]) -> bool {
        self.pattern
            .is_none_or(|pattern| pattern == b"*" || glob::matches(pattern, name))
    }

    /// The places to look at, from the last one down, and the cursor behind them.
    ///
    /// Removing an element moves a later one into its place, so that going down misses none which
    /// is there all the time.
    pub(super) fn places(&self, length: usize) -> (std::ops::Range<usize>, usize) {
        let end = if self.cursor == 0 {
            length
        } else {
            self.cursor.min(length)
        };
        let start = end.saturating_sub(self.count);
        (start..end, start)
    }
}

/// The name of a type, which Valkey has to know.
fn kind<'a>(cx: &Cx<'a>, index: usize) -> Result<&'a [u8], Error> {
    const TYPES: [&str; 6] = ["string", "list", "set", "zset", "hash", "stream"];
    let kind = cx.arg(index);
    if cx.state.profile == Profile::Valkey9_1 && !TYPES.iter().any(|name| cx.is(index, name)) {
        return Err([b"ERR unknown type name '", kind, b"'"].concat().into());
    }
    Ok(kind)
}

/// Reads the cursor at an index, and the options behind it.
pub(super) fn scan_options<'a>(cx: &Cx<'a>, index: usize) -> Result<Scan<'a>, Error> {
    let mut scan = Scan {
        cursor: scan_cursor(cx, index)?,
        count: 10,
        pattern: None,
        kind: None,
        no_values: false,
    };
    let mut at = index + 1;
    while at < cx.len() {
        if cx.is(at, "novalues") && cx.state.profile.is_later() {
            if cx.command.name != "hscan" {
                return Err(Error::new("ERR NOVALUES option can only be used in HSCAN"));
            }
            scan.no_values = true;
            at += 1;
            continue;
        }
        if at + 1 >= cx.len() {
            return Err(Error::SYNTAX);
        }
        if cx.is(at, "count") {
            let count = cx.int(at + 1)?;
            scan.count = usize::try_from(count)
                .ok()
                .filter(|count| *count > 0)
                .ok_or(Error::SYNTAX)?;
        } else if cx.is(at, "match") {
            scan.pattern = Some(cx.arg(at + 1));
        } else if cx.is(at, "type") && index == 1 {
            scan.kind = Some(kind(cx, at + 1)?);
        } else {
            return Err(Error::SYNTAX);
        }
        at += 2;
    }
    Ok(scan)
}

pub(super) fn scan_cursor(cx: &Cx<'_>, index: usize) -> Result<usize, Error> {
    // As C's strtoul reads it: nothing is zero, and a minus sign wraps around.
    let text = std::str::from_utf8(cx.arg(index)).unwrap_or("x");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(_) if cx.state.profile.is_later() => (false, "x"),
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let cursor = if text.is_empty() && !cx.state.profile.is_later() {
        Ok(0)
    } else {
        digits.parse::<u64>()
    };
    let cursor = cursor.map_err(|_| Error::new("ERR invalid cursor"))?;
    let cursor = if negative {
        cursor.wrapping_neg()
    } else {
        cursor
    };
    Ok(usize::try_from(cursor).unwrap_or(usize::MAX))
}

fn scan(cx: &mut Cx<'_>) -> Outcome {
    let scan = scan_options(cx, 1)?;
    cx.db().expire_due();
    let db = &cx.state.dbs[cx.client.db];
    let (places, cursor) = scan.places(db.len());
    let mut found = Vec::new();
    for (key, entry) in places.rev().filter_map(|place| db.at(place)) {
        let kind = scan
            .kind
            .is_none_or(|kind| kind.eq_ignore_ascii_case(entry.value.type_name().as_bytes()));
        if kind && scan.wants(key) {
            found.push(key);
        }
    }
    cx.out.array(2);
    cx.out.text(&cursor.to_string());
    cx.out.bulks(found);
    Ok(())
}

fn object(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(2);
    let now = cx.now();
    let lfu = cx.state.config.get("maxmemory-policy").contains("lfu");
    let profile = cx.state.profile;
    let Some(entry) = db!(cx).peek(key) else {
        cx.out.null();
        return Ok(());
    };
    match cx.command.name {
        "object|encoding" => cx.out.text(profile.encoding(key, entry)),
        "object|refcount" if profile == Profile::Redis8_2 || profile == Profile::Valkey9_1 => {
            cx.out.int(1);
        }
        "object|refcount" => cx.out.int(entry.value.references()),
        "object|idletime" if lfu => {
            return Err(Error::new(
                "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that \
                 when switching between policies at runtime LRU and LFU data will take some time \
                 to adjust.",
            ));
        }
        "object|idletime" => cx.out.int((now - entry.used) / 1000),
        _ if lfu => cx.out.int(0),
        _ => {
            return Err(Error::new(
                "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please \
                 note that when switching between policies at runtime LRU and LFU data will take \
                 some time to adjust.",
            ));
        }
    }
    Ok(())
}
