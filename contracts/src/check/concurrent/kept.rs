//! A program that failed, as it is kept among the regressions of its suite.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::program::{Planned, Program};
use crate::check::schedule::Schedule;

/// A program, and the schedule that it failed under where it has one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept<O> {
    clients: Vec<Vec<Act<O>>>,
    /// Whether the clients share one handle.
    shared: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<Schedule>,
}

/// What a client does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act<O> {
    Call(O),
    /// A call that is dropped when it has been pending so many times.
    Dropped {
        call: O,
        after: u32,
    },
}

impl<O: Clone> Kept<O> {
    pub(super) fn new(program: &Program<O>, schedule: Option<Schedule>) -> Self {
        let clients = program.clients.iter();
        Self {
            clients: clients
                .map(|calls| calls.iter().map(Act::of).collect())
                .collect(),
            shared: program.shared,
            schedule,
        }
    }

    pub(super) fn program(self) -> (Program<O>, Schedule) {
        let clients = self.clients.into_iter();
        let clients = clients.map(|acts| acts.into_iter().map(Act::planned).collect());
        let program = Program {
            clients: clients.collect(),
            shared: self.shared,
        };
        (program, self.schedule.unwrap_or_default())
    }
}

impl<O: Clone> Act<O> {
    fn of(planned: &Planned<O>) -> Self {
        let call = (*planned.operation).clone();
        match planned.dropped_after {
            None => Self::Call(call),
            Some(after) => Self::Dropped { call, after },
        }
    }

    fn planned(self) -> Planned<O> {
        let (call, dropped_after) = match self {
            Self::Call(call) => (call, None),
            Self::Dropped { call, after } => (call, Some(after)),
        };
        Planned {
            operation: Arc::new(call),
            dropped_after,
        }
    }
}
