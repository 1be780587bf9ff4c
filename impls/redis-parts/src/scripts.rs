//! The scripts for what plain commands cannot do in one step.
//!
//! They answer an error of Redis as it is. They are few bytes and the server keeps them compiled, so that they are sent
//! as they are, by `EVAL`: there is no script to be missing. Those for versions work on one key, on a cluster too.

use contrait::cache::Version;

use crate::layout;

/// What entries with a version begin with, and how many bytes stand before the value, as scripts take it.
pub const HEAD: ([u8; 8], usize) = (layout::MARK, layout::HEAD_BYTES);

/// The first argument of [`SWAP`].
pub fn head(version: &Version) -> [u8; 24] {
    layout::head(version)
}

/// Answers the stored bytes of `KEYS[1]` with a version, which it gives where there is none; nil where there is no entry.
///
/// `ARGV`: the mark, the bytes before a value, a fresh version.
pub const GET_VERSIONED: &str = "\
local stored = redis.pcall('GET', KEYS[1])
if type(stored) ~= 'string' then return stored end
local mark = ARGV[1]
if #stored < tonumber(ARGV[2]) or string.sub(stored, 1, #mark) ~= mark then
  stored = mark .. ARGV[3] .. stored
  redis.call('SET', KEYS[1], stored, 'KEEPTTL')
end
return stored";

/// As [`GET_VERSIONED`], but 1 in place of bytes that begin with a version that the caller knows.
///
/// `ARGV`: as there, and [`head`] of the version.
pub const GET_IF_CHANGED: &str = "\
local stored = redis.pcall('GET', KEYS[1])
if type(stored) ~= 'string' then return stored end
local mark, known = ARGV[1], ARGV[4]
if string.sub(stored, 1, #known) == known then return 1 end
if #stored < tonumber(ARGV[2]) or string.sub(stored, 1, #mark) ~= mark then
  stored = mark .. ARGV[3] .. stored
  redis.call('SET', KEYS[1], stored, 'KEEPTTL')
end
return stored";

/// Stores where the entry begins with a version: 1 when it did, 0 when it has another version, -1 when there is none.
///
/// `ARGV`: [`head`] of the version, the bytes to store, the time to live in milliseconds,
/// [`SWAP_TTL_FOREVER`] or [`SWAP_TTL_DELETE`].
pub const SWAP: &str = "\
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local head = redis.pcall('GETRANGE', KEYS[1], 0, #ARGV[1] - 1)
if type(head) ~= 'string' then return head end
if head ~= ARGV[1] then return 0 end
if ARGV[3] == 'delete' then redis.call('DEL', KEYS[1])
elseif ARGV[3] == 'forever' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1";

/// In place of a time to live: none.
pub const SWAP_TTL_FOREVER: &str = "forever";

/// In place of a time to live: one that has passed.
pub const SWAP_TTL_DELETE: &str = "delete";

/// `INCRBY` for what may have a version, which it loses. Answers the sum as text, since Lua's numbers are too small.
///
/// `ARGV`: the mark, the bytes before a value, the number to add.
pub const COUNT: &str = "\
local stored = redis.pcall('GET', KEYS[1])
if type(stored) == 'table' then return stored end
local mark, head = ARGV[1], tonumber(ARGV[2])
local versioned = stored and #stored >= head and string.sub(stored, 1, #mark) == mark
if versioned then redis.call('SET', KEYS[1], string.sub(stored, head + 1), 'KEEPTTL') end
local sum = redis.pcall('INCRBY', KEYS[1], ARGV[3])
if type(sum) ~= 'table' then return redis.call('GET', KEYS[1]) end
if versioned then redis.call('SET', KEYS[1], stored, 'KEEPTTL') end
return sum";

/// Stores `ARGV[i + 1]` under every `KEYS[i]` for `ARGV[1]` milliseconds: `MSET` has no times to live.
pub const SET_MANY: &str = "\
for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i + 1], 'PX', ARGV[1]) end
return #KEYS";
