//! The rules behind faults: which requests they meet, and what they do to them.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

use super::reply::Reply;
use crate::command::Command;
use crate::db::glob;
use crate::db::random::Random;
use crate::server::client::Client;

/// What happens to a request.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// It is answered with this.
    Reply(Reply),
    /// It takes so many milliseconds longer.
    Delay(i64),
    /// The connection is closed.
    Disconnect,
    /// The connection is closed in the middle of the reply.
    Cut,
    /// The connection stays open, and nothing goes over it any more.
    Stall,
}

/// Decides by the arguments behind the command's name.
pub(crate) type Predicate = Arc<dyn Fn(&[&[u8]]) -> bool + Send + Sync>;

/// One fault.
#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) id: u64,
    /// A pattern for the command's name, in lower case; a subcommand's name follows after a bar.
    pub(crate) command: Vec<u8>,
    pub(crate) predicates: Vec<Predicate>,
    /// Patterns of which one of the keys must match each.
    pub(crate) keys: Vec<Vec<u8>>,
    pub(crate) db: Option<usize>,
    pub(crate) client_name: Option<Vec<u8>>,
    pub(crate) skip: u64,
    pub(crate) times: Option<u64>,
    pub(crate) rate: f64,
    pub(crate) effect: Effect,
    /// Whether the command runs before it is met.
    pub(crate) after: bool,
    pub(crate) hits: u64,
}

impl Rule {
    fn matches(
        &self,
        client: &Client,
        name: &[u8],
        command: Option<&Command>,
        args: &[&[u8]],
    ) -> bool {
        let container = name.split(|byte| *byte == b'|').next().unwrap_or(name);
        (glob::matches(&self.command, name) || glob::matches(&self.command, container))
            && self.db.is_none_or(|db| db == client.db)
            && self
                .client_name
                .as_ref()
                .is_none_or(|name| *name == client.name)
            && self.has_keys(command, args)
            && self.predicates.iter().all(|matches| matches(&args[1..]))
    }

    fn has_keys(&self, command: Option<&Command>, args: &[&[u8]]) -> bool {
        if self.keys.is_empty() {
            return true;
        }
        let places = command.and_then(|command| crate::command::keys_of(command, args));
        let places = places.unwrap_or_default();
        self.keys.iter().all(|pattern| {
            places
                .iter()
                .any(|place| glob::matches(pattern, args[*place]))
        })
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("command", &String::from_utf8_lossy(&self.command))
            .field("effect", &self.effect)
            .field("hits", &self.hits)
            .finish_non_exhaustive()
    }
}

/// What is to happen to one request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) delay: i64,
    pub(crate) before: Option<Effect>,
    pub(crate) delay_after: i64,
    pub(crate) after: Option<Effect>,
}

impl Plan {
    fn is_final(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }

    fn add(&mut self, effect: &Effect, after: bool) {
        match (effect, after) {
            (Effect::Delay(millis), false) => self.delay += millis,
            (Effect::Delay(millis), true) => self.delay_after += millis,
            (effect, false) => self.before = Some(effect.clone()),
            (effect, true) => self.after = Some(effect.clone()),
        }
    }
}

/// The faults of a server.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
    last: u64,
    random: Random,
    /// Told whenever a fault has met a request.
    pub(crate) met: Arc<Notify>,
}

impl Rules {
    pub(crate) fn new(seed: u64) -> Rules {
        Rules {
            rules: Vec::new(),
            last: 0,
            random: Random::new(seed),
            met: Arc::new(Notify::new()),
        }
    }

    pub(crate) fn reseed(&mut self, seed: u64) {
        self.random = Random::new(seed);
    }

    pub(crate) fn install(&mut self, mut rule: Rule) -> u64 {
        self.last += 1;
        rule.id = self.last;
        self.rules.push(rule);
        self.last
    }

    pub(crate) fn rule(&mut self, id: u64) -> Option<&mut Rule> {
        self.rules.iter_mut().find(|rule| rule.id == id)
    }

    /// What the faults do to a request; none when they let it pass.
    pub(crate) fn plan(&mut self, client: &Client, args: &[&[u8]]) -> Option<Plan> {
        let command = crate::command::find(args).ok();
        let name = match command {
            Some(command) => command.name.as_bytes().to_vec(),
            None => args[0].to_ascii_lowercase(),
        };
        let mut plan = None;
        for rule in &mut self.rules {
            if rule.times == Some(0) || !rule.matches(client, &name, command, args) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            if rule.rate < 1.0 && !chance(&mut self.random, rule.rate) {
                continue;
            }
            rule.hits += 1;
            rule.times = rule.times.map(|times| times - 1);
            let plan = plan.get_or_insert_with(Plan::default);
            plan.add(&rule.effect, rule.after);
            if plan.is_final() {
                break;
            }
        }
        if plan.is_some() {
            self.met.notify_waiters();
        }
        plan
    }
}

fn chance(random: &mut Random, rate: f64) -> bool {
    const STEPS: usize = 1 << 24;
    (random.below(STEPS) as f64) < rate * STEPS as f64
}
