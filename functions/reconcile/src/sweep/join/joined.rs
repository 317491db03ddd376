//! Endpoints and rows side by side.

use jiff::Timestamp;
use upkeep::fleet::{ById, ByToken};
use upkeep::plan::Settings;
use upkeep::rails::{Breaker, Breakers, PlanHash, Tally};

use super::Scanned;
use crate::counters::Counters;
use crate::sweep::weigh::{Scales, Source};
use crate::terms::{Baseline, Terms};

/// Endpoints and rows side by side.
pub(in crate::sweep) struct Joined {
    pub(in crate::sweep) fleet: ById,
    pub(in crate::sweep) scanned: Scanned,
    pub(in crate::sweep) tally: Tally,
    pub(in crate::sweep) breaker: Option<Breaker>,
    pub(in crate::sweep) counters: Counters,
}

impl Joined {
    /// After every row was taken.
    pub(in crate::sweep) fn new(by_token: ByToken, scanned: Scanned, terms: &Terms) -> Self {
        let tally = by_token.tally();
        let mut counters = Counters::default();
        let duplicates: usize = by_token.duplicates().map(|group| group.len() - 1).sum();
        counters.add("duplicates", duplicates as u64);
        let last = terms.baseline.as_ref().map(Baseline::tally);
        let breaker = last.and_then(|last| Breakers::default().check(&last, &tally).err());
        let mut fleet = by_token.turn();
        // Each, before orphans are asked for: an endpoint that is about to get a new token is none.
        scanned.drafts.iter().for_each(|draft| fleet.name(&draft.candidate));
        counters.add("orphans", fleet.orphans().count() as u64);
        counters.add("unreadable", scanned.unreadable.len() as u64);
        counters.merge(&scanned.counters);
        Self {
            fleet,
            scanned,
            tally,
            breaker,
            counters,
        }
    }

    /// Everything that is to be weighed, or said.
    pub(in crate::sweep) fn sources<'b>(&'b self, settings: &Settings) -> impl Iterator<Item = Source<'b>> + use<'b> {
        let drafts = self.scanned.drafts.iter().map(Source::Draft);
        let orphans = self.fleet.orphans().map(Source::Orphan);
        let chores = self.scanned.chores(&self.fleet, settings).into_iter();
        let chores = chores.map(|(task, line)| Source::Chore(task, line));
        let unreadable = self.scanned.unreadable.iter().map(Source::Unreadable);
        drafts.chain(orphans).chain(chores).chain(unreadable)
    }

    pub(in crate::sweep) fn scales<'b>(&'b self, settings: &'b Settings, terms: &Terms, now: Timestamp) -> Scales<'b> {
        Scales {
            fleet: &self.fleet,
            settings,
            passes: terms.passes(),
            now,
            condemned: &self.scanned.condemned,
            hash: PlanHash::default(),
            counters: Counters::default(),
        }
    }
}
