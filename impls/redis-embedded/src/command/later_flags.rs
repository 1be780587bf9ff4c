//! The flags by which later versions differ from Redis 7.0, whose flags are in the table of commands.

use super::{Command, flag};
use crate::profile::Profile::{self, Redis8_2, Valkey8_1, Valkey9_1};

/// Servers, the flags that commands have there and not in the table, those that it is the other way round with, and
/// the commands.
type Line = (&'static [Profile], u32, u32, &'static [&'static str]);

const LINES: &[Line] = &[
    (
        &[Redis8_2, Valkey8_1, Valkey9_1],
        0,
        flag::NOSCRIPT,
        &[
            "blmove",
            "blpop",
            "brpop",
            "brpoplpush",
            "bzpopmax",
            "bzpopmin",
            "wait",
        ],
    ),
    (
        &[Redis8_2, Valkey8_1, Valkey9_1],
        flag::BLOCKING,
        0,
        &["wait"],
    ),
    (
        &[Redis8_2, Valkey9_1],
        flag::LOADING,
        0,
        &["cluster|shards", "cluster|slots"],
    ),
    (
        &[Redis8_2],
        0,
        flag::ALLOW_BUSY,
        &["client|no-touch", "client|setinfo"],
    ),
    (&[Redis8_2], 0, flag::LOADING, &["cluster|myshardid"]),
    (
        &[Valkey9_1],
        flag::ALLOW_BUSY,
        0,
        &[
            "client|caching",
            "client|getname",
            "client|getredir",
            "client|id",
            "client|no-evict",
            "client|reply",
            "client|setname",
            "select",
        ],
    ),
    (
        &[Valkey9_1],
        flag::NO_MULTI,
        0,
        &["client|reply", "multi", "watch"],
    ),
    (
        &[Valkey9_1],
        flag::LOADING,
        0,
        &[
            "cluster|info",
            "cluster|myid",
            "cluster|nodes",
            "memory|malloc-stats",
            "memory|purge",
        ],
    ),
    (
        &[Valkey9_1],
        flag::STALE,
        0,
        &["script|exists", "script|flush"],
    ),
];

/// The flags of a command in a profile.
pub(super) fn of(command: &Command, profile: Profile) -> u32 {
    if !profile.is_later() {
        return command.flags;
    }
    let here = LINES.iter().filter(|(profiles, _, _, names)| {
        profiles.contains(&profile) && names.contains(&command.name)
    });
    here.fold(command.flags, |flags, (_, more, fewer, _)| {
        flags & !fewer | more
    })
}
