//! Dividing the work into parts, each of which fits into an item of the table, and the lines of the report into pages.

use upkeep::plan::Caps;

use crate::failure::SweepError;
use crate::papers::{REST, WORK};
use crate::report::Line;
use crate::sweep::weigh::Weighed;
use crate::sweep::{Halt, Session, Sweep};
use crate::work::{Chunk, Item, Page, Spent};

/// Takes what is to be written down, until there is enough of it.
pub(super) struct Binder {
    items: Vec<Item>,
    item_bytes: usize,
    lines: Vec<Line>,
    lines_left: u64,
    pub(super) caps_left: Caps,
    pub(super) chunks: u32,
    pub(super) rests: u32,
    pub(super) left_out: u64,
}

impl Binder {
    pub(super) fn new(sweep: &Sweep) -> Self {
        Self {
            items: Vec::new(),
            item_bytes: 0,
            lines: Vec::new(),
            lines_left: sweep.sizes.lines_at_most,
            caps_left: sweep.rules.caps,
            chunks: 0,
            rests: 0,
            left_out: 0,
        }
    }

    /// Work, or lines about what takes none.
    pub(super) fn take(&mut self, weighed: Weighed) {
        let Weighed { lines, task, spends } = weighed;
        let Some(task) = task else {
            lines.into_iter().for_each(|line| self.line(line));
            return;
        };
        // As JSON, about; no line has more.
        self.item_bytes += task.size_bytes() + LINE_BYTES * (1 + lines.len());
        let mut spent = Spent::default();
        spends.into_iter().for_each(|spending| spent.add(spending));
        let (caps, left) = spent.out_of(self.caps_left);
        self.caps_left = left;
        self.items.push(Item {
            task,
            foreseen: lines,
            caps,
        });
    }

    fn line(&mut self, line: Line) {
        match self.lines_left.checked_sub(1) {
            Some(left) => {
                self.lines_left = left;
                self.lines.push(line);
            }
            None => self.left_out += 1,
        }
    }

    fn full_chunk(&mut self, at_least: usize) -> Option<Chunk> {
        let is_full = self.items.len() >= at_least || self.item_bytes >= MOST_BYTES;
        if self.items.is_empty() || !is_full {
            return None;
        }
        self.item_bytes = 0;
        let items = std::mem::take(&mut self.items);
        Some(Chunk { items })
    }

    fn full_rest(&mut self, at_least: usize) -> Option<Page> {
        let is_full = !self.lines.is_empty() && self.lines.len() >= at_least;
        is_full.then(|| Page {
            is_over: true,
            lines: std::mem::take(&mut self.lines),
            ..Page::default()
        })
    }
}

impl Session<'_> {
    pub(super) async fn keep_full(&mut self, binder: &mut Binder) -> Result<(), Halt> {
        self.keep_bound(binder, self.sweep.sizes.items_a_chunk, LINES_A_PAGE).await
    }

    pub(super) async fn keep_last(&mut self, binder: &mut Binder) -> Result<(), Halt> {
        self.keep_bound(binder, 1, 1).await
    }

    async fn keep_bound(&mut self, binder: &mut Binder, items: usize, lines: usize) -> Result<(), Halt> {
        let fence = self.lease.fence();
        if let Some(chunk) = binder.full_chunk(items) {
            self.may_go_on().await?;
            self.papers().keep(fence, WORK, binder.chunks, &chunk, self.now()).await?;
            binder.chunks = binder.chunks.checked_add(1).ok_or(SweepError::Large)?;
        }
        if let Some(page) = binder.full_rest(lines) {
            self.may_go_on().await?;
            self.papers().keep(fence, REST, binder.rests, &page, self.now()).await?;
            binder.rests = binder.rests.checked_add(1).ok_or(SweepError::Large)?;
        }
        Ok(())
    }
}

const LINES_A_PAGE: usize = 1_000;
const LINE_BYTES: usize = 200;
const MOST_BYTES: usize = 200 * 1024;
