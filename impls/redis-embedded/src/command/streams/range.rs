//! Reading parts of streams.

use super::super::context::db;
use super::super::{Cx, Error, Outcome};
use super::{parse_bound, reply_entry};
use crate::db::Stream;

pub(super) fn xrange(cx: &mut Cx<'_>) -> Outcome {
    let reverse = cx.command.name == "xrevrange";
    let (low, high) = if reverse { (3, 2) } else { (2, 3) };
    let start = parse_bound(cx.arg(low), true)?;
    let end = parse_bound(cx.arg(high), false)?;
    let mut count = None;
    let mut at = 4;
    while at < cx.len() {
        if !cx.is(at, "count") || at + 1 >= cx.len() {
            return Err(Error::SYNTAX);
        }
        count = Some(usize::try_from(cx.int(at + 1)?).unwrap_or_default());
        at += 2;
    }
    let stream = db!(cx).get::<Stream>(cx.args[1])?;
    let Some(stream) = stream else {
        cx.out.array(0);
        return Ok(());
    };
    if count == Some(0) {
        cx.out.null_array();
        return Ok(());
    }
    let count = count.unwrap_or(usize::MAX);
    if start > end {
        cx.out.array(0);
        return Ok(());
    }
    let range = stream.entries.range(start..=end);
    cx.out.deferred(|out| {
        let mut length = 0;
        let mut write = |(id, fields)| {
            reply_entry(out, id, fields);
            length += 1;
        };
        if reverse {
            range
                .rev()
                .take(count)
                .for_each(|(id, fields)| write((*id, fields)));
        } else {
            range
                .take(count)
                .for_each(|(id, fields)| write((*id, fields)));
        }
        length
    });
    Ok(())
}
