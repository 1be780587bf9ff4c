//! The library `struct`: numbers and strings as C lays them out.

use mlua::{Lua, LuaString, MultiValue, Table, Value};

use super::raise;

/// The greatest number of bytes an integer may have.
const WIDEST: usize = 8;

/// One item of a format.
#[derive(Debug, Clone, Copy)]
enum Item {
    Integer {
        bytes: usize,
        signed: bool,
    },
    Float,
    Double,
    /// A string that ends with a zero.
    Text,
    /// So many bytes; none is what the value or the number before it says.
    Bytes(Option<usize>),
    Pad,
}

/// How the items that follow are laid out.
#[derive(Debug, Clone, Copy)]
struct Layout {
    little: bool,
    align: usize,
}

/// Reads a format item by item.
struct Format<'a> {
    text: &'a [u8],
    layout: Layout,
}

impl Format<'_> {
    fn new(text: &[u8]) -> Format<'_> {
        let layout = Layout {
            little: true,
            align: 1,
        };
        Format { text, layout }
    }

    /// The number that stands here, if there is one.
    fn number(&mut self) -> Result<Option<usize>, String> {
        let digits = self
            .text
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.text.split_at(digits);
        self.text = rest;
        if digits.is_empty() {
            return Ok(None);
        }
        let number = std::str::from_utf8(digits)
            .ok()
            .and_then(|text| text.parse().ok());
        let number = number.filter(|number: &usize| *number <= 0x7fff_ffff);
        number.map(Some).ok_or("integral size overflow".into())
    }

    fn next(&mut self) -> Result<Option<Item>, String> {
        while let Some((letter, rest)) = self.text.split_first() {
            self.text = rest;
            let signed = letter.is_ascii_lowercase();
            let integer = |bytes| Ok(Some(Item::Integer { bytes, signed }));
            match letter {
                b'>' => self.layout.little = false,
                b'<' => self.layout.little = true,
                b'!' => self.layout.align = self.number()?.unwrap_or(8).max(1),
                b' ' => {}
                b'b' | b'B' => return integer(1),
                b'h' | b'H' => return integer(2),
                b'l' | b'L' | b'T' => return integer(8),
                b'i' | b'I' => {
                    let bytes = self.number()?.unwrap_or(4);
                    if !(1..=WIDEST).contains(&bytes) {
                        return Err(format!(
                            "integral size {bytes} is larger than limit of {WIDEST}"
                        ));
                    }
                    return integer(bytes);
                }
                b'f' => return Ok(Some(Item::Float)),
                b'd' | b'n' => return Ok(Some(Item::Double)),
                b's' => return Ok(Some(Item::Text)),
                b'c' => {
                    let count = self.number()?.unwrap_or(1);
                    return Ok(Some(Item::Bytes((count > 0).then_some(count))));
                }
                b'x' => return Ok(Some(Item::Pad)),
                other => return Err(format!("invalid format option '{}'", *other as char)),
            }
        }
        Ok(None)
    }
}

impl Item {
    fn size(self) -> usize {
        match self {
            Item::Integer { bytes, .. } => bytes,
            Item::Float => 4,
            Item::Double => 8,
            Item::Pad => 1,
            Item::Text => 0,
            Item::Bytes(count) => count.unwrap_or_default(),
        }
    }

    /// How many bytes come before it so that it is aligned.
    fn padding(self, at: usize, layout: Layout) -> usize {
        let whole = matches!(self, Item::Integer { .. } | Item::Float | Item::Double);
        let align = self.size().min(layout.align).max(1);
        if whole {
            (align - at % align) % align
        } else {
            0
        }
    }
}

fn ordered(little: bool, bytes: &mut [u8]) {
    if !little {
        bytes.reverse();
    }
}

fn pack(args: &MultiValue) -> Result<Vec<u8>, String> {
    let mut args = args.iter();
    let format = match args.next() {
        Some(Value::String(text)) => text.as_bytes().to_vec(),
        _ => return Err("bad argument #1 to 'pack' (string expected)".into()),
    };
    let mut format = Format::new(&format);
    let mut out = Vec::new();
    while let Some(item) = format.next()? {
        let layout = format.layout;
        out.resize(out.len() + item.padding(out.len(), layout), 0);
        if matches!(item, Item::Pad) {
            out.push(0);
            continue;
        }
        let value = args.next().ok_or("bad argument to 'pack' (no value)")?;
        pack_one(&mut out, item, layout, value)?;
    }
    Ok(out)
}

fn pack_one(out: &mut Vec<u8>, item: Item, layout: Layout, value: &Value) -> Result<(), String> {
    let number = || raise::number(value).ok_or("bad argument to 'pack' (number expected)");
    let text = || match value {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        _ => Err("bad argument to 'pack' (string expected)"),
    };
    match item {
        Item::Integer { bytes, .. } => {
            let number = number()?;
            let whole = if number < 0.0 {
                number as i64
            } else {
                (number as u64).cast_signed()
            };
            let mut laid = whole.to_le_bytes()[..bytes].to_vec();
            ordered(layout.little, &mut laid);
            out.extend(laid);
        }
        Item::Float => {
            let mut laid = (number()? as f32).to_le_bytes();
            ordered(layout.little, &mut laid);
            out.extend(laid);
        }
        Item::Double => {
            let mut laid = number()?.to_le_bytes();
            ordered(layout.little, &mut laid);
            out.extend(laid);
        }
        Item::Text => {
            out.extend(text()?);
            out.push(0);
        }
        Item::Bytes(count) => {
            let text = text()?;
            let part = text.get(..count.unwrap_or(text.len()));
            out.extend(part.ok_or("bad argument to 'pack' (string too short)")?);
        }
        Item::Pad => {}
    }
    Ok(())
}

fn unpack(lua: &Lua, args: &MultiValue) -> Result<MultiValue, String> {
    let mut strings = args.iter().filter_map(|value| match value {
        Value::String(text) => Some(text.as_bytes().to_vec()),
        _ => None,
    });
    let (Some(format), Some(data)) = (strings.next(), strings.next()) else {
        return Err("bad argument #1 to 'unpack' (string expected)".into());
    };
    let start = args.get(2).and_then(raise::number).unwrap_or(1.0).max(1.0);
    let mut at = start as usize - 1;
    let mut format = Format::new(&format);
    let mut values: Vec<Value> = Vec::new();
    while let Some(item) = format.next()? {
        let layout = format.layout;
        at = at.saturating_add(item.padding(at, layout));
        let rest = data.get(at..).unwrap_or_default();
        let (value, used) = unpack_one(lua, item, layout, rest, &mut values)?;
        values.extend(value);
        at += used;
        if values.len() > 5000 {
            return Err("too many results to unpack".into());
        }
    }
    values.push(Value::Number((at + 1) as f64));
    Ok(MultiValue::from_vec(values))
}

fn unpack_one(
    lua: &Lua,
    item: Item,
    layout: Layout,
    rest: &[u8],
    values: &mut Vec<Value>,
) -> Result<(Option<Value>, usize), String> {
    const SHORT: &str = "bad argument #2 to 'unpack' (data string too short)";
    let string = |bytes: &[u8]| {
        let text = lua
            .create_string(bytes)
            .map_err(|error| error.to_string())?;
        Ok::<_, String>(Some(Value::String(text)))
    };
    let size = match item {
        Item::Bytes(None) => {
            let before = values.pop().and_then(|value| raise::number(&value));
            before
                .filter(|size| *size >= 0.0)
                .ok_or("format 'c0' needs a previous size")? as usize
        }
        Item::Text => {
            let end = rest.iter().position(|byte| *byte == 0);
            let end = end.ok_or("unfinished string in data")?;
            return Ok((string(&rest[..end])?, end + 1));
        }
        item => item.size(),
    };
    let mut bytes = rest.get(..size).ok_or(SHORT)?.to_vec();
    let value = match item {
        Item::Pad => None,
        Item::Bytes(_) | Item::Text => string(&bytes)?,
        Item::Integer { signed, .. } => {
            ordered(layout.little, &mut bytes);
            let negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
            let mut wide = [if negative { 0xff } else { 0 }; 8];
            wide[..size].copy_from_slice(&bytes);
            let number = i64::from_le_bytes(wide);
            let number = if signed {
                number as f64
            } else {
                number.cast_unsigned() as f64
            };
            Some(Value::Number(number))
        }
        Item::Float => {
            ordered(layout.little, &mut bytes);
            let laid = bytes.as_slice().try_into().map_err(|_| SHORT)?;
            Some(Value::Number(f32::from_le_bytes(laid).into()))
        }
        Item::Double => {
            ordered(layout.little, &mut bytes);
            let laid = bytes.as_slice().try_into().map_err(|_| SHORT)?;
            Some(Value::Number(f64::from_le_bytes(laid)))
        }
    };
    Ok((value, size))
}

/// How long what a format packs is, if that does not depend on values.
fn size(text: &[u8]) -> Result<f64, String> {
    let mut format = Format::new(text);
    let mut at = 0usize;
    while let Some(item) = format.next()? {
        match item {
            Item::Text => {
                return Err("bad argument #1 to 'size' (variable-size format in 'size')".into());
            }
            Item::Bytes(None) => {
                return Err("bad argument #1 to 'size' (variable-length format in 'size')".into());
            }
            _ => {}
        }
        at += item.padding(at, format.layout) + item.size();
    }
    Ok(at as f64)
}

/// All of its functions.
pub(super) fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    let packs = |lua: &Lua, args: MultiValue| {
        raise::here(lua, pack(&args).map(|bytes| lua.create_string(bytes).ok()))
    };
    table.set("pack", lua.create_function(packs)?)?;
    let unpacks = |lua: &Lua, args: MultiValue| raise::here(lua, unpack(lua, &args));
    table.set("unpack", lua.create_function(unpacks)?)?;
    let sizes = |lua: &Lua, text: LuaString| raise::here(lua, size(&text.as_bytes()));
    table.set("size", lua.create_function(sizes)?)?;
    Ok(table)
}
