//! A connection that hears what becomes of keys.

use super::wire::{Value, Wire, request};

/// Is told of every event of a key, in all databases.
pub(crate) struct Listener(Wire);

impl Listener {
    pub(crate) fn connect(port: u16) -> std::io::Result<Listener> {
        let mut wire = Wire::connect(port)?;
        wire.run(&[
            request("config set notify-keyspace-events AEn"),
            request("hello 3"),
            request("psubscribe __keyevent@*"),
        ])?;
        Ok(Listener(wire))
    }

    /// The events since the last call, each with its key. What is over by the time of a server is left out, since that
    /// is told when the server happens to look.
    pub(crate) fn heard(&mut self) -> std::io::Result<Vec<Value>> {
        self.0.send(&[request("ping")])?;
        let mut heard = Vec::new();
        // The answer comes behind all that has happened before.
        while let message @ Value::Many(b'>', _) = self.0.reply()? {
            heard.extend(event(&message).filter(|event| !event.contains("expired")));
        }
        Ok(heard
            .into_iter()
            .map(|event| Value::Bulk(b'$', event.into_bytes()))
            .collect())
    }
}

/// An event and its key, as text.
fn event(message: &Value) -> Option<String> {
    let [_, _, Value::Bulk(_, channel), Value::Bulk(_, key)] = message.items() else {
        return None;
    };
    let channel = channel.strip_prefix(b"__keyevent@")?;
    Some(format!("{} {}", channel.escape_ascii(), key.escape_ascii()))
}
