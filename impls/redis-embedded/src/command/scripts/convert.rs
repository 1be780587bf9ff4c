//! Values of Lua and replies of Redis, each as the other.

use mlua::{Lua, Table, Value};

use crate::command::{Error, Outcome};
use crate::db::number;
use crate::protocol::Reply;

/// How deep a table may be in a reply.
const DEPTH: usize = 200;

/// Writes what a script returned.
pub(super) fn write(out: &mut Reply, value: &Value, resp3: bool) -> Outcome {
    write_at(out, value, resp3, 0)
}

fn write_at(out: &mut Reply, value: &Value, resp3: bool, depth: usize) -> Outcome {
    if depth > DEPTH {
        return Err(Error::new("ERR reached lua stack limit"));
    }
    match value {
        Value::String(text) => out.bulk(&text.as_bytes()),
        Value::Integer(number) => out.int(*number),
        Value::Number(number) => out.int(whole(*number)),
        Value::Boolean(value) if resp3 => out.bool(*value),
        Value::Boolean(true) => out.int(1),
        Value::Table(table) => return write_table(out, table, resp3, depth),
        _ => out.null(),
    }
    Ok(())
}

/// A number without its fraction; one that is too great is the least, as on the machines Redis
/// runs on.
fn whole(number: f64) -> i64 {
    if (-9.3e18..9.223_372_036_854_775e18).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

fn write_table(out: &mut Reply, table: &Table, resp3: bool, depth: usize) -> Outcome {
    let field = |name: &str| table.raw_get::<Value>(name).unwrap_or(Value::Nil);
    if let Value::String(text) = field("err") {
        out.error(&text.as_bytes());
        return Ok(());
    }
    if let Value::String(text) = field("ok") {
        let clean = text
            .as_bytes()
            .iter()
            .map(|byte| match byte {
                b'\r' | b'\n' => b' ',
                byte => *byte,
            })
            .collect::<Vec<u8>>();
        out.bytes.extend([b"+", clean.as_slice(), b"\r\n"].concat());
        return Ok(());
    }
    match field("double") {
        Value::Number(number) => {
            out.double(number);
            return Ok(());
        }
        Value::Integer(number) => {
            out.double(number as f64);
            return Ok(());
        }
        _ => {}
    }
    if let Value::Table(map) = field("map") {
        let pairs: Vec<(Value, Value)> = map.pairs().filter_map(Result::ok).collect();
        out.map(pairs.len());
        for (key, value) in pairs {
            write_at(out, &key, resp3, depth + 1)?;
            write_at(out, &value, resp3, depth + 1)?;
        }
        return Ok(());
    }
    if let Value::Table(set) = field("set") {
        let keys: Vec<Value> = set
            .pairs::<Value, Value>()
            .filter_map(|pair| pair.ok().map(|(key, _)| key))
            .collect();
        out.set(keys.len());
        return keys
            .iter()
            .try_for_each(|key| write_at(out, key, resp3, depth + 1));
    }
    let mut items = Vec::new();
    for index in 1.. {
        match table.raw_get::<Value>(index) {
            Ok(Value::Nil) | Err(_) => break,
            Ok(value) => items.push(value),
        }
    }
    out.array(items.len());
    items
        .iter()
        .try_for_each(|item| write_at(out, item, resp3, depth + 1))
}

/// An error as a table.
pub(super) fn error(lua: &Lua, text: &[u8]) -> mlua::Result<Value> {
    one_field(lua, "err", Value::String(lua.create_string(text)?))
}

fn one_field(lua: &Lua, name: &str, value: Value) -> mlua::Result<Value> {
    let table = lua.create_table()?;
    table.raw_set(name, value)?;
    Ok(Value::Table(table))
}

/// What a command replied, as Redis gives it to scripts.
pub(super) fn read(lua: &Lua, bytes: &[u8]) -> mlua::Result<Value> {
    let mut rest = bytes;
    next(lua, &mut rest)
}

/// The line at the start of some bytes, which are behind it then.
fn line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.windows(2).position(|pair| pair == b"\r\n");
    let end = end.unwrap_or(rest.len());
    let line = &rest[..end];
    *rest = rest.get(end + 2..).unwrap_or_default();
    line
}

fn bulk<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let body = rest.get(..length).unwrap_or_default();
    *rest = rest.get(length + 2..).unwrap_or_default();
    body
}

fn next(lua: &Lua, rest: &mut &[u8]) -> mlua::Result<Value> {
    let head = line(rest);
    let Some((kind, text)) = head.split_first() else {
        return Ok(Value::Nil);
    };
    let number = number::integer(text).unwrap_or_default();
    let length = usize::try_from(number).ok();
    Ok(match (kind, length) {
        (b'+', _) => one_field(lua, "ok", Value::String(lua.create_string(text)?))?,
        (b'-', _) => error(lua, text)?,
        (b':', _) => Value::Number(number as f64),
        (b'$' | b'*', None) => Value::Boolean(false),
        (b'$', Some(length)) => Value::String(lua.create_string(bulk(rest, length))?),
        (b'*' | b'>', Some(length)) => Value::Table(sequence(lua, rest, length)?),
        (b'%', Some(length)) => {
            let map = lua.create_table()?;
            for _ in 0..length {
                let (key, value) = (next(lua, rest)?, next(lua, rest)?);
                map.raw_set(key, value)?;
            }
            one_field(lua, "map", Value::Table(map))?
        }
        (b'~', Some(length)) => {
            let set = lua.create_table()?;
            for _ in 0..length {
                set.raw_set(next(lua, rest)?, true)?;
            }
            one_field(lua, "set", Value::Table(set))?
        }
        (b',', _) => {
            let value = number::double(text).unwrap_or(f64::NAN);
            one_field(lua, "double", Value::Number(value))?
        }
        (b'#', _) => Value::Boolean(text == b"t"),
        (b'=', Some(length)) => verbatim(lua, bulk(rest, length))?,
        _ => Value::Nil,
    })
}

fn sequence(lua: &Lua, rest: &mut &[u8], length: usize) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for index in 1..=length {
        table.raw_set(index, next(lua, rest)?)?;
    }
    Ok(table)
}

fn verbatim(lua: &Lua, body: &[u8]) -> mlua::Result<Value> {
    let (format, text) = body.split_at(body.len().min(3));
    let fields = lua.create_table()?;
    fields.raw_set("format", lua.create_string(format)?)?;
    fields.raw_set(
        "string",
        lua.create_string(text.get(1..).unwrap_or_default())?,
    )?;
    one_field(lua, "verbatim_string", Value::Table(fields))
}
