//! What concerns the server: CONFIG, DEBUG, MEMORY, TIME and what a server without a disk or
//! replicas answers about them.

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::{Db, glob};
use crate::profile::Profile;
use crate::server::client::{Blocked, Otherwise};
use crate::server::config::Config;
use crate::server::shape::Shape;

commands! {
    "time" 1 [LOADING STALE FAST] (0, 0, 0) "" => time;
    "config" -2 [CONTAINER] (0, 0, 0) "" => container;
    "config|get" -3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => config_get;
    "config|set" -4 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => config_set;
    "config|resetstat" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => config_resetstat;
    "config|rewrite" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => config_rewrite;
    "config|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
    "lastsave" 1 [LOADING STALE FAST] (0, 0, 0) "dangerous admin" => lastsave;
    "save" 1 [ADMIN NOSCRIPT NO_ASYNC_LOADING NO_MULTI] (0, 0, 0) "" => save;
    "bgsave" -1 [ADMIN NOSCRIPT NO_ASYNC_LOADING] (0, 0, 0) "" => save;
    "bgrewriteaof" 1 [ADMIN NOSCRIPT NO_ASYNC_LOADING] (0, 0, 0) "" => save;
    "lolwut" -1 [READONLY FAST] (0, 0, 0) "" => lolwut;
    "debug" -2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => debug;
    "memory" -2 [CONTAINER] (0, 0, 0) "" => container;
    "memory|usage" -3 [READONLY] (2, 2, 1) "" => memory_usage;
    "memory|purge" 2 [] (0, 0, 0) "" => memory_purge;
    "memory|doctor" 2 [] (0, 0, 0) "" => memory_doctor;
    "memory|malloc-stats" 2 [] (0, 0, 0) "" => memory_malloc_stats;
    "memory|stats" 2 [] (0, 0, 0) "" => memory_stats;
    "memory|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
    "module" -2 [CONTAINER] (0, 0, 0) "" => container;
    "module|list" 2 [ADMIN NOSCRIPT] (0, 0, 0) "" => module_list;
    "module|load" -3 [ADMIN NOSCRIPT NO_ASYNC_LOADING PROTECTED] (0, 0, 0) "" => container;
    "module|loadex" -3 [ADMIN NOSCRIPT NO_ASYNC_LOADING PROTECTED] (0, 0, 0) "" => container;
    "module|unload" 3 [ADMIN NOSCRIPT NO_ASYNC_LOADING PROTECTED] (0, 0, 0) "" => container;
    "module|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
    "client|help" 2 [LOADING STALE] (0, 0, 0) "connection" => help;
    "object|help" 2 [LOADING STALE] (0, 0, 0) "keyspace" => help;
    "pubsub|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
    "slowlog|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
    "command|help" 2 [LOADING STALE] (0, 0, 0) "connection" => help;
}

/// A command that only has subcommands; without one, its arity has refused it.
pub(super) fn container(cx: &mut Cx<'_>) -> Outcome {
    Err(cx.arity())
}

/// The help of every command that has subcommands, as Redis prints it.
const HELP: &str = include_str!("help.txt");

pub(in crate::command) fn help(cx: &mut Cx<'_>) -> Outcome {
    let name = cx.command.name.trim_end_matches("|help");
    let lines = HELP
        .lines()
        .skip_while(|line| line.strip_prefix("# ") != Some(name))
        .skip(1);
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with("# ")).collect();
    let (later, valkey) = (cx.state.profile.is_later(), cx.state.profile.is_valkey());
    let lines: Vec<&str> = lines
        .into_iter()
        .filter(|line| !later || *line != "    * Library description")
        .map(|line| match line {
            "    Prints this help." if later => "    Print this help.",
            "SETUSER <username> <attribute> [<attribute> ...]" if valkey => {
                "SETUSER <username> <rule> [<rule> ...]"
            }
            "    Create or modify a user with the specified attributes." if valkey => {
                "    Create or modify a user with the specified rules."
            }
            line => line,
        })
        .collect();
    cx.out.array(lines.len());
    lines.iter().for_each(|line| cx.out.simple(line));
    Ok(())
}

fn time(cx: &mut Cx<'_>) -> Outcome {
    let micros = cx.state.micros;
    cx.out.bulks([
        (micros / 1_000_000).to_string(),
        (micros % 1_000_000).to_string(),
    ]);
    Ok(())
}

fn config_get(cx: &mut Cx<'_>) -> Outcome {
    let patterns = &cx.args[2..];
    let wanted = |name: &str| {
        patterns
            .iter()
            .any(|pattern| glob::matches_nocase(pattern, name.as_bytes()))
    };
    let found: Vec<_> = cx
        .state
        .config
        .iter()
        .filter(|(name, _)| wanted(name))
        .collect();
    cx.out.map(found.len());
    for (name, value) in found {
        cx.out.text(name);
        cx.out.text(value);
    }
    Ok(())
}

fn config_set(cx: &mut Cx<'_>) -> Outcome {
    if !cx.len().is_multiple_of(2) {
        return Err(Error::SYNTAX);
    }
    let profile = cx.state.profile;
    let fail = |name: &[u8], reason: &str| {
        Error::from(format!(
            "ERR CONFIG SET failed (possibly related to argument '{}') - {reason}",
            String::from_utf8_lossy(name)
        ))
    };
    let mut found: Vec<(&'static str, Shape, &[u8])> = Vec::new();
    for pair in cx.args[2..].chunks(2) {
        let Some((name, shape)) = Config::find(pair[0]) else {
            let text: [&[u8]; 3] = [
                b"ERR Unknown option or number of arguments for CONFIG SET - '",
                pair[0],
                b"'",
            ];
            return Err(text.concat().into());
        };
        if let Some(reason) = shape.refusal() {
            return Err(fail(pair[0], reason));
        }
        if found.iter().any(|(known, ..)| *known == name) {
            return Err(fail(pair[0], "duplicate parameter"));
        }
        found.push((name, shape, pair[1]));
    }
    // All of them are set, or none.
    let values = found.into_iter().map(|(name, shape, value)| {
        let value = String::from_utf8_lossy(value);
        let value = Config::read(name, shape, &value, profile);
        Ok((
            name,
            value.map_err(|reason| fail(name.as_bytes(), &reason))?,
        ))
    });
    for (name, value) in values.collect::<Result<Vec<_>, Error>>()? {
        if name == "requirepass" {
            cx.state.acl.set_default_password(&value);
        }
        cx.state.config.set(name, &value, profile);
    }
    cx.state.note_news();
    cx.out.ok();
    Ok(())
}

fn config_resetstat(cx: &mut Cx<'_>) -> Outcome {
    cx.state.stats = Default::default();
    cx.out.ok();
    Ok(())
}

fn config_rewrite(_: &mut Cx<'_>) -> Outcome {
    Err(Error::new(
        "ERR The server is running without a config file",
    ))
}

fn lastsave(cx: &mut Cx<'_>) -> Outcome {
    cx.out.int(cx.state.started / 1000);
    Ok(())
}

/// SAVE and its like: there is no disk, and everything that is to be kept is kept.
fn save(cx: &mut Cx<'_>) -> Outcome {
    cx.state.stats.changes = 0;
    match cx.command.name {
        "bgsave" => cx.out.simple("Background saving started"),
        "bgrewriteaof" => cx
            .out
            .simple("Background append only file rewriting started"),
        _ => cx.out.ok(),
    }
    Ok(())
}

fn lolwut(cx: &mut Cx<'_>) -> Outcome {
    let (product, version) = (cx.state.profile.product(), cx.state.profile.version());
    cx.out
        .verbatim("txt", &format!("{product} ver. {version}\n"));
    Ok(())
}

fn debug(cx: &mut Cx<'_>) -> Outcome {
    match cx.arg(1).to_ascii_lowercase().as_slice() {
        b"sleep" if cx.len() == 3 => debug_sleep(cx),
        b"object" if cx.len() == 3 || cx.len() > 3 && cx.state.profile.is_valkey() => {
            debug_object(cx)
        }
        b"set-active-expire" | b"quicklist-packed-threshold" | b"stringmatch-len" | b"jmap"
            if cx.len() == 3 =>
        {
            cx.out.ok();
            Ok(())
        }
        b"change-repl-id" | b"reload" | b"loadaof" => {
            cx.out.ok();
            Ok(())
        }
        b"error" if cx.len() == 3 => Err(cx.arg(2).to_vec().into()),
        _ => Err(cx.subcommand_error()),
    }
}

/// Holds all connections up, without holding up the thread.
fn debug_sleep(cx: &mut Cx<'_>) -> Outcome {
    // As C's `strtod`, which takes what is no number for none.
    let seconds = cx.float(2).unwrap_or_default();
    // Nor does it sleep at all when the microseconds are more than it can count.
    let countable = seconds * 1e6 < i64::MAX as f64;
    let millis = if countable {
        (seconds * 1000.0) as i64
    } else {
        0
    };
    let until = cx.now().saturating_add(millis);
    if cx.mode == super::Mode::Inside || until <= cx.now() {
        cx.out.ok();
        return Ok(());
    }
    cx.state.paused = Some(cx.state.paused.unwrap_or_default().max(until));
    cx.state.wake_at(until, cx.client.id);
    let blocked = Blocked {
        command: cx.command,
        args: Vec::new(),
        db: cx.client.db,
        keys: Vec::new(),
        deadline: Some(until),
        otherwise: Otherwise::Ok,
    };
    cx.waits = true;
    cx.state.block(cx.client, blocked);
    Ok(())
}

fn debug_object(cx: &mut Cx<'_>) -> Outcome {
    let now = cx.now();
    let entry = db!(cx).peek(cx.args[2]).ok_or(Error::NO_SUCH_KEY)?;
    let text = format!(
        "Value at:0x7f0000000000 refcount:1 encoding:{} serializedlength:{} lru:0 \
         lru_seconds_idle:{}",
        entry.value.encoding(),
        entry.value.size(),
        (now - entry.used) / 1000
    );
    cx.out.simple(&text);
    Ok(())
}

fn memory_usage(cx: &mut Cx<'_>) -> Outcome {
    let mut at = 3;
    while at < cx.len() {
        if !cx.is(at, "samples") || at + 1 >= cx.len() || cx.int(at + 1)? < 0 {
            return Err(Error::SYNTAX);
        }
        at += 2;
    }
    let key = cx.arg(2);
    // What a key costs beside its bytes is different on every machine.
    // It is looked for without noticing that the key's time may be over.
    let size = db!(cx)
        .held(key)
        .map(|entry| entry.value.size() + key.len() + 48);
    match size {
        Some(size) => cx.out.count(size),
        None => cx.out.null(),
    }
    Ok(())
}

/// MEMORY STATS: what a client finds its fields in; nothing is measured.
fn memory_stats(cx: &mut Cx<'_>) -> Outcome {
    const ZEROS: [&str; 11] = [
        "peak.allocated",
        "total.allocated",
        "startup.allocated",
        "replication.backlog",
        "clients.slaves",
        "clients.normal",
        "cluster.links",
        "aof.buffer",
        "lua.caches",
        "functions.caches",
        "overhead.total",
    ];
    const ALLOCATOR: [(&str, bool); 11] = [
        ("allocator.allocated", false),
        ("allocator.active", false),
        ("allocator.resident", false),
        ("allocator-fragmentation.ratio", true),
        ("allocator-fragmentation.bytes", false),
        ("allocator-rss.ratio", true),
        ("allocator-rss.bytes", false),
        ("rss-overhead.ratio", true),
        ("rss-overhead.bytes", false),
        ("fragmentation", true),
        ("fragmentation.bytes", false),
    ];
    let dbs: Vec<&Db> = cx.state.dbs.iter().collect();
    let keys: usize = dbs.iter().map(|db| db.len()).sum();
    let entries = dbs.iter().flat_map(|db| db.iter());
    let bytes: usize = entries
        .map(|(key, entry)| key.len() + entry.value.size())
        .sum();
    let out = &mut cx.out;
    out.map(ZEROS.len() + 5 + ALLOCATOR.len());
    for name in ZEROS {
        out.text(name);
        out.int(0);
    }
    out.text("keys.count");
    out.count(keys);
    out.text("keys.bytes-per-key");
    out.count(bytes.checked_div(keys).unwrap_or_default());
    out.text("dataset.bytes");
    out.count(bytes);
    out.text("dataset.percentage");
    out.double(100.0);
    out.text("peak.percentage");
    out.double(100.0);
    for (name, is_ratio) in ALLOCATOR {
        out.text(name);
        if is_ratio {
            out.double(1.0);
        } else {
            out.int(0);
        }
    }
    Ok(())
}

fn memory_malloc_stats(cx: &mut Cx<'_>) -> Outcome {
    cx.out
        .verbatim("txt", "Stats not supported for the current allocator");
    Ok(())
}

fn memory_purge(cx: &mut Cx<'_>) -> Outcome {
    cx.out.ok();
    Ok(())
}

fn memory_doctor(cx: &mut Cx<'_>) -> Outcome {
    cx.out.verbatim(
        "txt",
        "Hi Sam, this instance is empty or is using very little memory, my issues detector can't \
         be used in these conditions. Please, leave for your mission on Earth and fill it with \
         some data. The new Sam and I will be back to our programming as soon as I finished \
         rebooting.\n",
    );
    Ok(())
}

fn module_list(cx: &mut Cx<'_>) -> Outcome {
    modules(cx);
    Ok(())
}

/// The modules that are loaded, as MODULE LIST and HELLO tell them.
pub(super) fn modules(cx: &mut Cx<'_>) {
    if cx.state.profile != Profile::Valkey9_1 {
        cx.out.array(0);
        return;
    }
    // There, the scripts' language is a module that is always loaded.
    cx.out.array(1);
    cx.out.map(4);
    cx.out.text("name");
    cx.out.text("lua");
    cx.out.text("ver");
    cx.out.int(1);
    cx.out.text("path");
    cx.out.text("lua");
    cx.out.text("args");
    cx.out.array(0);
}
