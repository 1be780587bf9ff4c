//! A schedule: who runs when, and how far.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An order in which clients had their turns, which is had again by [`Explorer::replay`](super::Explorer::replay).
///
/// As text it is a list of turns: `0.1` is client 0 for one await, `1` is client 1 for as long as it can run, `-` is
/// whatever else there is to run. After the last turn each goes on as long as it can, and then the first of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Schedule {
    pub(crate) turns: Vec<Turn>,
}

/// A part of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Turn {
    Client {
        client: usize,
        units: Units,
    },
    /// The tasks that were spawned, and time.
    Rest,
}

/// How many awaits of tokio's primitives a client may pass in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Units {
    Few(u8),
    All,
}

impl Schedule {
    /// How often another client had its turn than the one before.
    pub fn switches(&self) -> usize {
        let clients = self.turns.iter().filter_map(Turn::client);
        let mut switches = 0;
        let mut last = None;
        for client in clients {
            switches += usize::from(last.is_some_and(|last| last != client));
            last = Some(client);
        }
        switches
    }
}

impl Schedule {
    /// The same turns of clients that have other numbers: those at these positions, counted from 0.
    pub(crate) fn renumbered(&self, clients: &[usize]) -> Self {
        let renumbered = |turn: &Turn| match *turn {
            Turn::Rest => Some(Turn::Rest),
            Turn::Client { client, units } => {
                let client = clients.iter().position(|known| *known == client)?;
                Some(Turn::Client { client, units })
            }
        };
        Self {
            turns: self.turns.iter().filter_map(renumbered).collect(),
        }
    }
}

impl Turn {
    pub(crate) fn client(&self) -> Option<usize> {
        match self {
            Self::Client { client, .. } => Some(*client),
            Self::Rest => None,
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, turn) in self.turns.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            match turn {
                Turn::Rest => f.write_str("-")?,
                Turn::Client {
                    client,
                    units: Units::All,
                } => write!(f, "{client}")?,
                Turn::Client {
                    client,
                    units: Units::Few(units),
                } => write!(f, "{client}.{units}")?,
            }
        }
        Ok(())
    }
}

/// What a text is not that should be a [`Schedule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSchedule {
    turn: String,
}

impl fmt::Display for NoSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let turn = &self.turn;
        write!(f, "{turn:?} is no turn: expected `0`, `0.1` or `-`")
    }
}

impl std::error::Error for NoSchedule {}

impl FromStr for Schedule {
    type Err = NoSchedule;

    fn from_str(text: &str) -> Result<Self, NoSchedule> {
        let turn = |text: &str| {
            parse_turn(text).ok_or_else(|| NoSchedule {
                turn: text.to_owned(),
            })
        };
        let turns = text.split_whitespace().map(turn);
        Ok(Self {
            turns: turns.collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<String> for Schedule {
    type Error = NoSchedule;

    fn try_from(text: String) -> Result<Self, NoSchedule> {
        text.parse()
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.to_string()
    }
}

fn parse_turn(text: &str) -> Option<Turn> {
    if text == "-" {
        return Some(Turn::Rest);
    }
    let (client, units) = match text.split_once('.') {
        None => (text, Units::All),
        Some((client, units)) => (client, Units::Few(units.parse().ok()?)),
    };
    let client = client.parse().ok()?;
    Some(Turn::Client { client, units })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_as_it_is_written() {
        let text = "0.1 1.3 - 0 1";
        let schedule: Schedule = text.parse().unwrap();
        assert_eq!(schedule.to_string(), text);
        assert_eq!(schedule.switches(), 3);
        let error = "0.1 1.x".parse::<Schedule>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"1.x\" is no turn: expected `0`, `0.1` or `-`"
        );
    }
}
