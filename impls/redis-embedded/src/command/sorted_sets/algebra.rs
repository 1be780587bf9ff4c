//! Unions, intersections and differences of sorted sets, and of sets among them.

use indexmap::IndexMap;

use super::super::sets::card_limit;
use super::super::{Cx, Error, Outcome};
use super::range::store;
use super::reply_scored;
use crate::db::number::integer;
use crate::db::{Key, Kind, Set, SortedSet};

/// How sorted sets are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Union,
    Inter,
    Diff,
}

impl How {
    fn of(command: &str) -> How {
        match &command[1..3] {
            "un" => How::Union,
            "in" => How::Inter,
            _ => How::Diff,
        }
    }
}

/// How the scores of an element are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            // Infinities of both signs add up to nothing.
            Aggregate::Sum => not_nan(left + right),
            Aggregate::Min => left.min(right),
            Aggregate::Max => left.max(right),
        }
    }
}

fn not_nan(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}

/// What is combined, and how.
struct Plan {
    how: How,
    weights: Vec<f64>,
    aggregate: Aggregate,
    scores: bool,
}

/// Reads the number of keys at an index.
fn count_keys(cx: &Cx<'_>, index: usize) -> Result<usize, Error> {
    let count = integer(cx.arg(index)).ok_or(Error::NOT_INTEGER)?;
    if count < 1 {
        let name = cx.command.name;
        return Err(format!("ERR at least 1 input key is needed for '{name}' command").into());
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > cx.len() - index - 1 {
        return Err(Error::SYNTAX);
    }
    Ok(count)
}

fn plan(cx: &mut Cx<'_>, index: usize, storing: bool) -> Result<(Plan, Vec<SortedSet>), Error> {
    let how = How::of(cx.command.name);
    let count = count_keys(cx, index)?;
    let keys = &cx.args[index + 1..=index + count];
    // Types are checked before the options are.
    let sets = keys
        .iter()
        .map(|key| load(cx, key))
        .collect::<Result<Vec<_>, _>>()?;
    let weights = vec![1.0; count];
    let mut plan = Plan {
        how,
        weights,
        aggregate: Aggregate::Sum,
        scores: false,
    };
    let mut at = index + 1 + count;
    while at < cx.len() {
        if how != How::Diff && cx.is(at, "weights") && at + count < cx.len() {
            for (place, weight) in plan.weights.iter_mut().enumerate() {
                const WRONG: Error = Error::new("ERR weight value is not a float");
                *weight = cx.double(at + 1 + place).ok_or(WRONG)?;
            }
            at += 1 + count;
        } else if how != How::Diff && cx.is(at, "aggregate") && at + 1 < cx.len() {
            plan.aggregate = match cx.arg(at + 1).to_ascii_lowercase().as_slice() {
                b"sum" => Aggregate::Sum,
                b"min" => Aggregate::Min,
                b"max" => Aggregate::Max,
                _ => return Err(Error::SYNTAX),
            };
            at += 2;
        } else if !storing && cx.is(at, "withscores") {
            plan.scores = true;
            at += 1;
        } else {
            return Err(Error::SYNTAX);
        }
    }
    Ok((plan, sets))
}

/// A key's sorted set, or its set with all scores one.
fn load(cx: &mut Cx<'_>, key: &[u8]) -> Result<SortedSet, Error> {
    let Some(entry) = cx.db().entry(key) else {
        return Ok(SortedSet::default());
    };
    if let Some(set) = SortedSet::of(&entry.value) {
        return Ok(set.clone());
    }
    let set = Set::of(&entry.value).ok_or(Error::WRONG_TYPE)?;
    let mut scored = SortedSet::default();
    for member in set.iter() {
        scored.insert(&member, 1.0, (usize::MAX, usize::MAX));
    }
    Ok(scored)
}

fn combine(plan: &Plan, sets: &[SortedSet]) -> Vec<(Key, f64)> {
    // It becomes a compact one, in which a zero has no sign, when it is stored, if at all.
    let mut result = SortedSet::empty(false);
    let limits = (usize::MAX, usize::MAX);
    match plan.how {
        How::Union => {
            // Not in the result itself, which would keep a zero of the other sign.
            let mut sums = IndexMap::new();
            for (set, weight) in sets.iter().zip(&plan.weights) {
                for (member, score) in set.iter() {
                    let score = not_nan(score * weight);
                    let sum = sums.entry(member).or_insert(None);
                    *sum = Some(sum.map_or(score, |old| plan.aggregate.apply(old, score)));
                }
            }
            for (member, sum) in sums {
                result.insert(member, sum.unwrap_or_default(), limits);
            }
        }
        How::Inter => {
            for (member, score) in sets[0].iter() {
                let mut sum = Some(not_nan(score * plan.weights[0]));
                for (set, weight) in sets.iter().zip(&plan.weights).skip(1) {
                    let other = set.score(member).map(|score| not_nan(score * weight));
                    sum = sum
                        .zip(other)
                        .map(|(sum, other)| plan.aggregate.apply(sum, other));
                }
                if let Some(sum) = sum {
                    result.insert(member, sum, limits);
                }
            }
        }
        How::Diff => {
            for (member, score) in sets[0].iter() {
                if sets[1..].iter().all(|set| set.score(member).is_none()) {
                    result.insert(member, score, limits);
                }
            }
        }
    }
    result
        .iter()
        .map(|(member, score)| (member.clone(), score))
        .collect()
}

pub(super) fn zunion(cx: &mut Cx<'_>) -> Outcome {
    let (plan, sets) = plan(cx, 1, false)?;
    let found = combine(&plan, &sets);
    reply_scored(cx, &found, plan.scores);
    Ok(())
}

pub(super) fn zunionstore(cx: &mut Cx<'_>) -> Outcome {
    let (plan, sets) = plan(cx, 2, true)?;
    let found = combine(&plan, &sets);
    let (entries, bytes) = cx.state.config.sorted_set;
    let compact = found.len() <= entries && found.iter().all(|(member, _)| member.len() <= bytes);
    store(cx, cx.arg(1), &found, compact, cx.command.name);
    cx.out.count(found.len());
    Ok(())
}

pub(super) fn zintercard(cx: &mut Cx<'_>) -> Outcome {
    let count = count_keys(cx, 1)?;
    let keys = &cx.args[2..2 + count];
    let sets = keys
        .iter()
        .map(|key| load(cx, key))
        .collect::<Result<Vec<_>, _>>()?;
    let (_, limit) = card_limit(cx, count)?;
    let common = sets[0]
        .iter()
        .filter(|(member, _)| sets[1..].iter().all(|set| set.score(member).is_some()));
    cx.out.count(common.take(limit).count());
    Ok(())
}
