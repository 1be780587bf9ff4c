//! How often each command ran and for how long, as INFO and LATENCY HISTOGRAM tell it.
//!
//! A look at the clock for every command would take a pipelined one a tenth of its time. So what a connection runs in
//! one go has the time of that go, in equal parts. It is the server's time: where that stands still, nothing takes any.

use crate::command::Command;

/// How many steps of time are told apart.
const STEPS: usize = 21;

/// The most nanoseconds that a step of time takes. They are those of a histogram with two significant digits, which
/// Redis reads at powers of two from 1,024 on: a little more than the power.
pub(crate) fn limit(step: usize) -> u64 {
    let power = 1024 << step;
    power + power / 128 - 1
}

/// The calls of a command.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    pub(crate) count: u64,
    pub(crate) micros: u64,
    /// Those that answered with an error, and those that were not let through, which count nowhere else.
    pub(crate) failed: u64,
    pub(crate) rejected: u64,
    /// How many took each step of time.
    steps: [u64; STEPS],
    /// How many have run since the clock was looked at.
    untimed: u64,
}

impl Calls {
    /// How many calls have been timed.
    pub(crate) fn timed(&self) -> u64 {
        self.steps.iter().sum()
    }

    /// The steps of time that calls took, each with how many took so long or less.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (usize, u64)> {
        let mut sum = 0;
        let sums = self.steps.iter().map(move |count| {
            sum += count;
            (*count, sum)
        });
        let taken = sums.enumerate().filter(|(_, (count, _))| *count > 0);
        taken.map(|(step, (_, sum))| (step, sum))
    }
}

/// The calls of all commands.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// By the commands' indices; what was never called takes no memory.
    calls: Vec<Option<Box<Calls>>>,
    /// The commands that have untimed calls, and how many of these there are.
    pending: Vec<usize>,
    untimed: u64,
}

impl Usage {
    /// Notes a command that has run.
    pub(crate) fn ran(&mut self, command: &Command) {
        let calls = self.calls(command);
        calls.untimed += 1;
        if calls.untimed == 1 {
            self.pending.push(command.index);
        }
        self.untimed += 1;
    }

    /// Notes that a command answers with an error.
    pub(crate) fn failed(&mut self, command: &Command) {
        self.calls(command).failed += 1;
    }

    /// Notes that a command was not let through.
    pub(crate) fn rejected(&mut self, command: &Command) {
        self.calls(command).rejected += 1;
    }

    fn calls(&mut self, command: &Command) -> &mut Calls {
        if self.calls.len() <= command.index {
            self.calls.resize_with(command.index + 1, || None);
        }
        self.calls[command.index].get_or_insert_default()
    }

    /// Gives what has run since the last time its part of the microseconds that have passed.
    pub(crate) fn settle(&mut self, micros: i64, tracking: bool) {
        let micros = u64::try_from(micros).unwrap_or_default();
        let share = micros / self.untimed.max(1);
        let step = (0..STEPS - 1).find(|step| share.saturating_mul(1000) <= limit(*step));
        for index in self.pending.drain(..) {
            let Some(calls) = &mut self.calls[index] else {
                continue;
            };
            let count = std::mem::take(&mut calls.untimed);
            calls.count += count;
            calls.micros += share * count;
            if tracking {
                calls.steps[step.unwrap_or(STEPS - 1)] += count;
            }
        }
        self.untimed = 0;
    }

    /// The commands that have been called, in the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static Command, &Calls)> {
        let all = Command::all().zip(&self.calls);
        all.filter_map(|(command, calls)| Some((command, calls.as_deref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(name: &str) -> &'static Command {
        Command::named(name.as_bytes()).expect("a command")
    }

    #[test]
    fn the_time_of_a_go_is_parted() {
        let mut usage = Usage::default();
        let (get, set) = (command("get"), command("set"));
        (0..3).for_each(|_| usage.ran(get));
        usage.ran(set);
        usage.settle(44, true);
        usage.ran(get);
        usage.settle(0, true);
        let found: Vec<_> = usage.iter().collect();
        let told = |(command, calls): &(&Command, &Calls)| {
            let steps: Vec<_> = calls.steps().collect();
            (command.name, calls.count, calls.micros, steps)
        };
        let told: Vec<_> = found.iter().map(told).collect();
        // 11 µs each, which is more than 8,255 ns and at most 16,511.
        let expected = [
            ("get", 4, 33, vec![(0, 1), (4, 4)]),
            ("set", 1, 11, vec![(4, 1)]),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn the_limits_are_those_that_redis_shows() {
        let shown: Vec<u64> = (0..STEPS).map(|step| limit(step) / 1000).collect();
        assert_eq!(shown[..7], [1, 2, 4, 8, 16, 33, 66]);
        assert_eq!(shown[7..12], [132, 264, 528, 1056, 2113]);
    }

    #[test]
    fn what_takes_longer_than_all_limits_is_in_the_last_step() {
        let mut usage = Usage::default();
        usage.ran(command("get"));
        usage.settle(i64::MAX, true);
        let (_, calls) = usage.iter().next().expect("a call");
        assert_eq!(calls.steps().collect::<Vec<_>>(), [(STEPS - 1, 1)]);
    }
}
