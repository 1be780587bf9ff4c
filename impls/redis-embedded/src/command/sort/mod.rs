//! SORT: lists, sets and sorted sets in another order, by what other keys say if need be.

mod patterns;

use std::cmp::Ordering;

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::{Kind, List, Value};
use crate::server::events::Events;
use patterns::{By, allow, lookup};

commands! {
    "sort" -2 [WRITE DENYOOM MOVABLEKEYS SOURCES] (1, 1, 1) "set sortedset list dangerous" => sort;
    "sort_ro" -2 [READONLY MOVABLEKEYS] (1, 1, 1) "set sortedset list dangerous" => sort;
}

#[derive(Debug, Default)]
struct Options<'a> {
    by: Option<&'a [u8]>,
    /// Whether a BY without a star has said so, which no later one takes back.
    as_it_is: bool,
    get: Vec<&'a [u8]>,
    start: i64,
    count: Option<i64>,
    descending: bool,
    alpha: bool,
    store: Option<&'a [u8]>,
}

fn options<'a>(cx: &Cx<'a>) -> Result<Options<'a>, Error> {
    let writes = cx.command.name == "sort";
    let mut options = Options::default();
    let mut at = 2;
    while at < cx.len() {
        let more = cx.len() - at - 1;
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"asc" => options.descending = false,
            b"desc" => options.descending = true,
            b"alpha" => options.alpha = true,
            b"limit" if more >= 2 => {
                options.start = cx.int(at + 1)?;
                options.count = Some(cx.int(at + 2)?);
                at += 2;
            }
            b"store" if writes && more >= 1 => {
                options.store = Some(cx.arg(at + 1));
                at += 1;
            }
            b"by" if more >= 1 => {
                let pattern = cx.arg(at + 1);
                if pattern.contains(&b'*') {
                    allow(cx, By::Weight, pattern)?;
                } else {
                    options.as_it_is = true;
                }
                options.by = Some(pattern);
                at += 1;
            }
            b"get" if more >= 1 => {
                allow(cx, By::Get, cx.arg(at + 1))?;
                options.get.push(cx.arg(at + 1));
                at += 1;
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    Ok(options)
}

/// What a key of a sortable type holds, and whether it has no order of its own.
fn elements(cx: &mut Cx<'_>) -> Result<(Vec<Vec<u8>>, bool), Error> {
    let Some(entry) = db!(cx).entry(cx.args[1]) else {
        return Ok((Vec::new(), false));
    };
    // Redis sorts a sorted set as the tree that it is then.
    if let Value::SortedSet(set) = &mut entry.value {
        set.compact = false;
    }
    match &entry.value {
        Value::List(list) => Ok((list.iter().map(<[u8]>::to_vec).collect(), false)),
        Value::Set(set) => Ok((set.iter().collect(), true)),
        Value::SortedSet(set) => Ok((
            set.iter().map(|(member, _)| member.to_vec()).collect(),
            false,
        )),
        _ => Err(Error::WRONG_TYPE),
    }
}

/// What an element is compared by.
#[derive(Debug, PartialEq, PartialOrd)]
enum Weight {
    Number(f64),
    Text(Option<Vec<u8>>),
}

fn sort(cx: &mut Cx<'_>) -> Outcome {
    let mut options = options(cx)?;
    let (mut elements, unordered) = elements(cx)?;
    let mut sorts = !options.as_it_is;
    let must_be_the_same = options.store.is_some() || cx.client.in_script;
    if !sorts && unordered && must_be_the_same {
        sorts = true;
        options.alpha = true;
        options.by = None;
    }
    if sorts {
        elements = ordered(cx, elements, &options)?;
    } else if options.descending && !unordered {
        elements.reverse();
    }
    let found: Vec<Vec<u8>> = window(&options, elements);
    let mut results: Vec<Option<Vec<u8>>> = Vec::new();
    for element in found {
        for pattern in &options.get {
            results.push(lookup(cx, pattern, &element)?);
        }
        if options.get.is_empty() {
            results.push(Some(element));
        }
    }
    match options.store {
        Some(target) => store(cx, target, results),
        None => {
            cx.out.array(results.len());
            for result in results {
                cx.out.optional(result.as_deref());
            }
        }
    }
    Ok(())
}

/// The elements in order; equal ones are told apart by their bytes where numbers are compared.
fn ordered(
    cx: &mut Cx<'_>,
    elements: Vec<Vec<u8>>,
    options: &Options<'_>,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut weighed = Vec::with_capacity(elements.len());
    for element in elements {
        let by = match options.by {
            Some(pattern) => lookup(cx, pattern, &element)?,
            None => Some(element.clone()),
        };
        let weight = if options.alpha {
            Weight::Text(by)
        } else {
            const WRONG: Error =
                Error::new("ERR One or more scores can't be converted into double");
            let value = by.map_or(Some(0.0), |by| cx.weight(&by));
            Weight::Number(value.ok_or(WRONG)?)
        };
        weighed.push((weight, element));
    }
    let compare = |a: &(Weight, Vec<u8>), b: &(Weight, Vec<u8>)| {
        let order = a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal);
        let order = match a.0 {
            Weight::Number(_) => order.then_with(|| a.1.cmp(&b.1)),
            Weight::Text(_) => order,
        };
        if options.descending {
            order.reverse()
        } else {
            order
        }
    };
    weighed.sort_by(compare);
    Ok(weighed.into_iter().map(|(_, element)| element).collect())
}

/// The part that LIMIT names.
fn window(options: &Options<'_>, elements: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let start = usize::try_from(options.start).unwrap_or_default();
    let count = options.count.and_then(|count| usize::try_from(count).ok());
    elements
        .into_iter()
        .skip(start)
        .take(count.unwrap_or(usize::MAX))
        .collect()
}

fn store(cx: &mut Cx<'_>, target: &[u8], results: Vec<Option<Vec<u8>>>) {
    cx.out.count(results.len());
    if results.is_empty() {
        cx.clear(target);
        return;
    }
    let items = results.into_iter().map(Option::unwrap_or_default);
    let list: List = items.collect();
    cx.db().set(target, list.wrap());
    cx.changed(Events::LIST, "sortstore", target);
}
