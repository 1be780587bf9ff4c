//! The library `cjson`, as far as scripts use it, with its error texts.

use mlua::{Lua, Table, Value};

/// How deep tables and texts may be; what is read and written here recurses on the stack of a thread
/// that is not ours.
const DEPTH: usize = 200;

/// A value as JSON text.
pub(super) fn encode(lua: &Lua, value: &Value) -> Result<Value, String> {
    let mut out = Vec::new();
    append(&mut out, value, 0)?;
    let text = lua.create_string(out).map_err(|error| error.to_string())?;
    Ok(Value::String(text))
}

fn append(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), String> {
    match value {
        Value::Nil | Value::LightUserData(_) => out.extend(b"null"),
        Value::Boolean(value) => out.extend(value.to_string().bytes()),
        Value::Integer(number) => append_number(out, *number as f64)?,
        Value::Number(number) => append_number(out, *number)?,
        Value::String(text) => append_string(out, &text.as_bytes()),
        Value::Table(table) => append_table(out, table, depth + 1)?,
        other => {
            let kind = other.type_name();
            return Err(format!("Cannot serialise {kind}: type not supported"));
        }
    }
    Ok(())
}

/// A number as C's `%.14g` prints it.
fn append_number(out: &mut Vec<u8>, number: f64) -> Result<(), String> {
    if !number.is_finite() {
        return Err("Cannot serialise number: must not be NaN or Inf".into());
    }
    let scientific = format!("{number:.13e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    if (-4..14).contains(&exponent) {
        let decimals = usize::try_from(13 - exponent).unwrap_or_default();
        out.extend(trim(&format!("{number:.decimals$}")).bytes());
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        let text = format!("{}e{sign}{:02}", trim(mantissa), exponent.abs());
        out.extend(text.bytes());
    }
    Ok(())
}

fn append_string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' | b'/' => out.extend([b'\\', *byte]),
            8 => out.extend(b"\\b"),
            9 => out.extend(b"\\t"),
            10 => out.extend(b"\\n"),
            12 => out.extend(b"\\f"),
            13 => out.extend(b"\\r"),
            0..32 | 127 => out.extend(format!("\\u{byte:04x}").bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

/// The length of a table whose keys are all positive whole numbers.
fn array_length(table: &Table) -> Result<Option<usize>, String> {
    let (mut most, mut items) = (0.0f64, 0usize);
    for pair in table.pairs::<Value, Value>() {
        let key = match pair.map_err(|error| error.to_string())?.0 {
            Value::Integer(number) => number as f64,
            Value::Number(number) => number,
            _ => return Ok(None),
        };
        if key < 1.0 || key.fract() != 0.0 {
            return Ok(None);
        }
        most = most.max(key);
        items += 1;
    }
    if most > 10.0 && most > items as f64 * 2.0 {
        return Err("Cannot serialise table: excessively sparse array".into());
    }
    Ok((items > 0).then_some(most as usize))
}

fn append_table(out: &mut Vec<u8>, table: &Table, depth: usize) -> Result<(), String> {
    if depth > DEPTH {
        return Err(format!("Cannot serialise, excessive depth ({depth})"));
    }
    if let Some(length) = array_length(table)? {
        out.push(b'[');
        for index in 1..=length {
            if index > 1 {
                out.push(b',');
            }
            let item = table.raw_get::<Value>(index).unwrap_or(Value::Nil);
            append(out, &item, depth)?;
        }
        out.push(b']');
        return Ok(());
    }
    out.push(b'{');
    for (index, pair) in table.pairs::<Value, Value>().enumerate() {
        let (key, value) = pair.map_err(|error| error.to_string())?;
        if index > 0 {
            out.push(b',');
        }
        match &key {
            Value::String(text) => append_string(out, &text.as_bytes()),
            Value::Integer(_) | Value::Number(_) => {
                out.push(b'"');
                append(out, &key, depth)?;
                out.push(b'"');
            }
            _ => {
                let text = "Cannot serialise table: table key must be a number or string";
                return Err(text.into());
            }
        }
        out.push(b':');
        append(out, &value, depth)?;
    }
    out.push(b'}');
    Ok(())
}

/// A value from JSON text.
pub(super) fn decode(lua: &Lua, text: &[u8]) -> Result<Value, String> {
    let mut parser = Parser { lua, text, at: 0 };
    let value = parser.value(0)?;
    parser.space();
    if parser.at < text.len() {
        return Err(parser.expected("the end"));
    }
    Ok(value)
}

struct Parser<'a> {
    lua: &'a Lua,
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The error about what stands here, named as the library names it.
    fn expected(&self, what: &str) -> String {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = match rest {
            [] => "T_END",
            [b'{', ..] => "T_OBJ_BEGIN",
            [b'}', ..] => "T_OBJ_END",
            [b'[', ..] => "T_ARR_BEGIN",
            [b']', ..] => "T_ARR_END",
            [b'"', ..] => "T_STRING",
            [b':', ..] => "T_COLON",
            [b',', ..] => "T_COMMA",
            [b'0'..=b'9' | b'-', ..] => "T_NUMBER",
            rest if rest.starts_with(b"true") || rest.starts_with(b"false") => "T_BOOLEAN",
            rest if rest.starts_with(b"null") => "T_NULL",
            _ => "invalid token",
        };
        self.error(what, found, self.at)
    }

    fn error(&self, what: &str, found: &str, at: usize) -> String {
        format!("Expected {what} but found {found} at character {}", at + 1)
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEPTH {
            return Err(format!("Found too many nested data structures ({depth})"));
        }
        self.space();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let constants: [(&[u8], Value); 3] = [
            (b"true", Value::Boolean(true)),
            (b"false", Value::Boolean(false)),
            (b"null", Value::NULL),
        ];
        for (word, value) in constants {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        match rest.first() {
            Some(b'"') => self.string("value").map(Value::String),
            Some(b'[') => self.array(depth + 1),
            Some(b'{') => self.object(depth + 1),
            Some(b'0'..=b'9' | b'-') => self.number(),
            _ => Err(self.expected("value")),
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        let inside = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        while self.text.get(self.at).is_some_and(inside) {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default();
        let number = text.parse().map(Value::Number);
        number.map_err(|_| self.error("value", "invalid number", start))
    }

    fn string(&mut self, what: &str) -> Result<mlua::LuaString, String> {
        let start = self.at;
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let byte = *self
                .text
                .get(self.at)
                .ok_or_else(|| self.error(what, "unexpected end of string", self.at))?;
            self.at += 1;
            match byte {
                b'"' => break,
                b'\\' => self.escape(what, &mut bytes)?,
                byte => bytes.push(byte),
            }
        }
        self.lua
            .create_string(bytes)
            .map_err(|error| self.error(what, &error.to_string(), start))
    }

    fn escape(&mut self, what: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
        let letter = self.text.get(self.at).copied().unwrap_or_default();
        let plain = match letter {
            b'"' | b'\\' | b'/' => letter,
            b'b' => 8,
            b't' => 9,
            b'n' => 10,
            b'f' => 12,
            b'r' => 13,
            b'u' => return self.unicode(what, bytes),
            _ => return Err(self.error(what, "invalid escape code", self.at - 1)),
        };
        self.at += 1;
        bytes.push(plain);
        Ok(())
    }

    /// Four hexadecimal digits behind `\u`, and the second half of a pair if there is one.
    fn unicode(&mut self, what: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
        let digits = |at: usize| {
            let text = std::str::from_utf8(self.text.get(at..at + 4)?).ok()?;
            let valid = text.bytes().all(|digit| digit.is_ascii_hexdigit());
            u32::from_str_radix(text, 16).ok().filter(|_| valid)
        };
        let invalid = || self.error(what, "invalid unicode escape code", self.at - 1);
        let mut code = digits(self.at + 1).ok_or_else(invalid)?;
        let mut length = 5;
        if (0xd800..0xdc00).contains(&code) {
            let second = (self.text.get(self.at + 5..self.at + 7) == Some(b"\\u"))
                .then(|| digits(self.at + 7))
                .flatten()
                .filter(|low| (0xdc00..0xe000).contains(low));
            code = 0x10000 + ((code - 0xd800) << 10) + (second.ok_or_else(invalid)? - 0xdc00);
            length = 11;
        }
        let letter = char::from_u32(code).ok_or_else(invalid)?;
        self.at += length;
        bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
        Ok(())
    }

    fn table(&self) -> Result<Table, String> {
        self.lua.create_table().map_err(|error| error.to_string())
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        let table = self.table()?;
        self.at += 1;
        self.space();
        if self.text.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(Value::Table(table));
        }
        for index in 1.. {
            let value = self.value(depth)?;
            table
                .raw_set(index, value)
                .map_err(|error| error.to_string())?;
            self.space();
            match self.text.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                _ => return Err(self.expected("comma or array end")),
            }
        }
        Ok(Value::Table(table))
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let table = self.table()?;
        self.at += 1;
        self.space();
        if self.text.get(self.at) == Some(&b'}') {
            self.at += 1;
            return Ok(Value::Table(table));
        }
        loop {
            self.space();
            if self.text.get(self.at) != Some(&b'"') {
                return Err(self.expected("object key string"));
            }
            let key = self.string("object key string")?;
            self.space();
            if self.text.get(self.at) != Some(&b':') {
                return Err(self.expected("colon"));
            }
            self.at += 1;
            let value = self.value(depth)?;
            table
                .raw_set(key, value)
                .map_err(|error| error.to_string())?;
            self.space();
            match self.text.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Table(table));
                }
                _ => return Err(self.expected("comma or object end")),
            }
        }
    }
}
