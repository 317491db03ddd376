//! The end of the tour: what was recorded is handed on, and handed on again when somebody asks for it.

use std::collections::BTreeMap;

use dispatch::EventId;
use inbox::{Record, Repetition, Replayed};
use sandbox::sns_api::Published;

use super::{Step, Tour};

/// What went out for some records: how many of them, how often, and how.
struct Gone {
    records: usize,
    once: usize,
    messages: usize,
    late: usize,
}

impl Tour<'_> {
    pub(super) async fn handing_on(&self) -> Step {
        Step {
            came: self.handed_on().await.unwrap_or_else(|error| error),
            ..self.step(
                "all that was recorded is handed on to the topic `events`",
                "5 of 5 events, each once; late: 1",
            )
        }
    }

    pub(super) async fn replay(&self) -> Step {
        Step {
            came: self.replayed().await.unwrap_or_else(|error| error),
            ..self.step(
                "the purchase is replayed, for a consumer that lost it",
                "3 of 3 again, under the same event ids",
            )
        }
    }

    pub(super) async fn replay_again(&self) -> Step {
        Step {
            came: self.replayed().await.unwrap_or_else(|error| error),
            ..self.step("the same replay once more", "nothing: this replay had them before")
        }
    }

    async fn handed_on(&self) -> Result<String, String> {
        let mut records = self.purchase_on_record().await?;
        records.extend(self.device_on_record().await?);
        self.drain().await?;
        let gone = Gone::of(&records, &self.stack.api.published());
        let Gone {
            records,
            once,
            messages,
            late,
        } = gone;
        Ok(match messages == once {
            true => format!("{once} of {records} events, each once; late: {late}"),
            false => format!("{messages} messages of {records} events, {once} of them once"),
        })
    }

    async fn replayed(&self) -> Result<String, String> {
        let records = self.purchase_on_record().await?;
        let (_, before) = self.stack.api.published_from(usize::MAX);
        let mut due = 0;
        for record in &records {
            let replayed = self.stack.inbox.replay(record, REPLAY, Repetition::Never, self.now).await;
            due += usize::from(replayed.map_err(|error| error.to_string())? == Replayed::Now);
        }
        self.drain().await?;
        let gone = Gone::of(&records, &self.stack.api.published_since(before));
        Ok(match (due, gone.messages) {
            (0, 0) => "nothing: this replay had them before".to_owned(),
            _ => format!("{} of {} again, under the same event ids", gone.once, gone.records),
        })
    }

    /// Until nothing waits in the table's stream.
    async fn drain(&self) -> Result<(), String> {
        let failures = self.stack.hand_on_now().await.map_err(|error| error.to_string())?;
        match failures.len() {
            0 => Ok(()),
            failed => Err(format!("{failed} records of the stream failed")),
        }
    }
}

impl Gone {
    fn of(records: &[Record], published: &[Published]) -> Self {
        let mut messages = records
            .iter()
            .map(|record| (EventId::of(record).to_string(), 0))
            .collect::<BTreeMap<_, usize>>();
        let mut late = 0;
        for message in published {
            let id = message.attributes.get("event_id");
            if let Some(count) = id.and_then(|id| messages.get_mut(id)) {
                *count += 1;
                late += usize::from(message.attributes.get("late").is_some_and(|late| late == "true"));
            }
        }
        Self {
            records: records.len(),
            once: messages.values().filter(|count| **count == 1).count(),
            messages: messages.values().sum(),
            late,
        }
    }
}

const REPLAY: &str = "tour";
