//! Ranges of sorted sets, by rank, score or member.

use super::super::args::clip;
use super::super::context::db;
use super::super::{Cx, Error, Outcome};
use super::reply_scored;
use crate::db::{Key, SortedSet, Value};
use crate::profile::Profile;
use crate::server::events::Events;

/// By what a range goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Rank,
    Score,
    Lex,
}

/// One end of a range by score.
#[derive(Debug, Clone, Copy)]
struct ScoreBound {
    score: f64,
    open: bool,
}

impl ScoreBound {
    fn read(cx: &Cx<'_>, index: usize) -> Result<ScoreBound, Error> {
        let (open, text) = match cx.arg(index) {
            [b'(', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let score = cx.bound(text);
        let score = score.ok_or(Error::new("ERR min or max is not a float"))?;
        Ok(ScoreBound { score, open })
    }

    /// Whether a score lies below, this being a lower end.
    fn excludes_below(self, score: f64) -> bool {
        if self.open {
            score <= self.score
        } else {
            score < self.score
        }
    }

    /// Whether a score lies within, this being an upper end.
    fn includes_below(self, score: f64) -> bool {
        if self.open {
            score < self.score
        } else {
            score <= self.score
        }
    }
}

/// One end of a range by member.
#[derive(Debug, Clone, Copy)]
enum LexBound<'a> {
    Lowest,
    Highest,
    Member(&'a [u8], bool),
}

impl<'a> LexBound<'a> {
    fn read(text: &'a [u8]) -> Result<LexBound<'a>, Error> {
        match text {
            b"-" => Ok(LexBound::Lowest),
            b"+" => Ok(LexBound::Highest),
            [b'[', member @ ..] => Ok(LexBound::Member(member, false)),
            [b'(', member @ ..] => Ok(LexBound::Member(member, true)),
            _ => Err(Error::new("ERR min or max not valid string range item")),
        }
    }

    fn excludes_below(self, member: &[u8]) -> bool {
        match self {
            LexBound::Lowest => false,
            LexBound::Highest => true,
            LexBound::Member(bound, open) => member < bound || (open && member == bound),
        }
    }

    fn includes_below(self, member: &[u8]) -> bool {
        match self {
            LexBound::Lowest => false,
            LexBound::Highest => true,
            LexBound::Member(bound, open) => member < bound || (!open && member == bound),
        }
    }
}

/// A range of a kind that is known, with its ends read.
#[derive(Debug, Clone, Copy)]
enum Range<'a> {
    Rank(i64, i64),
    Score(ScoreBound, ScoreBound),
    Lex(LexBound<'a>, LexBound<'a>),
}

impl<'a> Range<'a> {
    /// Reads the ends, the lower one first.
    fn read(cx: &Cx<'a>, by: By, low: usize, high: usize) -> Result<Range<'a>, Error> {
        Ok(match by {
            By::Rank => Range::Rank(cx.int(low)?, cx.int(high)?),
            By::Score => {
                let low = ScoreBound::read(cx, low)?;
                Range::Score(low, ScoreBound::read(cx, high)?)
            }
            By::Lex => {
                let low = LexBound::read(cx.arg(low))?;
                Range::Lex(low, LexBound::read(cx.arg(high))?)
            }
        })
    }

    /// The ranks it covers, from the lowest score on.
    fn ranks(self, set: &SortedSet, reverse: bool) -> (usize, usize) {
        match self {
            Range::Rank(start, end) => {
                let (start, end) = clip(start, end, set.len()).unwrap_or((0, 0));
                if reverse {
                    (set.len() - end, set.len() - start)
                } else {
                    (start, end)
                }
            }
            Range::Score(low, high) => (
                set.partition(|score, _| low.excludes_below(score)),
                set.partition(|score, _| high.includes_below(score)),
            ),
            Range::Lex(low, high) => (
                set.partition(|_, member| low.excludes_below(member)),
                set.partition(|_, member| high.includes_below(member)),
            ),
        }
    }
}

/// What a range command is asked for.
struct Query<'a> {
    range: Range<'a>,
    reverse: bool,
    scores: bool,
    /// Offset and count; both may be negative.
    limit: (i64, i64),
    /// Whether a negative offset counts from the end of the range, where the set is no compact one.
    from_end: bool,
}

/// Reads a range command whose ends are at `first`. Commands other than ZRANGE and ZRANGESTORE fix
/// by what they go and in which direction.
fn query<'a>(
    cx: &Cx<'a>,
    first: usize,
    fixed: Option<(By, bool)>,
    store: bool,
) -> Result<Query<'a>, Error> {
    let (mut by, mut reverse) = fixed.unwrap_or((By::Rank, false));
    let (mut by_free, mut reverse_free) = (fixed.is_none(), fixed.is_none());
    let mut scores = false;
    let mut limit = None;
    let mut at = first + 2;
    while at < cx.len() {
        let word = cx.arg(at).to_ascii_lowercase();
        match word.as_slice() {
            b"withscores" if !store => scores = true,
            b"limit" if at + 2 < cx.len() => {
                limit = Some((cx.int(at + 1)?, cx.int(at + 2)?));
                at += 2;
            }
            b"byscore" if by_free => (by, by_free) = (By::Score, false),
            b"bylex" if by_free => (by, by_free) = (By::Lex, false),
            b"rev" if reverse_free => (reverse, reverse_free) = (true, false),
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    if limit.is_some_and(|(_, count)| count != -1) && by == By::Rank {
        return Err(Error::new(
            "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
        ));
    }
    if scores && by == By::Lex {
        return Err(Error::new(
            "ERR syntax error, WITHSCORES not supported in combination with BYLEX",
        ));
    }
    let swapped = reverse && by != By::Rank;
    let (low, high) = if swapped {
        (first + 1, first)
    } else {
        (first, first + 1)
    };
    let range = Range::read(cx, by, low, high)?;
    Ok(Query {
        range,
        reverse,
        scores,
        limit: limit.unwrap_or((0, -1)),
        from_end: cx.state.profile == Profile::Valkey9_1,
    })
}

/// The elements a query asks for.
fn select(set: Option<&SortedSet>, query: &Query<'_>) -> Vec<(Key, f64)> {
    let Some(set) = set else { return Vec::new() };
    let (start, end) = query.range.ranks(set, query.reverse);
    let (offset, count) = query.limit;
    let within = end.saturating_sub(start);
    let Some(offset) = (match usize::try_from(offset) {
        Err(_) if query.from_end && !set.compact => usize::try_from(offset.unsigned_abs())
            .ok()
            .and_then(|back| within.checked_sub(back)),
        offset => offset.ok(),
    }) else {
        return Vec::new();
    };
    let length = within.saturating_sub(offset);
    let length = usize::try_from(count).map_or(length, |count| count.min(length));
    let first = if query.reverse {
        end.saturating_sub(offset + length)
    } else {
        start + offset
    };
    let mut found = if length == 0 {
        Vec::new()
    } else {
        set.range(first, first + length)
    };
    if query.reverse {
        found.reverse();
    }
    found
}

pub(super) fn zrange(cx: &mut Cx<'_>) -> Outcome {
    let fixed = match cx.command.name {
        "zrange" => None,
        "zrevrange" => Some((By::Rank, true)),
        "zrangebyscore" => Some((By::Score, false)),
        "zrevrangebyscore" => Some((By::Score, true)),
        "zrangebylex" => Some((By::Lex, false)),
        _ => Some((By::Lex, true)),
    };
    let query = query(cx, 2, fixed, false)?;
    let found = select(
        cx.state.dbs[cx.client.db].get::<SortedSet>(cx.args[1])?,
        &query,
    );
    reply_scored(cx, &found, query.scores);
    Ok(())
}

pub(super) fn zrangestore(cx: &mut Cx<'_>) -> Outcome {
    let target = cx.arg(1);
    let query = query(cx, 3, None, true)?;
    let found = select(
        cx.state.dbs[cx.client.db].get::<SortedSet>(cx.args[2])?,
        &query,
    );
    store(cx, target, &found, true, "zrangestore");
    cx.out.count(found.len());
    Ok(())
}

/// Stores a result, of which an empty one removes the key; `compact` is how the set begins.
pub(super) fn store(
    cx: &mut Cx<'_>,
    target: &[u8],
    items: &[(Key, f64)],
    compact: bool,
    event: &str,
) {
    if items.is_empty() {
        cx.clear(target);
        return;
    }
    let limits = cx.state.config.sorted_set;
    let mut set = SortedSet::empty(compact);
    for (member, score) in items {
        set.insert(member, *score, limits);
    }
    cx.db().set(target, Value::SortedSet(Box::new(set)));
    cx.changed(Events::SORTED_SET, event, target);
}

pub(super) fn zcount(cx: &mut Cx<'_>) -> Outcome {
    let by = if cx.command.name == "zcount" {
        By::Score
    } else {
        By::Lex
    };
    let range = Range::read(cx, by, 2, 3)?;
    let count = db!(cx).get::<SortedSet>(cx.args[1])?.map_or(0, |set| {
        let (start, end) = range.ranks(set, false);
        end.saturating_sub(start)
    });
    cx.out.count(count);
    Ok(())
}

pub(super) fn zremrange(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let (by, event) = match cx.command.name {
        "zremrangebyrank" => (By::Rank, "zremrangebyrank"),
        "zremrangebyscore" => (By::Score, "zremrangebyscore"),
        _ => (By::Lex, "zremrangebylex"),
    };
    let range = Range::read(cx, by, 2, 3)?;
    let Some(set) = cx.db().get_mut::<SortedSet>(key)? else {
        cx.out.int(0);
        return Ok(());
    };
    let (start, end) = range.ranks(set, false);
    let gone = set.range(start, end.max(start));
    gone.iter().for_each(|(member, _)| {
        set.remove(member);
    });
    if !gone.is_empty() {
        cx.changed(Events::SORTED_SET, event, key);
        cx.reap(key);
    }
    cx.out.count(gone.len());
    Ok(())
}
