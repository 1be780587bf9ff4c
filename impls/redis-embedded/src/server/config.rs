//! What CONFIG reads and sets, and those parts of it that commands look at.

use std::collections::BTreeMap;

use super::parameters::PARAMETERS;
use crate::db::number;
use crate::db::stream::NodeLimits;
use crate::profile::Profile;

/// What values a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Bool,
    Int,
    /// A number of bytes, with a unit if one likes.
    Memory,
    OneOf(&'static str),
    Text,
    /// It cannot be changed while the server runs.
    Fixed,
}

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

/// Classes of keyspace events, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Events(u16);

impl Events {
    pub(crate) const KEYSPACE: Events = Events(1);
    pub(crate) const KEYEVENT: Events = Events(2);
    pub(crate) const GENERIC: Events = Events(4);
    pub(crate) const STRING: Events = Events(8);
    pub(crate) const LIST: Events = Events(16);
    pub(crate) const SET: Events = Events(32);
    pub(crate) const HASH: Events = Events(64);
    pub(crate) const SORTED_SET: Events = Events(128);
    pub(crate) const EXPIRED: Events = Events(256);
    pub(crate) const EVICTED: Events = Events(512);
    pub(crate) const STREAM: Events = Events(1024);
    pub(crate) const MISS: Events = Events(2048);
    pub(crate) const MODULE: Events = Events(4096);
    pub(crate) const NEW: Events = Events(8192);
    const LETTERS: [(char, Events); 14] = [
        ('g', Events::GENERIC),
        ('$', Events::STRING),
        ('l', Events::LIST),
        ('s', Events::SET),
        ('h', Events::HASH),
        ('z', Events::SORTED_SET),
        ('x', Events::EXPIRED),
        ('e', Events::EVICTED),
        ('t', Events::STREAM),
        ('d', Events::MODULE),
        ('K', Events::KEYSPACE),
        ('E', Events::KEYEVENT),
        ('m', Events::MISS),
        ('n', Events::NEW),
    ];
    /// What the letter A stands for.
    const ALL: u16 = 4 + 8 + 16 + 32 + 64 + 128 + 256 + 512 + 1024 + 4096;

    pub(crate) fn contains(self, class: Events) -> bool {
        self.0 & class.0 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn parse(text: &str) -> Option<Events> {
        let mut events = Events(0);
        for letter in text.chars() {
            if letter == 'A' {
                events.0 |= Events::ALL;
                continue;
            }
            let (_, class) = Events::LETTERS.iter().find(|(known, _)| *known == letter)?;
            events.0 |= class.0;
        }
        Some(events)
    }

    /// The letters in the order CONFIG GET has them.
    fn text(self) -> String {
        let mut text = String::new();
        let all = self.0 & Events::ALL == Events::ALL;
        if all {
            text.push('A');
        }
        for (letter, class) in Events::LETTERS {
            if self.contains(class) && !(all && Events::ALL & class.0 != 0) {
                text.push(letter);
            }
        }
        text
    }
}

impl Config {
    pub(crate) fn new(port: u16, databases: usize, password: Option<&str>) -> Config {
        let values = PARAMETERS
            .iter()
            .map(|(name, default, _)| (*name, (*default).to_string()));
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

    /// Sets a parameter; the error is the reason CONFIG SET gives.
    pub(crate) fn set(
        &mut self,
        name: &'static str,
        shape: Shape,
        value: &str,
        profile: Profile,
    ) -> Result<(), String> {
        let value = normal(name, shape, value, profile)?;
        let size = |value: &str| value.parse::<usize>().unwrap_or_default();
        // Old names of the same parameters answer with the new value too.
        let twins = [
            name.replace("ziplist", "listpack"),
            name.replace("listpack", "ziplist"),
        ];
        for twin in PARAMETERS
            .iter()
            .filter(|(known, ..)| twins.iter().any(|twin| twin == known))
        {
            self.values.insert(twin.0, value.clone());
        }
        match twins[0].as_str() {
            "hash-max-listpack-entries" => self.hash.0 = size(&value),
            "hash-max-listpack-value" => self.hash.1 = size(&value),
            "zset-max-listpack-entries" => self.sorted_set.0 = size(&value),
            "zset-max-listpack-value" => self.sorted_set.1 = size(&value),
            "set-max-intset-entries" => self.ints = size(&value),
            "stream-node-max-bytes" => self.stream.bytes = size(&value),
            "stream-node-max-entries" => self.stream.entries = size(&value),
            "slowlog-log-slower-than" => self.slowlog_micros = value.parse().unwrap_or(-1),
            "latency-tracking" => self.latency_tracking = value == "yes",
            "slowlog-max-len" => self.slowlog_length = size(&value),
            "notify-keyspace-events" => {
                self.events = Events::parse(&value)
                    .ok_or("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")?;
                self.values.insert(name, self.events.text());
                return Ok(());
            }
            _ => {}
        }
        self.values.insert(name, value);
        Ok(())
    }
}

/// The value as CONFIG GET shows it.
fn normal(name: &str, shape: Shape, value: &str, profile: Profile) -> Result<String, String> {
    match shape {
        Shape::Text | Shape::Fixed => Ok(value.into()),
        Shape::Bool => match value.to_ascii_lowercase().as_str() {
            "yes" => Ok("yes".into()),
            "no" => Ok("no".into()),
            _ => Err("argument must be 'yes' or 'no'".into()),
        },
        Shape::Int => match number::integer(value.as_bytes()) {
            None => Err("argument couldn't be parsed into an integer".into()),
            Some(number) => {
                let (least, most) = bounds(name);
                if (least..=most).contains(&number) {
                    return Ok(number.to_string());
                }
                Err(format!(
                    "argument must be between {least} and {most} inclusive"
                ))
            }
        },
        Shape::Memory => match memory(value) {
            Some((_, true)) if profile.is_valkey() => Err("argument must be a memory value".into()),
            Some((bytes, _)) if profile == Profile::Redis8_2 && i64::try_from(bytes).is_err() => {
                Err("argument must be greater or equal to 0".into())
            }
            Some((bytes, _)) => Ok(bytes.to_string()),
            None => Err("argument must be a memory value".into()),
        },
        Shape::OneOf(values) => {
            let lower = value.to_ascii_lowercase();
            if values.split(' ').any(|known| known == lower) {
                return Ok(lower);
            }
            let values: Vec<&str> = values.split(' ').collect();
            Err(format!(
                "argument(s) must be one of the following: {}",
                values.join(", ")
            ))
        }
    }
}

/// The least and the greatest value of a parameter that is a number.
fn bounds(name: &str) -> (i64, i64) {
    const SMALL: (i64, i64) = (i32::MIN as i64, i32::MAX as i64);
    match name {
        "slowlog-log-slower-than" => (-1, i64::MAX),
        _ if name.starts_with("list-max") => SMALL,
        _ if [
            "hash-", "set-", "zset-", "slowlog-", "stream-", "latency-", "proto-",
        ]
        .iter()
        .any(|start| name.starts_with(start)) =>
        {
            (0, i64::MAX)
        }
        _ => (0, SMALL.1),
    }
}

/// A number of bytes with a unit, such as `10mb`, and whether its digits are too many for one.
fn memory(text: &str) -> Option<(u64, bool)> {
    let text = text.to_ascii_lowercase();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1024,
        "m" => 1_000_000,
        "mb" => 1024 * 1024,
        "g" => 1_000_000_000,
        "gb" => 1024 * 1024 * 1024,
        _ => return None,
    };
    if digits.is_empty() {
        return Some((0, false));
    }
    let whole = digits.bytes().all(|digit| digit.is_ascii_digit());
    // What is too much is as much as there is, as C's `strtoull` reads it.
    let number = whole.then(|| digits.parse::<u64>())?;
    let overflows = number.is_err();
    let bytes = number.unwrap_or(u64::MAX).wrapping_mul(factor);
    Some((bytes, overflows))
}
