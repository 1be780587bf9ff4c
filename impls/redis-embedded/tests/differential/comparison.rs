//! The comparison with one real server: what is sent, and what is counted.

use std::collections::BTreeSet;

use redis_embedded::{Profile, Server};

use super::dice::Dice;
use super::grammar::{self, Pattern};
use super::pair::{self, Difference, Pair, Run};
use super::peer::Peer;
use super::probes::PROBES;
use super::soup::Soup;
use super::wire::{Request, request, show};
use super::{cases, quirks};

const LENGTH: usize = 40;
/// One pattern in so many gives way to a request of any words.
const SOUP: usize = 10;
const SHOWN: usize = 40;
/// How many sequences may go without an answer, each of which takes two seconds, before it is given up.
const MOST_WAITS: usize = 60;

type Failure = Box<dyn std::error::Error>;

/// What was counted.
#[derive(Default)]
pub(crate) struct Counts {
    commands: usize,
    pub(crate) differences: usize,
    declared: usize,
    /// Sequences that differed once, and did not when they were sent again.
    once: usize,
    /// Requests that were not sent because of the real server's own mistakes.
    spared: usize,
    /// How often the real server ended, and both were started anew.
    restarts: usize,
    /// Sequences that end the real server, so that nothing was compared.
    fatal: usize,
    /// Sequences that neither of them answered.
    waited: usize,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts {
            commands,
            differences,
            declared,
            once,
            spared,
            restarts,
            fatal,
            waited,
        } = self;
        write!(
            f,
            "commands: {commands}, differences: {differences}, declared: {declared} (once only: {once}, \
             not sent: {spared}, restarts of the real server: {restarts}, ended it again: {fatal}, \
             answered by neither: {waited})"
        )
    }
}

/// Both servers, and connections to them.
struct Servers {
    peer: Peer,
    pair: Pair,
    /// Stopped when it is dropped.
    _embedded: Server,
}

impl Servers {
    fn start(binary: &str) -> Result<Servers, Failure> {
        let peer = Peer::start(binary)?;
        let (kind, profile): (char, Profile) = peer.kind()?;
        let embedded = Server::builder().profile(profile).start_on_own_thread()?;
        let pair = Pair::connect(kind, (embedded.addr().port(), peer.port))?;
        Ok(Servers {
            peer,
            pair,
            _embedded: embedded,
        })
    }
}

/// A comparison with a real server.
pub(crate) struct Comparison {
    binary: String,
    servers: Servers,
    counts: Counts,
    /// The commands and events of which a difference has been shown.
    shown: BTreeSet<String>,
}

impl Comparison {
    pub(crate) fn start(binary: &str) -> Result<Comparison, Failure> {
        Ok(Comparison {
            binary: binary.into(),
            servers: Servers::start(binary)?,
            counts: Counts::default(),
            shown: BTreeSet::new(),
        })
    }

    /// Sends the sequences that once differed, and then random ones.
    pub(crate) fn run(mut self, commands: usize, seed: u64) -> Result<Counts, Failure> {
        for (number, case) in cases::all().into_iter().enumerate() {
            let case = self.spare(case);
            self.try_sequence("2", case, number as u64)?;
        }
        let only = std::env::var("ONLY").unwrap_or_default();
        let patterns = grammar::patterns(self.servers.pair.server, &only);
        let soup = only.is_empty().then(Soup::new);
        for seed in seed.. {
            if self.counts.commands >= commands {
                break;
            }
            let mut dice = Dice::new(seed);
            let version = if dice.roll(3) == 0 { "3" } else { "2" };
            let sequence = self.sequence(&patterns, soup.as_ref(), &mut dice);
            self.try_sequence(version, sequence, seed)?;
        }
        self.counts.declared += self.servers.pair.declared;
        Ok(self.counts)
    }

    /// Random requests, and those that show what they have left behind.
    fn sequence(
        &mut self,
        patterns: &[Pattern],
        soup: Option<&Soup>,
        dice: &mut Dice,
    ) -> Vec<Request> {
        let mut sequence: Vec<Request> = Vec::new();
        while sequence.len() < LENGTH {
            match soup.filter(|_| dice.roll(SOUP) == 0) {
                Some(soup) => sequence.push(soup.request(dice)),
                None => sequence.extend(patterns[dice.roll(patterns.len())].requests(dice)),
            }
        }
        let mut sequence = self.spare(sequence);
        sequence.extend(PROBES.iter().map(|probe| request(probe)));
        sequence
    }

    /// Leaves out what the real server cannot take, and counts that.
    fn spare(&mut self, sequence: Vec<Request>) -> Vec<Request> {
        let length = sequence.len();
        let spared = quirks::spare(self.servers.pair.server, sequence);
        self.counts.spared += length - spared.len();
        spared
    }

    /// Compares a sequence, and once more if it differs: times and random choice on a slow machine may make a
    /// difference that does not come again.
    fn try_sequence(
        &mut self,
        version: &str,
        sequence: Vec<Request>,
        seed: u64,
    ) -> Result<(), Failure> {
        let length = sequence.len();
        match self.send(version, &sequence, seed)? {
            Run::Same => {}
            Run::Unanswered(request) => {
                println!("seed {seed}: neither answered {request}");
                self.counts.waited += 1;
                if self.counts.waited > MOST_WAITS {
                    return Err("too many sequences were not answered".into());
                }
                return Ok(());
            }
            Run::Fatal => {
                self.counts.fatal += 1;
                return Ok(());
            }
            Run::Different(first) => {
                let first = format!("{:.400}\n{first}", show(&sequence[first.at]));
                self.try_again(version, sequence, seed, &first)?;
            }
            Run::Broken(first) => self.try_again(version, sequence, seed, &first.to_string())?,
        }
        self.counts.commands += length;
        Ok(())
    }

    fn try_again(
        &mut self,
        version: &str,
        sequence: Vec<Request>,
        seed: u64,
        first: &str,
    ) -> Result<(), Failure> {
        match self.send(version, &sequence, seed)? {
            Run::Different(found) => self.report(version, sequence, seed, found)?,
            Run::Broken(error) => {
                self.counts.differences += 1;
                println!("seed {seed}: {error}");
            }
            _ => {
                println!("seed {seed}, once only: {first}");
                self.counts.once += 1;
            }
        }
        Ok(())
    }

    /// Sends a sequence to both. If the real server ends, which is no difference, both are started anew and it is sent
    /// again, since it may have been the one before that did it.
    fn send(&mut self, version: &str, sequence: &[Request], seed: u64) -> Result<Run, Failure> {
        for _ in 0..2 {
            let error = match self.servers.pair.run(version, sequence) {
                Ok(run) => return Ok(run),
                Err(error) => error,
            };
            if !self.servers.peer.has_ended() {
                self.servers.pair.renew()?;
                return Ok(Run::Broken(error));
            }
            println!("seed {seed}: the real server ended: {error}");
            self.counts.restarts += 1;
            self.counts.declared += self.servers.pair.declared;
            self.servers = Servers::start(&self.binary)?;
        }
        Ok(Run::Fatal)
    }

    /// Counts a difference, and prints the first one of a command as short as it can be had.
    fn report(
        &mut self,
        version: &str,
        mut sequence: Vec<Request>,
        seed: u64,
        found: Difference,
    ) -> Result<(), Failure> {
        self.counts.differences += 1;
        sequence.truncate(found.at + 1);
        let subject = found.subject(&pair::name(&sequence[found.at]));
        if self.shown.len() >= SHOWN || !self.shown.insert(subject) {
            return Ok(());
        }
        let pair = &mut self.servers.pair;
        let shorter = pair.shrink(version, sequence);
        println!("seed {seed}, RESP{version}:");
        shorter
            .iter()
            .for_each(|request| println!("    {}", show(request)));
        // One that does not come again is shown as it came first.
        let found = match pair.run(version, &shorter) {
            Ok(Run::Different(again)) => again,
            _ => found,
        };
        println!("{found}");
        match std::env::var("STORE") {
            Ok(path) => Ok(cases::store(&path, &shorter)?),
            Err(_) => Ok(()),
        }
    }
}
