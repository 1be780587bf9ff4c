//! The library `bit`: operations on numbers of 32 bits.

use mlua::{Lua, Table, Variadic};

/// A number of Lua as 32 bits, which wraps around.
fn bits(number: f64) -> i32 {
    number.rem_euclid(4_294_967_296.0).round_ties_even() as u64 as u32 as i32
}

fn one(lua: &Lua, table: &Table, name: &str, work: fn(i32) -> i32) -> mlua::Result<()> {
    let function = move |_: &Lua, number: f64| Ok(f64::from(work(bits(number))));
    table.set(name, lua.create_function(function)?)
}

fn many(lua: &Lua, table: &Table, name: &str, work: fn(i32, i32) -> i32) -> mlua::Result<()> {
    let function = move |_: &Lua, (first, rest): (f64, Variadic<f64>)| {
        let all = rest.iter().map(|number| bits(*number));
        Ok(f64::from(all.fold(bits(first), work)))
    };
    table.set(name, lua.create_function(function)?)
}

/// Hexadecimal digits: so many of the lowest ones, in upper case if that is negative.
fn hex(_: &Lua, (number, digits): (f64, Option<f64>)) -> mlua::Result<String> {
    let digits = digits.map_or(8, bits).clamp(-8, 8);
    let count = digits.unsigned_abs() as usize;
    let text = format!("{:08x}", bits(number));
    let text = &text[8 - count..];
    Ok(if digits < 0 {
        text.to_uppercase()
    } else {
        text.into()
    })
}

/// All of its functions.
pub(super) fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    one(lua, &table, "tobit", |a| a)?;
    one(lua, &table, "bnot", |a| !a)?;
    one(lua, &table, "bswap", i32::swap_bytes)?;
    many(lua, &table, "band", |a, b| a & b)?;
    many(lua, &table, "bor", |a, b| a | b)?;
    many(lua, &table, "bxor", |a, b| a ^ b)?;
    many(lua, &table, "lshift", |a, n| a.wrapping_shl(n as u32))?;
    many(lua, &table, "rshift", |a, n| {
        (a as u32).wrapping_shr(n as u32) as i32
    })?;
    many(lua, &table, "arshift", |a, n| a.wrapping_shr(n as u32))?;
    many(lua, &table, "rol", |a, n| a.rotate_left(n as u32 & 31))?;
    many(lua, &table, "ror", |a, n| a.rotate_right(n as u32 & 31))?;
    table.set("tohex", lua.create_function(hex)?)?;
    Ok(table)
}
