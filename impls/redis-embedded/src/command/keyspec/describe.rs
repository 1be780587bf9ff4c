//! Where a command has its keys, as COMMAND tells it: clients of a cluster find the keys of any request by that.

use crate::command::{Command, access};
use crate::profile::Profile;
use crate::protocol::Reply;

/// Some of a command's keys: where they begin, how they are found from there, and what is done with them.
struct Spec {
    flags: Vec<&'static str>,
    begin: Begin,
    find: Find,
}

enum Begin {
    Index(i32),
    /// Behind a word, which is looked for from a place on, or from one before the end.
    Keyword(&'static str, i32),
    Unknown,
}

enum Find {
    /// To a place behind the first one or before the end, by steps, and if need be only a part of them.
    Range {
        last: i32,
        step: i32,
        limit: i32,
    },
    /// Behind their number, by steps.
    Counted(i32),
    Unknown,
}

const ONE: Find = Find::Range {
    last: 0,
    step: 1,
    limit: 0,
};

/// Writes the specifications of a command's keys.
pub(in crate::command) fn describe(out: &mut Reply, command: &Command, profile: Profile) {
    let specs = specs(command, profile);
    out.set(specs.len());
    for spec in specs {
        out.map(3);
        out.text("flags");
        out.set(spec.flags.len());
        spec.flags.iter().for_each(|flag| out.simple(flag));
        out.text("begin_search");
        out.map(2);
        match spec.begin {
            Begin::Index(index) => kind(out, "index", &[("index", index)]),
            Begin::Keyword(word, start) => keyword(out, word, start),
            Begin::Unknown => kind(out, "unknown", &[]),
        }
        out.text("find_keys");
        out.map(2);
        match spec.find {
            Find::Range { last, step, limit } => {
                let fields = [("lastkey", last), ("keystep", step), ("limit", limit)];
                kind(out, "range", &fields);
            }
            Find::Counted(step) => {
                let fields = [("keynumidx", 0), ("firstkey", 1), ("keystep", step)];
                kind(out, "keynum", &fields);
            }
            Find::Unknown => kind(out, "unknown", &[]),
        }
    }
}

fn kind(out: &mut Reply, kind: &str, fields: &[(&str, i32)]) {
    out.text("type");
    out.text(kind);
    out.text("spec");
    out.map(fields.len());
    for (name, number) in fields {
        out.text(name);
        out.int((*number).into());
    }
}

fn keyword(out: &mut Reply, word: &str, start: i32) {
    out.text("type");
    out.text("keyword");
    out.text("spec");
    out.map(2);
    out.text("keyword");
    out.text(word);
    out.text("startfrom");
    out.int(start.into());
}

fn specs(command: &Command, profile: Profile) -> Vec<Spec> {
    let mut specs = fixed(command, profile);
    let flags = |text: &'static str| text.split(' ').collect::<Vec<_>>();
    let mut add = |text, begin, find| {
        let flags = flags(text);
        specs.push(Spec { flags, begin, find });
    };
    let usual = access::usual(command, 0);
    let limited = Find::Range {
        last: -1,
        step: 1,
        limit: 2,
    };
    match command.name {
        "zunion" | "zinter" | "zdiff" | "zintercard" | "sintercard" | "lmpop" | "zmpop" => {
            add(usual, Begin::Index(1), Find::Counted(1));
        }
        "blmpop" | "bzmpop" | "eval" | "evalsha" | "eval_ro" | "evalsha_ro" | "fcall"
        | "fcall_ro" => {
            add(usual, Begin::Index(2), Find::Counted(1));
        }
        "zunionstore" | "zinterstore" | "zdiffstore" => {
            add(access::usual(command, 1), Begin::Index(2), Find::Counted(1));
        }
        "msetex" => add(usual, Begin::Index(1), Find::Counted(2)),
        "xread" => add(usual, Begin::Keyword("STREAMS", 1), limited),
        "xreadgroup" => add(usual, Begin::Keyword("STREAMS", 4), limited),
        "sort" | "sort_ro" => {
            add("RO access", Begin::Unknown, Find::Unknown);
            if command.name == "sort" {
                add("OW update", Begin::Unknown, Find::Unknown);
            }
        }
        "georadius" | "georadiusbymember" => {
            let start = if command.name == "georadius" { 6 } else { 5 };
            let flags = match profile {
                Profile::Valkey9_1 => "OW update variable_flags",
                _ => "OW update",
            };
            for word in ["STORE", "STOREDIST"] {
                add(flags, Begin::Keyword(word, start), ONE);
            }
        }
        "migrate" => {
            let find = Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            };
            add(
                "RW access delete incomplete",
                Begin::Keyword("KEYS", -2),
                find,
            );
        }
        _ => {}
    }
    specs
}

/// The keys that are always at the same places: two specifications where the first one is used in another way.
fn fixed(command: &Command, profile: Profile) -> Vec<Spec> {
    let (first, last, step) = command.keys;
    if first == 0 {
        return Vec::new();
    }
    let from = |first: i32, flags| Spec {
        flags,
        begin: Begin::Index(first),
        find: Find::Range {
            last: if last < 0 { last } else { last - first },
            step,
            limit: 0,
        },
    };
    if super::only_decides(command) {
        return vec![from(first, vec!["not_key"])];
    }
    let words = |index| access::usual(command, index).split(' ').collect::<Vec<_>>();
    let (mut one, others) = (words(0), words(1));
    one = access::in_profile(command, profile).unwrap_or(one);
    if matches!(command.name, "set" | "bitfield") {
        one.push("variable_flags");
    }
    if last == first || one == others {
        return vec![from(first, one)];
    }
    let alone = Spec {
        flags: one,
        begin: Begin::Index(first),
        find: ONE,
    };
    vec![alone, from(first + step, others)]
}
