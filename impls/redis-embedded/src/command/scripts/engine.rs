//! The Lua that scripts run in: what it has of its own, and what the host gives to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mlua::{
    Function, HookTriggers, Lua, LuaOptions, LuaString, MultiValue, StdLib, Table, Value, VmState,
};

use super::{bits, json, msgpack, packing, raise};
use crate::command::{Error, sha1};
use crate::profile::Profile;

/// How much memory scripts may have.
const MEMORY: usize = 256 * 1024 * 1024;
/// How many instructions a script may take, which are seconds of work. Redis would go on, and
/// answer others that it is busy; here nobody else would be answered at all.
const INSTRUCTIONS: u64 = 100_000_000;
const PER_LOOK: u32 = 100_000;

/// A Lua with what Redis gives to scripts.
pub(crate) struct Engine {
    pub(crate) lua: Lua,
    pub(crate) api: Table,
    spent: Arc<AtomicU64>,
    seed: Arc<AtomicU64>,
}

/// An error of Lua itself.
pub(crate) fn failure(error: &mlua::Error) -> Error {
    let text = match error {
        mlua::Error::SyntaxError { message, .. } => message.clone(),
        other => other.to_string(),
    };
    format!("ERR {text}").into()
}

impl Engine {
    pub(crate) fn new(profile: Profile) -> mlua::Result<Engine> {
        let libraries = StdLib::TABLE | StdLib::STRING | StdLib::MATH;
        let lua = Lua::new_with(libraries, LuaOptions::new().catch_rust_panics(false))?;
        lua.set_memory_limit(MEMORY)?;
        let spent = Arc::new(AtomicU64::new(0));
        let seed = Arc::new(AtomicU64::new(0));
        let host = host(&lua, &seed, profile)?;
        let counter = spent.clone();
        let over = move |_: &Lua, ()| Ok(counter.load(Ordering::Relaxed) > INSTRUCTIONS);
        host.set("over", lua.create_function(over)?)?;
        let prelude = lua.load(include_str!("prelude.lua")).set_name("=prelude");
        let api: Table = prelude.call(host)?;
        let counter = spent.clone();
        // Also in coroutines, which would have no end otherwise.
        lua.set_global_hook(
            HookTriggers::new().every_nth_instruction(PER_LOOK),
            move |_, _| {
                let spent = counter.fetch_add(PER_LOOK.into(), Ordering::Relaxed);
                if spent > INSTRUCTIONS {
                    return Err(mlua::Error::runtime("the script took too long"));
                }
                Ok(VmState::Continue)
            },
        )?;
        Ok(Engine {
            lua,
            api,
            spent,
            seed,
        })
    }

    /// A function of the code of a script.
    pub(super) fn compile(&self, code: Vec<u8>) -> Result<Function, Error> {
        self.compile_as(code, "@user_script", "env")
            .map_err(|text| format!("ERR Error compiling script (new function): {text}").into())
    }

    /// A function of the code of a library.
    pub(crate) fn compile_library(&self, code: Vec<u8>) -> Result<Function, Error> {
        self.compile_as(code, "@user_function", "library_env")
            .map_err(|text| format!("ERR Error compiling function: {text}").into())
    }

    fn compile_as(&self, code: Vec<u8>, name: &str, env: &str) -> Result<Function, String> {
        let env = self
            .api
            .get::<Table>(env)
            .map_err(|error| error.to_string())?;
        let chunk = self
            .lua
            .load(code)
            .set_name(name)
            .set_mode(mlua::chunk::ChunkMode::Text)
            .set_environment(env);
        chunk.into_function().map_err(|error| match error {
            mlua::Error::SyntaxError { message, .. } => message,
            other => other.to_string(),
        })
    }

    /// Every script begins with the same random numbers, and with all of its time.
    pub(crate) fn reset(&self) {
        self.spent.store(0, Ordering::Relaxed);
        self.seed.store(START, Ordering::Relaxed);
    }
}

/// The state of `drand48` after a seed of zero.
const START: u64 = 0x330e;

/// The next number of `lrand48`, of 31 bits.
fn random(seed: &AtomicU64) -> u64 {
    let next = seed
        .load(Ordering::Relaxed)
        .wrapping_mul(0x5_deec_e66d)
        .wrapping_add(0xb)
        & ((1 << 48) - 1);
    seed.store(next, Ordering::Relaxed);
    next >> 17
}

/// The functions for the prelude.
fn host(lua: &Lua, seed: &Arc<AtomicU64>, profile: Profile) -> mlua::Result<Table> {
    let host = lua.create_table()?;
    let (version, number) = profile.compatible();
    host.set("version", version)?;
    host.set("version_num", number)?;
    host.set("null", Value::NULL)?;
    host.set(
        "where",
        lua.create_function(|lua, ()| Ok(raise::place(lua)))?,
    )?;
    host.set("text", lua.create_function(raise::text)?)?;
    let own = seed.clone();
    let roll = move |lua: &Lua, (low, high): (Option<f64>, Option<f64>)| {
        raise::here(lua, random_between(&own, low, high))
    };
    host.set("random", lua.create_function(roll)?)?;
    let own = seed.clone();
    let sow = move |_: &Lua, number: f64| {
        own.store(
            ((number as i64 as u64 & 0xffff_ffff) << 16) | START,
            Ordering::Relaxed,
        );
        Ok(())
    };
    host.set("randomseed", lua.create_function(sow)?)?;
    let encode = |lua: &Lua, value: Value| raise::here(lua, json::encode(lua, &value));
    host.set("json_encode", lua.create_function(encode)?)?;
    let decode = |lua: &Lua, text: LuaString| raise::here(lua, json::decode(lua, &text.as_bytes()));
    host.set("json_decode", lua.create_function(decode)?)?;
    let pack = |lua: &Lua, values: MultiValue| raise::here(lua, msgpack::pack(lua, &values));
    host.set("msgpack_pack", lua.create_function(pack)?)?;
    let unpack =
        |lua: &Lua, text: LuaString| raise::here(lua, msgpack::unpack(lua, &text.as_bytes()));
    host.set("msgpack_unpack", lua.create_function(unpack)?)?;
    host.set("named_arguments", lua.create_function(named_arguments)?)?;
    host.set("bit", bits::table(lua)?)?;
    host.set("struct", packing::table(lua)?)?;
    host.set(
        "sha1hex",
        lua.create_function(|_, args: MultiValue| sha1hex(&args))?,
    )?;
    host.set(
        "log",
        lua.create_function(|_, args: MultiValue| log(&args))?,
    )?;
    host.set(
        "set_repl",
        lua.create_function(|_, args: MultiValue| set_repl(&args))?,
    )?;
    Ok(host)
}

/// The arguments of `redis.register_function` that are named in a table.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a function for Lua is given its arguments"
)]
fn named_arguments(lua: &Lua, given: Table) -> mlua::Result<Table> {
    let entry = lua.create_table()?;
    for pair in given.pairs::<Value, Value>() {
        let (key, value) = pair?;
        let key = key.as_string().map(|key| key.as_bytes().to_vec());
        let (name, wanted, text) = match key.as_deref() {
            Some(b"function_name") => (
                "name",
                value.is_string() || raise::number(&value).is_some(),
                "function_name argument given to redis.register_function must be a string",
            ),
            Some(b"description") => (
                "description",
                value.is_string(),
                "description argument given to redis.register_function must be a string",
            ),
            Some(b"callback") => (
                "callback",
                value.is_function(),
                "callback argument given to redis.register_function must be a function",
            ),
            Some(b"flags") => (
                "flags",
                value.is_table(),
                "flags argument to redis.register_function must be a table representing function \
                 flags",
            ),
            _ => {
                return Err(raise::reply(
                    "unknown argument given to redis.register_function",
                ));
            }
        };
        if !wanted {
            return Err(raise::reply(text));
        }
        entry.raw_set(name, value)?;
    }
    for (name, text) in [
        (
            "name",
            "redis.register_function must get a function name argument",
        ),
        (
            "callback",
            "redis.register_function must get a callback argument",
        ),
    ] {
        if entry.raw_get::<Value>(name)?.is_nil() {
            return Err(raise::reply(text));
        }
    }
    Ok(entry)
}

fn sha1hex(args: &MultiValue) -> mlua::Result<String> {
    let text = args.front().filter(|_| args.len() == 1);
    let text = text.ok_or_else(|| raise::reply("wrong number of arguments"))?;
    Ok(match text {
        Value::String(text) => sha1::hex(&text.as_bytes()),
        other => sha1::hex(other.to_string()?.as_bytes()),
    })
}

/// Nobody reads a log, so only its form is checked.
fn log(args: &MultiValue) -> mlua::Result<()> {
    let level = args.front().and_then(raise::number);
    if args.len() < 2 {
        return Err(raise::reply("redis.log() requires two arguments or more."));
    }
    match level {
        None => Err(raise::reply("First argument must be a number (log level).")),
        Some(0.0..=3.0) => Ok(()),
        Some(_) => Err(raise::reply("Invalid debug level.")),
    }
}

/// There is nobody to replicate to.
fn set_repl(args: &MultiValue) -> mlua::Result<()> {
    if args.len() != 1 {
        return Err(raise::reply("redis.set_repl() requires one argument."));
    }
    match args.front().and_then(raise::number) {
        Some(0.0..=3.0) => Ok(()),
        _ => Err(raise::reply(
            "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.",
        )),
    }
}

/// What `math.random` returns: a fraction, or a whole number between two.
fn random_between(seed: &AtomicU64, low: Option<f64>, high: Option<f64>) -> Result<Value, String> {
    const MOST: u64 = i32::MAX as u64;
    let fraction = (random(seed) % MOST) as f64 / MOST as f64;
    let (low, high, which) = match (low, high) {
        (None, _) => return Ok(Value::Number(fraction)),
        (Some(high), None) => (1.0, high, 1),
        (Some(low), Some(high)) => (low, high, 2),
    };
    if low > high {
        return Err(format!(
            "bad argument #{which} to 'random' (interval is empty)"
        ));
    }
    Ok(Value::Number((fraction * (high - low + 1.0)).floor() + low))
}
