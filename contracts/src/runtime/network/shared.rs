//! What all threads of a network share: its faults, its connections, and what becomes of a piece of traffic.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Direction;
use super::fault::{Active, Kind};
use super::link::Link;
use super::route::Route;

#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Apart, since a route waits for a thread which needs the state.
    routes: Mutex<Vec<Route>>,
    /// For threads that hold something back.
    changed: Condvar,
    /// For cases that wait for something to have happened.
    happened: Notify,
}

#[derive(Default)]
struct State {
    faults: Vec<Active>,
    links: HashMap<u64, Arc<Link>>,
    last_id: u64,
    to_server: u64,
    to_client: u64,
    closed: bool,
}

/// What becomes of a piece.
pub(super) enum Passage {
    Whole,
    /// So many of its bytes pass, then the connection is reset.
    Part(usize),
    Replaced(Arc<[u8]>),
    Lost,
    /// The connection has ended meanwhile.
    Ended,
}

/// What the faults want of a piece at this moment.
enum Wanted {
    Lose,
    Wait,
    WaitUntil(Instant),
    Pass,
}

impl Shared {
    pub(super) fn begin_fault(&self, direction: Direction, kind: Kind) -> u64 {
        let mut state = self.state();
        let id = state.next_id();
        state.faults.push(Active {
            id,
            direction,
            kind,
            hits: 0,
        });
        drop(state);
        self.follow();
        id
    }

    pub(super) fn end_faults(&self, ended: impl Fn(&Active) -> bool) {
        self.state().faults.retain(|fault| !ended(fault));
        self.follow();
    }

    pub(super) fn hits(&self, id: u64) -> u64 {
        let state = self.state();
        let fault = state.faults.iter().find(|fault| fault.id == id);
        fault.map_or(0, |fault| fault.hits)
    }

    pub(super) fn connections(&self) -> usize {
        self.state().links.len()
    }

    pub(super) fn passed(&self, direction: Direction) -> u64 {
        let state = self.state();
        match direction {
            Direction::ToServer => state.to_server,
            Direction::ToClient => state.to_client,
            Direction::Both => state.to_server + state.to_client,
        }
    }

    pub(super) fn reset(&self) {
        let links: Vec<_> = self.state().links.values().cloned().collect();
        links.iter().for_each(|link| link.reset());
        self.wake();
    }

    /// Wakes the threads that hold something back, so that they look again.
    pub(super) fn wake(&self) {
        // Under the lock, or one that is about to wait would miss it.
        let _state = self.state();
        self.changed.notify_all();
    }

    /// Has cases that wait for something look again.
    pub(super) fn tell(&self) {
        self.happened.notify_waiters();
    }

    /// Ends everything, for good.
    pub(super) fn close(&self) {
        {
            let mut state = self.state();
            state.closed = true;
            state.faults.clear();
        }
        let routes = std::mem::take(&mut *self.routes());
        drop(routes);
        self.reset();
    }

    pub(super) fn is_routed(&self) -> bool {
        !self.routes().is_empty()
    }

    pub(super) fn routes(&self) -> MutexGuard<'_, Vec<Route>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn refuses(&self) -> bool {
        let state = self.state();
        state
            .faults
            .iter()
            .any(|fault| matches!(fault.kind, Kind::Refuse))
    }

    /// Notes a connection; none once the network is closed.
    pub(super) fn open(&self, link: impl FnOnce(u64) -> Link) -> Option<Arc<Link>> {
        let mut state = self.state();
        if state.closed {
            return None;
        }
        let id = state.next_id();
        let link = Arc::new(link(id));
        state.links.insert(id, Arc::clone(&link));
        drop(state);
        self.tell();
        Some(link)
    }

    pub(super) fn forget(&self, link: &Link) {
        self.state().links.remove(&link.id);
        self.tell();
    }

    /// Waits until each connection that is there has handed on what it was sent, or has ended.
    pub(super) async fn drained(&self) {
        // By their numbers: who held a connection would keep it open.
        let then: Vec<_> = {
            let state = self.state();
            let links = state.links.iter();
            links.map(|(id, link)| (*id, link.emptied())).collect()
        };
        self.until(|| {
            let state = self.state();
            then.iter().all(|(id, emptied)| {
                let link = state.links.get(id);
                link.is_none_or(|link| link.has_handed_on(emptied))
            })
        })
        .await;
    }

    pub(super) async fn until(&self, condition: impl Fn() -> bool) {
        loop {
            let mut told = pin!(self.happened.notified());
            // From here on nothing is missed, also between the look and the wait.
            told.as_mut().enable();
            if condition() {
                return;
            }
            told.await;
        }
    }

    /// Waits for as long as the faults hold a piece of `length` bytes back, and says what becomes of it. The end of a
    /// stream is a piece of none.
    pub(super) fn admit(&self, link: &Link, way: Direction, length: usize) -> Passage {
        let arrived = Instant::now();
        let mut met = Vec::new();
        let mut state = self.state();
        loop {
            if link.has_ended() {
                return Passage::Ended;
            }
            if link.has_lost(way) {
                return Passage::Lost;
            }
            let wanted = state.meet(way, arrived, &mut met);
            self.tell();
            state = match wanted {
                Wanted::Lose => {
                    link.lose(way);
                    return Passage::Lost;
                }
                Wanted::Pass => break,
                Wanted::Wait => self.wait(state, None),
                Wanted::WaitUntil(moment) => self.wait(state, Some(moment)),
            };
        }
        let passage = state.pass(way, length);
        drop(state);
        self.tell();
        passage
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        until: Option<Instant>,
    ) -> MutexGuard<'a, State> {
        let Some(until) = until else {
            return self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        };
        let left = until.saturating_duration_since(Instant::now());
        let waited = self.changed.wait_timeout(state, left);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Has threads and ports do what the faults ask for now.
    fn follow(&self) {
        self.wake();
        let mut routes = self.routes();
        let refuses = self.refuses();
        for route in &mut *routes {
            route.set_open(!refuses);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Has the faults meet a piece, each once, of which `met` keeps the account.
    fn meet(&mut self, way: Direction, arrived: Instant, met: &mut Vec<u64>) -> Wanted {
        let (mut lose, mut wait, mut delay) = (false, false, Duration::ZERO);
        for fault in &mut self.faults {
            match fault.kind {
                _ if !fault.direction.meets(way) => continue,
                Kind::Stall => wait = true,
                Kind::BlackHole => lose = true,
                Kind::Delay(by) => delay = delay.saturating_add(by),
                Kind::ResetAfter(_) | Kind::Replace(_) | Kind::Refuse => continue,
            }
            if !met.contains(&fault.id) {
                met.push(fault.id);
                fault.hits += 1;
            }
        }
        match arrived.checked_add(delay) {
            _ if lose => Wanted::Lose,
            Some(due) if !wait && due <= Instant::now() => Wanted::Pass,
            Some(due) if !wait => Wanted::WaitUntil(due),
            _ => Wanted::Wait,
        }
    }

    /// What becomes of a piece that nothing holds back.
    fn pass(&mut self, way: Direction, length: usize) -> Passage {
        let mut passage = Passage::Whole;
        for fault in &mut self.faults {
            if !fault.direction.meets(way) || length == 0 {
                continue;
            }
            match &mut fault.kind {
                Kind::Replace(bytes) => {
                    fault.hits += 1;
                    passage = Passage::Replaced(Arc::clone(bytes));
                }
                Kind::ResetAfter(left @ Some(_)) => {
                    let before = left.unwrap_or_default();
                    if before > length as u64 {
                        *left = Some(before - length as u64);
                        continue;
                    }
                    *left = None;
                    fault.hits += 1;
                    // It is no more than the piece's length.
                    passage = Passage::Part(before as usize);
                    break;
                }
                _ => {}
            }
        }
        let passed = match &passage {
            Passage::Part(part) => *part,
            Passage::Replaced(bytes) => bytes.len(),
            _ => length,
        };
        match way {
            Direction::ToServer => self.to_server += passed as u64,
            _ => self.to_client += passed as u64,
        }
        passage
    }
}
