//! What the searches are asked for: GEOSEARCH and the older GEORADIUS say it differently.

use super::{place, unit};
use crate::command::context::db;
use crate::command::dispatch::shown;
use crate::command::{Cx, Error};
use crate::db::SortedSet;
use crate::db::geohash::{self, Place, Shape};
use crate::profile::Profile;

/// What a search looks for, and what it tells.
#[derive(Debug, Default)]
pub(super) struct Options<'a> {
    /// None when the key is not there; then only the form of the request is checked.
    pub(super) middle: Option<Place>,
    pub(super) shape: Option<Shape>,
    pub(super) unit: f64,
    pub(super) descending: Option<bool>,
    /// How many places at most; zero is no limit.
    pub(super) count: usize,
    pub(super) any: bool,
    pub(super) with_distance: bool,
    pub(super) with_hash: bool,
    pub(super) with_place: bool,
    pub(super) store: Option<&'a [u8]>,
    pub(super) store_distance: bool,
    from: Option<From>,
    /// Whether it is GEOSEARCH or GEOSEARCHSTORE.
    searches: bool,
    stores: bool,
    may_store: bool,
}

/// What the middle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Member,
    Place,
}

/// The place of a member.
fn member(cx: &mut Cx<'_>, key: &[u8], index: usize) -> Result<Option<Place>, Error> {
    let member = cx.arg(index);
    let Some(set) = db!(cx).get::<SortedSet>(key)? else {
        return Ok(None);
    };
    let score = set.score(member);
    let score = score.ok_or_else(|| {
        if cx.state.profile == Profile::Valkey9_1 {
            Error::from(
                [
                    b"ERR member ",
                    shown(member, usize::MAX),
                    b" does not exist",
                ]
                .concat(),
            )
        } else {
            Error::new("ERR could not decode requested zset member")
        }
    })?;
    Ok(Some(geohash::decode(score)))
}

/// A length that must not be negative.
fn length(
    cx: &Cx<'_>,
    index: usize,
    what: &'static str,
    negative: &'static str,
) -> Result<f64, Error> {
    let length = cx.double(index).ok_or(Error::new(what))?;
    if length < 0.0 {
        return Err(Error::new(negative));
    }
    Ok(length)
}

impl<'a> Options<'a> {
    pub(super) fn read(cx: &mut Cx<'a>, key: &[u8]) -> Result<Options<'a>, Error> {
        let name = cx.command.name;
        let mut options = Options {
            unit: 1.0,
            searches: name.starts_with("geosearch"),
            stores: name == "geosearchstore",
            may_store: matches!(name, "georadius" | "georadiusbymember"),
            ..Options::default()
        };
        let exists = db!(cx).get::<SortedSet>(key)?.is_some();
        let first = match name {
            "geosearch" => 2,
            "geosearchstore" => {
                options.store = Some(cx.arg(1));
                3
            }
            "georadius" | "georadius_ro" => {
                options.middle = Some(place(cx, 2)?);
                options.radius(cx, 4)?;
                6
            }
            _ => {
                if exists {
                    options.middle = member(cx, key, 2)?;
                    options.radius(cx, 3)?;
                }
                5
            }
        };
        let mut at = first;
        while at < cx.len() {
            at += 1 + options.word(cx, key, at)?;
        }
        options.check(cx)?;
        if !exists {
            options.middle = None;
        }
        Ok(options)
    }

    fn radius(&mut self, cx: &Cx<'_>, index: usize) -> Result<(), Error> {
        let radius = length(
            cx,
            index,
            "ERR need numeric radius",
            "ERR radius cannot be negative",
        )?;
        self.unit = unit(cx, index + 1)?;
        let radius = radius * self.unit;
        self.shape = Some(Shape::Circle { radius });
        Ok(())
    }

    fn rectangle(&mut self, cx: &Cx<'_>, index: usize) -> Result<(), Error> {
        let side = |index: usize, what: &'static str| cx.double(index).ok_or(Error::new(what));
        let width = side(index, "ERR need numeric width")?;
        let height = side(index + 1, "ERR need numeric height")?;
        if width < 0.0 || height < 0.0 {
            return Err(Error::new("ERR height or width cannot be negative"));
        }
        self.unit = unit(cx, index + 2)?;
        let (width, height) = (width * self.unit, height * self.unit);
        self.shape = Some(Shape::Box { width, height });
        Ok(())
    }

    /// Reads one option, and tells how many arguments belong to it.
    fn word(&mut self, cx: &mut Cx<'a>, key: &[u8], at: usize) -> Result<usize, Error> {
        let more = cx.len() - at - 1;
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"withdist" => self.with_distance = true,
            b"withhash" => self.with_hash = true,
            b"withcoord" => self.with_place = true,
            b"any" => self.any = true,
            b"asc" => self.descending = Some(false),
            b"desc" => self.descending = Some(true),
            b"count" if more >= 1 => {
                let count = usize::try_from(cx.int(at + 1)?).unwrap_or_default();
                if count == 0 {
                    return Err(Error::new("ERR COUNT must be > 0"));
                }
                self.count = count;
                return Ok(1);
            }
            word @ (b"store" | b"storedist") if self.may_store && more >= 1 => {
                self.store_distance = word == b"storedist";
                self.store = Some(cx.arg(at + 1));
                return Ok(1);
            }
            b"frommember" if self.searches && more >= 1 && self.from != Some(From::Place) => {
                self.middle = member(cx, key, at + 1)?;
                self.from = Some(From::Member);
                return Ok(1);
            }
            b"fromlonlat" if self.searches && more >= 2 && self.from != Some(From::Member) => {
                self.middle = Some(place(cx, at + 1)?);
                self.from = Some(From::Place);
                return Ok(2);
            }
            b"byradius"
                if self.searches && more >= 2 && !matches!(self.shape, Some(Shape::Box { .. })) =>
            {
                self.radius(cx, at + 1)?;
                return Ok(2);
            }
            b"bybox"
                if self.searches
                    && more >= 3
                    && !matches!(self.shape, Some(Shape::Circle { .. })) =>
            {
                self.rectangle(cx, at + 1)?;
                return Ok(3);
            }
            b"storedist" if self.stores => self.store_distance = true,
            _ => return Err(Error::SYNTAX),
        }
        Ok(0)
    }

    fn check(&self, cx: &Cx<'_>) -> Result<(), Error> {
        let shows = self.with_distance || self.with_hash || self.with_place;
        if self.store.is_some() && shows {
            let what = if self.stores {
                "GEOSEARCHSTORE"
            } else {
                "STORE option in GEORADIUS"
            };
            return Err(format!(
                "ERR {what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
            )
            .into());
        }
        let name = String::from_utf8_lossy(cx.arg(0));
        if self.searches && self.from.is_none() {
            return Err(format!(
                "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for {name}"
            )
            .into());
        }
        if self.searches && self.shape.is_none() {
            return Err(format!(
                "ERR exactly one of BYRADIUS and BYBOX can be specified for {name}"
            )
            .into());
        }
        if self.any && self.count == 0 {
            return Err(Error::new("ERR the ANY argument requires COUNT argument"));
        }
        Ok(())
    }
}
