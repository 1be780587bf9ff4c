//! Processors: who runs where, and the time that a server has spent on one, as Linux counts it.
//!
//! Left alone, the kernel puts a server and its client now on one processor and now on two, and a request that waits for
//! an answer then takes either 10 µs or 60. So the servers have one to themselves, and the clients another.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::Outcome;

/// The threads of a server.
pub(crate) struct Threads(Vec<PathBuf>);

impl Threads {
    /// All threads of a process.
    pub(crate) fn of_process(pid: u32) -> Outcome<Self> {
        let all = fs::read_dir(format!("/proc/{pid}/task"))?;
        let all: Result<Vec<_>, _> = all.map(|task| task.map(|task| task.path())).collect();
        Ok(Self(all?))
    }

    /// The threads of this process that have a name.
    pub(crate) fn named(name: &str) -> Outcome<Self> {
        let Self(mut all) = Self::of_process(std::process::id())?;
        all.retain(|task| {
            fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim_end() == name)
        });
        if all.is_empty() {
            return Err(format!("no thread of this process is called {name}").into());
        }
        Ok(Self(all))
    }

    /// Keeps them on one processor.
    pub(crate) fn stay_on(&self, processor: usize) -> Outcome<()> {
        for task in &self.0 {
            let id = task.file_name().and_then(|name| name.to_str());
            stay_on(Pid::from_raw(id.ok_or("no number")?.parse()?), processor)?;
        }
        Ok(())
    }

    /// What they have used since they began.
    pub(crate) fn used(&self) -> Outcome<Duration> {
        let mut nanos = 0;
        for task in &self.0 {
            // A helper of the server may have ended since.
            let Ok(text) = fs::read_to_string(task.join("schedstat")) else {
                continue;
            };
            let first = text.split_whitespace().next();
            nanos += first.ok_or("schedstat is empty")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }
}

/// The processor for servers and that for clients, which are the same where there is only one.
pub(crate) fn for_servers_and_clients() -> Outcome<(usize, usize)> {
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let mut usable = (0..CpuSet::count()).filter(|cpu| allowed.is_set(*cpu).unwrap_or(false));
    let first = usable.next().ok_or("no processor may be used")?;
    Ok((first, usable.next().unwrap_or(first)))
}

/// Keeps the current thread, and what it starts, on one processor.
pub(crate) fn stay_here(processor: usize) -> Outcome<()> {
    stay_on(Pid::from_raw(0), processor)
}

fn stay_on(thread: Pid, processor: usize) -> Outcome<()> {
    let mut set = CpuSet::new();
    set.set(processor)?;
    Ok(sched_setaffinity(thread, &set)?)
}
