//! Which runs let time pass, and how much of it.
//!
//! On a clock that is moved, every few runs do. On a real one they truly wait, so there are a few of them, with times that
//! are long beside what calls take; where too many looks fall into the time in which either answer is right, the times
//! are made longer, and at last it is said that too little was seen.

use std::time::Duration;

use crate::check::generate::Step;
use crate::check::lockstep::each_time;
use crate::check::operation::Operation;
use crate::runtime::Clock;

/// The shortest time to live on a real clock.
const UNIT: Duration = Duration::from_millis(40);
/// The longest that the shortest one becomes.
const LONGEST: Duration = Duration::from_millis(320);
/// Who moves a clock moves it past the time in which servers and clients round theirs.
const CLEAR: Duration = Duration::from_millis(6);
/// The shortest time to live on a clock that is moved: in this process, and beside a server with one of its own, which
/// rounds.
const ALONE: Duration = Duration::from_millis(1);
const BESIDE: Duration = Duration::from_millis(20);
/// Nobody waits for longer in a run on a real clock.
const MOST: Duration = Duration::from_secs(2);
/// How many runs wait on a real clock.
const WAITING: usize = 12;
/// Where an implementation keeps time in coarser steps, nobody waits for it.
const COARSE: Duration = Duration::from_millis(5);
/// One run of so many has to be decisive.
const DECISIVE: usize = 8;

/// What is known of the runs in which time passed.
pub(super) struct Times {
    moved: bool,
    coarse: bool,
    /// The shortest time to live, and the shortest that passes, on a clock that is moved.
    shortest: Duration,
    unit: Duration,
    runs: usize,
    open: usize,
}

impl Times {
    /// Of runs on `clock`, of an implementation that keeps time in steps of `resolution`.
    /// `alone` says that there is no other clock than that.
    pub(super) fn of(clock: &Clock, resolution: Duration, alone: bool) -> Self {
        Self {
            moved: clock.is_virtual(),
            shortest: if alone { ALONE } else { BESIDE },
            coarse: resolution > COARSE,
            unit: UNIT,
            runs: 0,
            open: 0,
        }
    }

    /// Whether time is to pass in the next run.
    pub(super) fn pass_now(&self, rng: &mut fastrand::Rng) -> bool {
        let some = rng.bool();
        some && (self.moved || (self.runs < WAITING && !self.coarse))
    }

    /// Whether so much time can pass in a run.
    pub(super) fn can_be_had(&self, time: Duration) -> bool {
        self.moved || time <= MOST
    }

    /// Gives the times in a step lengths that suit the clock.
    pub(super) fn fit<O: Operation>(&self, step: &mut Step<O>, rng: &mut fastrand::Rng) {
        // Who waits seldom comes just when something runs out.
        let part = match step {
            Step::Pass(_) => rng.u32(1..1000),
            Step::Call(_) => 0,
        };
        each_time(step, &mut |time| *time = self.fitting(*time, part));
    }

    /// A time in units and thousandths of one, where it is a short one.
    fn fitting(&self, time: Duration, part: u32) -> Duration {
        if time.is_zero() || time >= Duration::from_secs(1000) {
            return time;
        }
        if self.moved {
            let time = time.max(self.shortest);
            return match part {
                0 => time,
                part => time + time * part / 2000 + CLEAR,
            };
        }
        let units = match time {
            time if time < Duration::from_millis(20) => 1,
            time if time < Duration::from_millis(500) => 2,
            _ => 3,
        };
        self.unit * units + self.unit * part / 1000
    }

    /// Notes whether a run in which time passed left open what is right.
    pub(super) fn note(&mut self, open: bool) {
        self.runs += 1;
        self.open += usize::from(open);
        if open && !self.moved {
            self.unit = (self.unit * 2).min(LONGEST);
        }
    }

    /// # Errors
    /// Where too few runs said anything.
    pub(super) fn are_decisive(&self) -> Result<(), String> {
        let (runs, decisive) = (self.runs, self.runs - self.open);
        if runs >= DECISIVE && decisive * DECISIVE < runs {
            return Err(format!(
                "of {runs} runs in which time passed, only {decisive} could be judged: calls take as long as what they store lives, on a machine that is busy with other things"
            ));
        }
        Ok(())
    }
}
