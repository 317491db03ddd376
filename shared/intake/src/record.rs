//! The end that all roads have in common: a notification that is believed is read, filed and recorded.

use inbox::{Attempt, Entry, TraceId};

use crate::believed::Believed;
use crate::log::Line;
use crate::outcome::{Outcome, Refused};
use crate::receive::Intake;
use crate::source::Filing;
use crate::standing::Standing;
use crate::trust::{Held, WAITING_TIME};

impl Intake {
    /// Records a notification, or holds it if its topic waits for the operator: one write.
    pub(crate) async fn record(
        &self,
        believed: &Believed<'_>,
        standing: Standing,
        attempt: &Attempt<'_>,
        line: &mut Line,
    ) -> Result<Outcome, Refused> {
        let entry = self.file(believed, line.trace_id());
        line.filed(&entry);
        if standing == Standing::Pending {
            return Box::pin(self.hold(believed, &entry, attempt)).await;
        }
        let recorded = self.inbox.record(&entry, attempt).await?;
        Ok(match entry.unreadable {
            Some(reason) => Outcome::Quarantined { reason, recorded },
            None => Outcome::Recorded(recorded),
        })
    }

    /// The entry that a notification makes. One that cannot be read is filed by its MessageId, so that it is kept all the same.
    fn file<'b>(&self, believed: &Believed<'b>, trace_id: Option<TraceId>) -> Entry<'b> {
        let (filing, unreadable) = match (self.source.read)(believed.body, believed.unsigned) {
            Ok(filing) => (filing, None),
            Err(unreadable) => {
                let subject = format!("unread#{}", believed.topic_arn);
                let event = believed.message_id.to_owned();
                let filing = Filing {
                    subject,
                    event,
                    repaired: false,
                    warnings: Vec::new(),
                };
                (filing, Some(unreadable.reason))
            }
        };
        Entry {
            subject: filing.subject,
            event: filing.event,
            message_id: believed.message_id,
            topic_arn: believed.topic_arn.as_str(),
            sns_timestamp: believed.timestamp,
            signature_version: believed.signature_version,
            repaired: filing.repaired,
            warnings: filing.warnings,
            raw: believed.body,
            unreadable,
            trace_id,
        }
    }

    async fn hold(&self, believed: &Believed<'_>, entry: &Entry<'_>, attempt: &Attempt<'_>) -> Result<Outcome, Refused> {
        let row = self.inbox.hold(entry, attempt, attempt.now + WAITING_TIME);
        match self.trust.hold(believed.topic_arn, row, attempt.now).await? {
            Held::Now | Held::Before => Ok(Outcome::Held),
            Held::Contended | Held::NotWaiting => Err(Refused::StandingChanged),
            Held::Full => Err(Refused::HeldFull),
        }
    }
}
