//! XRANGE, XREVRANGE and XLEN.

use super::{entry, parse};
use crate::command::context::db;
use crate::command::{Cx, Error, Outcome};
use crate::db::Stream;

pub(super) fn xrange(cx: &mut Cx<'_>) -> Outcome {
    let backwards = cx.command.name == "xrevrange";
    let (from, to) = if backwards { (3, 2) } else { (2, 3) };
    let start = parse::start(cx.arg(from))?;
    let end = parse::end(cx.arg(to))?;
    let count = count(cx)?;
    let Some(stream) = db!(cx).get::<Stream>(cx.args[1])? else {
        cx.out.array(0);
        return Ok(());
    };
    if count == 0 {
        cx.out.null_array();
        return Ok(());
    }
    cx.out.deferred(|out| {
        let found = stream.range(start, end).into_iter().flatten();
        let write = |(id, fields)| entry(out, id, fields);
        if backwards {
            found.rev().take(count).map(write).count()
        } else {
            found.take(count).map(write).count()
        }
    });
    Ok(())
}

/// The option COUNT; without it, all.
fn count(cx: &Cx<'_>) -> Result<usize, Error> {
    let mut count = -1;
    let mut at = 4;
    while at < cx.len() {
        if !cx.is(at, "count") || at + 1 >= cx.len() {
            return Err(Error::SYNTAX);
        }
        count = cx.int(at + 1)?.max(0);
        at += 2;
    }
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

pub(super) fn xlen(cx: &mut Cx<'_>) -> Outcome {
    let length = db!(cx).get::<Stream>(cx.args[1])?.map_or(0, Stream::len);
    cx.out.count(length);
    Ok(())
}
