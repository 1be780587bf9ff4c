//! What a real server cannot take, by mistakes of its own: it is not sent, or not along with others.

use super::wire::Request;

/// Leaves out of a sequence what the server does not survive, or what it does not answer.
pub(crate) fn spare(server: char, sequence: Vec<Request>) -> Vec<Request> {
    let mut spared = sequence;
    if server == '9' {
        spared.retain(|request| !takes_key_for_condition(request));
    }
    if server != '8' {
        return spared;
    }
    let mut queues = false;
    spared.retain(|request| {
        queues = match request[0].as_slice() {
            b"multi" => true,
            b"exec" | b"discard" | b"reset" => false,
            _ => queues,
        };
        !(queues && authenticates(request) || passes_nil(request))
    });
    spared
}

/// Whether a request must not be sent along with others before it: Redis 8.2 forgets the reply to an AUTH that
/// fails if it is not the first one of those it has read.
pub(crate) fn stands_alone(server: char, request: &Request) -> bool {
    server == '8' && (request[0] == b"auth" || request[0] == b"hello")
}

/// Whether a request is an AUTH: by the same mistake, what EXEC of Redis 8.2 replies has no element for one that
/// fails, so that the client takes the replies behind it for others.
fn authenticates(request: &Request) -> bool {
    request[0] == b"auth" || request[0] == b"hello" && request.iter().any(|arg| arg == b"auth")
}

/// Whether a function gets fewer keys or arguments than it passes on: FUNCTION FLUSH ends the process of Redis 8.2
/// when the last command of a function had a nil among its arguments.
fn passes_nil(request: &Request) -> bool {
    let number = request.get(2).map(|number| String::from_utf8_lossy(number));
    let keys = number.and_then(|number| number.parse::<usize>().ok());
    let runs = |keys: &usize| keys.saturating_add(3) <= request.len();
    request[0].starts_with(b"fcall")
        && keys
            .filter(runs)
            .is_some_and(|keys| keys == 0 || keys + 3 == request.len())
}

/// Whether a request is a HSETEX of a key with the name of a condition: Valkey 9.1 takes the key for one where it drops
/// the conditions from what its replicas are to get, and then tells the event of the argument that comes next.
fn takes_key_for_condition(request: &Request) -> bool {
    let conditions = ["nx", "xx", "fnx", "fxx"];
    request[0] == b"hsetex"
        && request.get(1).is_some_and(|key| {
            conditions
                .iter()
                .any(|condition| key.eq_ignore_ascii_case(condition.as_bytes()))
        })
}
