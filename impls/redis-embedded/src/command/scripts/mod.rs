//! Scripts: EVAL, its like and SCRIPT.

mod bits;
mod convert;
mod engine;
mod json;
mod msgpack;
mod packing;
mod raise;
mod run;
mod shebang;

use std::collections::HashMap;

use super::server::{container, help};
use super::table::commands;
use super::{Cx, Error, Outcome, sha1};
use crate::profile::Profile;
pub(super) use engine::{Engine, failure};
use run::Script;
pub(super) use run::{Program, raised};

commands! {
    "eval" -3 [NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "evalsha" -3 [NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "eval_ro" -3 [READONLY NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "evalsha_ro" -3 [READONLY NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "script" -2 [CONTAINER] (0, 0, 0) "" => container;
    "script|load" 3 [NOSCRIPT STALE] (0, 0, 0) "scripting" => load;
    "script|exists" -3 [NOSCRIPT] (0, 0, 0) "scripting" => exists;
    "script|flush" -2 [NOSCRIPT] (0, 0, 0) "scripting" => flush;
    "script|kill" 2 [NOSCRIPT ALLOW_BUSY] (0, 0, 0) "scripting" => kill;
    "script|show" 3 [NOSCRIPT STALE NEWER] (0, 0, 0) "scripting" => show;
    "script|debug" 3 [NOSCRIPT] (0, 0, 0) "scripting" => debug;
    "script|help" 2 [LOADING STALE] (0, 0, 0) "scripting" => help;
}

/// How much a server keeps of scripts; beyond that the cache begins anew, and clients send what
/// they need again.
const KEPT: usize = 256 * 1024 * 1024;

/// The scripts a server knows, by their SHA-1.
#[derive(Default)]
pub(crate) struct Scripts {
    /// Made when the first script comes; none while one runs.
    engine: Option<Engine>,
    known: HashMap<String, Script>,
    bytes: usize,
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scripts")
            .field("known", &self.known.len())
            .finish_non_exhaustive()
    }
}

/// Compiles a script, unless it is known, and returns its name.
fn learn(cx: &mut Cx<'_>, source: &[u8]) -> Result<String, Error> {
    let sha = sha1::hex(source);
    if cx.state.scripts.known.contains_key(&sha) {
        return Ok(sha);
    }
    let (read_only, code) = shebang::read(source)?;
    let profile = cx.state.profile;
    let scripts = &mut cx.state.scripts;
    if scripts.bytes.saturating_add(source.len()) > KEPT {
        scripts.clear();
    }
    let engine = match &mut scripts.engine {
        Some(engine) => engine,
        none => none.insert(Engine::new(profile).map_err(|error| failure(&error))?),
    };
    let function = engine.compile(code)?;
    scripts.bytes += source.len();
    let script = Script {
        source: source.to_vec(),
        function,
        read_only,
    };
    scripts.known.insert(sha.clone(), script);
    Ok(sha)
}

impl Scripts {
    fn clear(&mut self) {
        self.known.clear();
        self.bytes = 0;
        self.engine = None;
    }
}

/// The error of a script that is not known.
fn no_script(profile: Profile) -> Error {
    Error::new(if profile == Profile::Valkey9_1 {
        "NOSCRIPT No matching script."
    } else {
        "NOSCRIPT No matching script. Please use EVAL."
    })
}

/// The number of keys, which come behind it.
pub(super) fn key_count(cx: &Cx<'_>, no_number: &'static str) -> Result<usize, Error> {
    let count = cx.int_or(2, no_number)?;
    let most = i64::try_from(cx.len() - 3).unwrap_or(i64::MAX);
    if count > most {
        return Err(Error::new(
            "ERR Number of keys can't be greater than number of args",
        ));
    }
    usize::try_from(count).map_err(|_| Error::new("ERR Number of keys can't be negative"))
}

fn eval(cx: &mut Cx<'_>) -> Outcome {
    let by_name = cx.command.name.starts_with("evalsha");
    if by_name && cx.arg(1).len() != 40 {
        return Err(no_script(cx.state.profile));
    }
    let keys = key_count(cx, "ERR value is not an integer or out of range")?;
    let name = if by_name {
        let name = String::from_utf8_lossy(cx.arg(1)).to_lowercase();
        if !cx.state.scripts.known.contains_key(&name) {
            return Err(no_script(cx.state.profile));
        }
        name
    } else {
        learn(cx, cx.arg(1))?
    };
    let only_reads = cx.command.name.ends_with("_ro");
    run::run(cx, &name, keys, only_reads)
}

fn load(cx: &mut Cx<'_>) -> Outcome {
    let name = learn(cx, cx.arg(2))?;
    cx.out.text(&name);
    Ok(())
}

fn exists(cx: &mut Cx<'_>) -> Outcome {
    let names = &cx.args[2..];
    cx.out.array(names.len());
    for name in names {
        let name = String::from_utf8_lossy(name).to_lowercase();
        let known = cx.state.scripts.known.contains_key(&name);
        cx.out.int(i64::from(known));
    }
    Ok(())
}

/// SCRIPT SHOW: the text of a known script.
fn show(cx: &mut Cx<'_>) -> Outcome {
    let name = String::from_utf8_lossy(cx.arg(2)).to_lowercase();
    let known = cx.state.scripts.known.get(&name);
    let known = known.ok_or_else(|| no_script(cx.state.profile))?;
    cx.out.bulk(&known.source);
    Ok(())
}

fn flush(cx: &mut Cx<'_>) -> Outcome {
    let known = cx.len() == 2 || (cx.len() == 3 && (cx.is(2, "sync") || cx.is(2, "async")));
    if !known {
        return Err(Error::new(
            "ERR SCRIPT FLUSH only support SYNC|ASYNC option",
        ));
    }
    cx.state.scripts.clear();
    cx.out.ok();
    Ok(())
}

/// No script runs while another command does.
fn kill(_: &mut Cx<'_>) -> Outcome {
    Err(Error::new("NOTBUSY No scripts in execution right now."))
}

/// There is no debugger, so only turning it off is possible.
fn debug(cx: &mut Cx<'_>) -> Outcome {
    if cx.is(2, "no") {
        cx.out.ok();
        return Ok(());
    }
    Err(Error::new("ERR Use SCRIPT DEBUG YES/SYNC/NO"))
}
