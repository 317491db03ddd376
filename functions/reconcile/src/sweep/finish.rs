//! The end of a run: its report, and that it is over.

use registry::Report;

use super::session::{Phase, on_record};
use super::{Halt, Session};
use crate::counters::Counters;
use crate::failure::SweepError;
use crate::log;
use crate::papers::{LINES, PLAN, REST};
use crate::report::Summary;
use crate::terms::Found;
use crate::work::Page;

impl Session<'_> {
    /// Reports, and ends the run. All parts of the work must be over; if one is not, the run goes on.
    pub(crate) async fn finish(&mut self) -> Result<Summary, Halt> {
        let found: Found = self.papers().read(PLAN, 0).await?;
        let mut counters = Counters::default();
        for (name, count) in &self.run.counters {
            counters.add(name, *count);
        }
        counters.merge(&found.counters);
        for (kind, count) in [(LINES, found.chunks), (REST, found.rests)] {
            for number in 0..count {
                let page: Option<Page> = self.papers().find(kind, number).await?;
                let page = page.filter(|page| page.is_over).ok_or(Halt::OutOfTime)?;
                counters.merge(&page.counters);
            }
        }
        let now = self.now();
        let about = (self.sns.application.arn(), Some(self.run.id.as_str()));
        let summary = Summary::new(about, &self.terms, &found, &counters, (self.run.started_at, now));
        let report = serde_json::to_string(&summary)
            .ok()
            .and_then(Report::new)
            .ok_or(SweepError::Large)?;
        let registry = &self.sweep.registry;
        on_record(registry.file_report(&mut self.lease, &self.run.id, &report, now).await?)?;
        self.run.counters.insert("endpoints".to_owned(), found.endpoints);
        self.run.counters.insert("disabled".to_owned(), found.disabled);
        if found.stop.is_some_and(crate::terms::Stop::is_no_pass) {
            self.checkpoint(Phase::Stopped).await?;
        } else {
            Phase::Done.code().clone_into(&mut self.run.phase);
            self.run.step = self.run.step.saturating_add(1);
            on_record(registry.finish(&mut self.lease, &self.run, now).await?)?;
        }
        log::finished(&summary, self.invoked);
        Ok(summary)
    }
}
