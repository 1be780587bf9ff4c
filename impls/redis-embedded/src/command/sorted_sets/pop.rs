//! Taking the lowest or highest elements, also waiting for them.

use super::super::lists::{multi_pop, multi_pop_count};
use super::super::{Cx, Error, Outcome};
use super::reply_scored;
use crate::db::{Key, SortedSet};
use crate::server::client::Otherwise;
use crate::server::events::Events;

fn take(
    cx: &mut Cx<'_>,
    key: &[u8],
    highest: bool,
    count: usize,
) -> Result<Vec<(Key, f64)>, Error> {
    let Some(set) = cx.db().get_mut::<SortedSet>(key)? else {
        return Ok(Vec::new());
    };
    let length = set.len();
    let taken = if highest {
        let mut taken = set.range(length.saturating_sub(count), length);
        taken.reverse();
        taken
    } else {
        set.range(0, count)
    };
    taken.iter().for_each(|(member, _)| {
        set.remove(member);
    });
    if !taken.is_empty() {
        let event = if highest { "zpopmax" } else { "zpopmin" };
        cx.changed(Events::SORTED_SET, event, key);
        cx.reap(key);
    }
    Ok(taken)
}

pub(super) fn zpop(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 3 {
        return Err(Error::SYNTAX);
    }
    let highest = cx.command.name == "zpopmax";
    let count = if cx.len() == 3 {
        Some(cx.positive(2)?)
    } else {
        None
    };
    let taken = take(cx, cx.arg(1), highest, count.unwrap_or(1))?;
    match (taken.first(), count) {
        // A single element is not nested, not even in RESP3.
        (Some((member, score)), None) => {
            cx.out.array(2);
            cx.out.bulk(member);
            cx.out.double(*score);
        }
        _ => reply_scored(cx, &taken, true),
    }
    Ok(())
}

pub(super) fn bzpop(cx: &mut Cx<'_>) -> Outcome {
    let highest = cx.command.name == "bzpopmax";
    let timeout = cx.timeout(cx.len() - 1)?;
    let keys = &cx.args[1..cx.len() - 1];
    for key in keys {
        if !cx.holds::<SortedSet>(key)? {
            continue;
        }
        if let Some((member, score)) = take(cx, key, highest, 1)?.first() {
            cx.out.array(3);
            cx.out.bulk(key);
            cx.out.bulk(member);
            cx.out.double(*score);
            return Ok(());
        }
    }
    cx.block(keys, timeout, Otherwise::NullArray)
}

pub(super) fn zmpop(cx: &mut Cx<'_>) -> Outcome {
    let blocking = cx.command.name == "bzmpop";
    let timeout = if blocking { cx.timeout(1)? } else { 0 };
    let (keys, word) = multi_pop(cx, 1 + usize::from(blocking))?;
    let highest = match cx.arg(word).to_ascii_lowercase().as_slice() {
        b"min" => false,
        b"max" => true,
        _ => return Err(Error::SYNTAX),
    };
    let count = multi_pop_count(cx, word)?;
    for key in keys {
        if !cx.holds::<SortedSet>(key)? {
            continue;
        }
        let taken = take(cx, key, highest, count)?;
        cx.out.array(2);
        cx.out.bulk(key);
        cx.out.array(taken.len());
        for (member, score) in taken {
            cx.out.array(2);
            cx.out.bulk(&member);
            cx.out.double(score);
        }
        return Ok(());
    }
    if blocking {
        return cx.block(keys, timeout, Otherwise::NullArray);
    }
    cx.out.null_array();
    Ok(())
}
