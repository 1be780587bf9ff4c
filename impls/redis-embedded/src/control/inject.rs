//! Between a connection and the commands: logs requests and lets faults meet them.

use super::rule::{Effect, Plan};
use crate::command;
use crate::server::client::{Client, Ending};
use crate::server::state::State;

/// What a connection has to go through before it goes on.
#[derive(Debug)]
pub(crate) enum Ordeal {
    /// The request has been delayed; then this is to happen.
    Delayed(Plan),
    /// The command waits; this is to happen when it has its answer.
    Blocked(Plan),
    /// The reply is held back.
    Held(Vec<u8>),
}

/// Runs a request, if it is to run now. False when it is to be looked at again later.
pub(crate) fn run(state: &mut State, client: &mut Client, args: &[&[u8]]) -> bool {
    let plan = match client.ordeal.take().map(|ordeal| *ordeal) {
        Some(Ordeal::Delayed(plan)) => Some(plan),
        _ => {
            if state.control.log.is_on() {
                state.control.log.note(client, args, state.micros);
            }
            if state.control.rules.rules.is_empty() {
                None
            } else {
                state.control.rules.plan(client, args)
            }
        }
    };
    match plan {
        None => command::run(state, client, args),
        Some(plan) => return run_planned(state, client, args, plan),
    }
    true
}

fn run_planned(state: &mut State, client: &mut Client, args: &[&[u8]], mut plan: Plan) -> bool {
    if plan.delay > 0 {
        hold(state, client, std::mem::take(&mut plan.delay));
        client.ordeal = Some(Box::new(Ordeal::Delayed(plan)));
        return false;
    }
    let start = client.out.bytes.len();
    if let Some(effect) = &plan.before {
        if let (Effect::Reply(_), Some(multi)) = (effect, &mut client.multi) {
            // As after every command that could not be queued.
            multi.aborted = true;
        }
        apply(client, effect, start);
        return true;
    }
    command::run(state, client, args);
    if client.blocked.is_some() {
        client.ordeal = Some(Box::new(Ordeal::Blocked(plan)));
    } else {
        finish(state, client, plan, start);
    }
    true
}

/// Goes on with what was put off, if it is time for that. Whether the connection may go on.
pub(crate) fn settle(state: &mut State, client: &mut Client) -> bool {
    match client.ordeal.take().map(|ordeal| *ordeal) {
        None => return true,
        Some(Ordeal::Blocked(plan)) => finish(state, client, plan, 0),
        Some(Ordeal::Held(mut bytes)) => {
            // What others have sent meanwhile comes behind the reply.
            bytes.append(&mut client.out.bytes);
            client.out.bytes = bytes;
        }
        // Its request is still the first one of the input.
        delayed => client.ordeal = delayed.map(Box::new),
    }
    client.stalled.is_none() && client.ending == Ending::No
}

/// What happens to a reply that starts at an offset.
fn finish(state: &mut State, client: &mut Client, plan: Plan, start: usize) {
    if let Some(effect) = plan.after {
        apply(client, &effect, start);
    }
    if plan.delay_after > 0 && client.ending == Ending::No {
        let held = client.out.bytes.split_off(start);
        hold(state, client, plan.delay_after);
        client.ordeal = Some(Box::new(Ordeal::Held(held)));
    }
}

fn apply(client: &mut Client, effect: &Effect, start: usize) {
    let length = client.out.bytes.len() - start;
    match effect {
        Effect::Delay(_) => {}
        Effect::Reply(reply) => {
            client.out.bytes.truncate(start);
            reply.write(&mut client.out);
        }
        Effect::Disconnect => {
            client.out.bytes.truncate(start);
            client.ending = Ending::AfterReply;
        }
        Effect::Cut => {
            client.out.bytes.truncate(start + length / 2);
            client.ending = Ending::AfterReply;
        }
        Effect::Stall => {
            client.out.bytes.truncate(start);
            client.ending = Ending::HalfOpen;
        }
    }
}

/// Lets a connection do nothing for so many milliseconds of the server's clock.
fn hold(state: &mut State, client: &mut Client, millis: i64) {
    let until = state.now.saturating_add(millis);
    client.stalled = Some(until);
    state.wake_at(until, client.id);
}
