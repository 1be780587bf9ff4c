//! Which connections CLIENT LIST and CLIENT KILL mean.
//!
//! Redis has few filters, and for CLIENT LIST one at a time; Valkey 9 has the same many for both.

use super::connection::flags_of;
use super::dispatch::shown;
use super::{Cx, Error};
use crate::db::number;
use crate::profile::Profile;
use crate::server::client::Client;

type Filter = Box<dyn Fn(&Client) -> bool>;

/// The filters of a command, all of which a connection has to pass.
#[derive(Default)]
pub(super) struct Filters {
    all: Vec<Filter>,
    /// Whether the own connection is left out, if that was said.
    pub(super) skip_me: Option<bool>,
}

impl Filters {
    pub(super) fn pass(&self, client: &Client) -> bool {
        self.all.iter().all(|filter| filter(client))
    }

    /// Reads the filters from an argument on.
    pub(super) fn read(cx: &Cx<'_>, from: usize) -> Result<Filters, Error> {
        let mut filters = Filters::default();
        let mut at = from;
        while at < cx.len() {
            if at + 1 == cx.len() {
                return Err(Error::SYNTAX);
            }
            at = filters.take(cx, at)?;
        }
        Ok(filters)
    }

    /// Reads one filter, and returns where the next one begins.
    fn take(&mut self, cx: &Cx<'_>, at: usize) -> Result<usize, Error> {
        let word = cx.arg(at).to_ascii_lowercase();
        let many = cx.state.profile == Profile::Valkey9_1;
        if word == b"skipme" {
            self.skip_me = Some(yes_or_no(cx.arg(at + 1))?);
            return Ok(at + 2);
        }
        let (negated, name) = match word.strip_prefix(b"not-") {
            Some(name) if many => (true, name),
            _ => (false, &word[..]),
        };
        let (filter, next) = match name {
            b"id" if many => ids(cx, at + 1)?,
            name => (one(cx, name, at + 1)?, at + 2),
        };
        self.all
            .push(Box::new(move |client| filter(client) != negated));
        Ok(next)
    }
}

fn yes_or_no(value: &[u8]) -> Result<bool, Error> {
    match value.to_ascii_lowercase().as_slice() {
        b"yes" => Ok(true),
        b"no" => Ok(false),
        _ => Err(Error::SYNTAX),
    }
}

const NO_ID: Error = Error::new("ERR client-id should be greater than 0");

/// The ids from an argument on, up to what is no number.
fn ids(cx: &Cx<'_>, from: usize) -> Result<(Filter, usize), Error> {
    let mut wanted = Vec::new();
    while let Some(id) = cx
        .args
        .get(from + wanted.len())
        .and_then(|arg| number::integer(arg))
    {
        let id = u64::try_from(id).ok().filter(|id| *id > 0);
        wanted.push(id.ok_or(NO_ID)?);
    }
    if wanted.is_empty() {
        return Err(Error::SYNTAX);
    }
    let next = from + wanted.len();
    Ok((Box::new(move |client| wanted.contains(&client.id)), next))
}

/// A filter with one value.
fn one(cx: &Cx<'_>, name: &[u8], at: usize) -> Result<Filter, Error> {
    let value = cx.arg(at).to_vec();
    let (later, many) = (
        cx.state.profile.is_later(),
        cx.state.profile == Profile::Valkey9_1,
    );
    let now = cx.now();
    Ok(match name {
        b"id" => {
            let id = number::integer(&value).and_then(|id| u64::try_from(id).ok());
            let id = id.filter(|id| *id > 0).ok_or(NO_ID)?;
            Box::new(move |client| client.id == id)
        }
        b"type" => {
            let kind = client_type(cx, at)?;
            Box::new(move |client| kind == kind_of(client))
        }
        b"addr" => Box::new(move |client| client.addr.as_bytes() == value),
        b"laddr" => Box::new(move |client| client.local.as_bytes() == value),
        b"user" => user(cx, value)?,
        b"maxage" if later => {
            let least = seconds(&value, "maxage")?;
            Box::new(move |client| (now - client.created) / 1000 >= least)
        }
        b"idle" if many => {
            let least = seconds(&value, "idle")?;
            Box::new(move |client| (now - client.active) / 1000 >= least)
        }
        b"flags" if many => Box::new(move |client| {
            let flags = flags_of(client);
            value.iter().all(|flag| flags.as_bytes().contains(flag))
        }),
        b"name" if many => Box::new(move |client| client.name == value),
        b"lib-name" if many => Box::new(move |client| client.library.0 == value),
        b"lib-ver" if many => Box::new(move |client| client.library.1 == value),
        b"db" if many => {
            let db = database(cx, &value)?;
            Box::new(move |client| client.db == db)
        }
        b"capa" if many && value == b"r" => Box::new(|_| false),
        b"capa" if many => {
            let head = b"ERR Unknown capa found in the provided filter: ";
            return Err([head, shown(&value, usize::MAX)].concat().into());
        }
        b"ip" if many => Box::new(move |client| {
            let host = client.addr.rsplit_once(':').map_or("", |(host, _)| host);
            host.as_bytes() == value
        }),
        _ => return Err(Error::SYNTAX),
    })
}

/// A number of seconds above zero.
fn seconds(value: &[u8], what: &str) -> Result<i64, Error> {
    let number = number::integer(value)
        .ok_or_else(|| format!("ERR {what} is not an integer or out of range"))?;
    if number > 0 {
        Ok(number)
    } else {
        Err(format!("ERR {what} should be greater than 0").into())
    }
}

fn database(cx: &Cx<'_>, value: &[u8]) -> Result<usize, Error> {
    let number =
        number::integer(value).ok_or(Error::new("ERR DB is not an integer or out of range"))?;
    let count = cx.state.dbs.len();
    let db = usize::try_from(number).ok().filter(|db| *db < count);
    db.ok_or_else(|| format!("ERR DB number should be between 0 and {}", count - 1).into())
}

fn user(cx: &Cx<'_>, name: Vec<u8>) -> Result<Filter, Error> {
    let known = std::str::from_utf8(&name).is_ok_and(|name| cx.state.acl.users.contains_key(name));
    if !known {
        return Err([b"ERR No such user '", shown(&name, usize::MAX), b"'"]
            .concat()
            .into());
    }
    let is = move |user: &String| user.as_bytes() == name;
    Ok(Box::new(move |client| {
        client.user.as_ref().is_some_and(&is)
    }))
}

/// The type of a connection; there are no replicas.
fn kind_of(client: &Client) -> &'static str {
    if client.subscriptions() > 0 {
        "pubsub"
    } else {
        "normal"
    }
}

/// The type that an argument names.
pub(super) fn client_type(cx: &Cx<'_>, index: usize) -> Result<&'static str, Error> {
    const TYPES: [&str; 5] = ["normal", "master", "replica", "slave", "pubsub"];
    if cx.state.profile == Profile::Valkey9_1 && cx.is(index, "primary") {
        return Ok("master");
    }
    let found = TYPES.into_iter().find(|kind| cx.is(index, kind));
    found.ok_or_else(|| {
        let kind = shown(cx.arg(index), usize::MAX);
        [b"ERR Unknown client type '", kind, b"'"].concat().into()
    })
}

/// The filters of CLIENT LIST in Redis: one type, or any number of ids.
pub(super) fn of_list(cx: &Cx<'_>) -> Result<Filters, Error> {
    if cx.state.profile == Profile::Valkey9_1 {
        return Filters::read(cx, 2);
    }
    let filter: Filter = if cx.is(2, "type") && cx.len() == 4 {
        let kind = client_type(cx, 3)?;
        Box::new(move |client| kind == kind_of(client))
    } else if cx.is(2, "id") && cx.len() > 3 {
        let id = |arg: &&[u8]| number::integer(arg).ok_or(Error::new("ERR Invalid client ID"));
        let ids: Vec<i64> = cx.args[3..].iter().map(id).collect::<Result<_, _>>()?;
        Box::new(move |client| ids.iter().any(|id| u64::try_from(*id) == Ok(client.id)))
    } else if cx.len() == 2 {
        Box::new(|_| true)
    } else {
        return Err(Error::SYNTAX);
    };
    Ok(Filters {
        all: vec![filter],
        skip_me: None,
    })
}
