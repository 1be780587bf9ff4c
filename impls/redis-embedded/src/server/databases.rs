//! The numbered databases, and which of them there is news of to look for.

use std::ops::{Index, IndexMut, Range};

use crate::db::Db;

/// The databases of a server. It knows which may have been changed, so that what follows a request need not look at all
/// of them.
#[derive(Debug)]
pub(crate) struct Databases {
    all: Vec<Db>,
    /// All that somebody could have changed are within.
    used: Range<usize>,
}

impl Databases {
    pub(crate) fn new(count: usize) -> Databases {
        Databases {
            all: (0..count).map(|_| Db::default()).collect(),
            used: 0..0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Db> {
        self.all.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Db> {
        self.used = 0..self.all.len();
        self.all.iter_mut()
    }

    /// Lets every database know the time.
    pub(crate) fn set_time(&mut self, now: i64) {
        for db in &mut self.all {
            db.now = now;
        }
    }

    /// Whether the earliest expiry of one may have changed since this was asked last.
    pub(crate) fn take_rearm(&mut self) -> bool {
        self.all
            .iter_mut()
            .fold(false, |rearm, db| rearm | std::mem::take(&mut db.rearm))
    }

    /// Those that may have been changed since this was asked last, and maybe others.
    pub(crate) fn take_used(&mut self) -> Range<usize> {
        std::mem::take(&mut self.used)
    }

    /// Swaps what two different databases hold.
    pub(crate) fn swap(&mut self, a: usize, b: usize) {
        let (left, right) = self.all.split_at_mut(a.max(b));
        left[a.min(b)].swap(&mut right[0]);
        self.used = 0..self.all.len();
    }
}

impl Index<usize> for Databases {
    type Output = Db;

    fn index(&self, index: usize) -> &Db {
        &self.all[index]
    }
}

impl IndexMut<usize> for Databases {
    fn index_mut(&mut self, index: usize) -> &mut Db {
        self.used = if self.used.is_empty() {
            index..index + 1
        } else {
            self.used.start.min(index)..self.used.end.max(index + 1)
        };
        &mut self.all[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_have_changed_is_among_the_used() {
        let mut dbs = Databases::new(16);
        assert!(dbs.take_used().is_empty(), "nobody has used one");
        assert_eq!(dbs[7].len(), 0);
        assert!(dbs.take_used().is_empty(), "reading changes nothing");
        dbs[9].contains(b"key");
        dbs[2].contains(b"key");
        assert_eq!(dbs.take_used(), 2..10);
        assert!(dbs.take_used().is_empty(), "they were taken");
        dbs.swap(0, 3);
        assert_eq!(dbs.take_used(), 0..16);
    }
}
