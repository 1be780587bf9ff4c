//! The Lua state that runs scripts.

use std::cell::RefCell;

use mlua::{Function, Lua, LuaOptions, MultiValue, StdLib, Table, Value};

use super::super::dispatch::{self, call};
use super::super::{Cx, Error, Mode, Outcome, flag};
use super::{convert, json};
use crate::protocol::Reply;
use crate::server::client::Client;
use crate::server::state::State;

const PRELUDE: &str = include_str!("prelude.lua");
const SCRIPT: &str = "@user_script";

/// A Lua state with what scripts find in it.
pub(crate) struct Engine {
    lua: Lua,
    /// The functions the prelude is given.
    raw: Table,
}

/// How a script ended.
pub(super) struct Done {
    pub(super) compiled: bool,
    pub(super) outcome: Outcome,
}

/// What `redis.call` works on while a script runs.
struct Session<'a> {
    state: &'a mut State,
    client: &'a mut Client,
    read_only: bool,
    resp3: bool,
}

impl Engine {
    pub(super) fn new() -> mlua::Result<Engine> {
        let libraries = StdLib::TABLE | StdLib::STRING | StdLib::MATH;
        let lua = Lua::new_with(libraries, LuaOptions::default())?;
        let raw = lua.create_table()?;
        raw.set(
            "sha1hex",
            lua.create_function(|_, text: mlua::LuaString| Ok(super::sha1(&text.as_bytes())))?,
        )?;
        raw.set(
            "encode",
            lua.create_function(|_, value: Value| json::encode(&value))?,
        )?;
        raw.set(
            "decode",
            lua.create_function(|lua, text: mlua::LuaString| json::decode(lua, &text.as_bytes()))?,
        )?;
        raw.set(
            "null",
            Value::LightUserData(mlua::LightUserData(std::ptr::null_mut())),
        )?;
        raw.set(
            "bits",
            lua.create_function(|_, (name, a, b): (String, f64, f64)| Ok(bits(&name, a, b)))?,
        )?;
        let line = lua.create_function(|lua, ()| Ok(current_line(lua)))?;
        lua.load(PRELUDE)
            .set_name("@prelude")
            .call::<()>((raw.clone(), line))?;
        lua.globals().raw_set("KEYS", lua.create_table()?)?;
        lua.globals().raw_set("ARGV", lua.create_table()?)?;
        raw.get::<Function>("close")?.call::<()>(())?;
        Ok(Engine { lua, raw })
    }

    fn compile(&self, text: &[u8]) -> Result<Function, Error> {
        // A first line with flags is none of Lua's, but counts as a line.
        let text = if text.starts_with(b"#!") {
            [b"--", text].concat()
        } else {
            text.to_vec()
        };
        self.lua
            .load(text)
            .set_name(SCRIPT)
            .into_function()
            .map_err(|error| {
                let text = match &error {
                    mlua::Error::SyntaxError { message, .. } => message.clone(),
                    other => other.to_string(),
                };
                format!("ERR Error compiling script (new function): {text}").into()
            })
    }

    /// Whether a script can be compiled.
    pub(super) fn check(&self, text: &[u8]) -> Outcome {
        self.compile(text).map(|_| ())
    }

    /// Runs a script, and writes its reply.
    pub(super) fn run(
        &mut self,
        cx: &mut Cx<'_>,
        sha: &str,
        text: &[u8],
        keys: usize,
        read_only: bool,
    ) -> Done {
        let script = match self.compile(text) {
            Ok(script) => script,
            Err(error) => {
                return Done {
                    compiled: false,
                    outcome: Err(error),
                };
            }
        };
        let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let read_only = read_only
            || (text.starts_with(b"#!") && first_line.windows(9).any(|part| part == b"no-writes"));
        let resp3 = cx.out.resp3;
        let outcome = self.execute(cx, script, keys, read_only);
        cx.out.resp3 = resp3;
        let outcome = match outcome {
            Ok(Ok(())) => Ok(()),
            Ok(Err(table)) => Err(raised(&table, sha, text)),
            Err(error) => Err(format!("ERR {error}").into()),
        };
        Done {
            compiled: true,
            outcome,
        }
    }

    /// Runs a script; what it raises is a table.
    fn execute(
        &self,
        cx: &mut Cx<'_>,
        script: Function,
        keys: usize,
        read_only: bool,
    ) -> mlua::Result<Result<(), Table>> {
        let args = &cx.args[3..];
        let globals = self.lua.globals();
        globals.raw_set("KEYS", self.strings(&args[..keys])?)?;
        globals.raw_set("ARGV", self.strings(&args[keys..])?)?;
        let db = cx.client.db;
        let session = RefCell::new(Session {
            state: cx.state,
            client: cx.client,
            read_only,
            resp3: false,
        });
        let result = self.lua.scope(|scope| {
            let called = scope.create_function(|lua, args: MultiValue| {
                convert::to_lua(lua, &session.borrow_mut().call(args))
            })?;
            let version = scope.create_function(|_, version: i64| {
                session.borrow_mut().resp3 = version == 3;
                Ok(())
            })?;
            self.raw.raw_set("call", called)?;
            self.raw.raw_set("setresp", version)?;
            self.raw
                .get::<Function>("run")?
                .call::<(bool, Value)>(script)
        });
        let session = session.into_inner();
        session.client.db = db;
        let script_resp3 = session.resp3;
        match result? {
            (true, value) => {
                convert::to_reply(&value, &mut cx.out, script_resp3)?;
                Ok(Ok(()))
            }
            (false, Value::Table(table)) => Ok(Err(table)),
            (false, other) => Err(mlua::Error::runtime(other.to_string()?)),
        }
    }

    fn strings(&self, args: &[&[u8]]) -> mlua::Result<Table> {
        let table = self.lua.create_table()?;
        for arg in args {
            table.raw_push(self.lua.create_string(arg)?)?;
        }
        Ok(table)
    }
}

/// The error reply for what a script has raised.
fn raised(table: &Table, sha: &str, script: &[u8]) -> Error {
    let text = table
        .raw_get::<mlua::LuaString>("err")
        .map(|text| text.as_bytes().to_vec());
    let text = text.unwrap_or_else(|_| b"ERR unknown error".to_vec());
    let place = match table.raw_get::<Option<usize>>("line") {
        Ok(Some(line)) => format!(" script: {sha}, on {SCRIPT}:{line}."),
        // A call in the place of a return leaves no frame: it is most likely the last one.
        _ => {
            let last = script
                .windows(6)
                .rposition(|part| part == b"redis.")
                .unwrap_or_default();
            let line = script[..last].iter().filter(|byte| **byte == b'\n').count() + 1;
            format!(" script: {sha}, on {SCRIPT}:{line}.")
        }
    };
    [text.as_slice(), place.as_bytes()].concat().into()
}

/// The line of the script that is running.
fn current_line(lua: &Lua) -> Option<usize> {
    for level in 1..32 {
        let line = lua.inspect_stack(level, |frame| {
            let is_script = frame.source().source.as_deref() == Some(SCRIPT);
            is_script.then(|| frame.current_line())
        })?;
        if let Some(line) = line {
            return line;
        }
    }
    None
}

/// Operations on 32 bits, for which Lua 5.1 has no operators.
fn bits(name: &str, a: f64, b: f64) -> f64 {
    let word = |number: f64| (number.rem_euclid(4_294_967_296.0) as u64 & 0xffff_ffff) as u32;
    let (a, b) = (word(a), word(b));
    let result = match name {
        "bnot" => !a,
        "band" => a & b,
        "bor" => a | b,
        "bxor" => a ^ b,
        "lshift" => a << (b & 31),
        "rshift" => a >> (b & 31),
        "arshift" => (a.cast_signed() >> (b & 31)).cast_unsigned(),
        _ => a,
    };
    f64::from(result.cast_signed())
}

impl Session<'_> {
    /// Runs a command and returns its reply, or an error reply.
    fn call(&mut self, args: MultiValue) -> Reply {
        let mut out = Reply::new(self.resp3);
        let refused = |text: &str| {
            let mut out = Reply::default();
            out.error(text.as_bytes());
            out
        };
        if args.is_empty() {
            return refused("ERR Please specify at least one argument for this redis lib call");
        }
        let mut owned = Vec::with_capacity(args.len());
        for arg in args {
            match convert::argument(&arg) {
                Some(arg) => owned.push(arg),
                None => {
                    return refused(
                        "ERR Lua redis lib command arguments must be strings or integers",
                    );
                }
            }
        }
        let args: Vec<&[u8]> = owned.iter().map(Vec::as_slice).collect();
        let Some(command) = dispatch::find_any(&args) else {
            return refused("ERR Unknown Redis command called from script");
        };
        if !command.takes(args.len()) {
            return refused("ERR Wrong number of args calling Redis command from script");
        }
        if command.has(flag::NOSCRIPT) {
            return refused("ERR This Redis command is not allowed from script");
        }
        if self.read_only && command.has(flag::WRITE) {
            return refused("ERR Write commands are not allowed from read-only scripts.");
        }
        call(
            self.state,
            self.client,
            command,
            &args,
            Mode::Inside,
            &mut out,
        );
        out
    }
}
