//! What is sent: meta commands, one after the other, so that several take one round trip.

use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A key as the protocol takes it: base64, by which no byte of it can be a command.
#[derive(Debug, Clone)]
pub(crate) struct Key(String);

impl Key {
    /// The longest key in bytes: memcached takes 250 of base64, which come in fours.
    pub(crate) const BYTES: usize = 250 / 4 * 3;

    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(BASE64_STANDARD.encode(bytes))
    }
}

/// Commands that are sent together. Each has one reply, in their order.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    pub(crate) commands: usize,
}

impl Request {
    /// Asks for the server's settings, and for nothing else.
    pub(crate) fn settings() -> Self {
        Self {
            bytes: b"stats settings\r\n".to_vec(),
            commands: 1,
        }
    }

    /// Reads what the flags ask for.
    pub(crate) fn get(&mut self, key: &Key, flags: &str) {
        self.command(format_args!("mg {} b {flags}", key.0));
    }

    /// Counts as the flags say.
    pub(crate) fn count(&mut self, key: &Key, flags: &str) {
        self.command(format_args!("ma {} b {flags}", key.0));
    }

    /// Stores a value as the flags say.
    pub(crate) fn set(&mut self, key: &Key, value: &[u8], flags: &str) {
        self.bytes
            .reserve(value.len() + key.0.len() + flags.len() + 32);
        self.command(format_args!("ms {} {} b {flags}", key.0, value.len()));
        self.bytes.extend_from_slice(value);
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// Removes an entry as the flags say.
    pub(crate) fn delete(&mut self, key: &Key, flags: &str) {
        self.command(format_args!("md {} b {flags}", key.0));
    }

    fn command(&mut self, line: std::fmt::Arguments<'_>) {
        self.commands += 1;
        // Writing into memory has no errors.
        let _ = Text(&mut self.bytes).write_fmt(line);
        self.bytes.extend_from_slice(b"\r\n");
    }
}

struct Text<'a>(&'a mut Vec<u8>);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_one_after_the_other() {
        let key = Key::new(b"a\r\nflush_all\r\n");
        let mut request = Request::default();
        request.get(&key, "v c");
        request.set(&key, b"1\r\n", "T7");
        request.delete(&key, "");
        request.count(&key, "D7");
        assert_eq!(request.commands, 4);
        let expected = "mg YQ0KZmx1c2hfYWxsDQo= b v c\r\n\
                        ms YQ0KZmx1c2hfYWxsDQo= 3 b T7\r\n1\r\n\r\n\
                        md YQ0KZmx1c2hfYWxsDQo= b \r\n\
                        ma YQ0KZmx1c2hfYWxsDQo= b D7\r\n";
        assert_eq!(String::from_utf8(request.bytes).unwrap(), expected);
    }

    #[test]
    fn longest_key_fits_the_protocol() {
        assert!(Key::new(&[0; Key::BYTES]).0.len() <= 250);
        assert!(Key::new(&[0; Key::BYTES + 1]).0.len() > 250);
    }
}
