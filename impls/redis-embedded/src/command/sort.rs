//! SORT.

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::number::parse_double;
use crate::db::{Hash, List, Str, Value};
use crate::server::config::Events;

commands! {
    "sort" -2 [WRITE DENYOOM MOVABLEKEYS] (1, 1, 1) "set sortedset list dangerous" => sort;
    "sort_ro" -2 [READONLY MOVABLEKEYS] (1, 1, 1) "set sortedset list dangerous" => sort;
}

/// What SORT is asked for.
#[derive(Default)]
struct Query<'a> {
    by: Option<&'a [u8]>,
    limit: Option<(i64, i64)>,
    get: Vec<&'a [u8]>,
    descending: bool,
    alpha: bool,
    store: Option<&'a [u8]>,
}

fn query<'a>(cx: &Cx<'a>) -> Result<Query<'a>, Error> {
    let mut query = Query::default();
    let mut at = 2;
    while at < cx.len() {
        let rest = cx.len() - at - 1;
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"asc" => query.descending = false,
            b"desc" => query.descending = true,
            b"alpha" => query.alpha = true,
            b"limit" if rest >= 2 => {
                query.limit = Some((cx.int(at + 1)?, cx.int(at + 2)?));
                at += 2;
            }
            b"store" if rest >= 1 && cx.command.name == "sort" => {
                query.store = Some(cx.arg(at + 1));
                at += 1;
            }
            b"by" if rest >= 1 => {
                query.by = Some(cx.arg(at + 1));
                at += 1;
            }
            b"get" if rest >= 1 => {
                query.get.push(cx.arg(at + 1));
                at += 1;
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    Ok(query)
}

/// The value a pattern names for an element: the element itself, a key, or a field of a hash.
fn lookup(cx: &mut Cx<'_>, pattern: &[u8], element: &[u8]) -> Option<Vec<u8>> {
    if pattern == b"#" {
        return Some(element.to_vec());
    }
    let star = pattern.iter().position(|byte| *byte == b'*')?;
    let arrow = pattern[star..]
        .windows(2)
        .position(|part| part == b"->")
        .map(|at| at + star);
    let arrow = arrow.filter(|at| at + 2 < pattern.len());
    let tail = &pattern[star + 1..arrow.unwrap_or(pattern.len())];
    let key = [&pattern[..star], element, tail].concat();
    match arrow {
        Some(at) => {
            let hash = cx.db().get::<Hash>(&key).ok()??;
            hash.fields.get(&pattern[at + 2..]).cloned()
        }
        None => cx
            .db()
            .get::<Str>(&key)
            .ok()?
            .map(|value| value.bytes.clone()),
    }
}

fn elements(cx: &mut Cx<'_>) -> Result<(Vec<Vec<u8>>, bool), Error> {
    let entry = db!(cx).entry(cx.args[1]);
    Ok(match entry.map(|entry| &mut entry.value) {
        None => (Vec::new(), true),
        Some(Value::List(list)) => (list.items.iter().cloned().collect(), true),
        Some(Value::Set(set)) => (set.iter().collect(), false),
        Some(Value::SortedSet(set)) => {
            // Redis takes it out of its compact form to walk over it.
            set.compact = false;
            (
                set.iter().map(|(member, _)| member.to_vec()).collect(),
                true,
            )
        }
        Some(_) => return Err(Error::WRONG_TYPE),
    })
}

fn sort(cx: &mut Cx<'_>) -> Outcome {
    let query = query(cx)?;
    let (mut items, ordered) = elements(cx)?;
    // A pattern without a star is the same for all, which says not to sort.
    let constant = query.by.is_some_and(|by| !by.contains(&b'*'));
    if constant && query.descending && ordered {
        items.reverse();
    }
    if !constant || (!ordered && query.store.is_some()) {
        let by = query.by.filter(|_| !constant);
        items = sorted(cx, items, by, query.alpha || constant, query.descending)?;
    }
    let items = cut(items, query.limit);
    let mut found: Vec<Option<Vec<u8>>> = Vec::new();
    for item in items {
        if query.get.is_empty() {
            found.push(Some(item));
            continue;
        }
        for pattern in &query.get {
            found.push(lookup(cx, pattern, &item));
        }
    }
    let Some(target) = query.store else {
        cx.out.array(found.len());
        found
            .iter()
            .for_each(|item| cx.out.optional(item.as_deref()));
        return Ok(());
    };
    let length = found.len();
    if length > 0 {
        let items = found.into_iter().map(Option::unwrap_or_default).collect();
        cx.db().set(target, Value::List(List { items }));
        cx.changed(Events::LIST, "sortstore", target);
    } else {
        cx.delete(target);
    }
    cx.out.count(length);
    Ok(())
}

fn sorted(
    cx: &mut Cx<'_>,
    items: Vec<Vec<u8>>,
    by: Option<&[u8]>,
    alpha: bool,
    descending: bool,
) -> Result<Vec<Vec<u8>>, Error> {
    const NOT_DOUBLE: Error = Error::new("ERR One or more scores can't be converted into double");
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let weight = match by {
            Some(by) => lookup(cx, by, &item),
            None => Some(item.clone()),
        };
        let number = match &weight {
            Some(weight) if !alpha && !weight.is_empty() => {
                parse_double(weight).ok_or(NOT_DOUBLE)?
            }
            _ => 0.0,
        };
        keyed.push((number, weight, item));
    }
    keyed.sort_by(|left, right| {
        let order = if alpha {
            left.1.cmp(&right.1)
        } else {
            left.0.total_cmp(&right.0)
        };
        // Equal weights are told apart by the elements, unless the weights are those.
        let order = if by.is_some() || !alpha {
            order.then_with(|| left.2.cmp(&right.2))
        } else {
            order
        };
        if descending { order.reverse() } else { order }
    });
    Ok(keyed.into_iter().map(|(_, _, item)| item).collect())
}

fn cut(items: Vec<Vec<u8>>, limit: Option<(i64, i64)>) -> Vec<Vec<u8>> {
    let Some((offset, count)) = limit else {
        return items;
    };
    let offset = usize::try_from(offset).unwrap_or_default();
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    items.into_iter().skip(offset).take(count).collect()
}
