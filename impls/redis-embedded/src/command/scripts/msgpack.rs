//! The library `cmsgpack`: MessagePack, with the choices the original makes.

use mlua::{Lua, MultiValue, Table, Value};

/// Deeper tables are packed as nil.
const PACK_DEPTH: usize = 16;
const UNPACK_DEPTH: usize = 200;

/// All arguments, one behind the other.
pub(super) fn pack(lua: &Lua, values: &MultiValue) -> Result<Value, String> {
    if values.is_empty() {
        return Err("bad argument #0 to 'pack' (MessagePack pack needs input.)".into());
    }
    let mut out = Vec::new();
    for value in values {
        append(&mut out, value, 0)?;
    }
    let text = lua.create_string(out).map_err(|error| error.to_string())?;
    Ok(Value::String(text))
}

fn append(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), String> {
    match value {
        Value::Boolean(value) => out.push(0xc2 | u8::from(*value)),
        Value::Integer(number) => append_integer(out, *number),
        Value::Number(number) => {
            let whole = *number as i64;
            if whole as f64 == *number && number.abs() < 9.2e18 {
                append_integer(out, whole);
            } else {
                append_float(out, *number);
            }
        }
        Value::String(text) => {
            let text = text.as_bytes();
            head(
                out,
                text.len(),
                0xa0,
                32,
                [Some(0xd9), Some(0xda), Some(0xdb)],
            );
            out.extend_from_slice(&text);
        }
        Value::Table(table) if depth < PACK_DEPTH => append_table(out, table, depth)?,
        _ => out.push(0xc0),
    }
    Ok(())
}

/// The head of something with a length: a short one is in its first byte.
fn head(out: &mut Vec<u8>, length: usize, short: u8, most: usize, long: [Option<u8>; 3]) {
    match (length, long) {
        (length, _) if length < most => out.push(short | length as u8),
        (0..=0xff, [Some(kind), ..]) => out.extend([kind, length as u8]),
        (0..=0xffff, [_, Some(kind), _]) => {
            out.push(kind);
            out.extend((length as u16).to_be_bytes());
        }
        (_, [.., kind]) => {
            out.push(kind.unwrap_or_default());
            out.extend((length as u32).to_be_bytes());
        }
    }
}

fn append_integer(out: &mut Vec<u8>, number: i64) {
    let bytes = number.to_be_bytes();
    let (kind, length) = match number {
        -32..=127 => return out.push(bytes[7]),
        128..=0xff => (0xcc, 1),
        0x100..=0xffff => (0xcd, 2),
        0x1_0000..=0xffff_ffff => (0xce, 4),
        0x1_0000_0000.. => (0xcf, 8),
        -0x80..-32 => (0xd0, 1),
        -0x8000..-0x80 => (0xd1, 2),
        -0x8000_0000..-0x8000 => (0xd2, 4),
        _ => (0xd3, 8),
    };
    out.push(kind);
    out.extend_from_slice(&bytes[8 - length..]);
}

fn append_float(out: &mut Vec<u8>, number: f64) {
    let single = number as f32;
    if f64::from(single) == number {
        out.push(0xca);
        out.extend(single.to_be_bytes());
    } else {
        out.push(0xcb);
        out.extend(number.to_be_bytes());
    }
}

fn append_table(out: &mut Vec<u8>, table: &Table, depth: usize) -> Result<(), String> {
    let pairs: Vec<(Value, Value)> = table
        .pairs()
        .collect::<mlua::Result<_>>()
        .map_err(|error| error.to_string())?;
    let all = pairs.len();
    let counts = |key: &Value| match key {
        Value::Integer(number) => usize::try_from(*number).is_ok_and(|n| (1..=all).contains(&n)),
        Value::Number(number) => number.fract() == 0.0 && *number >= 1.0 && *number <= all as f64,
        _ => false,
    };
    if pairs.iter().all(|(key, _)| counts(key)) {
        head(out, all, 0x90, 16, [None, Some(0xdc), Some(0xdd)]);
        for index in 1..=all {
            let item = table.raw_get::<Value>(index).unwrap_or(Value::Nil);
            append(out, &item, depth + 1)?;
        }
        return Ok(());
    }
    head(out, all, 0x80, 16, [None, Some(0xde), Some(0xdf)]);
    for (key, value) in pairs {
        append(out, &key, depth + 1)?;
        append(out, &value, depth + 1)?;
    }
    Ok(())
}

/// All values of some bytes.
pub(super) fn unpack(lua: &Lua, bytes: &[u8]) -> Result<MultiValue, String> {
    let mut rest = bytes;
    let mut values = Vec::new();
    while !rest.is_empty() {
        // More values would not fit on the stack of Lua.
        if values.len() > 5000 {
            return Err("Bad data format in input.".into());
        }
        values.push(next(lua, &mut rest, 0)?);
    }
    Ok(MultiValue::from_vec(values))
}

fn set(table: &Table, key: impl mlua::IntoLua, value: impl mlua::IntoLua) -> Result<(), String> {
    table.raw_set(key, value).map_err(|error| error.to_string())
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], String> {
    let (taken, tail) = rest
        .split_at_checked(length)
        .ok_or("Missing bytes in input.")?;
    *rest = tail;
    Ok(taken)
}

/// A number of some bytes, the highest first.
fn number(rest: &mut &[u8], length: usize) -> Result<u64, String> {
    let bytes = take(rest, length)?;
    Ok(bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn next(lua: &Lua, rest: &mut &[u8], depth: usize) -> Result<Value, String> {
    if depth > UNPACK_DEPTH {
        return Err("Bad data format in input.".into());
    }
    let kind = take(rest, 1)?[0];
    let length = |rest: &mut &[u8], bytes: usize| {
        number(rest, bytes).map(|length| usize::try_from(length).unwrap_or(usize::MAX))
    };
    let signed = |number: u64, bytes: u32| {
        let spare = 64 - bytes * 8;
        ((number << spare).cast_signed() >> spare) as f64
    };
    Ok(match kind {
        0..0x80 => Value::Number(kind.into()),
        0xe0.. => Value::Number(f64::from(kind.cast_signed())),
        0x80..0x90 => map(lua, rest, usize::from(kind & 15), depth)?,
        0x90..0xa0 => array(lua, rest, usize::from(kind & 15), depth)?,
        0xa0..0xc0 => text(lua, rest, usize::from(kind & 31))?,
        0xc0 => Value::Nil,
        0xc2 | 0xc3 => Value::Boolean(kind == 0xc3),
        0xca => Value::Number(f32::from_bits(number(rest, 4)? as u32).into()),
        0xcb => Value::Number(f64::from_bits(number(rest, 8)?)),
        0xcc..=0xcf => Value::Number(number(rest, 1 << (kind - 0xcc))? as f64),
        0xd0..=0xd3 => {
            let bytes = 1 << (kind - 0xd0);
            Value::Number(signed(number(rest, bytes)?, bytes as u32))
        }
        0xc4..=0xc6 => {
            let length = length(rest, 1 << (kind - 0xc4))?;
            text(lua, rest, length)?
        }
        0xd9..=0xdb => {
            let length = length(rest, 1 << (kind - 0xd9))?;
            text(lua, rest, length)?
        }
        0xdc | 0xdd => {
            let length = length(rest, 2 << (kind - 0xdc))?;
            array(lua, rest, length, depth)?
        }
        0xde | 0xdf => {
            let length = length(rest, 2 << (kind - 0xde))?;
            map(lua, rest, length, depth)?
        }
        _ => return Err("Bad data format in input.".into()),
    })
}

fn text(lua: &Lua, rest: &mut &[u8], length: usize) -> Result<Value, String> {
    let bytes = take(rest, length)?;
    let text = lua.create_string(bytes);
    text.map(Value::String).map_err(|error| error.to_string())
}

fn array(lua: &Lua, rest: &mut &[u8], length: usize, depth: usize) -> Result<Value, String> {
    let table = lua.create_table().map_err(|error| error.to_string())?;
    for index in 1..=length {
        set(&table, index, next(lua, rest, depth + 1)?)?;
    }
    Ok(Value::Table(table))
}

fn map(lua: &Lua, rest: &mut &[u8], length: usize, depth: usize) -> Result<Value, String> {
    let table = lua.create_table().map_err(|error| error.to_string())?;
    for _ in 0..length {
        let key = next(lua, rest, depth + 1)?;
        let value = next(lua, rest, depth + 1)?;
        set(&table, key, value)?;
    }
    Ok(Value::Table(table))
}
