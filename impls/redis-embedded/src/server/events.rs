//! The classes of keyspace events.

use crate::profile::Profile;

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
    /// A key that had a value has another one.
    pub(crate) const OVERWRITTEN: Events = Events(16384);
    /// A key that had a value has one of another type.
    pub(crate) const RETYPED: Events = Events(32768);

    /// The classes in the order in which CONFIG GET has their letters.
    const LETTERS: [(char, Events); 16] = [
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
        ('n', Events::NEW),
        ('o', Events::OVERWRITTEN),
        ('c', Events::RETYPED),
        ('K', Events::KEYSPACE),
        ('E', Events::KEYEVENT),
        ('m', Events::MISS),
    ];
    /// What the letter A stands for.
    const ALL: u16 = 4 + 8 + 16 + 32 + 64 + 128 + 256 + 512 + 1024 + 4096;

    pub(crate) fn contains(self, class: Events) -> bool {
        self.0 & class.0 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The classes that letters name, if a server of that profile knows all of them.
    pub(super) fn parse(text: &str, profile: Profile) -> Option<Events> {
        let mut events = Events(0);
        for letter in text.chars() {
            if letter == 'A' {
                events.0 |= Events::ALL;
                continue;
            }
            let (_, class) = Events::LETTERS.iter().find(|(known, _)| *known == letter)?;
            if matches!(letter, 'o' | 'c') && profile != Profile::Redis8_2 {
                return None;
            }
            events.0 |= class.0;
        }
        Some(events)
    }

    /// The letters as CONFIG GET has them: where A stands for all, only those of channels and misses are beside it.
    pub(super) fn text(self) -> String {
        let all = self.0 & Events::ALL == Events::ALL;
        let named = Events::LETTERS.iter().filter(|(letter, class)| {
            self.contains(*class) && (!all || matches!(letter, 'K' | 'E' | 'm'))
        });
        let first = all.then_some('A');
        first
            .into_iter()
            .chain(named.map(|(letter, _)| *letter))
            .collect()
    }
}
