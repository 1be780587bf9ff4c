//! Client-side caching: who is told when a key changes.

use std::collections::{BTreeSet, HashMap};

use super::table::commands;
use super::{Command, Cx, Error, Outcome};
use crate::db::Key;
use crate::server::client::{Client, Tracking};
use crate::server::state::State;

commands! {
    "client|tracking" -3 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_tracking;
    "client|caching" 3 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_caching;
    "client|getredir" 2 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_getredir;
    "client|trackinginfo" 2 [NOSCRIPT LOADING STALE] (0, 0, 0) "connection" => client_trackinginfo;
}

/// Which connections have read which keys, and which follow all keys of a prefix.
#[derive(Debug, Default)]
pub(crate) struct TrackingTable {
    readers: HashMap<Key, BTreeSet<u64>>,
    followers: BTreeSet<u64>,
}

impl TrackingTable {
    pub(crate) fn is_empty(&self) -> bool {
        self.readers.is_empty() && self.followers.is_empty()
    }

    pub(crate) fn forget(&mut self, id: u64) {
        self.followers.remove(&id);
        self.readers.retain(|_, ids| {
            ids.remove(&id);
            !ids.is_empty()
        });
    }
}

impl State {
    /// Notes the keys a connection has read, if it asked to be told of changes.
    pub(crate) fn remember_read(&mut self, client: &mut Client, command: &Command, args: &[&[u8]]) {
        // Of a script that only reads, what it reads counts, not the keys that it is given.
        if matches!(command.name, "eval_ro" | "evalsha_ro" | "fcall_ro") {
            return;
        }
        let Some(tracking) = &mut client.tracking else {
            return;
        };
        let caching = tracking.caching.take();
        let wanted = match (tracking.opt_in, tracking.opt_out) {
            (true, _) => caching == Some(true),
            (_, true) => caching != Some(false),
            _ => true,
        };
        if tracking.broadcast || !wanted {
            return;
        }
        for key in super::keyspec::keys_of(command, args).unwrap_or_default() {
            self.tracking
                .readers
                .entry(args[key].into())
                .or_default()
                .insert(client.id);
        }
    }

    /// Tells those who track a key that it has changed.
    pub(crate) fn invalidate(&mut self, key: &[u8], mut me: Option<&mut Client>) {
        let mut ids = self.tracking.readers.remove(key).unwrap_or_default();
        for id in &self.tracking.followers {
            let client = match &me {
                Some(me) if me.id == *id => Some(&**me),
                _ => self.clients.get(id).map(|client| &**client),
            };
            let prefixes = client
                .and_then(|client| client.tracking.as_ref())
                .map(|t| &t.prefixes);
            if prefixes.is_some_and(|all| {
                all.is_empty() || all.iter().any(|prefix| key.starts_with(prefix))
            }) {
                ids.insert(*id);
            }
        }
        for id in ids {
            self.tell(id, Some(key), me.as_deref_mut());
        }
    }

    /// Tells all who track keys that all of them have changed.
    pub(crate) fn flush_tracking(&mut self, mut me: Option<&mut Client>) {
        self.tracking.readers.clear();
        let tracks = |client: &Client| client.tracking.is_some();
        let mut ids: Vec<u64> = self
            .clients
            .values()
            .filter(|client| tracks(client))
            .map(|client| client.id)
            .collect();
        ids.extend(me.as_ref().filter(|me| tracks(me)).map(|me| me.id));
        for id in ids {
            self.tell(id, None, me.as_deref_mut());
        }
    }

    /// Sends an invalidation, to the connection or to where it redirects them.
    fn tell(&mut self, id: u64, key: Option<&[u8]>, me: Option<&mut Client>) {
        let own = me.as_ref().is_some_and(|me| me.id == id);
        let client = match &me {
            Some(me) if own => Some(&**me),
            _ => self.clients.get(&id).map(|client| &**client),
        };
        let Some(tracking) = client.and_then(|client| client.tracking.as_ref()) else {
            return;
        };
        // A flush is told even to who asked not to be told of its own changes.
        if own && tracking.no_loop && key.is_some() {
            return;
        }
        let redirect = tracking.redirect;
        let target = if redirect == 0 { id } else { redirect };
        let listener = match &me {
            Some(me) if me.id == target => Some(&**me),
            _ => self.clients.get(&target).map(|client| &**client),
        };
        // RESP2 knows no pushes: there it takes another connection, which is subscribed.
        let hears = |client: &Client| client.resp3 || (redirect != 0 && client.subscriptions() > 0);
        if !listener.is_some_and(hears) {
            return;
        }
        self.push_with(target, me, |reply| {
            if redirect != 0 && !reply.resp3 {
                reply.array(3);
                reply.text("message");
                reply.text("__redis__:invalidate");
            } else {
                reply.push(2);
                reply.text("invalidate");
            }
            match key {
                Some(key) => reply.bulks([key]),
                None => reply.null_array(),
            }
        });
    }

    pub(crate) fn stop_tracking(&mut self, client: &mut Client) {
        if client.tracking.take().is_some() {
            self.tracking.forget(client.id);
        }
    }
}

fn client_tracking(cx: &mut Cx<'_>) -> Outcome {
    let on = match cx.arg(2).to_ascii_lowercase().as_slice() {
        b"on" => true,
        b"off" => false,
        _ => {
            let options = tracking_options(cx)?;
            drop(options);
            return Err(Error::SYNTAX);
        }
    };
    let mut wanted = tracking_options(cx)?;
    if !on {
        cx.state.stop_tracking(cx.client);
        cx.out.ok();
        return Ok(());
    }
    check_tracking(cx, &wanted)?;
    if let Some(old) = cx.client.tracking.take() {
        wanted.prefixes.splice(0..0, old.prefixes);
        wanted.prefixes.sort();
        wanted.prefixes.dedup();
    }
    if wanted.broadcast {
        cx.state.tracking.followers.insert(cx.client.id);
    }
    cx.client.tracking = Some(Box::new(wanted));
    cx.out.ok();
    Ok(())
}

fn tracking_options(cx: &Cx<'_>) -> Result<Tracking, Error> {
    let mut wanted = Tracking::default();
    let mut at = 3;
    while at < cx.len() {
        let more = at + 1 < cx.len();
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"redirect" if more => {
                at += 1;
                if wanted.redirect != 0 {
                    return Err(Error::new(
                        "ERR A client can only redirect to a single other client",
                    ));
                }
                wanted.redirect = u64::try_from(cx.int(at)?).unwrap_or_default();
                if !cx.state.clients.contains_key(&wanted.redirect)
                    && wanted.redirect != cx.client.id
                {
                    return Err(Error::new(
                        "ERR The client ID you want redirect to does not exist",
                    ));
                }
            }
            b"bcast" => wanted.broadcast = true,
            b"optin" => wanted.opt_in = true,
            b"optout" => wanted.opt_out = true,
            b"noloop" => wanted.no_loop = true,
            b"prefix" if more => {
                at += 1;
                wanted.prefixes.push(cx.arg(at).to_vec());
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    Ok(wanted)
}

fn check_tracking(cx: &Cx<'_>, wanted: &Tracking) -> Result<(), Error> {
    let old = cx.client.tracking.as_deref();
    let fail = |text| Err(Error::new(text));
    if !wanted.broadcast && !wanted.prefixes.is_empty() {
        return fail("ERR PREFIX option requires BCAST mode to be enabled");
    }
    if old.is_some_and(|old| old.broadcast != wanted.broadcast) {
        return fail(
            "ERR You can't switch BCAST mode on/off before disabling tracking for this client, \
             and then re-enabling it with a different mode.",
        );
    }
    if wanted.broadcast && (wanted.opt_in || wanted.opt_out) {
        return fail("ERR OPTIN and OPTOUT are not compatible with BCAST");
    }
    if wanted.opt_in && wanted.opt_out {
        return fail("ERR You can't specify both OPTIN mode and OPTOUT mode");
    }
    if old.is_some_and(|old| (old.opt_in && wanted.opt_out) || (old.opt_out && wanted.opt_in)) {
        return fail(
            "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, \
             and then re-enabling it with a different mode.",
        );
    }
    let known = old.map_or(&[][..], |old| &old.prefixes);
    for (index, prefix) in wanted.prefixes.iter().enumerate() {
        let known = known.iter().map(|other| (other, "an existing"));
        let given = &wanted.prefixes[index + 1..];
        let given = given.iter().map(|other| (other, "another provided"));
        let mut others = known.chain(given);
        if let Some((other, which)) =
            others.find(|(other, _)| other.starts_with(prefix) || prefix.starts_with(other))
        {
            return Err(overlap(prefix, which, other));
        }
    }
    Ok(())
}

fn overlap(prefix: &[u8], which: &str, other: &[u8]) -> Error {
    let text: [&[u8]; 7] = [
        b"ERR Prefix '",
        prefix,
        b"' overlaps with ",
        which.as_bytes(),
        b" prefix '",
        other,
        b"'. Prefixes for a single client must not overlap.",
    ];
    text.concat().into()
}

fn client_caching(cx: &mut Cx<'_>) -> Outcome {
    let Some(tracking) = &mut cx.client.tracking else {
        return Err(Error::new(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
        ));
    };
    let yes = match cx.args[2].to_ascii_lowercase().as_slice() {
        b"yes" if tracking.opt_in => true,
        b"yes" => {
            return Err(Error::new(
                "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
            ));
        }
        b"no" if tracking.opt_out => false,
        b"no" => {
            return Err(Error::new(
                "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
            ));
        }
        _ => return Err(Error::SYNTAX),
    };
    tracking.caching = Some(yes);
    cx.out.ok();
    Ok(())
}

fn client_getredir(cx: &mut Cx<'_>) -> Outcome {
    let redirect = cx
        .client
        .tracking
        .as_ref()
        .map_or(-1, |t| i64::try_from(t.redirect).unwrap_or(-1));
    cx.out.int(redirect);
    Ok(())
}

fn client_trackinginfo(cx: &mut Cx<'_>) -> Outcome {
    let mut flags = Vec::new();
    let none = Tracking::default();
    let tracking = cx.client.tracking.as_deref();
    flags.push(if tracking.is_some() { "on" } else { "off" });
    let shown = tracking.unwrap_or(&none);
    flags.extend(shown.broadcast.then_some("bcast"));
    flags.extend(shown.opt_in.then_some("optin"));
    flags.extend(shown.opt_out.then_some("optout"));
    flags.extend((shown.opt_in && shown.caching == Some(true)).then_some("caching-yes"));
    flags.extend((shown.opt_out && shown.caching == Some(false)).then_some("caching-no"));
    flags.extend(shown.no_loop.then_some("noloop"));
    cx.out.map(3);
    cx.out.text("flags");
    cx.out.set(flags.len());
    flags.iter().for_each(|flag| cx.out.text(flag));
    cx.out.text("redirect");
    cx.out
        .int(tracking.map_or(-1, |t| i64::try_from(t.redirect).unwrap_or(-1)));
    cx.out.text("prefixes");
    cx.out.bulks(&shown.prefixes);
    Ok(())
}
