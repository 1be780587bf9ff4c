//! Commands from the test itself: without a connection, past passwords, permissions and faults.

use std::sync::Arc;
use std::time::Duration;

use super::reply::Reply;
use crate::command;
use crate::protocol::Reply as Wire;
use crate::server::Server;
use crate::server::client::Client;
use crate::server::shared::Shared;
use crate::server::state::State;

/// Runs a command in a database, as if it were in a transaction: it never waits.
pub(crate) fn run(shared: &Shared, db: usize, args: &[&[u8]]) -> Reply {
    let mut state = shared.lock();
    let reply = run_in(&mut state, db, args);
    let rearm = state.take_rearm();
    drop(state);
    shared.deliver();
    if rearm {
        shared.timer.notify_one();
    }
    reply
}

pub(crate) fn run_in(state: &mut State, db: usize, args: &[&[u8]]) -> Reply {
    if args.is_empty() {
        return Reply::Error("ERR empty command".into());
    }
    let mut client = Client::new(0, "test".into(), "test".into(), state.now);
    client.user = Some("default".into());
    client.db = db;
    client.resp3 = true;
    let mut out = Wire::new(true);
    command::run_inside(state, &mut client, args, &mut out);
    // The connection is gone again, so nobody may wait for or send to it.
    state.unwatch(&mut client);
    state.unblock(&mut client);
    state.leave_all(&mut client);
    state.stop_tracking(&mut client);
    state.announce(None);
    command::serve_ready(state);
    let reply = Reply::read(&out.bytes).map(|(reply, _)| reply);
    reply.unwrap_or(Reply::Null)
}

impl Server {
    /// Runs a command in database 0 and returns its reply, without a connection, and past
    /// passwords, permissions and faults. It never waits: a blocking command answers at once.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let server = redis_embedded::Server::start().await?;
    /// assert_eq!(server.command(["SET", "key", "value"]), "OK");
    /// assert_eq!(server.command(["STRLEN", "key"]), 5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn command<I>(&self, args: I) -> Reply
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        self.db(0).command(args)
    }

    /// A database of the server, to read and write from the test.
    ///
    /// # Panics
    ///
    /// When there are not that many databases.
    #[must_use]
    pub fn db(&self, index: usize) -> Database {
        let shared = self.shared();
        let count = shared.lock().dbs.len();
        assert!(
            index < count,
            "this server has {count} databases, and no number {index}"
        );
        Database { shared, index }
    }

    /// Removes all keys of all databases.
    pub fn flush(&self) {
        self.command(["FLUSHALL"]);
    }
}

/// A database, for a test that reads and writes it without a client.
///
/// What it changes, it changes as a command of a client does: who waits for a key is served, and
/// who watches or caches it is told.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
    index: usize,
}

impl Database {
    /// Runs a command here; see [`Server::command`].
    pub fn command<I>(&self, args: I) -> Reply
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let args: Vec<I::Item> = args.into_iter().collect();
        let args: Vec<&[u8]> = args.iter().map(AsRef::as_ref).collect();
        run(&self.shared, self.index, &args)
    }

    /// Sets a key to a string, without a time to live.
    pub fn set(&self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.command([b"SET", key.as_ref(), value.as_ref()]);
    }

    /// Sets a key to a string that expires after a time, in whole milliseconds. One that is too long for the server,
    /// which is above a hundred million years, is that long.
    pub fn set_for(&self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>, ttl: Duration) {
        let millis = millis(ttl).max(1).to_string();
        self.command([
            b"SET",
            key.as_ref(),
            value.as_ref(),
            b"PX",
            millis.as_bytes(),
        ]);
    }

    /// The string of a key; none when there is none, or something else than a string.
    #[must_use]
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        match self.command([b"GET", key.as_ref()]) {
            Reply::Bulk(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The string of a key as text; what is not UTF-8 in it is replaced.
    #[must_use]
    pub fn get_text(&self, key: impl AsRef<[u8]>) -> Option<String> {
        self.get(key)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Removes a key; false when it was not there.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> bool {
        self.command([b"DEL", key.as_ref()]) == 1
    }

    /// Whether a key is there.
    #[must_use]
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.command([b"EXISTS", key.as_ref()]) == 1
    }

    /// The keys, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<Vec<u8>> {
        let state = self.shared.lock();
        let mut keys: Vec<Vec<u8>> = state.dbs[self.index]
            .keys()
            .map(|key| key.to_vec())
            .collect();
        keys.sort();
        keys
    }

    /// The keys as texts, sorted; what is not UTF-8 in them is replaced.
    #[must_use]
    pub fn key_texts(&self) -> Vec<String> {
        let keys = self.keys();
        keys.iter()
            .map(|key| String::from_utf8_lossy(key).into_owned())
            .collect()
    }

    /// How long a key has still to live; none when it is not there, or lives forever.
    #[must_use]
    pub fn ttl(&self, key: impl AsRef<[u8]>) -> Option<Duration> {
        let millis = self.command([b"PTTL", key.as_ref()]).as_int()?;
        u64::try_from(millis).ok().map(Duration::from_millis)
    }

    /// Lets a key expire after a time, as [`Database::set_for`] does; false when it is not there.
    pub fn expire(&self, key: impl AsRef<[u8]>, ttl: Duration) -> bool {
        let millis = millis(ttl).to_string();
        self.command([b"PEXPIRE", key.as_ref(), millis.as_bytes()]) == 1
    }

    /// The type of a key's value, such as `string` or `hash`; none when the key is not there.
    #[must_use]
    pub fn kind(&self, key: impl AsRef<[u8]>) -> Option<String> {
        match self.command([b"TYPE", key.as_ref()]) {
            Reply::Simple(kind) if kind != "none" => Some(kind),
            _ => None,
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let state = self.shared.lock();
        state.dbs[self.index].keys().count()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all keys.
    pub fn flush(&self) {
        self.command(["FLUSHDB"]);
    }
}

/// A time in milliseconds, so far from the end of time that the present can be added.
fn millis(ttl: Duration) -> i64 {
    const LONGEST: i64 = i64::MAX / 2;
    i64::try_from(ttl.as_millis()).map_or(LONGEST, |millis| millis.min(LONGEST))
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("index", &self.index)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
