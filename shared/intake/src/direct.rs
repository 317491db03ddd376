//! Notifications that AWS relays instead of posting them: records of SNS, and messages of a queue.
//!
//! There is no signature to check: only SNS on behalf of the topic may invoke the function, and only Lambda and SNS write to the
//! queue, which IAM sees to. The topic is asked about all the same, and from there the road is that of a delivery over HTTPS. What is
//! not recorded is told as failed, so that it comes again or ends among the dead letters: nothing is dropped. A dead letter may be
//! days old, so there is no limit of age.

mod answer;
mod dead_letter;
mod records;

use futures_util::stream::{self, StreamExt as _};
use inbox::{Attempt, Invoked};
use jiff::Timestamp;
use sns_webhook::{MessageType, Relayed};

pub use self::answer::{Answer, NotRecorded};
use self::records::Record;
pub use self::records::{NotRecords, Records};
use crate::believed::Believed;
use crate::log::Line;
use crate::outcome::{Outcome, Refused};
use crate::receive::{DEADLINE, Intake};

/// One record under way.
struct Work<'r> {
    record: &'r Record,
    attempt_id: String,
    line: Line,
    outcome: Option<Result<Outcome, Refused>>,
}

impl Intake {
    /// Takes the records of one event and answers them, whatever happens, within 8 s for all of them.
    ///
    /// Lambda repeats an asynchronous invocation under the same id, and then tells what had been recorded as recorded, once more. A message
    /// of a queue that has a tracing header of its own is a part of that trace; everything else is a part of the invocation's.
    ///
    /// # Errors
    /// [`NotRecorded`] if SNS invoked the function and a record was not recorded: Lambda invokes it again. A queue is told in the answer.
    pub async fn receive_records(&self, records: &Records, invoked: Invoked<'_>) -> Result<Answer, NotRecorded> {
        let now = (self.clock)();
        let started = records.all.iter().enumerate().map(|(index, record)| Work {
            record,
            attempt_id: format!("{}-{index}", invoked.id),
            line: Line::new(records.route, record.trace_id.or(invoked.trace_id)),
            outcome: None,
        });
        let mut works = started.collect::<Vec<_>>();
        let all = stream::iter(&mut works).for_each_concurrent(AT_ONCE, |work| self.end(work, now));
        // Whatever has not ended by then has no outcome.
        let _ = tokio::time::timeout(DEADLINE, all).await;
        let ended = works.into_iter().map(|work| {
            let outcome = work.outcome.unwrap_or_else(|| {
                let outcome = Err(Refused::Deadline);
                self.tell(&work.line, &outcome, now);
                outcome
            });
            (work.record, outcome)
        });
        answer::answer(records.route, &ended.collect::<Vec<_>>())
    }

    async fn end(&self, work: &mut Work<'_>, now: Timestamp) {
        let attempt = Attempt {
            id: &work.attempt_id,
            now,
        };
        // On the heap, as every delivery.
        let outcome = Box::pin(self.take(work.record, &attempt, &mut work.line)).await;
        self.tell(&work.line, &outcome, now);
        work.outcome = Some(outcome);
    }

    async fn take(&self, record: &Record, attempt: &Attempt<'_>, line: &mut Line) -> Result<Outcome, Refused> {
        let relayed = Relayed::parse(&record.notification)?;
        line.about(relayed.message_id(), relayed.topic_arn(), MessageType::Notification);
        let standing = self.standings.of(relayed.topic_arn(), attempt.now).await?;
        let believed = Believed::relayed(&relayed, standing)?;
        self.record(&believed, standing, attempt, line).await
    }

    fn tell(&self, line: &Line, outcome: &Result<Outcome, Refused>, since: Timestamp) {
        line.write(self.source.name, outcome, (self.clock)().duration_since(since));
    }
}

/// Records worked on at the same time. A queue's batch has ten messages unless it is configured otherwise.
const AT_ONCE: usize = 16;
