//! What CONFIG reads and sets, and those parts of it that commands look at.

use std::collections::BTreeMap;

use super::events::Events;
use super::parameters::{PARAMETERS, VALKEY};
use super::shape::Shape;
use crate::db::stream::NodeLimits;
use crate::profile::Profile;

/// The configuration.
#[derive(Debug)]
pub(crate) struct Config {
    values: BTreeMap<&'static str, String>,
    /// Up to how many fields, and how long ones, a hash is compact.
    pub(crate) hash: (usize, usize),
    pub(crate) sorted_set: (usize, usize),
    pub(crate) ints: usize,
    /// When a stream's node is full.
    pub(crate) stream: NodeLimits,
    /// Which keyspace events are published.
    pub(crate) events: Events,
    pub(crate) slowlog_micros: i64,
    pub(crate) slowlog_length: usize,
    pub(crate) latency_tracking: bool,
    pub(crate) pubsub_limit: usize,
}

impl Config {
    pub(crate) fn new(
        port: u16,
        databases: usize,
        password: Option<&str>,
        profile: Profile,
    ) -> Config {
        let defaults = PARAMETERS
            .iter()
            .map(|(name, default, _)| (*name, *default));
        let others = VALKEY.iter().filter(|_| profile.is_valkey()).copied();
        let values = defaults
            .chain(others)
            .map(|(name, default)| (name, default.to_string()));
        let mut config = Config {
            values: values.collect(),
            hash: (512, 64),
            sorted_set: (128, 64),
            ints: 512,
            stream: NodeLimits {
                bytes: 4096,
                entries: 100,
            },
            events: Events::default(),
            slowlog_micros: 10_000,
            slowlog_length: 128,
            latency_tracking: true,
            pubsub_limit: 32 * 1024 * 1024,
        };
        config.values.insert("port", port.to_string());
        config.values.insert("databases", databases.to_string());
        config
            .values
            .insert("requirepass", password.unwrap_or_default().to_string());
        config
    }

    /// Tells that the server is in a cluster.
    pub(crate) fn enable_cluster(&mut self) {
        self.values.insert("cluster-enabled", "yes".into());
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The parameter of a name, however it is written.
    pub(crate) fn find(name: &[u8]) -> Option<(&'static str, Shape)> {
        let found = PARAMETERS
            .iter()
            .find(|(known, ..)| name.eq_ignore_ascii_case(known.as_bytes()));
        found.map(|(name, _, shape)| (*name, *shape))
    }

    /// A value of a parameter as it is kept; the error is the reason that CONFIG SET gives.
    pub(crate) fn read(
        name: &str,
        shape: Shape,
        value: &str,
        profile: Profile,
    ) -> Result<String, String> {
        let value = shape.read(name, value, profile)?;
        match name {
            "notify-keyspace-events" if Events::parse(&value, profile).is_none() => {
                Err("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.".into())
            }
            _ => Ok(value),
        }
    }

    /// Sets a parameter to a value that was read, and its other names.
    pub(crate) fn set(&mut self, name: &str, value: &str, profile: Profile) {
        let size = |value: &str| value.parse::<usize>().unwrap_or_default();
        let today = todays(name);
        match today.as_str() {
            "hash-max-listpack-entries" => self.hash.0 = size(value),
            "hash-max-listpack-value" => self.hash.1 = size(value),
            "zset-max-listpack-entries" => self.sorted_set.0 = size(value),
            "zset-max-listpack-value" => self.sorted_set.1 = size(value),
            "set-max-intset-entries" => self.ints = size(value),
            "stream-node-max-bytes" => self.stream.bytes = size(value),
            "stream-node-max-entries" => self.stream.entries = size(value),
            "slowlog-log-slower-than" => self.slowlog_micros = value.parse().unwrap_or(-1),
            "latency-tracking" => self.latency_tracking = value == "yes",
            "slowlog-max-len" => self.slowlog_length = size(value),
            "notify-keyspace-events" => {
                self.events = Events::parse(value, profile).unwrap_or_default();
                self.values
                    .insert("notify-keyspace-events", self.events.text());
                return;
            }
            _ => {}
        }
        let names = PARAMETERS.iter().map(|(name, ..)| *name);
        for name in names.filter(|name| todays(name) == today) {
            self.values.insert(name, value.into());
        }
    }
}

/// The name that a parameter has today, which may have had another one.
fn todays(name: &str) -> String {
    match name {
        "lua-time-limit" => "busy-reply-threshold".into(),
        _ => name
            .replace("ziplist", "listpack")
            .replace("slave", "replica"),
    }
}
