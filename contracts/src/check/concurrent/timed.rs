//! Histories in which what calls store runs out.
//!
//! Nobody knows at which moment of a call its time to live begins, nor how late an implementation notices that it is
//! over. So the end of what a call stored is an operation of the history, done by nobody, in the window from `ttl` after
//! the call to `ttl` after the return; whoever looks within it may be answered either way. The model knows of time only
//! that it goes by, so windows that meet are one, and each is one moment of the model: times to live that are meant to
//! end there are changed to end at that moment, and time goes on to it when the operation is done.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::seen::{Answered, Passed};
use crate::check::linearizability::{By, End, Entry, History, Moment};
use crate::check::operation::{Field, Operation, Role};

/// What lives as long as this is there when a run is over.
const LONG: Duration = Duration::from_secs(1000);

/// How long what the call stores is there, where it may run out during a run.
pub(super) fn ttl<O: Operation>(operation: &O) -> Option<Duration> {
    let mut found = None;
    operation.visit(&mut |parameter, field: &dyn Field| {
        if parameter.role == Role::Ttl {
            let value = field.value();
            let ttl = value.downcast_ref::<Duration>().copied();
            found = ttl.or_else(|| *value.downcast_ref::<Option<Duration>>()?);
        }
    });
    found.filter(|ttl| (Duration::ZERO..LONG).contains(ttl) && !ttl.is_zero())
}

/// What happens in a history.
pub(super) enum Event<O> {
    Call {
        operation: Arc<O>,
        /// When it was called, in whole steps of the model.
        at: Duration,
        /// When what it stores runs out, on the model's clock.
        ends: Option<Duration>,
        /// All moments at which anything of its part of the state runs out.
        moments: Arc<[Duration]>,
    },
    /// What calls stored runs out.
    RunsOut {
        key: Option<String>,
        at: Duration,
        /// How long it lived.
        ttl: Duration,
    },
    /// Time passes. It is shown, and does nothing.
    Passes { key: Option<String>, by: Duration },
}

impl<O> Clone for Event<O> {
    fn clone(&self) -> Self {
        match self {
            Self::Call {
                operation,
                at,
                ends,
                moments,
            } => Self::Call {
                operation: Arc::clone(operation),
                at: *at,
                ends: *ends,
                moments: Arc::clone(moments),
            },
            Self::RunsOut { key, at, ttl } => Self::RunsOut {
                key: key.clone(),
                at: *at,
                ttl: *ttl,
            },
            Self::Passes { key, by } => Self::Passes {
                key: key.clone(),
                by: *by,
            },
        }
    }
}

impl<O: Operation> fmt::Debug for Event<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { operation, .. } => operation.fmt(f),
            Self::RunsOut { key, ttl, .. } => match key {
                Some(key) => write!(f, "{ttl:?} of {key:?} run out"),
                None => write!(f, "{ttl:?} run out"),
            },
            Self::Passes { by, .. } => write!(f, "{by:?} pass"),
        }
    }
}

/// A history with the ends of what was stored.
pub(super) type Timed<O> = History<Event<O>, Arc<<O as Operation>::Outcome>>;

/// What is known of the clocks.
#[derive(Clone, Copy)]
pub(super) struct Precision {
    /// The step in which the implementation keeps time.
    pub(super) step: Duration,
    /// By how much its clock may differ from the one that moments are taken of.
    pub(super) tolerance: Duration,
}

/// The time in which something runs out.
struct Window {
    from: Moment,
    by: Moment,
    /// The entries that stored it.
    entries: Vec<usize>,
}

/// Adds what runs out to a history whose moments are nanoseconds. Parts of the state of which it cannot be told what a look
/// within a window must have seen are left out; nothing comes of it where no part is left in which anything runs out. With
/// it comes by how much answers about time may be off.
pub(super) fn timed<O: Operation>(
    history: &Answered<O>,
    keyed: bool,
    precision: Precision,
) -> Option<(Timed<O>, Duration)> {
    let entries = history.entries();
    let part = |entry: &Entry<Arc<O>, _>| match keyed {
        true => entry.operation.key().map(Cow::into_owned),
        false => None,
    };
    let mut parts: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        parts.entry(part(entry)).or_default().push(index);
    }
    let mut timed = Timed::<O>::new();
    let (mut unclear, mut decisive) = (vec![false; entries.len()], false);
    let mut ends = vec![None; entries.len()];
    let mut moments = vec![Arc::from([]); entries.len()];
    let (mut internal, mut off) = (Vec::new(), precision.step + precision.tolerance);
    for (key, members) in parts {
        let Some(windows) = windows(entries, &members, precision) else {
            members.iter().for_each(|member| unclear[*member] = true);
            continue;
        };
        decisive |= !windows.is_empty();
        let ats: Arc<[Duration]> = ats(&windows, precision.step).into();
        for (window, at) in windows.iter().zip(&*ats) {
            let width = at.saturating_sub(Duration::from_nanos(window.from));
            off = off.max(width + precision.step + precision.tolerance);
            window
                .entries
                .iter()
                .for_each(|entry| ends[*entry] = Some(*at));
            let runs_out = Event::RunsOut {
                key: key.clone(),
                at: *at,
                ttl: ttl(&*entries[window.entries[0]].operation).unwrap_or_default(),
            };
            internal.push((runs_out, window.from, window.by));
        }
        members
            .iter()
            .for_each(|member| moments[*member] = Arc::clone(&ats));
    }
    if unclear.contains(&true) && !decisive {
        return None;
    }
    for (index, entry) in entries.iter().enumerate() {
        if unclear[index] {
            continue;
        }
        timed.push(Entry {
            by: entry.by,
            operation: Event::Call {
                operation: Arc::clone(&entry.operation),
                at: floor(Duration::from_nanos(entry.from), precision.step),
                ends: ends[index],
                moments: Arc::clone(&moments[index]),
            },
            from: entry.from,
            end: entry.end.clone(),
        });
    }
    for (event, from, by) in internal {
        timed.internal(event, from, Some(by));
    }
    Some((timed, off))
}

/// The windows of one part of the state, in order; nothing where a look within one says too little.
fn windows<O: Operation, R>(
    entries: &[Entry<Arc<O>, R>],
    members: &[usize],
    precision: Precision,
) -> Option<Vec<Window>> {
    let mut windows: Vec<Window> = members
        .iter()
        .filter_map(|index| window(*index, &entries[*index], precision))
        .collect();
    windows.sort_by_key(|window| window.from);
    let mut merged: Vec<Window> = Vec::new();
    for window in windows {
        match merged.last_mut() {
            Some(last) if window.from <= last.by => {
                last.by = last.by.max(window.by);
                last.entries.extend(window.entries);
            }
            _ => merged.push(window),
        }
    }
    let clear = |window: &Window| {
        let overlaps = |index: &usize| {
            let entry = &entries[*index];
            entry.from <= window.by && entry.end.moment().is_none_or(|at| at >= window.from)
        };
        match &window.entries[..] {
            [own] => !overlaps(own),
            // Which of several is over is more than one moment can say.
            _ => !members.iter().any(overlaps),
        }
    };
    merged.iter().all(clear).then_some(merged)
}

fn window<O: Operation, R>(
    index: usize,
    entry: &Entry<Arc<O>, R>,
    precision: Precision,
) -> Option<Window> {
    let ttl = ttl(&*entry.operation)?;
    let Precision { step, tolerance } = precision;
    let returned = entry.end.moment()?;
    let from = entry.from.saturating_add(nanos(ttl));
    let by = returned.saturating_add(nanos(ceil(ttl, step) + step + tolerance));
    Some(Window {
        from: from.saturating_sub(nanos(tolerance)).max(entry.from),
        by,
        entries: vec![index],
    })
}

/// One moment of the model for each window, in whole steps, and no two the same.
fn ats(windows: &[Window], step: Duration) -> Vec<Duration> {
    let mut last = Duration::ZERO;
    let at = |window: &Window| {
        last = ceil(Duration::from_nanos(window.by), step).max(last + step);
        last
    };
    windows.iter().map(at).collect()
}

fn nanos(time: Duration) -> Moment {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn floor(time: Duration, step: Duration) -> Duration {
    let step = nanos(step).max(1);
    Duration::from_nanos(nanos(time) / step * step)
}

fn ceil(time: Duration, step: Duration) -> Duration {
    let step = nanos(step).max(1);
    Duration::from_nanos(nanos(time).div_ceil(step).saturating_mul(step))
}

/// The same history with moments that are counted, and with the time that passed, for people to read. `part` is what it
/// is told of.
pub(super) fn told<O: Operation>(
    timed: &Timed<O>,
    passed: &[Passed],
    part: Option<&str>,
) -> Timed<O> {
    let ends = timed
        .entries()
        .iter()
        .flat_map(|entry| [Some(entry.from), entry.end.moment()]);
    let passes = passed
        .iter()
        .flat_map(|pass| [Some(pass.from), Some(pass.at)]);
    let mut moments: Vec<Moment> = ends.chain(passes).flatten().collect();
    moments.sort_unstable();
    moments.dedup();
    let rank = |moment: Moment| moments.partition_point(|other| *other < moment) as Moment;
    let mut told: Timed<O> = timed
        .entries()
        .iter()
        .map(|entry| Entry {
            by: entry.by,
            operation: entry.operation.clone(),
            from: rank(entry.from),
            end: match &entry.end {
                End::Returned { at, outcome } => End::Returned {
                    at: rank(*at),
                    outcome: Arc::clone(outcome),
                },
                End::Unknown { why } => End::Unknown { why: why.clone() },
                End::Due { by } => End::Due { by: rank(*by) },
            },
        })
        .collect();
    for pass in passed {
        told.push(Entry {
            by: By::Client(pass.client),
            operation: Event::Passes {
                key: part.map(str::to_owned),
                by: pass.by,
            },
            from: rank(pass.from),
            end: End::Due { by: rank(pass.at) },
        });
    }
    told
}
