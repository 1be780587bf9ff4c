//! Errors that the host's functions raise in scripts, and where in a script that is.

use mlua::{IntoLuaMulti, Lua, LuaString, Value};

/// An error of a function that Redis gives to scripts.
#[derive(Debug, Clone)]
struct Raised {
    text: Vec<u8>,
    /// Whether it is an error reply, which scripts see as a table.
    is_reply: bool,
}

impl std::fmt::Display for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.text))
    }
}

impl std::error::Error for Raised {}

/// An error reply with its code.
pub(super) fn reply_bytes(text: &[u8]) -> mlua::Error {
    mlua::Error::external(Raised {
        text: text.to_vec(),
        is_reply: true,
    })
}

/// An error reply without a code of its own.
pub(super) fn reply(text: &str) -> mlua::Error {
    reply_bytes(format!("ERR {text}").as_bytes())
}

/// A result, or an error that names the line which called the function, as those of Lua's own
/// functions do.
pub(super) fn here<T: IntoLuaMulti>(lua: &Lua, result: Result<T, String>) -> mlua::Result<T> {
    result.map_err(|text| {
        let caller = lua.inspect_stack(1, |debug| {
            let source = debug.source().short_src.map(std::borrow::Cow::into_owned);
            source.zip(debug.current_line())
        });
        let text = match caller.flatten() {
            Some((source, line)) => format!("{source}:{line}: {text}"),
            None => text,
        };
        mlua::Error::external(Raised {
            text: text.into_bytes(),
            is_reply: false,
        })
    })
}

/// The text of an error the host raised, and whether it is an error reply.
pub(super) fn text(lua: &Lua, error: Value) -> mlua::Result<(LuaString, bool)> {
    let Value::Error(error) = error else {
        return Ok((lua.create_string("unknown error")?, false));
    };
    let mut cause = &*error;
    while let mlua::Error::CallbackError { cause: inner, .. } = cause {
        cause = inner;
    }
    match cause.downcast_ref::<Raised>() {
        Some(raised) => Ok((lua.create_string(&raised.text)?, raised.is_reply)),
        None => Ok((lua.create_string(plain(cause))?, false)),
    }
}

/// What an error of Lua says, without what is only for its host.
fn plain(error: &mlua::Error) -> String {
    match error {
        mlua::Error::RuntimeError(text) | mlua::Error::MemoryError(text) => text.clone(),
        mlua::Error::SyntaxError { message, .. } => message.clone(),
        other => other.to_string().replace('\n', " "),
    }
}

/// A number, which mlua has in two forms.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// Where in a user's code the stack is.
pub(super) fn place(lua: &Lua) -> (Option<String>, Option<usize>) {
    for level in 1..10_000 {
        let look = |debug: &mlua::debug::Debug<'_>| {
            let source = debug.source().source.map(std::borrow::Cow::into_owned);
            (source, debug.current_line())
        };
        match lua.inspect_stack(level, look) {
            Some((Some(source), line)) if source.starts_with("@user") => {
                return (Some(source), line);
            }
            Some(_) => {}
            None => break,
        }
    }
    (None, None)
}
