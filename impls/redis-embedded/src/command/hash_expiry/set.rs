//! HGETEX and HSETEX: values and times at once.

use super::clause::{self, Expiry, Options};
use super::{expire_field, gone, tell};
use crate::command::context::db;
use crate::command::{Cx, Outcome};
use crate::db::Hash;
use crate::server::events::Events;

pub(super) fn hgetex(cx: &mut Cx<'_>) -> Outcome {
    let Options { expiry, fields, .. } = clause::hgetex(cx)?;
    let (key, now, valkey) = (cx.arg(1), cx.now(), cx.state.profile.is_valkey());
    let mut changed = false;
    let mut hash = db!(cx).get_mut::<Hash>(key)?;
    cx.out.array(fields.len());
    for field in fields {
        let known = hash.as_deref().and_then(|hash| hash.fields.get(*field));
        cx.out.optional(known.map(Vec::as_slice));
        let Some(hash) = hash.as_deref_mut() else {
            continue;
        };
        if !valkey && expiry != Expiry::Unsaid {
            hash.make_timed();
        }
        changed |= hash.fields.contains_key(*field) && change(hash, field, expiry, now, valkey);
    }
    if changed {
        let event = match expiry {
            Expiry::At(at) if at <= now => gone(cx),
            Expiry::At(_) => "hexpire",
            _ => "hpersist",
        };
        tell(cx, key, event);
    }
    Ok(())
}

/// Does to a field's time what HGETEX is asked for; false when that is nothing.
fn change(hash: &mut Hash, field: &[u8], expiry: Expiry, now: i64, valkey: bool) -> bool {
    match expiry {
        Expiry::At(at) if at <= now => {
            hash.remove(field);
        }
        Expiry::At(at) => expire_field(hash, field, at, valkey),
        Expiry::Persist if hash.expiry(field).is_some() => hash.set_expiry(field, None),
        Expiry::Persist | Expiry::Keep | Expiry::Unsaid => return false,
    }
    true
}

pub(super) fn hsetex(cx: &mut Cx<'_>) -> Outcome {
    let options = clause::hsetex(cx)?;
    let (key, now, valkey) = (cx.arg(1), cx.now(), cx.state.profile.is_valkey());
    if !allowed(cx, &options)? {
        cx.out.int(0);
        return Ok(());
    }
    let limits = cx.state.config.hash;
    let hash = db!(cx).get_or_new::<Hash>(key)?;
    for pair in options.fields.chunks(2) {
        let (field, value) = (pair[0], pair[1].to_vec());
        match options.expiry {
            Expiry::Keep => {
                hash.set_value(field, value, limits);
            }
            Expiry::At(at) if at <= now => {
                if !valkey {
                    // Redis makes room for it all the same.
                    hash.set(field, value, limits);
                }
                hash.remove(field);
            }
            Expiry::At(at) => {
                hash.set(field, value, limits);
                expire_field(hash, field, at, valkey);
            }
            Expiry::Unsaid | Expiry::Persist => {
                hash.set(field, value, limits);
            }
        }
    }
    if !valkey && matches!(options.expiry, Expiry::At(_)) {
        hash.make_timed();
    }
    tell_set(cx, key, options.expiry, now);
    cx.out.int(1);
    Ok(())
}

/// Whether the key and all fields are there or missing as HSETEX was told.
fn allowed(cx: &mut Cx<'_>, options: &Options<'_>) -> Result<bool, crate::command::Error> {
    let key = cx.arg(1);
    let hash = db!(cx).get::<Hash>(key)?;
    let there = |field: &[u8]| hash.is_some_and(|hash| hash.fields.contains_key(field));
    let mut pairs = options.fields.chunks(2);
    Ok(options.key.allows(hash.is_some()) && pairs.all(|pair| options.all.allows(there(pair[0]))))
}

/// Publishes what HSETEX did.
fn tell_set(cx: &mut Cx<'_>, key: &[u8], expiry: Expiry, now: i64) {
    cx.notify(Events::HASH, "hset", key);
    if let Expiry::At(at) = expiry {
        let over = at <= now;
        if !over || cx.state.profile.is_valkey() {
            cx.notify(Events::HASH, "hexpire", key);
        }
        if over {
            cx.notify(Events::HASH, gone(cx), key);
        }
    }
    db!(cx).note_fields(key);
    cx.state.touched(cx.client.db, key, Some(cx.client));
    cx.reap(key);
}
