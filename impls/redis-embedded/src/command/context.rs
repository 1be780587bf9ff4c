//! What a command's function works with.

use super::dispatch::shown;
use super::{Command, Error, Outcome};
use crate::db::{Change, Db};
use crate::profile::Profile;
use crate::protocol::Reply;
use crate::server::client::{Blocked, Client, Otherwise};
use crate::server::events::Events;
use crate::server::state::State;

/// From where a command is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A request of its own: it may block.
    Request,
    /// EXEC runs it, or a script does.
    Inside,
    /// It is blocked, and tries again.
    Retry,
}

/// A command's arguments, and everything it may look at and change.
pub(crate) struct Cx<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) client: &'a mut Client,
    pub(crate) out: Reply,
    pub(crate) command: &'static Command,
    pub(crate) args: &'a [&'a [u8]],
    pub(crate) mode: Mode,
    /// Whether the command is blocked now.
    pub(crate) waits: bool,
}

/// The database of the connection, as a field, so that replies can be written beside it.
macro_rules! db {
    ($cx:expr) => {
        $cx.state.dbs[$cx.client.db]
    };
}
pub(super) use db;

impl<'a> Cx<'a> {
    pub(crate) fn db(&mut self) -> &mut Db {
        &mut db!(self)
    }

    /// Unix time in milliseconds.
    pub(crate) fn now(&self) -> i64 {
        self.state.now
    }

    /// The number of arguments, the command's name included.
    pub(crate) fn len(&self) -> usize {
        self.args.len()
    }

    /// An argument; one that is not there is empty, which the arity check rules out.
    pub(crate) fn arg(&self, index: usize) -> &'a [u8] {
        self.args.get(index).copied().unwrap_or_default()
    }

    /// Whether an argument is a word, in any case.
    pub(crate) fn is(&self, index: usize, word: &str) -> bool {
        self.args
            .get(index)
            .is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Tells that a key has changed, and how.
    pub(crate) fn changed(&mut self, class: Events, event: &str, key: &[u8]) {
        self.changed_in(self.client.db, class, event, key);
    }

    pub(crate) fn changed_in(&mut self, db: usize, class: Events, event: &str, key: &[u8]) {
        self.state.touched(db, key, Some(self.client));
        self.state.notify(db, class, event, key, Some(self.client));
    }

    /// Publishes an event of a change that has been told already.
    pub(crate) fn notify(&mut self, class: Events, event: &str, key: &[u8]) {
        self.state
            .notify(self.client.db, class, event, key, Some(self.client));
    }

    /// Publishes that a key has been replaced, if it was there.
    pub(crate) fn overwrote(&mut self, db: usize, key: &[u8], change: Option<Change>) {
        if let Some(change) = change {
            self.state
                .publish_overwritten(db, key, change, Some(self.client));
        }
    }

    /// Removes a key whose last element is gone.
    pub(crate) fn reap(&mut self, key: &[u8]) {
        if self
            .db()
            .peek(key)
            .is_some_and(|entry| entry.value.is_empty())
        {
            self.db().remove(key);
            self.notify(Events::GENERIC, "del", key);
        }
    }

    /// Removes a key; false when it was not there.
    pub(crate) fn delete(&mut self, key: &[u8]) -> bool {
        let found = self.db().remove(key);
        if found {
            self.changed(Events::GENERIC, "del", key);
        }
        found
    }

    /// Removes what a command has nothing to store over, without looking whether its time is past, as Redis does.
    pub(crate) fn clear(&mut self, target: &[u8]) {
        if self.db().take(target).is_some() {
            self.changed(Events::GENERIC, "del", target);
        }
    }

    /// Removes a key that is to expire at a time that is past: Valkey 9 tells that it has expired.
    pub(crate) fn delete_overdue(&mut self, key: &[u8]) {
        if self.state.profile != Profile::Valkey9_1 {
            self.delete(key);
        } else if self.db().remove(key) {
            self.state.stats.expired += 1;
            self.changed(Events::EXPIRED, "expired", key);
        }
    }

    /// Lets the command wait for keys, or answers at once where it may not.
    ///
    /// `timeout` is in milliseconds; zero waits forever.
    pub(crate) fn block(&mut self, keys: &[&[u8]], timeout: i64, otherwise: Otherwise) -> Outcome {
        let args = self.args;
        self.block_as(args, keys, timeout, otherwise)
    }

    /// The same for a command that is to be tried again with other arguments.
    pub(crate) fn block_as(
        &mut self,
        args: &[&[u8]],
        keys: &[&[u8]],
        timeout: i64,
        otherwise: Otherwise,
    ) -> Outcome {
        match self.mode {
            Mode::Retry => self.waits = true,
            Mode::Inside => match otherwise {
                Otherwise::NullArray => self.out.null_array(),
                Otherwise::Zeros => {
                    self.out.array(2);
                    self.out.int(0);
                    self.out.int(0);
                }
                _ => self.out.int(0),
            },
            Mode::Request => {
                self.waits = true;
                let blocked = Blocked {
                    command: self.command,
                    args: args.iter().map(|arg| arg.to_vec()).collect(),
                    db: self.client.db,
                    keys: keys.iter().map(|key| key.to_vec()).collect(),
                    deadline: (timeout > 0).then(|| self.state.now.saturating_add(timeout)),
                    otherwise,
                };
                self.state.block(self.client, blocked);
            }
        }
        Ok(())
    }

    /// The error about a subcommand that takes a varying number of arguments, but not this many.
    pub(crate) fn subcommand_error(&self) -> Error {
        let container = self
            .command
            .container()
            .unwrap_or(self.command.name)
            .to_ascii_uppercase();
        let text: [&[u8]; 5] = [
            b"ERR unknown subcommand or wrong number of arguments for '",
            shown(self.arg(1), 128),
            b"'. Try ",
            container.as_bytes(),
            b" HELP.",
        ];
        text.concat().into()
    }

    /// The error about the arguments of this command.
    pub(crate) fn arity(&self) -> Error {
        Error::arity(self.command.name)
    }
}
