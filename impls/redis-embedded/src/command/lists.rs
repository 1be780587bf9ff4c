//! Lists, and the commands that wait for an element.

use super::args::clip;
use super::context::db;
use super::table::commands;
use super::{Cx, Error, Mode, Outcome};
use crate::db::{Kind, List, number};
use crate::server::client::Otherwise;
use crate::server::events::Events;

commands! {
    "lpush" -3 [WRITE DENYOOM FAST] (1, 1, 1) "list" => push;
    "rpush" -3 [WRITE DENYOOM FAST] (1, 1, 1) "list" => push;
    "lpushx" -3 [WRITE DENYOOM FAST] (1, 1, 1) "list" => push;
    "rpushx" -3 [WRITE DENYOOM FAST] (1, 1, 1) "list" => push;
    "lpop" -2 [WRITE FAST] (1, 1, 1) "list" => pop;
    "rpop" -2 [WRITE FAST] (1, 1, 1) "list" => pop;
    "llen" 2 [READONLY FAST] (1, 1, 1) "list" => llen;
    "lrange" 4 [READONLY] (1, 1, 1) "list" => lrange;
    "lindex" 3 [READONLY] (1, 1, 1) "list" => lindex;
    "lset" 4 [WRITE DENYOOM] (1, 1, 1) "list" => lset;
    "linsert" 5 [WRITE DENYOOM] (1, 1, 1) "list" => linsert;
    "lrem" 4 [WRITE] (1, 1, 1) "list" => lrem;
    "ltrim" 4 [WRITE] (1, 1, 1) "list" => ltrim;
    "lpos" -3 [READONLY] (1, 1, 1) "list" => lpos;
    "lmove" 5 [WRITE DENYOOM] (1, 2, 1) "list" => lmove;
    "rpoplpush" 3 [WRITE DENYOOM] (1, 2, 1) "list" => lmove;
    "blmove" 6 [WRITE DENYOOM NOSCRIPT BLOCKING] (1, 2, 1) "list" => blmove;
    "brpoplpush" 4 [WRITE DENYOOM NOSCRIPT BLOCKING] (1, 2, 1) "list" => blmove;
    "blpop" -3 [WRITE NOSCRIPT BLOCKING] (1, -2, 1) "list" => blpop;
    "brpop" -3 [WRITE NOSCRIPT BLOCKING] (1, -2, 1) "list" => blpop;
    "lmpop" -4 [WRITE MOVABLEKEYS] (0, 0, 0) "list" => lmpop;
    "blmpop" -5 [WRITE BLOCKING MOVABLEKEYS] (0, 0, 0) "list" => lmpop;
}

/// An end of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

impl End {
    /// The end that a command's name begins with, behind a B for those that block.
    fn of(command: &str) -> End {
        match command.trim_start_matches('b').as_bytes().first() {
            Some(b'l') => End::Left,
            _ => End::Right,
        }
    }

    fn read(cx: &Cx<'_>, index: usize) -> Result<End, Error> {
        if cx.is(index, "left") {
            Ok(End::Left)
        } else if cx.is(index, "right") {
            Ok(End::Right)
        } else {
            Err(Error::SYNTAX)
        }
    }

    fn push(self, list: &mut List, item: &[u8]) {
        match self {
            End::Left => list.push_front(item),
            End::Right => list.push_back(item),
        }
    }

    fn pop(self, list: &mut List) -> Option<Vec<u8>> {
        match self {
            End::Left => list.pop_front(),
            End::Right => list.pop_back(),
        }
    }

    fn push_event(self) -> &'static str {
        if self == End::Left { "lpush" } else { "rpush" }
    }

    fn pop_event(self) -> &'static str {
        if self == End::Left { "lpop" } else { "rpop" }
    }
}

impl Cx<'_> {
    /// Whether a key holds a value of a type. One of another type is an error, except to a command
    /// that waits already: that goes on waiting.
    pub(super) fn holds<K: Kind>(&mut self, key: &[u8]) -> Result<bool, Error> {
        match db!(self).get::<K>(key) {
            Ok(value) => Ok(value.is_some()),
            Err(_) if self.mode == Mode::Retry => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn push(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let end = End::of(cx.command.name);
    if cx.command.name.ends_with('x') && cx.db().get::<List>(key)?.is_none() {
        cx.out.int(0);
        return Ok(());
    }
    let list = db!(cx).get_or_new::<List>(key)?;
    cx.args[2..].iter().for_each(|item| end.push(list, item));
    let length = list.len();
    cx.changed(Events::LIST, end.push_event(), key);
    cx.out.count(length);
    Ok(())
}

/// Takes elements off an end, and removes the list with its last one.
fn take(cx: &mut Cx<'_>, key: &[u8], end: End, count: usize) -> Result<Vec<Vec<u8>>, Error> {
    let Some(list) = cx.db().get_mut::<List>(key)? else {
        return Ok(Vec::new());
    };
    let taken: Vec<_> = (0..count.min(list.len()))
        .filter_map(|_| end.pop(list))
        .collect();
    if !taken.is_empty() {
        cx.changed(Events::LIST, end.pop_event(), key);
        cx.reap(key);
    }
    Ok(taken)
}

fn pop(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let end = End::of(cx.command.name);
    if cx.len() > 3 {
        return Err(cx.arity());
    }
    let count = if cx.len() == 3 {
        Some(cx.positive(2)?)
    } else {
        None
    };
    if cx.db().get::<List>(key)?.is_none() {
        match count {
            Some(_) => cx.out.null_array(),
            None => cx.out.null(),
        }
        return Ok(());
    }
    let taken = take(cx, key, end, count.unwrap_or(1))?;
    match count {
        Some(_) => cx.out.bulks(taken),
        None => cx.out.optional(taken.first().map(Vec::as_slice)),
    }
    Ok(())
}

fn llen(cx: &mut Cx<'_>) -> Outcome {
    let list = db!(cx).get::<List>(cx.args[1])?;
    cx.out.count(list.map_or(0, List::len));
    Ok(())
}

fn lrange(cx: &mut Cx<'_>) -> Outcome {
    let (start, end) = (cx.int(2)?, cx.int(3)?);
    let list = db!(cx).get::<List>(cx.args[1])?;
    let range = list.and_then(|list| clip(start, end, list.len()));
    match (list, range) {
        (Some(list), Some((start, end))) => cx.out.bulks(list.range(start, end)),
        _ => cx.out.array(0),
    }
    Ok(())
}

/// The place an index names, negative ones from the end.
fn place(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let index = if index < 0 {
        index.checked_add(length)?
    } else {
        index
    };
    usize::try_from(index).ok().filter(|_| index < length)
}

fn lindex(cx: &mut Cx<'_>) -> Outcome {
    let Some(list) = db!(cx).get::<List>(cx.args[1])? else {
        cx.out.null();
        return Ok(());
    };
    let index = number::integer(cx.args[2]).ok_or(Error::NOT_INTEGER)?;
    let at = place(index, list.len());
    let list = db!(cx).get::<List>(cx.args[1])?;
    let item = at.and_then(|at| list.and_then(|list| list.get(at)));
    cx.out.optional(item);
    Ok(())
}

fn lset(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let later = cx.state.profile.is_later();
    let list = db!(cx).get::<List>(key)?.ok_or(Error::NO_SUCH_KEY)?;
    let index = number::integer(cx.args[2]).ok_or(Error::NOT_INTEGER)?;
    // Later versions have 32 bits for the place, whatever was said.
    let index = if later {
        i64::from(index as i32)
    } else {
        index
    };
    let at = place(index, list.len()).ok_or(Error::INDEX)?;
    let item = cx.arg(3);
    cx.db().get_or_new::<List>(key)?.set(at, item);
    cx.changed(Events::LIST, "lset", key);
    cx.out.ok();
    Ok(())
}

fn linsert(cx: &mut Cx<'_>) -> Outcome {
    let (key, pivot, item) = (cx.arg(1), cx.arg(3), cx.arg(4));
    let after = match cx.arg(2).to_ascii_lowercase().as_slice() {
        b"before" => false,
        b"after" => true,
        _ => return Err(Error::SYNTAX),
    };
    let Some(list) = cx.db().get_mut::<List>(key)? else {
        cx.out.int(0);
        return Ok(());
    };
    let Some(at) = list.iter().position(|known| known == pivot) else {
        cx.out.int(-1);
        return Ok(());
    };
    list.insert(at + usize::from(after), item);
    let length = list.len();
    cx.changed(Events::LIST, "linsert", key);
    cx.out.count(length);
    Ok(())
}

/// An integer that later versions do not take when its sign cannot be turned.
fn within_long(cx: &Cx<'_>, index: usize) -> Result<i64, Error> {
    let number = cx.int(index)?;
    if number == i64::MIN && cx.state.profile.is_later() {
        return Err(Error::new(
            "ERR value is out of range, value must between -9223372036854775807 and \
             9223372036854775807",
        ));
    }
    Ok(number)
}

fn lrem(cx: &mut Cx<'_>) -> Outcome {
    let (key, item) = (cx.arg(1), cx.arg(3));
    let count = within_long(cx, 2)?;
    let Some(list) = cx.db().get_mut::<List>(key)? else {
        cx.out.int(0);
        return Ok(());
    };
    let most = if count == 0 {
        usize::MAX
    } else {
        usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX)
    };
    let mut removed = 0;
    let mut keep = |known: &&[u8]| {
        let gone = *known == item && removed < most;
        removed += usize::from(gone);
        !gone
    };
    let mut kept = List::default();
    if count < 0 {
        let items = list.iter().rev().filter(&mut keep);
        items.for_each(|known| kept.push_front(known));
    } else {
        kept.extend(list.iter().filter(&mut keep));
    }
    if removed > 0 {
        *list = kept;
        cx.changed(Events::LIST, "lrem", key);
        cx.reap(key);
    }
    cx.out.count(removed);
    Ok(())
}

fn ltrim(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let (start, end) = (cx.int(2)?, cx.int(3)?);
    if let Some(list) = cx.db().get_mut::<List>(key)? {
        match clip(start, end, list.len()) {
            Some((start, end)) => {
                list.truncate(end);
                list.drop_front(start);
            }
            None => list.truncate(0),
        }
        cx.changed(Events::LIST, "ltrim", key);
        cx.reap(key);
    }
    cx.out.ok();
    Ok(())
}

/// The options of LPOS.
struct Search {
    rank: i64,
    count: Option<usize>,
    most: usize,
}

fn search(cx: &Cx<'_>) -> Result<Search, Error> {
    let mut search = Search {
        rank: 1,
        count: None,
        most: 0,
    };
    let mut at = 3;
    while at < cx.len() {
        if at + 1 >= cx.len() {
            return Err(Error::SYNTAX);
        }
        let limit = |error| cx.positive(at + 1).map_err(|_| Error::new(error));
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"rank" => {
                search.rank = within_long(cx, at + 1)?;
                if search.rank == 0 {
                    return Err(Error::new(
                        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the \
                         second ... or use negative to start from the end of the list",
                    ));
                }
            }
            b"count" => search.count = Some(limit("ERR COUNT can't be negative")?),
            b"maxlen" => search.most = limit("ERR MAXLEN can't be negative")?,
            _ => return Err(Error::SYNTAX),
        }
        at += 2;
    }
    Ok(search)
}

fn lpos(cx: &mut Cx<'_>) -> Outcome {
    let item = cx.arg(2);
    let search = search(cx)?;
    let list = db!(cx).get::<List>(cx.args[1])?;
    let compared = if search.most == 0 {
        usize::MAX
    } else {
        search.most
    };
    let mut items = list.map(|list| list.iter().enumerate());
    let in_order = std::iter::from_fn(|| {
        let items = items.as_mut()?;
        if search.rank < 0 {
            items.next_back()
        } else {
            items.next()
        }
    });
    let matching = in_order
        .take(compared)
        .filter(|(_, known)| *known == item)
        .map(|(at, _)| at);
    let skipped = usize::try_from(search.rank.unsigned_abs() - 1).unwrap_or(usize::MAX);
    let mut found = matching.skip(skipped);
    match search.count {
        None => match found.next() {
            Some(at) => cx.out.count(at),
            None => cx.out.null(),
        },
        Some(count) => {
            let found: Vec<usize> = found
                .take(if count == 0 { usize::MAX } else { count })
                .collect();
            cx.out.array(found.len());
            found.iter().for_each(|at| cx.out.count(*at));
        }
    }
    Ok(())
}

/// Moves an element from one list to another; none when there is no element.
fn transfer(cx: &mut Cx<'_>, from: End, to: End) -> Result<Option<Vec<u8>>, Error> {
    let (source, target) = (cx.arg(1), cx.arg(2));
    if !cx.holds::<List>(source)? {
        return Ok(None);
    }
    cx.db().get::<List>(target)?;
    let Some(list) = cx.db().get_mut::<List>(source)? else {
        return Ok(None);
    };
    let Some(item) = from.pop(list) else {
        return Ok(None);
    };
    to.push(cx.db().get_or_new::<List>(target)?, &item);
    cx.changed(Events::LIST, to.push_event(), target);
    cx.changed(Events::LIST, from.pop_event(), source);
    cx.reap(source);
    Ok(Some(item))
}

fn ends(cx: &Cx<'_>) -> Result<(End, End), Error> {
    match cx.command.name {
        "lmove" | "blmove" => Ok((End::read(cx, 3)?, End::read(cx, 4)?)),
        _ => Ok((End::Right, End::Left)),
    }
}

fn lmove(cx: &mut Cx<'_>) -> Outcome {
    let (from, to) = ends(cx)?;
    let item = transfer(cx, from, to)?;
    cx.out.optional(item.as_deref());
    Ok(())
}

fn blmove(cx: &mut Cx<'_>) -> Outcome {
    let (from, to) = ends(cx)?;
    let timeout = cx.timeout(cx.len() - 1)?;
    match transfer(cx, from, to)? {
        Some(item) => cx.out.bulk(&item),
        None if cx.mode == Mode::Inside => cx.out.null(),
        None => return cx.block(&[cx.arg(1)], timeout, Otherwise::NullArray),
    }
    Ok(())
}

fn blpop(cx: &mut Cx<'_>) -> Outcome {
    let end = End::of(cx.command.name);
    let timeout = cx.timeout(cx.len() - 1)?;
    let keys = &cx.args[1..cx.len() - 1];
    for key in keys {
        if cx.holds::<List>(key)? {
            let taken = take(cx, key, end, 1)?;
            cx.out.array(2);
            cx.out.bulk(key);
            cx.out.optional(taken.first().map(Vec::as_slice));
            return Ok(());
        }
    }
    cx.block(keys, timeout, Otherwise::NullArray)
}

/// What LMPOP and ZMPOP take: keys, a word at their end, and how many elements.
pub(super) fn multi_pop<'a>(cx: &Cx<'a>, first: usize) -> Result<(&'a [&'a [u8]], usize), Error> {
    let count = cx.numkeys(first)?;
    let word = first.saturating_add(1).saturating_add(count);
    if word >= cx.len() {
        return Err(Error::SYNTAX);
    }
    let keys = &cx.args[first + 1..word];
    Ok((keys, word))
}

/// The count behind the word of LMPOP and ZMPOP.
pub(super) fn multi_pop_count(cx: &Cx<'_>, word: usize) -> Result<usize, Error> {
    const WRONG: Error = Error::new("ERR count should be greater than 0");
    let mut count = None;
    let mut at = word + 1;
    while at < cx.len() {
        if count.is_some() || !cx.is(at, "count") || at + 1 >= cx.len() {
            return Err(Error::SYNTAX);
        }
        let number = number::integer(cx.arg(at + 1)).ok_or(WRONG)?;
        count = Some(
            usize::try_from(number)
                .ok()
                .filter(|count| *count > 0)
                .ok_or(WRONG)?,
        );
        at += 2;
    }
    Ok(count.unwrap_or(1))
}

fn lmpop(cx: &mut Cx<'_>) -> Outcome {
    let blocking = cx.command.name == "blmpop";
    let first = 1 + usize::from(blocking);
    let timeout = if blocking { cx.timeout(1)? } else { 0 };
    let (keys, word) = multi_pop(cx, first)?;
    let end = End::read(cx, word)?;
    let count = multi_pop_count(cx, word)?;
    for key in keys {
        if cx.holds::<List>(key)? {
            let taken = take(cx, key, end, count)?;
            cx.out.array(2);
            cx.out.bulk(key);
            cx.out.bulks(taken);
            return Ok(());
        }
    }
    if blocking {
        return cx.block(keys, timeout, Otherwise::NullArray);
    }
    cx.out.null_array();
    Ok(())
}
