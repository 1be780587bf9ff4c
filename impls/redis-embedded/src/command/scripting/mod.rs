//! EVAL, EVALSHA and SCRIPT.

mod convert;
mod engine;
mod json;

use std::collections::HashMap;

pub(crate) use engine::Engine;

use super::server::{container, help};
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::number::integer;

commands! {
    "eval" -3 [NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "evalsha" -3 [NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "eval_ro" -3 [READONLY NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "evalsha_ro" -3 [READONLY NOSCRIPT STALE SKIP_MONITOR NO_MANDATORY_KEYS MOVABLEKEYS] (0, 0, 0) "scripting" => eval;
    "script" -2 [CONTAINER] (0, 0, 0) "" => container;
    "script|load" 3 [NOSCRIPT STALE] (0, 0, 0) "scripting" => script_load;
    "script|exists" -3 [NOSCRIPT] (0, 0, 0) "scripting" => script_exists;
    "script|flush" -2 [NOSCRIPT] (0, 0, 0) "scripting" => script_flush;
    "script|kill" 2 [NOSCRIPT ALLOW_BUSY] (0, 0, 0) "scripting" => script_kill;
    "script|help" 2 [LOADING STALE] (0, 0, 0) "scripting" => help;
}

/// The scripts a server knows, and what runs them.
#[derive(Default)]
pub(crate) struct Scripts {
    /// By the hexadecimal SHA-1 of their text.
    known: HashMap<String, Vec<u8>>,
    /// Away while a script runs.
    engine: Option<Engine>,
}

fn sha1(text: &[u8]) -> String {
    sha1_smol::Sha1::from(text).digest().to_string()
}

fn eval(cx: &mut Cx<'_>) -> Outcome {
    const UNKNOWN: Error = Error::new("NOSCRIPT No matching script. Please use EVAL.");
    let name = cx.command.name;
    if name.starts_with("evalsha") && cx.arg(1).len() != 40 {
        return Err(UNKNOWN);
    }
    let keys = integer(cx.arg(2)).ok_or(Error::NOT_INTEGER)?;
    if keys > i64::try_from(cx.len() - 3).unwrap_or(i64::MAX) {
        return Err(Error::new(
            "ERR Number of keys can't be greater than number of args",
        ));
    }
    let keys =
        usize::try_from(keys).map_err(|_| Error::new("ERR Number of keys can't be negative"))?;
    let (sha, text) = if name.starts_with("evalsha") {
        let sha = String::from_utf8_lossy(cx.arg(1)).to_lowercase();
        let text = cx.state.scripts.known.get(&sha).cloned();
        (sha, text.ok_or(UNKNOWN)?)
    } else {
        (sha1(cx.arg(1)), cx.arg(1).to_vec())
    };
    let mut engine = take_engine(cx)?;
    let done = engine.run(cx, &sha, &text, keys, name.ends_with("_ro"));
    cx.state.scripts.engine = Some(engine);
    if !name.starts_with("evalsha") && !cx.state.scripts.known.contains_key(&sha) && done.compiled {
        cx.state.scripts.known.insert(sha, text);
    }
    done.outcome
}

fn take_engine(cx: &mut Cx<'_>) -> Result<Engine, Error> {
    match cx.state.scripts.engine.take() {
        Some(engine) => Ok(engine),
        None => Engine::new().map_err(|error| format!("ERR no Lua: {error}").into()),
    }
}

fn script_load(cx: &mut Cx<'_>) -> Outcome {
    let text = cx.arg(2);
    let engine = take_engine(cx)?;
    let checked = engine.check(text);
    cx.state.scripts.engine = Some(engine);
    checked?;
    let sha = sha1(text);
    cx.out.text(&sha);
    cx.state.scripts.known.insert(sha, text.to_vec());
    Ok(())
}

fn script_exists(cx: &mut Cx<'_>) -> Outcome {
    cx.out.array(cx.len() - 2);
    for sha in &cx.args[2..] {
        let sha = String::from_utf8_lossy(sha).to_lowercase();
        cx.out
            .int(i64::from(cx.state.scripts.known.contains_key(&sha)));
    }
    Ok(())
}

fn script_flush(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 3 || (cx.len() == 3 && !cx.is(2, "sync") && !cx.is(2, "async")) {
        return Err(Error::new(
            "ERR SCRIPT FLUSH only support SYNC|ASYNC option",
        ));
    }
    cx.state.scripts.known.clear();
    cx.out.ok();
    Ok(())
}

fn script_kill(_: &mut Cx<'_>) -> Outcome {
    Err(Error::new("NOTBUSY No scripts in execution right now."))
}
