//! A library: its code, and the functions that it has registered.

use mlua::{Table, Value};

use super::metadata::{NO_NAME, is_name};
use crate::command::Error;
use crate::command::scripts::{Engine, failure, raised};
use crate::protocol::Reply;

/// What a function may say of itself, in the order in which it is shown.
const FLAGS: [&str; 5] = [
    "no-writes",
    "allow-oom",
    "allow-stale",
    "no-cluster",
    "allow-cross-slot-keys",
];

#[derive(Clone)]
pub(super) struct Function {
    pub(super) name: Vec<u8>,
    description: Option<Vec<u8>>,
    pub(super) flags: Vec<&'static str>,
    pub(super) callback: mlua::Function,
}

#[derive(Clone)]
pub(super) struct Library {
    pub(super) name: Vec<u8>,
    pub(super) code: Vec<u8>,
    /// In the order of their names.
    pub(super) functions: Vec<Function>,
}

impl Library {
    pub(super) fn describe(&self, out: &mut Reply, with_code: bool) {
        out.map(if with_code { 4 } else { 3 });
        out.text("library_name");
        out.bulk(&self.name);
        out.text("engine");
        out.text("LUA");
        out.text("functions");
        out.array(self.functions.len());
        for function in &self.functions {
            out.map(3);
            out.text("name");
            out.bulk(&function.name);
            out.text("description");
            out.optional(function.description.as_deref());
            out.text("flags");
            out.set(function.flags.len());
            function.flags.iter().for_each(|flag| out.simple(flag));
        }
        if with_code {
            out.text("library_code");
            out.bulk(&self.code);
        }
    }
}

/// Runs the code of a library, which registers its functions.
pub(super) fn compile(engine: &Engine, name: Vec<u8>, code: &[u8]) -> Result<Library, Error> {
    // The first line stays empty, so that lines keep their numbers.
    let start = code.iter().position(|byte| *byte == b'\n');
    let body = code[start.unwrap_or(code.len())..].to_vec();
    let chunk = engine.compile_library(body)?;
    engine.reset();
    let load: mlua::Function = engine
        .api
        .get("load_library")
        .map_err(|error| failure(&error))?;
    let (ok, result) = load
        .call::<(bool, Value)>(chunk)
        .map_err(|error| failure(&error))?;
    if !ok {
        let text = raised(&engine.lua, result);
        return Err([b"ERR Error registering functions: ", text.as_slice()]
            .concat()
            .into());
    }
    let Value::Table(registered) = result else {
        return Err(Error::new("ERR No functions registered"));
    };
    let mut functions = functions(&registered)?;
    if functions.is_empty() {
        return Err(Error::new("ERR No functions registered"));
    }
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    let code = code.to_vec();
    Ok(Library {
        name,
        code,
        functions,
    })
}

/// What the prelude has noted of each function; it has checked the types.
fn functions(registered: &Table) -> Result<Vec<Function>, Error> {
    let mut found: Vec<Function> = Vec::new();
    for entry in registered.sequence_values::<Table>() {
        let function = entry.and_then(|entry| read(&entry));
        let function = function.map_err(|error| failure(&error))?;
        let Some(function) = function else {
            return Err(registering("ERR unknown flag given"));
        };
        if !is_name(&function.name) {
            return Err(registering(NO_NAME));
        }
        let same = |known: &Function| known.name.eq_ignore_ascii_case(&function.name);
        if found.iter().any(same) {
            return Err(registering("ERR Function already exists in the library"));
        }
        found.push(function);
    }
    Ok(found)
}

fn registering(text: &str) -> Error {
    format!("ERR Error registering functions: {text}").into()
}

/// A function, or none where a flag is not known.
fn read(entry: &Table) -> mlua::Result<Option<Function>> {
    let name: mlua::LuaString = entry.get("name")?;
    let description: Option<mlua::LuaString> = entry.get("description")?;
    let flags: Option<Table> = entry.get("flags")?;
    let mut known = Vec::new();
    for flag in flags
        .iter()
        .flat_map(|flags| flags.sequence_values::<Value>())
    {
        let flag = flag?;
        let flag = flag.as_string().and_then(|flag| flag.to_str().ok());
        let Some(place) = flag.and_then(|flag| FLAGS.iter().position(|known| *known == &*flag))
        else {
            return Ok(None);
        };
        known.push(place);
    }
    known.sort_unstable();
    known.dedup();
    Ok(Some(Function {
        name: name.as_bytes().to_vec(),
        description: description.map(|text| text.as_bytes().to_vec()),
        flags: known.into_iter().map(|place| FLAGS[place]).collect(),
        callback: entry.get("callback")?,
    }))
}
