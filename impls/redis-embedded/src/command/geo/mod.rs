//! Places: sorted sets whose scores are positions on the earth.

mod options;
mod search;

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::LongDouble;
use crate::db::SortedSet;
use crate::db::geohash::{self, Place};
use crate::db::number::shortest_double;
use crate::profile::Profile;
use crate::protocol::Reply;
use crate::server::events::Events;

commands! {
    "geoadd" -5 [WRITE DENYOOM] (1, 1, 1) "geo" => geoadd;
    "geodist" -4 [READONLY] (1, 1, 1) "geo" => geodist;
    "geohash" -2 [READONLY] (1, 1, 1) "geo" => geohash;
    "geopos" -2 [READONLY] (1, 1, 1) "geo" => geopos;
    "geosearch" -7 [READONLY] (1, 1, 1) "geo" => search::geosearch;
    "geosearchstore" -8 [WRITE DENYOOM SOURCES] (1, 2, 1) "geo" => search::geosearch;
    "georadius" -6 [WRITE DENYOOM MOVABLEKEYS SOURCES] (1, 1, 1) "geo" => search::geosearch;
    "georadius_ro" -6 [READONLY] (1, 1, 1) "geo" => search::geosearch;
    "georadiusbymember" -5 [WRITE DENYOOM MOVABLEKEYS SOURCES] (1, 1, 1) "geo" => search::geosearch;
    "georadiusbymember_ro" -5 [READONLY] (1, 1, 1) "geo" => search::geosearch;
}

/// Reads a longitude and a latitude.
fn place(cx: &Cx<'_>, index: usize) -> Result<Place, Error> {
    let place = Place {
        longitude: cx.float(index)?,
        latitude: cx.float(index + 1)?,
    };
    let valid = place.longitude.abs() <= geohash::MOST_LONGITUDE
        && place.latitude.abs() <= geohash::MOST_LATITUDE;
    if valid {
        return Ok(place);
    }
    let Place {
        longitude,
        latitude,
    } = place;
    let text = format!("ERR invalid longitude,latitude pair {longitude:.6},{latitude:.6}");
    Err(text.into())
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

/// Writes a distance with the four digits Redis gives.
fn distance(out: &mut Reply, metres: f64, unit: f64) {
    out.text(&format!("{:.4}", metres / unit));
}

/// Writes a place, whose degrees Redis 8 writes with as few digits as tell them apart.
fn coordinates(out: &mut Reply, place: Place, shortest: bool) {
    out.array(2);
    for degrees in [place.longitude, place.latitude] {
        let text = if shortest {
            shortest_double(degrees)
        } else {
            LongDouble::from(degrees).human()
        };
        if out.resp3 {
            out.bytes.extend([b",", text.as_bytes(), b"\r\n"].concat());
        } else {
            out.text(&text);
        }
    }
}

fn geoadd(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let (mut only_new, mut only_old, mut count_changed) = (false, false, false);
    let mut at = 2;
    while at < cx.len() {
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"nx" => only_new = true,
            b"xx" => only_old = true,
            b"ch" => count_changed = true,
            _ => break,
        }
        at += 1;
    }
    let elements = cx.args.get(at..).unwrap_or_default();
    if !elements.len().is_multiple_of(3) || (only_new && only_old) || elements.is_empty() {
        return Err(Error::SYNTAX);
    }
    let mut places = Vec::with_capacity(elements.len() / 3);
    for at in (at..cx.len()).step_by(3) {
        places.push((geohash::encode(place(cx, at)?), cx.arg(at + 2)));
    }
    let limits = cx.state.config.sorted_set;
    if only_old && db!(cx).get::<SortedSet>(key)?.is_none() {
        cx.out.int(0);
        return Ok(());
    }
    let set = db!(cx).get_or_new::<SortedSet>(key)?;
    let (mut added, mut updated) = (0, 0);
    for (score, member) in places {
        match set.score(member) {
            None if only_old => {}
            None => {
                set.insert(member, score, limits);
                added += 1;
            }
            Some(old) if only_new || old == score => {}
            Some(_) => {
                set.insert(member, score, limits);
                updated += 1;
            }
        }
    }
    if added + updated > 0 {
        cx.changed(Events::SORTED_SET, "zadd", key);
    }
    cx.out
        .count(added + if count_changed { updated } else { 0 });
    Ok(())
}

fn geodist(cx: &mut Cx<'_>) -> Outcome {
    let unit = match cx.len() {
        4 => 1.0,
        5 => unit(cx, 4)?,
        _ => return Err(Error::SYNTAX),
    };
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    let score = |index: usize| set.and_then(|set| set.score(cx.args[index]));
    let ends = score(2).zip(score(3));
    match ends {
        Some((a, b)) => {
            let metres = geohash::distance(geohash::decode(a), geohash::decode(b));
            distance(&mut cx.out, metres, unit);
        }
        None => cx.out.null(),
    }
    Ok(())
}

/// The scores of the members in the arguments.
fn scores(cx: &mut Cx<'_>) -> Result<Vec<Option<f64>>, Error> {
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    let members = cx.args[2..].iter();
    Ok(members
        .map(|member| set.and_then(|set| set.score(member)))
        .collect())
}

fn geohash(cx: &mut Cx<'_>) -> Outcome {
    let scores = scores(cx)?;
    cx.out.array(scores.len());
    for score in scores {
        match score {
            Some(score) => cx.out.text(&geohash::letters(score)),
            None => cx.out.null(),
        }
    }
    Ok(())
}

fn geopos(cx: &mut Cx<'_>) -> Outcome {
    let scores = scores(cx)?;
    let shortest = cx.state.profile == Profile::Redis8_2;
    cx.out.array(scores.len());
    for score in scores {
        match score {
            Some(score) => coordinates(&mut cx.out, geohash::decode(score), shortest),
            None => cx.out.null_array(),
        }
    }
    Ok(())
}
