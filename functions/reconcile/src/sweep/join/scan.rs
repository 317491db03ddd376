//! Every row of the registry, joined with the endpoints as it comes.

use std::collections::HashMap;

use endpoints::Passes;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use registry::{Cursor, Device, EndpointArn, Page, Registry, Segment, State};
use upkeep::fleet::{ById, ByToken};
use upkeep::plan::{Mode, Reason, Settings};
use upkeep::{DeviceId, EndpointId};

use crate::counters::Counters;
use crate::failure::SweepError;
use crate::report::Line;
use crate::sweep::weigh::{Draft, is_within_a_day};
use crate::sweep::{Halt, Progress, Session, Sizes};
use crate::work::Task;

/// What the registry has, as far as anything is to be done about it.
#[derive(Default)]
pub(in crate::sweep) struct Scanned {
    pub(in crate::sweep) drafts: Vec<Draft>,
    pub(in crate::sweep) condemned: HashMap<EndpointId, Timestamp>,
    pub(in crate::sweep) unreadable: Vec<Line>,
    /// Devices that have inherited subscriptions, which are to be ended whatever else is.
    inheriting: Vec<(String, String)>,
    pub(in crate::sweep) counters: Counters,
}

/// How a scan of the table goes on, in several parts side by side.
pub(in crate::sweep) struct Scan<'a> {
    registry: &'a Registry,
    application: &'a registry::Application,
    rows: u16,
    left: Vec<(Segment, Option<Cursor>)>,
}

impl<'a> Scan<'a> {
    pub(in crate::sweep) fn new(registry: &'a Registry, application: &'a registry::Application, sizes: Sizes) -> Self {
        let segments = (0..sizes.segments).filter_map(|index| Segment::of(index, sizes.segments));
        Self {
            registry,
            application,
            rows: sizes.rows_a_page,
            left: segments.map(|segment| (segment, None)).collect(),
        }
    }

    /// The next page of each part that has one; nothing after the last.
    pub(in crate::sweep) async fn turn(&mut self, now: Timestamp) -> Result<Option<Vec<Page>>, SweepError> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let (registry, application, rows) = (self.registry, self.application, self.rows);
        let pages = self
            .left
            .iter()
            .map(|(segment, from)| registry.page(application, *segment, from.as_ref(), rows, now));
        let pages = try_join_all(pages).await?;
        let segments = self.left.drain(..).zip(&pages);
        let left = segments.filter_map(|((segment, _), page)| Some((segment, Some(page.next.clone()?))));
        self.left = left.collect();
        Ok(Some(pages))
    }
}

impl Scanned {
    pub(in crate::sweep) fn take(&mut self, page: Page, by_token: &mut ByToken, passes: Passes, since: Option<Timestamp>) {
        self.condemned.extend(page.condemned.iter().filter_map(condemned));
        let unreadable = page.unreadable.into_iter().map(|row| bad_row(row.key));
        self.unreadable.extend(unreadable);
        for row in &page.devices {
            self.row(row, by_token, passes, since);
        }
        self.counters.add("rows", page.devices.len() as u64);
    }

    fn row(&mut self, row: &Device, by_token: &mut ByToken, passes: Passes, since: Option<Timestamp>) {
        let short = row.key.id.short();
        let Ok(device) = endpoints::device(row, &passes) else {
            self.unreadable.push(bad_row(short));
            return;
        };
        self.counters
            .add("state.slot_conflict", u64::from(row.state == State::SlotConflict));
        if !row.inherited_subscriptions.is_empty() {
            self.inheriting.push((row.key.id.as_str().to_owned(), short.clone()));
        }
        let enabled_at = row.enabled_at.filter(|at| since.is_some_and(|since| *at >= since));
        self.counters.add("enabled_since_last", u64::from(enabled_at.is_some()));
        match by_token.join(&DeviceId::new(row.key.id.as_str()), &device) {
            Some(candidate) => self.drafts.push(Draft {
                candidate,
                short,
                enabled_at,
            }),
            None => {
                self.counters.add("healthy", u64::from(row.state == State::Live));
                // One that takes a look is told by its reason.
                self.counters
                    .add("state.quarantined", u64::from(row.state == State::Quarantined));
                // One that was quarantined for it needs no look.
                let again = enabled_at.zip(row.disabled_at);
                let is_again = again.is_some_and(|(enabled, disabled)| disabled > enabled && is_within_a_day(enabled, disabled));
                self.counters.add("disabled_again", u64::from(is_again));
            }
        }
    }

    /// What is to be done besides, and takes no decision.
    pub(in crate::sweep) fn chores(&self, fleet: &ById, settings: &Settings) -> Vec<(Task, Line)> {
        match settings.mode {
            Mode::Plan | Mode::Apply => {}
            Mode::Recover(_) => return Vec::new(),
        }
        let mut chores = Vec::new();
        for (id, short) in &self.inheriting {
            let line = chore((15, "inherited_subscriptions", "unsubscribe"), Some(short), None);
            chores.push((Task::Subscriptions(id.clone()), line));
        }
        let mut left = self.condemned.clone();
        let holders = self.drafts.iter().flat_map(|draft| &draft.candidate.holders);
        for known in holders.copied().chain(fleet.orphans()) {
            left.remove(&known);
        }
        let mut left: Vec<_> = left.into_keys().collect();
        left.sort_unstable();
        for id in left {
            let text = id.to_string();
            chores.push(match fleet.is_enabled(&id) {
                // It was condemned as somebody's second one, and is somebody's only one by now.
                Some(_) => {
                    let line = chore((8, Reason::ChosenIsCondemned.code(), "spare"), None, Some(&text));
                    (Task::Endpoint(text), line)
                }
                None => {
                    let line = chore((11, "condemned_is_gone", "spare"), None, Some(&text));
                    (Task::Gone(text), line)
                }
            });
        }
        chores
    }
}

impl Session<'_> {
    pub(super) async fn scan(
        &mut self,
        by_token: &mut ByToken,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Scanned, Halt> {
        let (registry, application) = (&self.sweep.registry, self.sns.application);
        let mut scan = Scan::new(registry, application, self.sweep.sizes);
        let (passes, since) = (
            self.terms.passes(),
            self.terms.baseline.as_ref().and_then(|last| last.started_at()),
        );
        let mut scanned = Scanned::default();
        loop {
            self.may_go_on().await?;
            let Some(pages) = scan.turn(self.now()).await? else {
                return Ok(scanned);
            };
            pages.into_iter().for_each(|page| scanned.take(page, by_token, passes, since));
            progress(Progress::Joined(scanned.counters.of("rows")));
        }
    }
}

fn condemned((arn, at): &(EndpointArn, Timestamp)) -> Option<(EndpointId, Timestamp)> {
    Some((EndpointId::of_arn(arn.as_str()).ok()?, *at))
}

fn bad_row(short: String) -> Line {
    Line {
        row: Reason::BadRow.row(),
        code: Reason::BadRow.code().into(),
        action: None,
        held: None,
        device: Some(short),
        endpoint: None,
    }
}

fn chore((row, code, action): (u8, &'static str, &'static str), device: Option<&str>, endpoint: Option<&str>) -> Line {
    Line {
        row,
        code: code.into(),
        action: Some(action.into()),
        held: None,
        device: device.map(str::to_owned),
        endpoint: endpoint.map(str::to_owned),
    }
}
