//! What happened, in order: the newest of it, under numbers that stay.
//!
//! A local stack runs for days, so what is old is forgotten; the number of a thing never changes, so a reader can go on where it
//! stopped.

use std::collections::VecDeque;

/// Things numbered from 0, of which only the newest are kept.
pub(super) struct Log<T> {
    kept: VecDeque<T>,
    limit: usize,
    total: usize,
}

impl<T: Clone> Log<T> {
    /// Keeps up to `limit` things.
    pub(super) fn keeping(limit: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            limit,
            total: 0,
        }
    }

    /// Keeps fewer or more from now on.
    pub(super) fn keep(&mut self, limit: usize) {
        self.limit = limit;
        self.forget();
    }

    /// Adds the next thing.
    pub(super) fn push(&mut self, thing: T) {
        self.kept.push_back(thing);
        self.total += 1;
        self.forget();
    }

    /// How many there have ever been, which is the number of the next.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Those from a number on that are kept.
    pub(super) fn since(&self, number: usize) -> Vec<T> {
        let forgotten = self.total - self.kept.len();
        self.kept.iter().skip(number.saturating_sub(forgotten)).cloned().collect()
    }

    fn forget(&mut self) {
        while self.kept.len() > self.limit {
            self.kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_and_the_numbers_stay() {
        let mut log = Log::keeping(3);
        for thing in 0..5 {
            log.push(thing);
        }
        assert_eq!((log.total(), log.since(0)), (5, vec![2, 3, 4]));
        assert_eq!((log.since(3), log.since(5), log.since(9)), (vec![3, 4], vec![], vec![]));
        log.keep(1);
        assert_eq!((log.total(), log.since(0), log.since(4)), (5, vec![4], vec![4]));
    }
}
