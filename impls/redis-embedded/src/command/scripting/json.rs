//! JSON for scripts, as `cjson` reads and writes it.

use mlua::{Lua, Table, Value};

/// How deeply values may be nested.
const DEPTH: usize = 1000;

pub(super) fn encode(value: &Value) -> mlua::Result<String> {
    let mut text = String::new();
    write(value, &mut text, 0)?;
    Ok(text)
}

fn write(value: &Value, text: &mut String, depth: usize) -> mlua::Result<()> {
    if depth > DEPTH {
        return Err(mlua::Error::runtime(
            "Cannot serialise, excessive depth (1001)",
        ));
    }
    match value {
        Value::Nil | Value::LightUserData(_) => text.push_str("null"),
        Value::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Integer(number) => text.push_str(&number.to_string()),
        Value::Number(number) if number.is_finite() => text.push_str(&short(*number)),
        Value::Number(_) => {
            return Err(mlua::Error::runtime(
                "Cannot serialise number: must not be NaN or Inf",
            ));
        }
        Value::String(string) => quote(&String::from_utf8_lossy(&string.as_bytes()), text),
        Value::Table(table) => write_table(table, text, depth)?,
        other => {
            let kind = other.type_name();
            return Err(mlua::Error::runtime(format!(
                "Cannot serialise {kind}: type not supported"
            )));
        }
    }
    Ok(())
}

/// A number with fourteen significant digits, as `%.14g` prints it.
fn short(number: f64) -> String {
    if number == number.trunc() && number.abs() < 1e14 {
        return format!("{number:.0}");
    }
    let rounded: f64 = format!("{number:.13e}").parse().unwrap_or(number);
    crate::db::number::format_double(rounded)
        .parse::<f64>()
        .map_or_else(
            |_| number.to_string(),
            |number| {
                if (1e-4..1e14).contains(&number.abs()) {
                    number.to_string()
                } else {
                    format!("{number:e}")
                        .replace("e", "e+")
                        .replace("e+-", "e-")
                }
            },
        )
}

fn quote(string: &str, text: &mut String) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '/' => text.push_str("\\/"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            control if control.is_control() && control.is_ascii() => {
                text.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

fn write_table(table: &Table, text: &mut String, depth: usize) -> mlua::Result<()> {
    let pairs: Vec<(Value, Value)> = table.pairs().collect::<mlua::Result<_>>()?;
    let length = table.raw_len();
    if length > 0 && length == pairs.len() {
        text.push('[');
        for index in 1..=length {
            if index > 1 {
                text.push(',');
            }
            write(&table.raw_get(index)?, text, depth + 1)?;
        }
        text.push(']');
        return Ok(());
    }
    text.push('{');
    for (place, (key, value)) in pairs.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let key = super::convert::argument(key).ok_or_else(|| {
            mlua::Error::runtime("Cannot serialise table: table key must be a number or string")
        })?;
        quote(&String::from_utf8_lossy(&key), text);
        text.push(':');
        write(value, text, depth + 1)?;
    }
    text.push('}');
    Ok(())
}

pub(super) fn decode(lua: &Lua, text: &[u8]) -> mlua::Result<Value> {
    let mut reader = Reader { lua, text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        Err(reader.wrong("the end"))
    } else {
        Ok(value)
    }
}

struct Reader<'a> {
    lua: &'a Lua,
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn wrong(&self, expected: &str) -> mlua::Error {
        mlua::Error::runtime(format!(
            "Expected {expected} but found invalid token at character {}",
            self.at + 1
        ))
    }

    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Steps over a byte if it comes next, behind spaces.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> mlua::Result<Value> {
        if depth > DEPTH {
            return Err(mlua::Error::runtime(
                "Found too many nested data structures (1001)",
            ));
        }
        self.space();
        match self.text.get(self.at) {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Value::String(self.lua.create_string(self.string()?)?)),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> mlua::Result<Value> {
        let rest = &self.text[self.at.min(self.text.len())..];
        let end = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && !b"+-.".contains(byte));
        let word = &rest[..end.unwrap_or(rest.len())];
        let value = match word {
            b"null" => Value::LightUserData(mlua::LightUserData(std::ptr::null_mut())),
            b"true" => Value::Boolean(true),
            b"false" => Value::Boolean(false),
            word => {
                let number = std::str::from_utf8(word)
                    .ok()
                    .and_then(|word| word.parse().ok());
                Value::Number(number.ok_or_else(|| self.wrong("value"))?)
            }
        };
        self.at += word.len();
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> mlua::Result<Value> {
        let table = self.lua.create_table()?;
        self.at += 1;
        if self.take(b']') {
            return Ok(Value::Table(table));
        }
        for index in 1.. {
            table.raw_set(index, self.value(depth + 1)?)?;
            if self.take(b']') {
                break;
            }
            if !self.take(b',') {
                return Err(self.wrong("comma or array end"));
            }
        }
        Ok(Value::Table(table))
    }

    fn object(&mut self, depth: usize) -> mlua::Result<Value> {
        let table = self.lua.create_table()?;
        self.at += 1;
        if self.take(b'}') {
            return Ok(Value::Table(table));
        }
        loop {
            self.space();
            if self.text.get(self.at) != Some(&b'"') {
                return Err(self.wrong("object key string"));
            }
            let key = self.lua.create_string(self.string()?)?;
            if !self.take(b':') {
                return Err(self.wrong("colon"));
            }
            table.raw_set(key, self.value(depth + 1)?)?;
            if self.take(b'}') {
                return Ok(Value::Table(table));
            }
            if !self.take(b',') {
                return Err(self.wrong("comma or object end"));
            }
        }
    }

    fn string(&mut self) -> mlua::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.at += 1;
        loop {
            let byte = *self
                .text
                .get(self.at)
                .ok_or_else(|| self.wrong("string end"))?;
            self.at += 1;
            match byte {
                b'"' => return Ok(bytes),
                b'\\' => self.escape(&mut bytes)?,
                byte => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> mlua::Result<()> {
        let byte = *self.text.get(self.at).ok_or_else(|| self.wrong("escape"))?;
        self.at += 1;
        match byte {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'u' => {
                let mut code = self.code()?;
                if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    code = 0x10000
                        + ((code - 0xd800) << 10)
                        + (self.code()?.wrapping_sub(0xdc00) & 0x3ff);
                }
                let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => bytes.push(other),
        }
        Ok(())
    }

    fn code(&mut self) -> mlua::Result<u32> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        code.ok_or_else(|| self.wrong("four hexadecimal digits"))
    }
}
