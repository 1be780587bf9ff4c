//! Functions: libraries of code that stay, FUNCTION and FCALL.
//!
//! They have a Lua of their own, so that SCRIPT FLUSH does not concern them. What runs in it is what
//! runs scripts.

mod library;
mod metadata;

use std::collections::BTreeMap;

use super::scripts::{self, Engine, Program, key_count};
use super::server::{container, help};
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::glob;
use crate::rdb;
use library::{Function, Library, compile};

commands! {
    "fcall" -3 [NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => fcall;
    "fcall_ro" -3 [READONLY NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => fcall;
    "function" -2 [CONTAINER] (0, 0, 0) "" => container;
    "function|delete" 3 [WRITE NOSCRIPT] (0, 0, 0) "scripting" => delete;
    "function|dump" 2 [NOSCRIPT] (0, 0, 0) "scripting" => dump;
    "function|flush" -2 [WRITE NOSCRIPT] (0, 0, 0) "scripting" => flush;
    "function|help" 2 [LOADING STALE] (0, 0, 0) "scripting" => help;
    "function|kill" 2 [NOSCRIPT ALLOW_BUSY] (0, 0, 0) "scripting" => kill;
    "function|list" -2 [NOSCRIPT] (0, 0, 0) "scripting" => list;
    "function|load" -3 [WRITE DENYOOM NOSCRIPT] (0, 0, 0) "scripting" => load;
    "function|restore" -3 [WRITE DENYOOM NOSCRIPT] (0, 0, 0) "scripting" => restore;
    "function|stats" 2 [NOSCRIPT ALLOW_BUSY] (0, 0, 0) "scripting" => stats;
}

/// The libraries of a server, by their names.
#[derive(Default)]
pub(crate) struct Functions {
    /// Made when the first library comes; none while a function runs.
    engine: Option<Engine>,
    libraries: BTreeMap<Vec<u8>, Library>,
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Functions")
            .field("libraries", &self.libraries.len())
            .finish_non_exhaustive()
    }
}

impl Functions {
    /// A function, whose name may be in any case.
    fn named(&self, name: &[u8]) -> Option<&Function> {
        self.libraries
            .values()
            .flat_map(|library| &library.functions)
            .find(|function| function.name.eq_ignore_ascii_case(name))
    }

    /// Adds a library; the one of the same name goes, if it may.
    fn add(&mut self, library: Library, replace: bool) -> Result<Vec<u8>, Error> {
        let name = library.name.clone();
        let old = if replace {
            self.libraries.remove(&name)
        } else {
            None
        };
        let taken = library
            .functions
            .iter()
            .find(|function| self.named(&function.name).is_some());
        if let Some(taken) = taken {
            let error = [b"ERR Function ", taken.name.as_slice(), b" already exists"].concat();
            self.libraries.extend(old.map(|old| (name, old)));
            return Err(error.into());
        }
        self.libraries.insert(name.clone(), library);
        Ok(name)
    }
}

/// Compiles code and adds the library that it makes.
fn learn(cx: &mut Cx<'_>, code: &[u8], replace: bool) -> Result<Vec<u8>, Error> {
    let name = metadata::name(code)?;
    let functions = &mut cx.state.functions;
    if !replace && functions.libraries.contains_key(&name) {
        return Err([b"ERR Library '", name.as_slice(), b"' already exists"]
            .concat()
            .into());
    }
    let profile = cx.state.profile;
    let engine = match &mut functions.engine {
        Some(engine) => engine,
        none => none.insert(Engine::new(profile).map_err(|error| scripts::failure(&error))?),
    };
    let library = compile(engine, name, code)?;
    functions.add(library, replace)
}

fn load(cx: &mut Cx<'_>) -> Outcome {
    let (options, code) = cx.args[2..].split_at(cx.len() - 3);
    for option in options {
        if !option.eq_ignore_ascii_case(b"replace") {
            return Err([b"ERR Unknown option given: ", *option].concat().into());
        }
    }
    let name = learn(cx, code[0], !options.is_empty())?;
    cx.out.bulk(&name);
    Ok(())
}

fn fcall(cx: &mut Cx<'_>) -> Outcome {
    let function = cx.state.functions.named(cx.args[1]);
    let function = function.ok_or(Error::new("ERR Function not found"))?;
    let reads = function.flags.contains(&"no-writes");
    let program = Program {
        entry: "call_function",
        name: String::from_utf8_lossy(&function.name).into_owned(),
        function: function.callback.clone(),
        only_reads: reads,
    };
    let keys = key_count(cx, "ERR Bad number of keys provided")?;
    if cx.command.name == "fcall_ro" && !reads {
        return Err(Error::new(
            "ERR Can not execute a script with write flag using *_ro command.",
        ));
    }
    let Some(engine) = cx.state.functions.engine.take() else {
        return Err(Error::new("ERR a function runs already"));
    };
    let done = program.run(cx, &engine, keys);
    cx.state.functions.engine = Some(engine);
    done
}

fn delete(cx: &mut Cx<'_>) -> Outcome {
    let found = cx.state.functions.libraries.remove(cx.args[2]);
    found.ok_or(Error::new("ERR Library not found"))?;
    cx.out.ok();
    Ok(())
}

fn flush(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 3 {
        return Err(cx.subcommand_error());
    }
    if cx.len() == 3 && !cx.is(2, "sync") && !cx.is(2, "async") {
        return Err(Error::new(
            "ERR FUNCTION FLUSH only supports SYNC|ASYNC option",
        ));
    }
    cx.state.functions = Functions::default();
    cx.out.ok();
    Ok(())
}

/// No function runs while another command does.
fn kill(_: &mut Cx<'_>) -> Outcome {
    Err(Error::new("NOTBUSY No scripts in execution right now."))
}

fn list(cx: &mut Cx<'_>) -> Outcome {
    let (mut with_code, mut pattern, mut at) = (false, None, 2);
    while at < cx.len() {
        if cx.is(at, "withcode") && !with_code {
            with_code = true;
        } else if cx.is(at, "libraryname") && pattern.is_none() {
            at += 1;
            let given = cx.args.get(at).copied();
            pattern = Some(given.ok_or(Error::new("ERR library name argument was not given"))?);
        } else {
            return Err([b"ERR Unknown argument ", cx.arg(at)].concat().into());
        }
        at += 1;
    }
    let wanted = |name: &[u8]| pattern.is_none_or(|pattern| glob::matches_nocase(pattern, name));
    let libraries = cx.state.functions.libraries.values();
    let shown: Vec<&Library> = libraries.filter(|library| wanted(&library.name)).collect();
    cx.out.array(shown.len());
    shown
        .iter()
        .for_each(|library| library.describe(&mut cx.out, with_code));
    Ok(())
}

fn stats(cx: &mut Cx<'_>) -> Outcome {
    let libraries = &cx.state.functions.libraries;
    let functions = libraries
        .values()
        .map(|library| library.functions.len())
        .sum();
    let out = &mut cx.out;
    out.map(2);
    out.text("running_script");
    out.null();
    out.text("engines");
    out.map(1);
    out.text("LUA");
    out.map(2);
    out.text("libraries_count");
    out.count(libraries.len());
    out.text("functions_count");
    out.count(functions);
    Ok(())
}

fn dump(cx: &mut Cx<'_>) -> Outcome {
    let libraries = cx.state.functions.libraries.values();
    let body = rdb::of_libraries(libraries.map(|library| library.code.as_slice()));
    let payload = rdb::seal(body, cx.state.profile.rdb_version());
    cx.out.bulk(&payload);
    Ok(())
}

fn restore(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 4 {
        return Err(cx.subcommand_error());
    }
    let policy = cx.args.get(3).map(|policy| policy.to_ascii_lowercase());
    let (flush, replace) = match policy.as_deref() {
        None | Some(b"append") => (false, false),
        Some(b"replace") => (false, true),
        Some(b"flush") => (true, false),
        Some(_) => {
            return Err(Error::new(
                "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.",
            ));
        }
    };
    let version = cx.state.profile.rdb_version();
    let body = rdb::open(cx.args[2], version)
        .map_err(|_| Error::new("ERR DUMP payload version or checksum are wrong"))?;
    let codes = rdb::libraries(body).map_err(|_| Error::new("ERR failed loading RDB"))?;
    // All of them, or none.
    let before = cx.state.functions.libraries.clone();
    if flush {
        cx.state.functions.libraries.clear();
    }
    for code in codes {
        if let Err(error) = restore_one(cx, &code, replace) {
            cx.state.functions.libraries = before;
            return Err(error);
        }
    }
    cx.out.ok();
    Ok(())
}

fn restore_one(cx: &mut Cx<'_>, code: &[u8], replace: bool) -> Outcome {
    let name = metadata::name(code)?;
    if !replace && cx.state.functions.libraries.contains_key(&name) {
        return Err([b"ERR Library ", name.as_slice(), b" already exists"]
            .concat()
            .into());
    }
    learn(cx, code, replace).map(|_| ())
}
