//! Sends a sequence to this server and to a real one, and makes it shorter when they differ.

use super::sameness::{Verdict, compare};
use super::wire::{Request, Value, Wire, request, show};

/// Both servers, each with a connection.
pub(crate) struct Pair {
    pub(crate) server: char,
    ports: (u16, u16),
    wires: (Wire, Wire),
    /// How many differences there were that are meant to be.
    pub(crate) declared: usize,
}

/// What differed: the place in the sequence, and both replies.
pub(crate) struct Difference {
    pub(crate) at: usize,
    pub(crate) ours: Value,
    pub(crate) theirs: Value,
}

impl Pair {
    pub(crate) fn connect(server: char, ports: (u16, u16)) -> std::io::Result<Pair> {
        Ok(Pair {
            server,
            ports,
            wires: (Wire::connect(ports.0)?, Wire::connect(ports.1)?),
            declared: 0,
        })
    }

    /// Sends a sequence to both from the same start, and tells where the replies differ first.
    pub(crate) fn run(
        &mut self,
        version: &str,
        sequence: &[Request],
    ) -> std::io::Result<Option<Difference>> {
        let mut all = vec![
            request("reset"),
            request("acl deluser u1 u2"),
            request("acl log reset"),
            request("function flush"),
            request("script flush"),
            request("flushall"),
            request(&format!("hello {version}")),
        ];
        let skipped = all.len();
        all.extend(sequence.iter().cloned());
        let (ours, theirs) = match self.exchange(&all) {
            Ok(both) => both,
            Err(error) => {
                *self = Pair::connect(self.server, self.ports)?;
                return Err(error);
            }
        };
        let mut queued: Option<Vec<String>> = None;
        for at in 0..sequence.len() {
            let (mine, other) = (&ours[skipped + at], &theirs[skipped + at]);
            let name = name(&sequence[at]);
            match compare(self.server, &name, (mine, other), queued.as_deref()) {
                Verdict::Same => {}
                Verdict::Declared => self.declared += 1,
                Verdict::Different => {
                    return Ok(Some(Difference {
                        at,
                        ours: mine.clone(),
                        theirs: other.clone(),
                    }));
                }
            }
            match (name.split(' ').next().unwrap_or_default(), mine) {
                ("multi", Value::Line(b'+', _)) => queued = Some(Vec::new()),
                ("exec" | "discard" | "reset", _) => queued = None,
                (_, Value::Line(b'+', text)) if text == b"QUEUED" => {
                    queued.get_or_insert_default().push(name);
                }
                _ => {}
            }
        }
        let (mine, other) = self.pushes();
        Ok((mine != other).then(|| Difference {
            at: sequence.len() - 1,
            ours: Value::Many(b'>', mine),
            theirs: Value::Many(b'>', other),
        }))
    }

    /// What both have sent beside replies, in an order of its own.
    fn pushes(&mut self) -> (Vec<Value>, Vec<Value>) {
        // A message has the keys of one turn of the server's loop, which is a matter of time: each counts for itself.
        let sorted = |pushes: Vec<Value>| {
            let mut keys: Vec<Value> = pushes.iter().flat_map(Value::invalidated).collect();
            keys.sort_by_key(Value::to_string);
            keys.dedup();
            keys
        };
        let (mine, other) = (&mut self.wires.0, &mut self.wires.1);
        (
            sorted(std::mem::take(&mut mine.pushes)),
            sorted(std::mem::take(&mut other.pushes)),
        )
    }

    fn exchange(&mut self, all: &[Request]) -> std::io::Result<(Vec<Value>, Vec<Value>)> {
        self.pushes();
        let mut both = (Vec::new(), Vec::new());
        let server = self.server;
        for part in all.chunk_by(|_, next| !stands_alone(server, next)) {
            self.wires.0.send(part)?;
            self.wires.1.send(part)?;
            both.0.extend(replies(&mut self.wires.0, part, "embedded")?);
            both.1.extend(replies(&mut self.wires.1, part, "peer")?);
        }
        Ok(both)
    }

    /// Leaves out of a sequence what is not needed for a difference at its end.
    pub(crate) fn shrink(&mut self, version: &str, mut sequence: Vec<Request>) -> Vec<Request> {
        let mut step = sequence.len() / 2;
        while step > 0 {
            let mut at = 0;
            while at + step <= sequence.len() {
                let mut shorter = sequence.clone();
                shorter.drain(at..at + step);
                match self.run(version, &shorter) {
                    Ok(Some(difference)) => {
                        shorter.truncate(difference.at + 1);
                        sequence = shorter;
                    }
                    _ => at += step,
                }
            }
            step /= 2;
        }
        sequence
    }
}

/// Whether a request must not be sent along with others before it: Redis 8.2 forgets the reply to an AUTH that
/// fails if it is not the first one of those it has read.
fn stands_alone(server: char, request: &Request) -> bool {
    server == '8' && (request[0] == b"auth" || request[0] == b"hello")
}

/// A reply to each request; an error tells which one has none.
fn replies(wire: &mut Wire, requests: &[Request], who: &str) -> std::io::Result<Vec<Value>> {
    let reply = |request| {
        wire.reply().map_err(|error| {
            let text = format!("{who} did not answer {:.200}: {error}", show(request));
            std::io::Error::new(error.kind(), text)
        })
    };
    requests.iter().map(reply).collect()
}

/// The command's name, and what comes first behind it, between spaces.
pub(crate) fn name(request: &Request) -> String {
    if request[0] == b"hscan" && request.iter().any(|arg| arg == b"novalues") {
        return "hscan novalues".into();
    }
    if request[0].starts_with(b"sort") && is_unsorted(request) {
        let is_part = request.iter().any(|arg| arg == b"limit");
        return if is_part {
            "sort nosort limit"
        } else {
            "sort nosort"
        }
        .into();
    }
    let words = request
        .iter()
        .take(2)
        .map(|word| String::from_utf8_lossy(word).to_lowercase());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a SORT leaves what may be a set in the order of its hash table.
fn is_unsorted(request: &Request) -> bool {
    let is_list = |key: &Vec<u8>| key.starts_with(b"l") || key.starts_with(b"z");
    let mut pairs = request.windows(2);
    !request.get(1).is_some_and(is_list)
        && pairs.any(|pair| pair[0] == b"by" && !pair[1].contains(&b'*'))
}
