//! Sends a sequence to this server and to a real one, and makes it shorter when they differ.

use std::fmt;

use super::listener::Listener;
use super::quirks::stands_alone;
use super::sameness::{Verdict, compare};
use super::wire::{Request, Value, Wire, request, show};

/// Both servers, each with a connection.
pub(crate) struct Pair {
    pub(crate) server: char,
    ports: (u16, u16),
    wires: (Wire, Wire),
    listeners: (Listener, Listener),
    /// How many differences there were that are meant to be.
    pub(crate) declared: usize,
}

/// What differed: the place in the sequence, and both replies.
pub(crate) struct Difference {
    pub(crate) at: usize,
    pub(crate) ours: Value,
    pub(crate) theirs: Value,
}

impl Difference {
    /// What it is about: a command, or messages that both have sent beside replies.
    pub(crate) fn subject(&self, command: &str) -> String {
        let (Value::Many(b'>', mine), Value::Many(b'>', other)) = (&self.ours, &self.theirs) else {
            return command.into();
        };
        let name = |messages: &[Value]| {
            let first = messages.first().map(Value::to_string).unwrap_or_default();
            first.split(' ').next().unwrap_or_default().to_owned()
        };
        format!("{} {}", name(mine), name(other))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, theirs) = (self.ours.to_string(), self.theirs.to_string());
        write!(f, "  embedded: {ours:.400}\n  peer:     {theirs:.400}")
    }
}

/// What came of a sequence.
pub(crate) enum Run {
    Same,
    Different(Difference),
    /// Both left the same request without an answer, and all behind it.
    Unanswered(String),
    /// A connection was closed.
    Broken(std::io::Error),
    /// The real server ended, each time.
    Fatal,
}

impl Pair {
    pub(crate) fn connect(server: char, ports: (u16, u16)) -> std::io::Result<Pair> {
        Ok(Pair {
            server,
            ports,
            wires: (Wire::connect(ports.0)?, Wire::connect(ports.1)?),
            listeners: (
                Listener::new(server, ports.0),
                Listener::new(server, ports.1),
            ),
            declared: 0,
        })
    }

    /// Connects to both anew.
    pub(crate) fn renew(&mut self) -> std::io::Result<()> {
        self.wires = (Wire::connect(self.ports.0)?, Wire::connect(self.ports.1)?);
        Ok(())
    }

    /// Sends a sequence to both from the same start, and tells where the replies differ first. An error is that of a
    /// connection, which needs to be renewed.
    pub(crate) fn run(&mut self, version: &str, sequence: &[Request]) -> std::io::Result<Run> {
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
        // What is left of an earlier sequence.
        self.events();
        let (ours, theirs) = self.exchange(&all)?;
        let silent = |replies: &[Value]| replies.iter().position(|reply| *reply == Value::Silence);
        let silence = (silent(&ours), silent(&theirs));
        if silence != (None, None) {
            self.renew()?;
        }
        if let Some(difference) = self.difference(sequence, (&ours[skipped..], &theirs[skipped..]))
        {
            return Ok(Run::Different(difference));
        }
        if let Some(at) = silence.0 {
            return Ok(Run::Unanswered(show(&all[at])));
        }
        let (mine, other) = self.pushes(follows_prefixes(sequence));
        let (my_events, their_events) = self.events();
        let at = sequence.len() - 1;
        let unlike = (mine != other).then_some((mine, other));
        let unlike = unlike.or_else(|| {
            let common = my_events.iter().zip(&their_events);
            let common = common.take_while(|(mine, other)| mine == other).count();
            let differ = my_events.len().max(their_events.len()) > common;
            differ.then(|| {
                (
                    my_events[common..].to_vec(),
                    their_events[common..].to_vec(),
                )
            })
        });
        Ok(match unlike {
            None => Run::Same,
            Some((mine, other)) => Run::Different(Difference {
                at,
                ours: Value::Many(b'>', mine),
                theirs: Value::Many(b'>', other),
            }),
        })
    }

    /// What became of keys on both; nothing where that could not be heard on both.
    fn events(&mut self) -> (Vec<Value>, Vec<Value>) {
        let (mine, other) = (self.listeners.0.heard(), self.listeners.1.heard());
        mine.zip(other).unwrap_or_default()
    }

    /// The first place where the replies to a sequence differ.
    fn difference(
        &mut self,
        sequence: &[Request],
        (ours, theirs): (&[Value], &[Value]),
    ) -> Option<Difference> {
        let mut queued: Option<Vec<String>> = None;
        for (at, (mine, other)) in ours.iter().zip(theirs).enumerate() {
            let name = name(&sequence[at]);
            match compare(self.server, &name, (mine, other), queued.as_deref()) {
                Verdict::Same => {}
                Verdict::Declared => self.declared += 1,
                Verdict::Different => {
                    return Some(Difference {
                        at,
                        ours: mine.clone(),
                        theirs: other.clone(),
                    });
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
        None
    }

    /// What both have sent beside replies, in an order of its own.
    fn pushes(&mut self, by_turns: bool) -> (Vec<Value>, Vec<Value>) {
        let sorted = |mut pushes: Vec<Value>| {
            // A message then has the keys of one turn of the server's loop, which is a matter of time: each counts for
            // itself.
            if by_turns {
                pushes = pushes.iter().flat_map(Value::invalidated).collect();
            }
            pushes.sort_by_key(Value::to_string);
            if by_turns {
                pushes.dedup();
            }
            pushes
        };
        let (mine, other) = (&mut self.wires.0, &mut self.wires.1);
        (
            sorted(std::mem::take(&mut mine.pushes)),
            sorted(std::mem::take(&mut other.pushes)),
        )
    }

    /// The replies of both to all requests.
    fn exchange(&mut self, all: &[Request]) -> std::io::Result<(Vec<Value>, Vec<Value>)> {
        self.pushes(false);
        let mut both = (Vec::new(), Vec::new());
        let server = self.server;
        for part in all.chunk_by(|_, next| !stands_alone(server, next)) {
            self.wires.0.send(part)?;
            self.wires.1.send(part)?;
            both.0.extend(replies(&mut self.wires.0, part, "embedded")?);
            both.1.extend(replies(&mut self.wires.1, part, "peer")?);
            let silent = |replies: &[Value]| replies.last() == Some(&Value::Silence);
            if silent(&both.0) || silent(&both.1) {
                break;
            }
        }
        both.0.resize(all.len(), Value::Silence);
        both.1.resize(all.len(), Value::Silence);
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
                    Ok(Run::Different(difference)) => {
                        shorter.truncate(difference.at + 1);
                        sequence = shorter;
                        continue;
                    }
                    Ok(_) => {}
                    // Whoever sends the result sees what has become of the servers.
                    Err(_) => drop(self.renew()),
                }
                at += step;
            }
            step /= 2;
        }
        sequence
    }
}

/// A reply to each request; after a request that has none, none is waited for.
fn replies(wire: &mut Wire, requests: &[Request], who: &str) -> std::io::Result<Vec<Value>> {
    let mut replies = Vec::new();
    for request in requests {
        match wire.reply() {
            Ok(reply) => replies.push(reply),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
            Err(error) => {
                let text = format!("{who} did not answer {:.80}: {error}", show(request));
                return Err(std::io::Error::new(error.kind(), text));
            }
        }
    }
    replies.resize(requests.len(), Value::Silence);
    Ok(replies)
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

/// Whether a sequence may ask to be told of all keys, read or not.
fn follows_prefixes(sequence: &[Request]) -> bool {
    let mut args = sequence.iter().flatten();
    args.any(|arg| arg.eq_ignore_ascii_case(b"bcast"))
}

/// Whether a SORT leaves what may be a set in the order of its hash table.
fn is_unsorted(request: &Request) -> bool {
    let is_list = |key: &Vec<u8>| key.starts_with(b"l") || key.starts_with(b"z");
    let mut pairs = request.windows(2);
    !request.get(1).is_some_and(is_list)
        && pairs.any(|pair| pair[0] == b"by" && !pair[1].contains(&b'*'))
}
