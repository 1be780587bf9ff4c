//! Patterns of SORT, which name other keys than those that permissions and slots are looked up by.

use super::super::context::db;
use super::super::{Cx, Error, acl};
use crate::cluster;
use crate::db::{Hash, Kind, Str};
use crate::profile::Profile;

/// What a pattern is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Weight,
    Get,
}

/// Whether a pattern may be used: the user has to be allowed all keys, and those of the pattern must be in the slot
/// that the request went to.
pub(super) fn allow(cx: &Cx<'_>, by: By, pattern: &[u8]) -> Result<(), Error> {
    let option = match by {
        By::Weight => "BY",
        By::Get => "GET",
    };
    if cx.state.cluster.is_some() {
        if cx.state.profile == Profile::Redis7_0 {
            return Err(format!("ERR {option} option of SORT denied in Cluster mode.").into());
        }
        let is_element = by == By::Get && pattern == b"#";
        if !is_element && slot_of(pattern) != Some(cluster::slot_of(cx.arg(1))) {
            return Err(format!(
                "ERR {option} option of SORT denied in Cluster mode when keys formed by the pattern may be in \
                 different slots."
            )
            .into());
        }
    }
    if !acl::reads_everything(cx.state, cx.client, cx.command, cx.args) {
        let reason = "denied due to insufficient ACL permissions.";
        return Err(format!("ERR {option} option of SORT {reason}").into());
    }
    Ok(())
}

/// The slot of all keys that a pattern may name, if that is one.
fn slot_of(pattern: &[u8]) -> Option<u16> {
    let end = pattern.iter().position(|byte| b"*?[\\".contains(byte));
    let fixed = &pattern[..end.unwrap_or(pattern.len())];
    let is_tagged = cluster::tag(fixed).len() < fixed.len();
    (end.is_none() || is_tagged).then(|| cluster::slot_of(fixed))
}

/// What a pattern names with an element in place of its star: a string, or a field of a hash.
pub(super) fn lookup(
    cx: &mut Cx<'_>,
    pattern: &[u8],
    element: &[u8],
) -> Result<Option<Vec<u8>>, Error> {
    if pattern == b"#" {
        return Ok(Some(element.to_vec()));
    }
    let Some(star) = pattern.iter().position(|byte| *byte == b'*') else {
        return Ok(None);
    };
    let tail = &pattern[star + 1..];
    let arrow = tail.windows(2).position(|pair| pair == b"->");
    let arrow = arrow.filter(|arrow| arrow + 2 < tail.len());
    let (rest, field) = match arrow {
        Some(arrow) => (&tail[..arrow], Some(&tail[arrow + 2..])),
        None => (tail, None),
    };
    let key = [&pattern[..star], element, rest].concat();
    let Some(entry) = db!(cx).peek(&key) else {
        return Ok(None);
    };
    Ok(match field {
        Some(field) => Hash::of(&entry.value).and_then(|hash| hash.fields.get(field).cloned()),
        None => Str::of(&entry.value).map(|text| text.bytes.clone()),
    })
}
