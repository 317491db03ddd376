//! Changing the row, over the version that was read.

use registry::{Change as Made, Grounds, Ticket};
use upkeep::DeviceId;
use upkeep::mend::Answer;
use upkeep::plan::{Change, Mode, Trouble};

use super::{Hands, Worker};
use crate::row;

impl Hands<'_> {
    pub(super) async fn change(&mut self, id: &DeviceId, version: u64, change: &Change, mode: Mode) -> Answer {
        let is_read = |device: &&registry::Device| device.key.id.as_str() == id.as_str() && row::version(device) == version;
        if matches!(change, Change::Bind(_))
            && self.device.as_ref().is_some_and(|device| is_read(&device))
            && let Some(answer) = self.clear_of_others().await
        {
            return answer;
        }
        // What was ended on the way has made another version.
        let Some(seen) = self.device.as_ref().filter(is_read) else {
            return Answer::Overtaken;
        };
        let Worker { registry, .. } = self.worker;
        let attempt = &self.worker.attempt();
        let made = match change {
            Change::Bind(endpoint) => registry.bind(seen, &self.arn(*endpoint), attempt).await,
            Change::Unbind => registry.unbind(seen, attempt).await,
            Change::NoteDisabled { at, again } => registry.note_disabled(seen, *at, *again, attempt).await,
            Change::NoteEnabled => registry.note_enabled(seen, attempt).await,
            Change::Quarantine => registry.quarantine(seen, attempt).await,
            Change::Absolve => registry.absolve(seen, attempt).await,
            Change::Bury(_) => registry.tombstone(seen, attempt).await,
            Change::SlotConflict => registry.slot_conflict(seen, attempt).await,
            // The registry keeps its own time of it.
            Change::CountEnable { ticket, again_at } => {
                let ticket = Ticket {
                    run: ticket.run,
                    number: ticket.number,
                };
                registry
                    .enabling(seen, ticket, grounds(mode, again_at.is_some()), attempt)
                    .await
            }
            Change::UncountEnable { disabled_at } => registry.not_enabled(seen, *disabled_at, attempt).await,
        };
        match made {
            Ok(Made::Done(device)) => {
                self.device = Some(device);
                Answer::Done
            }
            Ok(Made::Overtaken(_)) => Answer::Overtaken,
            // The registry has a lock of its own on what must never happen.
            Ok(Made::Refused(_)) => Answer::Failed(Trouble::Refused),
            Err(error) => self.store_failed(error),
        }
    }
}

fn grounds(mode: Mode, is_again: bool) -> Grounds {
    match mode {
        Mode::Plan | Mode::Apply if is_again => Grounds::Confirmed,
        Mode::Plan | Mode::Apply => Grounds::Provided,
        Mode::Recover(_) => Grounds::Recovery,
    }
}
