//! A connection that hears what becomes of keys.

use super::wire::{Value, Wire, request};

/// Is told of every event of a key, in all databases, but for those of keys that are looked for and not there.
pub(crate) struct Listener {
    port: u16,
    classes: &'static str,
    /// None where it was closed, as by a CLIENT KILL, or a server is too busy to answer.
    wire: Option<Wire>,
}

impl Listener {
    pub(crate) fn new(server: char, port: u16) -> Listener {
        Listener {
            port,
            classes: if server == '8' { "AEnoc" } else { "AEn" },
            wire: None,
        }
    }

    /// The events since the last call, each with its key; none where they could not be heard, until the next call. What
    /// is over by the time of a server is left out, since that is told when the server happens to look.
    pub(crate) fn heard(&mut self) -> Option<Vec<Value>> {
        let Some(wire) = &mut self.wire else {
            self.wire = connect(self.port, self.classes).ok();
            return None;
        };
        let heard = listen(wire).ok();
        if heard.is_none() {
            self.wire = None;
        }
        heard
    }
}

fn connect(port: u16, classes: &str) -> std::io::Result<Wire> {
    let mut wire = Wire::connect(port)?;
    wire.run(&[
        request(&format!("config set notify-keyspace-events {classes}")),
        request("hello 3"),
        request("psubscribe __keyevent@*"),
    ])?;
    Ok(wire)
}

fn listen(wire: &mut Wire) -> std::io::Result<Vec<Value>> {
    wire.send(&[request("ping")])?;
    let mut heard = Vec::new();
    // The answer comes behind all that has happened before.
    while let message @ Value::Many(b'>', _) = wire.reply()? {
        heard.extend(event(&message).filter(|event| !event.contains("expired")));
    }
    let bulk = |event: String| Value::Bulk(b'$', event.into_bytes());
    Ok(heard.into_iter().map(bulk).collect())
}

/// An event and its key, as text.
fn event(message: &Value) -> Option<String> {
    let [_, _, Value::Bulk(_, channel), Value::Bulk(_, key)] = message.items() else {
        return None;
    };
    let channel = channel.strip_prefix(b"__keyevent@")?;
    Some(format!("{} {}", channel.escape_ascii(), key.escape_ascii()))
}
