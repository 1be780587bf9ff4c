//! Places, which are kept in the scores of sorted sets.

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::geohash::{self, Place};
use crate::db::number::{integer, parse_double};
use crate::db::{Key, SortedSet, Value};
use crate::server::config::Events;

commands! {
    "geoadd" -5 [WRITE DENYOOM] (1, 1, 1) "geo" => geoadd;
    "geopos" -2 [READONLY] (1, 1, 1) "geo" => geopos;
    "geohash" -2 [READONLY] (1, 1, 1) "geo" => geohash_letters;
    "geodist" -4 [READONLY] (1, 1, 1) "geo" => geodist;
    "geosearch" -7 [READONLY] (1, 1, 1) "geo" => geosearch;
    "geosearchstore" -8 [WRITE DENYOOM] (1, 2, 1) "geo" => geosearchstore;
    "georadius" -6 [WRITE DENYOOM MOVABLEKEYS] (1, 1, 1) "geo" => georadius;
    "georadius_ro" -6 [READONLY] (1, 1, 1) "geo" => georadius;
    "georadiusbymember" -5 [WRITE DENYOOM MOVABLEKEYS] (1, 1, 1) "geo" => georadius;
    "georadiusbymember_ro" -5 [READONLY] (1, 1, 1) "geo" => georadius;
}

fn place(cx: &Cx<'_>, index: usize) -> Result<Place, Error> {
    let place = (cx.float(index)?, cx.float(index + 1)?);
    if geohash::is_valid(place) {
        return Ok(place);
    }
    Err(format!(
        "ERR invalid longitude,latitude pair {:.6},{:.6}",
        place.0, place.1
    )
    .into())
}

/// How many metres a unit has.
fn unit(cx: &Cx<'_>, index: usize) -> Result<f64, Error> {
    match cx.arg(index).to_ascii_lowercase().as_slice() {
        b"m" => Ok(1.0),
        b"km" => Ok(1000.0),
        b"ft" => Ok(0.3048),
        b"mi" => Ok(1609.34),
        _ => Err(Error::new(
            "ERR unsupported unit provided. please use M, KM, FT, MI",
        )),
    }
}

fn geoadd(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let (mut only_new, mut only_old, mut changes) = (false, false, false);
    let mut at = 2;
    while at < cx.len() {
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"nx" => only_new = true,
            b"xx" => only_old = true,
            b"ch" => changes = true,
            _ => break,
        }
        at += 1;
    }
    if !(cx.len() - at).is_multiple_of(3) || (only_new && only_old) {
        return Err(Error::SYNTAX);
    }
    let places = (at..cx.len())
        .step_by(3)
        .map(|at| Ok((place(cx, at)?, cx.arg(at + 2))));
    let places: Vec<(Place, &[u8])> = places.collect::<Result<_, Error>>()?;
    let limits = cx.state.config.sorted_set;
    if only_old && cx.db().get::<SortedSet>(key)?.is_none() {
        cx.out.int(0);
        return Ok(());
    }
    let set = cx.db().get_or_new::<SortedSet>(key)?;
    let (mut added, mut updated) = (0, 0);
    for (place, member) in places {
        let (old, score) = (set.score(member), geohash::encode(place));
        if (only_new && old.is_some()) || (only_old && old.is_none()) {
            continue;
        }
        added += i64::from(old.is_none());
        updated += i64::from(old.is_some_and(|old| old != score));
        set.insert(member, score, limits);
    }
    if added + updated > 0 {
        cx.changed(Events::SORTED_SET, "zadd", key);
    }
    cx.out.int(if changes { added + updated } else { added });
    Ok(())
}

fn geopos(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    cx.out.array(cx.args.len() - 2);
    for member in &cx.args[2..] {
        match set.and_then(|set| set.score(member)) {
            Some(score) => reply_place(&mut cx.out, score),
            None => cx.out.null_array(),
        }
    }
    Ok(())
}

fn reply_place(out: &mut crate::protocol::Reply, score: f64) {
    let (lon, lat) = geohash::decode(score);
    out.array(2);
    for degrees in [lon, lat] {
        // Seventeen decimals, as `%.17Lf` prints the number, without the zeros at the end.
        let text = format!("{degrees:.17}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if out.resp3 {
            out.bytes
                .extend_from_slice(format!(",{text}\r\n").as_bytes());
        } else {
            out.text(text);
        }
    }
}

fn geohash_letters(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    cx.out.array(cx.args.len() - 2);
    for member in &cx.args[2..] {
        match set.and_then(|set| set.score(member)) {
            Some(score) => cx.out.text(&geohash::letters(score)),
            None => cx.out.null(),
        }
    }
    Ok(())
}

fn geodist(cx: &mut Cx<'_>) -> Outcome {
    let factor = match cx.len() {
        4 => 1.0,
        5 => unit(cx, 4)?,
        _ => return Err(Error::SYNTAX),
    };
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    let score = |member: &[u8]| set.and_then(|set| set.score(member));
    match score(cx.args[2]).zip(score(cx.args[3])) {
        Some((a, b)) => {
            let metres = geohash::distance(geohash::decode(a), geohash::decode(b));
            cx.out.text(&format!("{:.4}", metres / factor));
        }
        None => cx.out.null(),
    }
    Ok(())
}

/// What is searched.
#[derive(Debug, Clone, Copy)]
enum Area {
    Circle(f64),
    Rectangle(f64, f64),
}

/// What a search is asked for.
#[derive(Default)]
struct Query {
    center: Option<Place>,
    area: Option<Area>,
    factor: f64,
    coordinates: bool,
    distances: bool,
    hashes: bool,
    descending: Option<bool>,
    count: Option<(usize, bool)>,
    store_distances: bool,
}

fn query(cx: &mut Cx<'_>, source: &[u8], from: usize, storing: bool) -> Result<Query, Error> {
    let mut query = Query {
        factor: 1.0,
        ..Query::default()
    };
    let mut at = from;
    while at < cx.len() {
        let rest = cx.len() - at - 1;
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"withcoord" => query.coordinates = true,
            b"withdist" => query.distances = true,
            b"withhash" => query.hashes = true,
            b"asc" => query.descending = Some(false),
            b"desc" => query.descending = Some(true),
            b"any" if query.count.is_some() => {
                query.count = query.count.map(|(count, _)| (count, true))
            }
            b"any" => return Err(Error::new("ERR the ANY argument requires COUNT argument")),
            b"storedist" if storing => query.store_distances = true,
            b"count" if rest >= 1 => {
                let count = integer(cx.arg(at + 1)).ok_or(Error::NOT_INTEGER)?;
                let count = usize::try_from(count).ok().filter(|count| *count > 0);
                query.count = Some((count.ok_or(Error::new("ERR COUNT must be > 0"))?, false));
                at += 1;
            }
            b"frommember" if rest >= 1 && query.center.is_none() => {
                query.center = Some(member_place(cx, source, cx.arg(at + 1))?);
                at += 1;
            }
            b"fromlonlat" if rest >= 2 && query.center.is_none() => {
                query.center = Some(place(cx, at + 1)?);
                at += 2;
            }
            b"byradius" if rest >= 2 && query.area.is_none() => {
                let radius = radius(cx, at + 1)?;
                query.factor = unit(cx, at + 2)?;
                query.area = Some(Area::Circle(radius * query.factor));
                at += 2;
            }
            b"bybox" if rest >= 3 && query.area.is_none() => {
                let size = |index: usize, name: &str| {
                    parse_double(cx.arg(index))
                        .ok_or_else(|| Error::from(format!("ERR need numeric {name}")))
                };
                let (width, height) = (size(at + 1, "width")?, size(at + 2, "height")?);
                if width < 0.0 || height < 0.0 {
                    return Err(Error::new("ERR height or width cannot be negative"));
                }
                query.factor = unit(cx, at + 3)?;
                query.area = Some(Area::Rectangle(width * query.factor, height * query.factor));
                at += 3;
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    let name = cx.command.name;
    if storing && (query.coordinates || query.distances || query.hashes) {
        return Err(format!(
            "ERR {name} is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
        )
        .into());
    }
    if query.center.is_none() {
        return Err(format!(
            "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for {name}"
        )
        .into());
    }
    if query.area.is_none() {
        return Err(
            format!("ERR exactly one of BYRADIUS and BYBOX can be specified for {name}").into(),
        );
    }
    Ok(query)
}

fn radius(cx: &Cx<'_>, index: usize) -> Result<f64, Error> {
    let radius = parse_double(cx.arg(index)).ok_or(Error::new("ERR need numeric radius"))?;
    if radius < 0.0 {
        return Err(Error::new("ERR radius cannot be negative"));
    }
    Ok(radius)
}

fn member_place(cx: &mut Cx<'_>, key: &[u8], member: &[u8]) -> Result<Place, Error> {
    let Some(set) = cx.db().get::<SortedSet>(key)? else {
        return Ok((0.0, 0.0));
    };
    let score = set
        .score(member)
        .ok_or(Error::new("ERR could not decode requested zset member"))?;
    Ok(geohash::decode(score))
}

/// What a search finds: members with distances in metres and scores.
fn search(cx: &mut Cx<'_>, key: &[u8], query: &Query) -> Result<Vec<(Key, f64, f64)>, Error> {
    let (Some(center), Some(area)) = (query.center, query.area) else {
        return Ok(Vec::new());
    };
    let Some(set) = cx.db().get::<SortedSet>(key)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (member, score) in set.iter() {
        let place = geohash::decode(score);
        let distance = match area {
            Area::Circle(radius) => {
                Some(geohash::distance(center, place)).filter(|distance| *distance <= radius)
            }
            Area::Rectangle(width, height) => geohash::in_box(center, place, width, height),
        };
        found.extend(distance.map(|distance| (member.clone(), distance, score)));
    }
    let (count, any) = query.count.unwrap_or((usize::MAX, true));
    if any {
        found.truncate(count);
    }
    // A count without ANY is of the nearest ones.
    if query.descending.is_some() || !any {
        found.sort_by(|left, right| left.1.total_cmp(&right.1));
    }
    if query.descending == Some(true) {
        found.reverse();
    }
    found.truncate(count);
    Ok(found)
}

fn reply_found(cx: &mut Cx<'_>, found: &[(Key, f64, f64)], query: &Query) {
    let extras = [query.distances, query.hashes, query.coordinates];
    let extras = extras.into_iter().filter(|extra| *extra).count();
    cx.out.array(found.len());
    for (member, distance, score) in found {
        if extras > 0 {
            cx.out.array(1 + extras);
        }
        cx.out.bulk(member);
        if query.distances {
            cx.out.text(&format!("{:.4}", distance / query.factor));
        }
        if query.hashes {
            cx.out.int(*score as i64);
        }
        if query.coordinates {
            reply_place(&mut cx.out, *score);
        }
    }
}

fn store_found(
    cx: &mut Cx<'_>,
    target: &[u8],
    found: &[(Key, f64, f64)],
    query: &Query,
    event: &str,
) {
    if found.is_empty() {
        cx.delete(target);
    } else {
        let limits = cx.state.config.sorted_set;
        let mut set = SortedSet::default();
        for (member, distance, score) in found {
            let score = if query.store_distances {
                distance / query.factor
            } else {
                *score
            };
            set.insert(member, score, limits);
        }
        cx.db().set(target, Value::SortedSet(Box::new(set)));
        cx.changed(Events::SORTED_SET, event, target);
    }
    cx.out.count(found.len());
}

fn geosearch(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    cx.db().get::<SortedSet>(key)?;
    let query = query(cx, key, 2, false)?;
    let found = search(cx, key, &query)?;
    reply_found(cx, &found, &query);
    Ok(())
}

fn geosearchstore(cx: &mut Cx<'_>) -> Outcome {
    let (target, key) = (cx.arg(1), cx.arg(2));
    cx.db().get::<SortedSet>(key)?;
    let query = query(cx, key, 3, true)?;
    let found = search(cx, key, &query)?;
    store_found(cx, target, &found, &query, "geosearchstore");
    Ok(())
}

/// GEORADIUS and GEORADIUSBYMEMBER, with their forms that only read.
fn georadius(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    cx.db().get::<SortedSet>(key)?;
    let by_member = cx.command.name.starts_with("georadiusbymember");
    let (center, at) = if by_member {
        (member_place(cx, key, cx.arg(2))?, 3)
    } else {
        (place(cx, 2)?, 4)
    };
    let missing = cx.db().get::<SortedSet>(key)?.is_none();
    // Around a member of nothing, Redis does not look at the radius.
    let (radius, factor) = if by_member && missing {
        (0.0, 1.0)
    } else {
        (radius(cx, at)?, unit(cx, at + 1)?)
    };
    let mut query = Query {
        center: Some(center),
        area: Some(Area::Circle(radius * factor)),
        factor,
        ..Query::default()
    };
    let mut store = None;
    let mut at = at + 2;
    while at < cx.len() {
        let more = at + 1 < cx.len();
        let writes = !cx.command.name.ends_with("_ro");
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"withcoord" => query.coordinates = true,
            b"withdist" => query.distances = true,
            b"withhash" => query.hashes = true,
            b"asc" => query.descending = Some(false),
            b"desc" => query.descending = Some(true),
            b"any" if query.count.is_some() => {
                query.count = query.count.map(|(count, _)| (count, true))
            }
            b"any" => return Err(Error::new("ERR the ANY argument requires COUNT argument")),
            b"count" if more => {
                let count = usize::try_from(cx.int(at + 1)?)
                    .ok()
                    .filter(|count| *count > 0);
                query.count = Some((count.ok_or(Error::new("ERR COUNT must be > 0"))?, false));
                at += 1;
            }
            b"store" | b"storedist" if more && writes => {
                query.store_distances = cx.is(at, "storedist");
                store = Some(cx.arg(at + 1));
                at += 1;
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    if store.is_some() && (query.coordinates || query.distances || query.hashes) {
        return Err(Error::new(
            "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
        ));
    }
    let found = search(cx, key, &query)?;
    match store {
        Some(target) => store_found(cx, target, &found, &query, "georadiusstore"),
        None => reply_found(cx, &found, &query),
    }
    Ok(())
}
