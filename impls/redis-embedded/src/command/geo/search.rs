//! GEOSEARCH, GEORADIUS and their like.

use super::options::Options;
use super::{coordinates, distance};
use crate::command::context::db;
use crate::command::{Cx, Outcome};
use crate::db::geohash::{self, Place, Shape};
use crate::db::{Key, Kind, SortedSet};
use crate::profile::Profile;
use crate::server::events::Events;

/// A place that was found.
#[derive(Debug)]
struct Found {
    member: Key,
    score: f64,
    place: Place,
    metres: f64,
}

pub(super) fn geosearch(cx: &mut Cx<'_>) -> Outcome {
    let key = if cx.command.name == "geosearchstore" {
        cx.arg(2)
    } else {
        cx.arg(1)
    };
    let options = Options::read(cx, key)?;
    let mut found = match (options.middle, options.shape) {
        (Some(middle), Some(shape)) => find(cx, key, middle, shape, &options)?,
        _ => Vec::new(),
    };
    // The nearest ones are meant when there are too many, unless any will do.
    let nearest = options.count > 0 && !options.any;
    match options.descending {
        Some(true) => found.sort_by(|a, b| b.metres.total_cmp(&a.metres)),
        Some(false) => found.sort_by(|a, b| a.metres.total_cmp(&b.metres)),
        None if nearest => found.sort_by(|a, b| a.metres.total_cmp(&b.metres)),
        None => {}
    }
    if options.count > 0 {
        found.truncate(options.count);
    }
    match options.store {
        Some(target) => store(cx, target, &found, &options),
        None => reply(cx, &found, &options),
    }
    Ok(())
}

fn find(
    cx: &mut Cx<'_>,
    key: &[u8],
    middle: Place,
    shape: Shape,
    options: &Options<'_>,
) -> Result<Vec<Found>, crate::command::Error> {
    let mut found = Vec::new();
    let Some(set) = db!(cx).get::<SortedSet>(key)? else {
        return Ok(found);
    };
    let enough = |found: &Vec<Found>| options.any && found.len() >= options.count;
    for (low, high) in shape.ranges(middle) {
        if enough(&found) {
            break;
        }
        let start = set.partition(|score, _| score < low);
        let end = set.partition(|score, _| score < high);
        for (member, score) in set.range(start, end) {
            let place = geohash::decode(score);
            if let Some(metres) = shape.contains(middle, place) {
                found.push(Found {
                    member,
                    score,
                    place,
                    metres,
                });
            }
            if enough(&found) {
                break;
            }
        }
    }
    Ok(found)
}

fn reply(cx: &mut Cx<'_>, found: &[Found], options: &Options<'_>) {
    let shown = [options.with_distance, options.with_hash, options.with_place];
    let shown = shown.into_iter().filter(|shown| *shown).count();
    let shortest = cx.state.profile == Profile::Redis8_2;
    let out = &mut cx.out;
    out.array(found.len());
    for item in found {
        if shown > 0 {
            out.array(shown + 1);
        }
        out.bulk(&item.member);
        if options.with_distance {
            distance(out, item.metres, options.unit);
        }
        if options.with_hash {
            out.int(item.score as i64);
        }
        if options.with_place {
            coordinates(out, item.place, shortest);
        }
    }
}

fn store(cx: &mut Cx<'_>, target: &[u8], found: &[Found], options: &Options<'_>) {
    cx.out.count(found.len());
    if found.is_empty() {
        cx.clear(target);
        return;
    }
    let limits = cx.state.config.sorted_set;
    let mut set = SortedSet::default();
    for item in found {
        let score = if options.store_distance {
            item.metres / options.unit
        } else {
            item.score
        };
        set.insert(&item.member, score, limits);
    }
    cx.db().set(target, set.wrap());
    let event = if cx.command.name == "geosearchstore" {
        "geosearchstore"
    } else {
        "georadiusstore"
    };
    cx.changed(Events::SORTED_SET, event, target);
}
