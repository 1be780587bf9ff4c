//! Everything a server knows, behind one lock.

use std::collections::{BTreeSet, VecDeque};

use super::client::{Blocked, Client, Ending, Otherwise};
use super::config::Config;
use super::databases::Databases;
use super::events::Events;
use super::limits::Limits;
use super::usage::Usage;
use crate::cluster::Member;
use crate::command;
use crate::command::acl::Acl;
use crate::command::pubsub::PubSub;
use crate::command::slowlog::SlowEntry;
use crate::command::tracking::TrackingTable;
use crate::control::Control;
use crate::db::random::Random;
use crate::db::{Change, Db, Key, Table};
use crate::profile::Profile;

/// The state of a server.
pub(crate) struct State {
    pub(crate) dbs: Databases,
    /// The connections, without the one whose command runs.
    pub(crate) clients: Table<u64, Box<Client>>,
    pub(crate) config: Config,
    pub(crate) acl: Acl,
    pub(crate) pubsub: PubSub,
    #[cfg(feature = "scripts")]
    pub(crate) scripts: command::scripts::Scripts,
    #[cfg(feature = "scripts")]
    pub(crate) functions: command::functions::Functions,
    pub(crate) tracking: TrackingTable,
    /// The connections that are told every command.
    pub(crate) monitors: Vec<u64>,
    pub(crate) slowlog: VecDeque<SlowEntry>,
    pub(crate) slowlog_next: i64,
    /// Who waits for a key, in the order they came; one map a database.
    pub(crate) waiting: Vec<Table<Vec<u8>, VecDeque<u64>>>,
    /// Keys that somebody waits for and that have changed.
    pub(crate) ready: VecDeque<(usize, Vec<u8>)>,
    /// The key for which those who wait try again now.
    pub(crate) serving: Vec<u8>,
    /// Who watches a key; one map a database.
    watchers: Vec<Table<Key, Vec<u64>>>,
    deadlines: BTreeSet<(i64, u64)>,
    /// Until when no command runs, in Unix milliseconds.
    pub(crate) paused: Option<i64>,
    /// Until when no command that writes runs.
    pub(crate) writes_paused: Option<i64>,
    pub(crate) random: Random,
    pub(crate) run_id: String,
    pub(crate) stats: Stats,
    pub(crate) control: Control,
    pub(crate) limits: Limits,
    pub(crate) profile: Profile,
    /// Its place in a cluster, if it is in one.
    pub(crate) cluster: Option<Member>,
    pub(crate) started: i64,
    /// How much replicas would have been sent, as ROLE tells.
    pub(crate) replication_offset: i64,
    /// Unix milliseconds.
    pub(crate) now: i64,
    pub(crate) micros: i64,
    pub(super) last_client: u64,
    rearm: bool,
}

/// What INFO counts.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    pub(crate) connections: u64,
    pub(crate) commands: u64,
    pub(crate) expired: u64,
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    /// Changes since the start, as `rdb_changes_since_last_save` counts them.
    pub(crate) changes: u64,
    pub(crate) usage: Usage,
}

impl State {
    pub(crate) fn new(
        config: Config,
        databases: usize,
        seed: u64,
        log: usize,
        micros: i64,
    ) -> State {
        let mut random = Random::new(seed);
        let acl = Acl::new(config.get("requirepass"), Profile::default());
        State {
            dbs: Databases::new(databases),
            clients: Table::default(),
            config,
            acl,
            pubsub: PubSub::default(),
            #[cfg(feature = "scripts")]
            scripts: command::scripts::Scripts::default(),
            #[cfg(feature = "scripts")]
            functions: command::functions::Functions::default(),
            tracking: TrackingTable::default(),
            monitors: Vec::new(),
            slowlog: VecDeque::new(),
            slowlog_next: 0,
            waiting: (0..databases).map(|_| Table::default()).collect(),
            ready: VecDeque::new(),
            serving: Vec::new(),
            watchers: (0..databases).map(|_| Table::default()).collect(),
            deadlines: BTreeSet::new(),
            paused: None,
            writes_paused: None,
            run_id: random.hex(40),
            random,
            stats: Stats::default(),
            control: Control::new(seed, log),
            limits: Limits::default(),
            profile: Profile::default(),
            cluster: None,
            started: micros / 1000,
            replication_offset: 0,
            now: micros / 1000,
            micros,
            last_client: 2,
            rearm: false,
        }
    }

    pub(crate) fn set_time(&mut self, micros: i64) {
        self.micros = micros;
        self.now = micros / 1000;
        self.dbs.set_time(self.now);
    }

    /// Lets the commands that have run share the microseconds that have passed.
    pub(crate) fn settle_usage(&mut self, micros: i64) {
        let tracking = self.config.latency_tracking;
        self.stats.usage.settle(micros, tracking);
    }

    pub(crate) fn next_client(&mut self) -> u64 {
        self.last_client += 1;
        self.last_client
    }

    /// Who a new connection is before it says so.
    pub(crate) fn default_user(&self) -> Option<String> {
        self.acl.needs_no_password().then(|| "default".into())
    }

    /// Whether a connection has to wait before its next command.
    pub(crate) fn holds(&self, client: &mut Client) -> bool {
        if client.stalled.is_some_and(|until| until <= self.now) {
            client.stalled = None;
        }
        client.stalled.is_some() || self.paused.is_some_and(|until| until > self.now)
    }

    /// Whether the timer has to look when to wake next.
    pub(crate) fn take_rearm(&mut self) -> bool {
        self.dbs.take_rearm() | std::mem::take(&mut self.rearm)
    }

    /// Asks the timer to look again at a time.
    pub(crate) fn wake_at(&mut self, at: i64, id: u64) {
        self.deadlines.insert((at, id));
        self.rearm = true;
    }

    /// When something is due next.
    pub(crate) fn next_deadline(&self) -> Option<i64> {
        let expiry = self.dbs.iter().filter_map(Db::next_expiry).min();
        let deadline = self.deadlines.first().map(|(at, _)| *at);
        [expiry, deadline, self.paused, self.writes_paused]
            .into_iter()
            .flatten()
            .min()
    }

    /// Expires keys, ends waits and pauses whose time has come.
    pub(crate) fn run_due(&mut self) {
        for db in self.dbs.iter_mut() {
            db.expire_due();
        }
        self.announce(None);
        let now = self.now;
        for pause in [&mut self.paused, &mut self.writes_paused] {
            if pause.is_some_and(|until| until <= now) {
                *pause = None;
                // Everybody who waits looks again.
                self.clients
                    .values()
                    .for_each(|client| client.wake.notify_one());
            }
        }
        while let Some((at, id)) = self.deadlines.first().copied() {
            if at > now {
                break;
            }
            self.deadlines.remove(&(at, id));
            self.time_out(id);
        }
        command::serve_ready(self);
    }

    fn time_out(&mut self, id: u64) {
        let Some(mut client) = self.clients.remove(&id) else {
            return;
        };
        if client
            .blocked
            .as_ref()
            .is_some_and(|blocked| blocked.deadline.is_some_and(|at| at <= self.now))
        {
            self.end_wait(&mut client);
        }
        client.wake.notify_one();
        self.clients.insert(id, client);
    }

    /// Ends a wait with the answer for that: the command's, or for a postponed one that it runs.
    pub(crate) fn end_wait(&mut self, client: &mut Client) {
        let Some(blocked) = self.unblock(client) else {
            return;
        };
        if blocked.otherwise != Otherwise::Run {
            self.stats.usage.ran(blocked.command);
        }
        match blocked.otherwise {
            Otherwise::NullArray => client.out.null_array(),
            Otherwise::Zero => client.out.int(0),
            Otherwise::Zeros => {
                client.out.array(2);
                client.out.int(0);
                client.out.int(0);
            }
            Otherwise::Ok => client.out.ok(),
            Otherwise::Run => {
                let args: Vec<&[u8]> = blocked.args.iter().map(Vec::as_slice).collect();
                command::resume(self, client, &args);
            }
        }
    }

    /// Lets a connection wait.
    pub(crate) fn block(&mut self, client: &mut Client, blocked: Blocked) {
        for key in &blocked.keys {
            self.waiting[blocked.db]
                .entry(key.clone())
                .or_default()
                .push_back(client.id);
        }
        if let Some(at) = blocked.deadline {
            self.wake_at(at, client.id);
        }
        client.blocked = Some(Box::new(blocked));
    }

    /// Takes a connection off all queues it waits in.
    pub(crate) fn unblock(&mut self, client: &mut Client) -> Option<Box<Blocked>> {
        let blocked = client.blocked.take()?;
        for key in &blocked.keys {
            if let Some(queue) = self.waiting[blocked.db].get_mut(key) {
                queue.retain(|id| *id != client.id);
                if queue.is_empty() {
                    self.waiting[blocked.db].remove(key);
                }
            }
        }
        if let Some(at) = blocked.deadline {
            self.deadlines.remove(&(at, client.id));
        }
        client.wake.notify_one();
        Some(blocked)
    }

    /// Tells everybody concerned that a key has changed: those who watch it, who cache it and who
    /// wait for it. `me` is the connection whose command changed it.
    pub(crate) fn touched(&mut self, db: usize, key: &[u8], me: Option<&mut Client>) {
        self.stats.changes += 1;
        let mut me = me;
        if !self.watchers[db].is_empty()
            && let Some(ids) = self.watchers[db].get(key)
        {
            for id in ids {
                match (&mut me, self.clients.get_mut(id)) {
                    (Some(me), _) if me.id == *id => me.dirty = true,
                    (_, Some(client)) => client.dirty = true,
                    _ => {}
                }
            }
        }
        self.signal(db, key);
        if !self.tracking.is_empty() {
            self.invalidate(key, me);
        }
    }

    /// Lets those who wait for a key look at it again.
    pub(crate) fn signal(&mut self, db: usize, key: &[u8]) {
        if !self.waiting[db].is_empty() && self.waiting[db].contains_key(key) {
            self.ready.push_back((db, key.to_vec()));
        }
    }

    /// Publishes a keyspace event, if somebody asked for its class, behind those of what came before it.
    pub(crate) fn notify(
        &mut self,
        db: usize,
        class: Events,
        event: &str,
        key: &[u8],
        mut me: Option<&mut Client>,
    ) {
        if !self.config.events.is_empty() {
            self.announce(me.as_deref_mut());
            self.publish_event(db, class, event, key, me);
        }
    }

    fn publish_event(
        &mut self,
        db: usize,
        class: Events,
        event: &str,
        key: &[u8],
        mut me: Option<&mut Client>,
    ) {
        let events = self.config.events;
        if !events.contains(class) {
            return;
        }
        if events.contains(Events::KEYSPACE) {
            let channel = [format!("__keyspace@{db}__:").as_bytes(), key].concat();
            self.publish(&channel, event.as_bytes(), me.as_deref_mut());
        }
        if events.contains(Events::KEYEVENT) {
            let channel = format!("__keyevent@{db}__:{event}");
            self.publish(channel.as_bytes(), key, me);
        }
    }

    /// Has the databases note keys that are new or overwritten, if somebody asked for that.
    pub(crate) fn note_news(&mut self) {
        let events = self.config.events;
        let overwritten = events.contains(Events::OVERWRITTEN) || events.contains(Events::RETYPED);
        for db in self.dbs.iter_mut() {
            db.news.created = events.contains(Events::NEW).then(Vec::new);
            db.news.overwritten = overwritten.then(Vec::new);
        }
    }

    /// Publishes what databases have noted since the last call: keys that have expired, and new and overwritten ones.
    pub(crate) fn announce(&mut self, mut me: Option<&mut Client>) {
        for db in self.dbs.take_used() {
            // This is asked behind every request, and seldom true.
            if !self.dbs[db].has_news() {
                continue;
            }
            let news = self.dbs[db].take_news();
            for (key, gone) in news.expired_fields {
                self.publish_event(db, Events::HASH, "hexpired", &key, me.as_deref_mut());
                if gone {
                    self.publish_event(db, Events::GENERIC, "del", &key, me.as_deref_mut());
                }
                self.touched(db, &key, me.as_deref_mut());
            }
            for key in news.expired {
                self.stats.expired += 1;
                self.publish_event(db, Events::EXPIRED, "expired", &key, me.as_deref_mut());
                self.touched(db, &key, me.as_deref_mut());
            }
            for key in news.created.unwrap_or_default() {
                self.publish_event(db, Events::NEW, "new", &key, me.as_deref_mut());
            }
            for (key, change) in news.overwritten.unwrap_or_default() {
                self.publish_overwritten(db, &key, change, me.as_deref_mut());
            }
        }
    }

    /// Publishes that a value of a key has been replaced.
    pub(crate) fn publish_overwritten(
        &mut self,
        db: usize,
        key: &[u8],
        change: Change,
        mut me: Option<&mut Client>,
    ) {
        self.publish_event(
            db,
            Events::OVERWRITTEN,
            "overwritten",
            key,
            me.as_deref_mut(),
        );
        if change == Change::Type {
            self.publish_event(db, Events::RETYPED, "type_changed", key, me);
        }
    }

    pub(crate) fn watch(&mut self, client: &mut Client, key: &[u8]) {
        if client
            .watched
            .iter()
            .any(|(db, known)| *db == client.db && **known == *key)
        {
            return;
        }
        let key: Key = key.into();
        client.watched.push((client.db, key.clone()));
        self.watchers[client.db]
            .entry(key)
            .or_default()
            .push(client.id);
    }

    pub(crate) fn unwatch(&mut self, client: &mut Client) {
        client.dirty = false;
        for (db, key) in client.watched.drain(..) {
            if let Some(ids) = self.watchers[db].get_mut(&key) {
                ids.retain(|id| *id != client.id);
                if ids.is_empty() {
                    self.watchers[db].remove(&key);
                }
            }
        }
    }

    /// The keys of a database that somebody watches or waits for.
    pub(crate) fn watched_keys(&self, db: usize) -> BTreeSet<Key> {
        let waiting = self.waiting[db].keys().map(|key| Key::from(key.as_slice()));
        self.watchers[db].keys().cloned().chain(waiting).collect()
    }

    /// Forgets a connection that has ended.
    pub(crate) fn forget(&mut self, id: u64) {
        let Some(mut client) = self.clients.remove(&id) else {
            return;
        };
        self.unblock(&mut client);
        self.unwatch(&mut client);
        self.leave_all(&mut client);
        self.tracking.forget(id);
        self.monitors.retain(|monitor| *monitor != id);
    }

    /// Ends every connection without another word.
    pub(crate) fn close_all(&mut self) {
        for client in self.clients.values_mut() {
            client.ending = Ending::Now;
            client.wake.notify_one();
        }
    }
}
