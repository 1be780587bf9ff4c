//! Between replies and Lua's values.

use mlua::{Lua, Table, Value};

use crate::db::number::{format_double, integer, parse_double};
use crate::protocol::Reply;

/// An argument of `redis.call`.
pub(super) fn argument(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => Some(text.as_bytes().to_vec()),
        Value::Integer(number) => Some(number.to_string().into_bytes()),
        Value::Number(number) => Some(format_double(*number).into_bytes()),
        _ => None,
    }
}

/// What a command has replied, as `redis.call` returns it.
pub(super) fn to_lua(lua: &Lua, reply: &Reply) -> mlua::Result<Value> {
    Reader {
        lua,
        rest: &reply.bytes,
    }
    .value()
}

struct Reader<'a> {
    lua: &'a Lua,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn line(&mut self) -> &'a [u8] {
        let end = self
            .rest
            .windows(2)
            .position(|end| end == b"\r\n")
            .unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 2..).unwrap_or_default();
        line
    }

    fn value(&mut self) -> mlua::Result<Value> {
        let line = self.line();
        let Some((mark, text)) = line.split_first() else {
            return Ok(Value::Nil);
        };
        let length = || usize::try_from(integer(text).unwrap_or(-1)).ok();
        match mark {
            b'+' => self.field("ok", self.string(text)?),
            b'-' => self.field("err", self.string(text)?),
            b':' => Ok(Value::Number(integer(text).unwrap_or_default() as f64)),
            b',' => self.field(
                "double",
                Value::Number(parse_double(text).unwrap_or_default()),
            ),
            b'#' => Ok(Value::Boolean(text == b"t")),
            b'_' => Ok(Value::Nil),
            b'$' | b'=' => match length() {
                None => Ok(Value::Boolean(false)),
                Some(length) => {
                    let value = self.string(self.rest.get(..length).unwrap_or_default())?;
                    self.rest = self.rest.get(length + 2..).unwrap_or_default();
                    Ok(value)
                }
            },
            b'*' | b'>' => match length() {
                None => Ok(Value::Boolean(false)),
                Some(length) => {
                    let table = self.lua.create_table()?;
                    for index in 1..=length {
                        table.raw_set(index, self.value()?)?;
                    }
                    Ok(Value::Table(table))
                }
            },
            b'%' | b'~' => {
                let table = self.lua.create_table()?;
                for _ in 0..length().unwrap_or_default() {
                    let key = self.value()?;
                    let value = if *mark == b'%' {
                        self.value()?
                    } else {
                        Value::Boolean(true)
                    };
                    table.raw_set(key, value)?;
                }
                self.field(
                    if *mark == b'%' { "map" } else { "set" },
                    Value::Table(table),
                )
            }
            _ => Ok(Value::Nil),
        }
    }

    fn string(&self, text: &[u8]) -> mlua::Result<Value> {
        Ok(Value::String(self.lua.create_string(text)?))
    }

    fn field(&self, name: &str, value: Value) -> mlua::Result<Value> {
        let table = self.lua.create_table()?;
        table.raw_set(name, value)?;
        Ok(Value::Table(table))
    }
}

/// What a script has returned, as a reply. `resp3` is whether the script asked for its types.
pub(super) fn to_reply(value: &Value, out: &mut Reply, resp3: bool) -> mlua::Result<()> {
    match value {
        Value::String(text) => out.bulk(&text.as_bytes()),
        Value::Integer(number) => out.int(*number),
        // Redis cuts the fraction off.
        Value::Number(number) => out.int(*number as i64),
        Value::Boolean(value) if resp3 => out.bool(*value),
        Value::Boolean(true) => out.int(1),
        Value::Table(table) => table_to_reply(table, out, resp3)?,
        _ => out.null(),
    }
    Ok(())
}

fn table_to_reply(table: &Table, out: &mut Reply, resp3: bool) -> mlua::Result<()> {
    if let Some(text) = table.raw_get::<Option<mlua::LuaString>>("err")? {
        let text = text.as_bytes();
        out.error(text.strip_prefix(b"-").unwrap_or(&text));
        return Ok(());
    }
    if let Some(text) = table.raw_get::<Option<mlua::LuaString>>("ok")? {
        let text = String::from_utf8_lossy(&text.as_bytes()).replace(['\r', '\n'], " ");
        out.simple(&text);
        return Ok(());
    }
    if let Value::Number(number) = table.raw_get::<Value>("double")? {
        out.double(number);
        return Ok(());
    }
    if let Value::Table(map) = table.raw_get::<Value>("map")? {
        let pairs: Vec<(Value, Value)> = map.pairs().collect::<mlua::Result<_>>()?;
        out.map(pairs.len());
        for (key, value) in pairs {
            to_reply(&key, out, resp3)?;
            to_reply(&value, out, resp3)?;
        }
        return Ok(());
    }
    if let Value::Table(set) = table.raw_get::<Value>("set")? {
        let members: Vec<(Value, Value)> = set.pairs().collect::<mlua::Result<_>>()?;
        out.set(members.len());
        return members
            .iter()
            .try_for_each(|(member, _)| to_reply(member, out, resp3));
    }
    let mut items = Vec::new();
    for index in 1.. {
        match table.raw_get::<Value>(index)? {
            Value::Nil => break,
            item => items.push(item),
        }
    }
    out.array(items.len());
    items.iter().try_for_each(|item| to_reply(item, out, resp3))
}
