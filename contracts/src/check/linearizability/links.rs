//! The calls and returns that a depth-first search has not placed yet: lists that give up a call and take it back in
//! constant time.

use super::depth_first::Cursor;
use super::part::{Event, Kind, Part};
use super::specification::Specification;

/// The index of an event; lists end with one that is larger than any.
pub(super) type Position = u32;

/// Two lists in one array: what has an end, with the ends, and the calls that have none.
pub(super) struct Links {
    next: Vec<Position>,
    previous: Vec<Position>,
    /// Where each call stands, and where its end does.
    places: Vec<(Position, Option<Position>)>,
    /// The head and end of the list of what has an end; that of the other one follows.
    head: Position,
}

impl Links {
    pub(super) fn of<S: Specification>(part: &Part<'_, S>) -> Self {
        let head = Position::try_from(part.events.len()).expect("fewer events than 2³²");
        let mut links = Self {
            next: vec![0; part.events.len() + 2],
            previous: vec![0; part.events.len() + 2],
            places: vec![(0, None); part.calls.len()],
            head,
        };
        let mut last = [head, head + 1];
        for (at, event) in (0..).zip(&part.events) {
            let list = match event {
                Event::Call(call) => {
                    links.places[*call as usize].0 = at;
                    usize::from(part.call(*call).kind == Kind::Open)
                }
                Event::Return(call) => {
                    links.places[*call as usize].1 = Some(at);
                    0
                }
            };
            links.join(last[list], at);
            last[list] = at;
        }
        links.join(last[0], head);
        links.join(last[1], head + 1);
        links
    }

    fn join(&mut self, before: Position, after: Position) {
        self.next[before as usize] = after;
        self.previous[after as usize] = before;
    }

    pub(super) fn first(&self) -> Cursor {
        Cursor::Ending(self.next[self.head as usize])
    }

    pub(super) fn first_open(&self) -> Position {
        self.next[self.head as usize + 1]
    }

    /// What follows; of a position that was taken out last, too.
    pub(super) fn after(&self, at: Position) -> Position {
        self.next[at as usize]
    }

    /// Takes a call and its end out.
    pub(super) fn lift(&mut self, call: u32) {
        let (at, end) = self.places[call as usize];
        // The end first, so that what follows the call is right even where that was its own end.
        if let Some(end) = end {
            self.remove(end);
        }
        self.remove(at);
    }

    /// Puts them back. What was lifted last comes first.
    pub(super) fn unlift(&mut self, call: u32) {
        let (at, end) = self.places[call as usize];
        self.restore(at);
        if let Some(end) = end {
            self.restore(end);
        }
    }

    fn remove(&mut self, at: Position) {
        self.join(self.previous[at as usize], self.next[at as usize]);
    }

    fn restore(&mut self, at: Position) {
        self.next[self.previous[at as usize] as usize] = at;
        self.previous[self.next[at as usize] as usize] = at;
    }
}
