//! Runs a script: its commands against the database, its result as a reply.

use mlua::{Function, Lua, MultiValue, Table, Value};

use super::engine::{Engine, failure};
use super::{convert, raise};
use crate::command::{Cx, Error, Mode, Outcome, acl, dispatch, flag};
use crate::db::number::format_double;
use crate::profile::Profile;
use crate::protocol::Reply;

/// A compiled script.
pub(super) struct Script {
    pub(super) source: Vec<u8>,
    pub(super) function: Function,
    /// Whether its first line says that it does not write.
    pub(super) read_only: bool,
}

/// Something that is to be run: a script, or a function of a library.
pub(crate) struct Program {
    /// The function of the prelude that runs it.
    pub(crate) entry: &'static str,
    /// What errors call it.
    pub(crate) name: String,
    pub(crate) function: Function,
    pub(crate) only_reads: bool,
}

/// Runs a known script with the keys and arguments of the request.
pub(super) fn run(cx: &mut Cx<'_>, name: &str, keys: usize, only_reads: bool) -> Outcome {
    let Some(script) = cx.state.scripts.known.get(name) else {
        return Err(super::no_script(cx.state.profile));
    };
    let program = Program {
        entry: "run",
        name: name.into(),
        function: script.function.clone(),
        only_reads: only_reads || script.read_only,
    };
    let Some(engine) = cx.state.scripts.engine.take() else {
        return Err(Error::new("ERR a script runs already"));
    };
    let done = program.run(cx, &engine, keys);
    cx.state.scripts.engine = Some(engine);
    done
}

impl Program {
    /// Runs it with the keys and arguments of the request.
    pub(crate) fn run(&self, cx: &mut Cx<'_>, engine: &Engine, keys: usize) -> Outcome {
        let db = cx.client.db;
        let command = cx.client.last_command;
        cx.client.in_script = true;
        engine.reset();
        let result = self.execute(cx, engine, keys);
        cx.client.in_script = false;
        cx.client.db = db;
        cx.client.last_command = command;
        match result {
            Ok((true, value, resp3)) => convert::write(&mut cx.out, &value, resp3),
            Ok((false, error, _)) => Err(explain(&engine.lua, error, &self.name, cx.state.profile)),
            Err(error) => Err(failure(&error)),
        }
    }

    /// Calls the function; true with its result, or false with an error, and whether it chose RESP3.
    fn execute(
        &self,
        cx: &mut Cx<'_>,
        engine: &Engine,
        keys: usize,
    ) -> mlua::Result<(bool, Value, bool)> {
        let only_reads = self.only_reads;
        let lua = &engine.lua;
        let api = &engine.api;
        let rest = cx.args.get(3..).unwrap_or_default();
        let (keys, args) = rest.split_at(keys.min(rest.len()));
        let (keys, args) = (strings(lua, keys)?, strings(lua, args)?);
        let resp3 = std::cell::Cell::new(false);
        let shared = std::cell::RefCell::new(&mut *cx);
        let (shared, version) = (&shared, &resp3);
        let (ok, value) = lua.scope(|scope| {
            let redis: Table = api.get("redis")?;
            let protected = move |lua: &Lua, args: MultiValue| {
                let mut cx = shared
                    .try_borrow_mut()
                    .map_err(|_| mlua::Error::RecursiveMutCallback)?;
                match call(&mut cx, &args, only_reads, version.get()) {
                    Ok(reply) => convert::read(lua, &reply.bytes),
                    Err(error) => convert::error(lua, error.bytes()),
                }
            };
            redis.set("pcall", scope.create_function(protected)?)?;
            let raising = move |lua: &Lua, args: MultiValue| {
                let mut cx = shared
                    .try_borrow_mut()
                    .map_err(|_| mlua::Error::RecursiveMutCallback)?;
                match call(&mut cx, &args, only_reads, version.get()) {
                    Ok(reply) => match reply.bytes.strip_prefix(b"-") {
                        Some(text) => Err(raise::reply_bytes(text.trim_ascii_end())),
                        None => convert::read(lua, &reply.bytes),
                    },
                    Err(error) => Err(raise::reply_bytes(error.bytes())),
                }
            };
            redis.set("call", scope.create_function(raising)?)?;
            let check = move |_: &Lua, args: MultiValue| {
                let cx = shared
                    .try_borrow_mut()
                    .map_err(|_| mlua::Error::RecursiveMutCallback)?;
                allowed(&cx, &args).map_err(|text| raise::reply(&text))
            };
            redis.set("acl_check_cmd", scope.create_function(check)?)?;
            let choose = move |_: &Lua, args: MultiValue| set_protocol(version, &args);
            redis.set("setresp", scope.create_function(choose)?)?;
            let run: Function = api.get(self.entry)?;
            run.call::<(bool, Value)>((&self.function, keys, args))
        })?;
        Ok((ok, value, resp3.get()))
    }
}

fn set_protocol(version: &std::cell::Cell<bool>, args: &MultiValue) -> mlua::Result<()> {
    if args.len() != 1 {
        return Err(raise::reply("redis.setresp() requires one argument."));
    }
    match args.front().and_then(raise::number) {
        Some(2.0) => version.set(false),
        Some(3.0) => version.set(true),
        _ => return Err(raise::reply("RESP version must be 2 or 3.")),
    }
    Ok(())
}

fn strings(lua: &Lua, texts: &[&[u8]]) -> mlua::Result<Table> {
    let texts = texts.iter().map(|text| lua.create_string(text));
    lua.create_sequence_from(texts.collect::<mlua::Result<Vec<_>>>()?)
}

/// The arguments of a command as Redis reads them from Lua.
fn arguments(args: &MultiValue, valkey: bool) -> Result<Vec<Vec<u8>>, Error> {
    let words: Option<Vec<Vec<u8>>> = args
        .iter()
        .map(|value| match value {
            Value::String(text) => Some(text.as_bytes().to_vec()),
            Value::Integer(number) => Some(format_double(*number as f64).into_bytes()),
            Value::Number(number) => Some(format_double(*number).into_bytes()),
            _ => None,
        })
        .collect();
    words.ok_or(Error::new(if valkey {
        "ERR Command arguments must be strings or integers"
    } else {
        "ERR Lua redis lib command arguments must be strings or integers"
    }))
}

/// Runs one command of a script.
fn call(cx: &mut Cx<'_>, args: &MultiValue, only_reads: bool, resp3: bool) -> Result<Reply, Error> {
    let valkey = cx.state.profile == Profile::Valkey9_1;
    if args.is_empty() {
        return Err(Error::new(
            "ERR Please specify at least one argument for this redis lib call",
        ));
    }
    let words = arguments(args, valkey)?;
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let command = dispatch::find_any(&words)
        .filter(|command| cx.state.profile.has(command))
        .ok_or(Error::new(if valkey {
            "ERR Unknown command called from script"
        } else {
            "ERR Unknown Redis command called from script"
        }))?;
    if !cx.state.profile.takes(command, words.len()) {
        return Err(Error::new(if valkey {
            "ERR Wrong number of args calling command from script"
        } else {
            "ERR Wrong number of args calling Redis command from script"
        }));
    }
    if cx.state.profile.bars_from_scripts(command) {
        return Err(Error::new(if valkey {
            "ERR This Valkey command is not allowed from script"
        } else {
            "ERR This Redis command is not allowed from script"
        }));
    }
    acl::check_in_script(cx.state, cx.client, command, &words)?;
    if only_reads && command.has(flag::WRITE) {
        return Err(Error::new(
            "ERR Write commands are not allowed from read-only scripts.",
        ));
    }
    let mut out = Reply::new(resp3);
    dispatch::call(cx.state, cx.client, command, &words, Mode::Inside, &mut out);
    Ok(out)
}

/// Whether the user may run a command.
fn allowed(cx: &Cx<'_>, args: &MultiValue) -> Result<Value, String> {
    if args.is_empty() {
        return Err(
            "Please specify at least one argument for this redis.acl_check_cmd() call".into(),
        );
    }
    let words = arguments(args, false).map_err(|_| {
        "redis.acl_check_cmd() command arguments must be strings or integers".to_string()
    })?;
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let command = dispatch::find_any(&words)
        .filter(|command| cx.state.profile.has(command))
        .ok_or("Invalid command passed to redis.acl_check_cmd()")?;
    let allowed = acl::look(cx.state, cx.client, command, &words).is_ok();
    Ok(Value::Boolean(allowed))
}

/// The error reply of a script that failed, with the place where it did.
fn explain(lua: &Lua, error: Value, name: &str, profile: Profile) -> Error {
    let (mut reply, source, line) = parts(lua, error);
    // Valkey 9 leaves the name out.
    let named = profile != Profile::Valkey9_1;
    reply.extend_from_slice(b" script: ");
    if named {
        reply.extend_from_slice(name.as_bytes());
    }
    if let (Some(source), Some(line)) = (source, line) {
        let comma = if named { ", " } else { "" };
        reply.extend(format!("{comma}on {source}:{line}.").bytes());
    }
    reply.into()
}

/// What the error of a script says, without where it happened.
pub(crate) fn raised(lua: &Lua, error: Value) -> Vec<u8> {
    parts(lua, error).0
}

/// What an error says, and the file and the line where it happened.
fn parts(lua: &Lua, error: Value) -> (Vec<u8>, Option<String>, Option<usize>) {
    match error {
        Value::Table(error) => {
            let text: Option<mlua::LuaString> = error.raw_get("err").ok();
            let text = text.map_or(b"ERR unknown error".to_vec(), |text| {
                text.as_bytes().to_vec()
            });
            let source: Option<String> = error.raw_get("source").ok().flatten();
            let line: Option<usize> = error.raw_get("line").ok().flatten();
            (text, source, line)
        }
        // Without memory, Lua calls no handler.
        Value::String(text) => ([b"ERR ", &*text.as_bytes()].concat(), None, None),
        other => {
            let text = raise::text(lua, other).map(|(text, _)| text.as_bytes().to_vec());
            let text = text.unwrap_or_else(|_| b"unknown error".to_vec());
            ([b"ERR ", text.as_slice()].concat(), None, None)
        }
    }
}
