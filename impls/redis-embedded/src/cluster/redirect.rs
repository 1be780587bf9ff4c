//! Whether a command may run on this node, or where the client has to go instead.

use super::slots::{SLOTS, slot_of};
use super::topology::{Member, Topology};
use crate::command::{Command, Error, keys_of};
use crate::server::client::Client;
use crate::server::state::State;

/// Refuses commands for slots that are not here, and those that a cluster does not have.
pub(crate) fn check(
    state: &mut State,
    client: &mut Client,
    command: &Command,
    args: &[&[u8]],
) -> Result<(), Error> {
    let Some(member) = &state.cluster else {
        return Ok(());
    };
    let asking = client.asking;
    if client.multi.is_none() {
        client.asking = false;
    }
    refuse_other_databases(command, args)?;
    let keys = keys_of_request(client, command, args);
    let Some(slot) = common_slot(&keys)? else {
        return Ok(());
    };
    let place = place_of(member, slot, asking);
    match place {
        Place::Here => Ok(()),
        Place::Nowhere => Err(Error::new("CLUSTERDOWN Hash slot not served")),
        Place::Elsewhere(addr) => Err(format!("MOVED {slot} {addr}").into()),
        Place::Leaving(addr) => {
            let there = present(state, client.db, &keys);
            if there == keys.len() {
                Ok(())
            } else if there == 0 || keys.len() == 1 {
                Err(format!("ASK {slot} {addr}").into())
            } else {
                Err(TRY_AGAIN)
            }
        }
        Place::Arriving => {
            if keys.len() > 1 && present(state, client.db, &keys) < keys.len() {
                Err(TRY_AGAIN)
            } else {
                Ok(())
            }
        }
    }
}

/// Whether an error is about where the keys are.
pub(crate) fn is_redirection(error: &Error) -> bool {
    const CODES: [&[u8]; 5] = [
        b"MOVED ",
        b"ASK ",
        b"CROSSSLOT ",
        b"TRYAGAIN ",
        b"CLUSTERDOWN ",
    ];
    CODES.iter().any(|code| error.bytes().starts_with(code))
}

const TRY_AGAIN: Error = Error::new("TRYAGAIN Multiple keys request during rehashing of slot");

/// Where a slot is, seen from a node.
enum Place {
    Here,
    Nowhere,
    Elsewhere(std::net::SocketAddr),
    /// It is here, and what is not here any more is there.
    Leaving(std::net::SocketAddr),
    /// It comes here, and the client has been sent.
    Arriving,
}

fn place_of(member: &Member, slot: u16, asking: bool) -> Place {
    let topology: &Topology = &member.topology();
    let target = topology.migrating.get(&slot).copied();
    match topology.owner(slot) {
        None => Place::Nowhere,
        Some(owner) if owner == member.me => match target {
            Some(target) => Place::Leaving(topology.nodes[target].addr),
            None => Place::Here,
        },
        Some(_) if asking && target == Some(member.me) => Place::Arriving,
        Some(owner) => Place::Elsewhere(topology.nodes[owner].addr),
    }
}

fn refuse_other_databases(command: &Command, args: &[&[u8]]) -> Result<(), Error> {
    let refused = match command.name {
        "select" => args[1] != b"0",
        "move" | "swapdb" => true,
        _ => false,
    };
    if refused {
        let name = command.name.to_ascii_uppercase();
        return Err(format!("ERR {name} is not allowed in cluster mode").into());
    }
    Ok(())
}

/// The keys of a command; those of EXEC are the keys of all that was queued.
fn keys_of_request(client: &Client, command: &Command, args: &[&[u8]]) -> Vec<Vec<u8>> {
    let own = |command: &Command, args: &[&[u8]]| {
        let places = keys_of(command, args).unwrap_or_default();
        let keys = places.into_iter().map(|place| args[place].to_vec());
        keys.collect::<Vec<_>>()
    };
    match &client.multi {
        Some(multi) if command.name == "exec" => {
            let queue = multi.queue.iter().flat_map(|(command, args)| {
                let args: Vec<&[u8]> = args.iter().map(Vec::as_slice).collect();
                own(command, &args)
            });
            queue.collect()
        }
        _ => own(command, args),
    }
}

fn common_slot(keys: &[Vec<u8>]) -> Result<Option<u16>, Error> {
    let mut slots = keys.iter().map(|key| slot_of(key));
    let first = slots.next();
    if slots.any(|slot| Some(slot) != first) {
        return Err(Error::new(
            "CROSSSLOT Keys in request don't hash to the same slot",
        ));
    }
    Ok(first)
}

/// How many of the keys are here.
fn present(state: &mut State, db: usize, keys: &[Vec<u8>]) -> usize {
    keys.iter()
        .filter(|key| state.dbs[db].contains(key))
        .count()
}

/// A slot as an argument.
pub(crate) fn slot_argument(arg: &[u8]) -> Result<u16, Error> {
    let number = crate::db::number::integer(arg);
    let slot = number.and_then(|number| u16::try_from(number).ok());
    slot.filter(|slot| *slot < SLOTS)
        .ok_or(Error::new("ERR Invalid or out of range slot"))
}
