//! Fields of hashes that expire, as Redis has them since 7.4 and Valkey since 9.0.
//!
//! The two agree in what these commands do, and hardly ever in what they say of wrong arguments and in which events
//! they publish; `clause` reads the arguments as each of them does.

mod clause;
mod set;

use self::clause::Clause;
use super::context::db;
use super::table::commands;
use super::{Cx, Outcome};
use crate::db::Hash;
use crate::server::events::Events;

commands! {
    "hexpire" -6 [WRITE FAST NEWER] (1, 1, 1) "hash" => hexpire;
    "hpexpire" -6 [WRITE FAST NEWER] (1, 1, 1) "hash" => hexpire;
    "hexpireat" -6 [WRITE FAST NEWER] (1, 1, 1) "hash" => hexpire;
    "hpexpireat" -6 [WRITE FAST NEWER] (1, 1, 1) "hash" => hexpire;
    "httl" -5 [READONLY FAST NEWER] (1, 1, 1) "hash" => httl;
    "hpttl" -5 [READONLY FAST NEWER] (1, 1, 1) "hash" => httl;
    "hexpiretime" -5 [READONLY FAST NEWER] (1, 1, 1) "hash" => httl;
    "hpexpiretime" -5 [READONLY FAST NEWER] (1, 1, 1) "hash" => httl;
    "hpersist" -5 [WRITE FAST NEWER] (1, 1, 1) "hash" => hpersist;
    "hgetex" -5 [WRITE FAST NEWER] (1, 1, 1) "hash" => set::hgetex;
    "hsetex" -6 [WRITE DENYOOM FAST NEWER] (1, 1, 1) "hash" => set::hsetex;
    "hgetdel" -5 [WRITE FAST NEWER] (1, 1, 1) "hash" => hgetdel;
}

/// What these commands answer about a field that is not there.
const NO_FIELD: i64 = -2;
/// What they answer about a field that does not expire.
const NO_TIME: i64 = -1;

/// What HEXPIRE did to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Missing = -2,
    Refused = 0,
    Done = 1,
    /// Its time is over, so it is deleted.
    Deleted = 2,
}

fn hexpire(cx: &mut Cx<'_>) -> Outcome {
    let valkey = cx.state.profile.is_valkey();
    let (at, conditions, fields) = clause::hexpire(cx)?;
    let (key, over) = (cx.arg(1), at <= cx.now());
    let mut done = Vec::new();
    if let Some(hash) = db!(cx).get_mut::<Hash>(key)? {
        if !valkey {
            hash.make_timed();
        }
        for field in fields {
            let old = hash.expiry(field);
            done.push(if !hash.fields.contains_key(*field) {
                Set::Missing
            } else if !conditions.allow(old, at) {
                Set::Refused
            } else if over {
                hash.remove(field);
                Set::Deleted
            } else {
                expire_field(hash, field, at, valkey);
                Set::Done
            });
        }
    } else {
        done.resize(fields.len(), Set::Missing);
    }
    cx.out.array(done.len());
    done.iter().for_each(|done| cx.out.int(*done as i64));
    let any = |what| done.contains(&what);
    if any(Set::Done) || any(Set::Deleted) {
        tell(
            cx,
            key,
            if any(Set::Deleted) {
                gone(cx)
            } else {
                "hexpire"
            },
        );
    }
    Ok(())
}

/// Lets a field expire, for which Valkey takes a hash out of its compact form.
fn expire_field(hash: &mut Hash, field: &[u8], at: i64, valkey: bool) {
    hash.set_expiry(field, Some(at));
    hash.compact &= !valkey;
}

/// The event of fields that were given a time that is over.
fn gone(cx: &Cx<'_>) -> &'static str {
    if cx.state.profile.is_valkey() {
        "hexpired"
    } else {
        "hdel"
    }
}

/// Tells of a change of a hash or of the times of its fields, which is gone if that was its last one.
fn tell(cx: &mut Cx<'_>, key: &[u8], event: &str) {
    db!(cx).note_fields(key);
    cx.changed(Events::HASH, event, key);
    cx.reap(key);
}

/// HTTL and its like; times in seconds are rounded.
fn httl(cx: &mut Cx<'_>) -> Outcome {
    let fields = Clause::read(cx, 2)?.fields(cx)?;
    let (absolute, millis) = match cx.command.name {
        "httl" => (false, false),
        "hpttl" => (false, true),
        "hexpiretime" => (true, false),
        _ => (true, true),
    };
    let rounds = if absolute && !cx.state.profile.is_valkey() {
        999
    } else {
        500
    };
    let base = if absolute { 0 } else { cx.now() };
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    cx.out.array(fields.len());
    for field in fields {
        let known = hash.filter(|hash| hash.fields.contains_key(*field));
        let left = known.map(|hash| hash.expiry(field).map(|at| (at - base).max(0)));
        cx.out.int(match left {
            None => NO_FIELD,
            Some(None) => NO_TIME,
            Some(Some(left)) if millis => left,
            Some(Some(left)) => left.saturating_add(rounds) / 1000,
        });
    }
    Ok(())
}

fn hpersist(cx: &mut Cx<'_>) -> Outcome {
    let fields = Clause::read(cx, 2)?.fields(cx)?;
    let key = cx.arg(1);
    let mut changed = false;
    let mut hash = db!(cx).get_mut::<Hash>(key)?;
    cx.out.array(fields.len());
    for field in fields {
        let known = hash.as_deref_mut();
        let known = known.filter(|hash| hash.fields.contains_key(*field));
        cx.out.int(match known {
            None => NO_FIELD,
            Some(hash) if hash.expiry(field).is_none() => NO_TIME,
            Some(hash) => {
                hash.set_expiry(field, None);
                changed = true;
                1
            }
        });
    }
    if changed {
        tell(cx, key, "hpersist");
    }
    Ok(())
}

fn hgetdel(cx: &mut Cx<'_>) -> Outcome {
    let fields = Clause::read(cx, 2)?.fields(cx)?;
    let key = cx.arg(1);
    let mut removed = false;
    let mut hash = db!(cx).get_mut::<Hash>(key)?;
    cx.out.array(fields.len());
    for field in fields {
        let value = hash.as_deref_mut().and_then(|hash| hash.remove(field));
        removed |= value.is_some();
        cx.out.optional(value.as_deref());
    }
    if removed {
        tell(cx, key, "hdel");
    }
    Ok(())
}
