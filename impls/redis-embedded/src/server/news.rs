//! What is told of keys: the events of commands, and what databases have noted beside them.

use super::client::Client;
use super::events::Events;
use super::state::State;
use crate::db::Change;

impl State {
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
}
