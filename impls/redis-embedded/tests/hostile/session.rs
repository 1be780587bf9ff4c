//! What hostile clients do to a server in memory; the fuzz targets do the same, so they share this file.

use redis_embedded::{Profile, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::words::WORDS;

/// A server that passes for the version that `VERSION` names: 7, 8 or 9, 7 by default.
pub(crate) async fn start() -> std::io::Result<Server> {
    let profile = match std::env::var("VERSION").as_deref() {
        Ok("9") => Profile::Valkey9_1,
        Ok("8") => Profile::Redis8_2,
        Ok("7") | Err(_) => Profile::Redis7_0,
        Ok(other) => panic!("VERSION is 7, 8 or 9, not `{other}`"),
    };
    start_as(profile).await
}

/// A server that passes for this version, on a clock that stands still.
pub(crate) async fn start_as(profile: Profile) -> std::io::Result<Server> {
    let builder = Server::builder().frozen_clock().profile(profile);
    builder.start().await
}

/// A server that is as it was for the input before: its data, its settings and its time are always the same.
pub(crate) fn prepare(server: &Server) {
    server.restart_empty();
    fill(server);
}

/// A key of each type.
pub(crate) fn fill(server: &Server) {
    server.command(["FLUSHALL"]);
    server.command(["CONFIG", "SET", "requirepass", ""]);
    server.command(["SET", "text", "some text"]);
    server.command(["RPUSH", "list", "a", "b", "c"]);
    server.command(["SADD", "set", "a", "b", "1"]);
    server.command(["HSET", "hash", "a", "1", "b", "2"]);
    server.command(["ZADD", "zset", "1", "a", "2", "b"]);
    server.command(["XADD", "stream", "1-1", "a", "1"]);
}

/// The commands and subcommands, but for those that would stop the run rather than the server.
pub(crate) fn commands(server: &Server) -> Vec<String> {
    const NOT: [&str; 6] = [
        "debug",
        "client|pause",
        "shutdown",
        "client|kill",
        "quit",
        "wait",
    ];
    let list = server.command(["COMMAND", "LIST"]);
    let names = list.as_list().unwrap_or_default().iter();
    let names = names.filter_map(|name| name.as_text().map(String::from));
    names.filter(|name| !NOT.contains(&name.as_str())).collect()
}

/// A request in its usual form.
pub(crate) fn array<W: AsRef<[u8]>>(words: &[W]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        let word = word.as_ref();
        bytes.extend(format!("${}\r\n", word.len()).bytes());
        bytes.extend(word);
        bytes.extend(b"\r\n");
    }
    bytes
}

/// Sends bytes over a connection of its own, and reads what comes until it is closed.
pub(crate) async fn send(server: &Server, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let (mut reader, mut writer) = tokio::io::split(server.connect_in_memory());
    let write = async {
        // The server may close before it has read everything.
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
    };
    let mut replies = Vec::new();
    let (_, read) = tokio::join!(write, reader.read_to_end(&mut replies));
    read.map(|_| replies)
}

/// Bytes as choices: which of two connections sends which command with which arguments.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next request and its connection; none when the bytes are used up.
    pub(crate) fn request(&mut self, commands: &[String]) -> Option<(usize, Vec<u8>)> {
        let index = u16::from_le_bytes([self.byte()?, self.byte()?]);
        let shape = self.byte()?;
        let name = &commands[usize::from(index) % commands.len()];
        let mut words: Vec<Vec<u8>> = name.split('|').map(Into::into).collect();
        for _ in 0..shape % 8 {
            words.push(self.word()?);
        }
        Some((usize::from(shape >> 7), array(&words)))
    }

    /// A word of the list, or bytes of the input's own.
    fn word(&mut self) -> Option<Vec<u8>> {
        let choice = usize::from(self.byte()?);
        if let Some(word) = WORDS.get(choice) {
            return Some(word.as_bytes().to_vec());
        }
        let length = (choice - WORDS.len()) % 32;
        let (word, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(word.to_vec())
    }
}

/// Runs the requests that bytes choose, over two connections that see what the other does.
pub(crate) async fn choose(server: &Server, commands: &[String], bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let mut writers = Vec::new();
    let mut readers = Vec::new();
    for _ in 0..2 {
        let (mut reader, writer) = tokio::io::split(server.connect_in_memory());
        writers.push(writer);
        readers.push(tokio::spawn(async move {
            let _ = tokio::io::copy(&mut reader, &mut tokio::io::sink()).await;
        }));
    }
    while let Some((connection, request)) = choices.request(commands) {
        // The server may have closed it.
        let _ = writers[connection].write_all(&request).await;
        tokio::task::yield_now().await;
    }
    for mut writer in writers {
        let _ = writer.shutdown().await;
    }
    for reader in readers {
        let _ = reader.await;
    }
}
