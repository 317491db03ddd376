//! Publish and PublishBatch: a message is taken, or it is said why not.
//!
//! The limits of a batch are those of the API Reference ("PublishBatch"). A rule that one entry breaks fails the whole call; what
//! goes wrong inside SNS fails single entries of a call that is answered 200, and has to be asked for with
//! [`SnsApi::refuse_entries`]. What was taken can be read and waited for; nobody is subscribed, so nothing is delivered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Call, SnsApi, State,
    refusal::Refusal,
    reply,
    submission::{SIZE_LIMIT_BYTES, Submission},
};
use crate::ids;

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The topic.
    pub topic_arn: String,
    /// What SNS calls the message.
    pub message_id: String,
    /// The body.
    pub message: String,
    /// The subject, if it has one.
    pub subject: Option<String>,
    /// The values of the attributes by name; a binary one in base64.
    pub attributes: BTreeMap<String, String>,
    /// When.
    pub at: Timestamp,
}

/// Entries of batches that SNS is to refuse, each for itself ("BatchResultErrorEntry").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRefusal {
    /// A text in the body of the message.
    pub containing: String,
    /// The code, such as `InternalError`.
    pub code: String,
    /// The caller is to blame, and had better not send it again.
    pub sender_fault: bool,
    /// How many entries meet it; `usize::MAX` is for ever.
    pub times: usize,
}

impl SnsApi {
    /// Refuses entries of batches from now on, in addition to those that are being refused; the first that fits counts.
    pub fn refuse_entries(&self, refusal: EntryRefusal) {
        self.lock().refusals.push(refusal);
    }

    /// Every message that was taken, in order; only the newest if there are very many.
    pub fn published(&self) -> Vec<Published> {
        self.published_since(0)
    }

    /// The messages from the number `number` on, counted from 0.
    pub fn published_since(&self, number: usize) -> Vec<Published> {
        self.lock().published.since(number)
    }

    /// The same, and the number that the next message will have.
    pub fn published_from(&self, number: usize) -> (Vec<Published>, usize) {
        let state = self.lock();
        (state.published.since(number), state.published.total())
    }

    /// As soon as there are more than `after` messages in all: those from that number on.
    pub async fn wait_published(&self, after: usize) -> Vec<Published> {
        let mut total = self.total.subscribe();
        total
            .wait_for(|total| *total > after)
            .await
            .expect("the sender is part of self");
        self.published_since(after)
    }

    pub(super) fn publish(&self, call: &Call) -> Result<String, Refusal> {
        call.check_signature()?;
        let topic_arn = self.topic_of(call)?;
        let submission = Submission::read(call, "", None)?;
        if submission.size_bytes > SIZE_LIMIT_BYTES {
            return Err(Refusal::invalid("Message too long"));
        }
        Ok(reply::message_id(&self.take(topic_arn, submission)))
    }

    pub(super) fn publish_batch(&self, call: &Call) -> Result<String, Refusal> {
        call.check_signature()?;
        let entries: Vec<String> = call.numbered("PublishBatchRequestEntries.member.").collect();
        match entries.len() {
            0 => return Err(Refusal::empty_batch()),
            1..=10 => {}
            _ => return Err(Refusal::too_many_entries()),
        }
        let topic_arn = self.topic_of(call)?;
        let ids = entry_ids(call, &entries)?;
        let submissions = entries
            .iter()
            .enumerate()
            .map(|(at, prefix)| Submission::read(call, prefix, Some(at + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        if submissions.iter().map(|submission| submission.size_bytes).sum::<usize>() > SIZE_LIMIT_BYTES {
            return Err(Refusal::batch_too_long());
        }
        let (mut successful, mut failed) = (String::new(), String::new());
        for (id, submission) in ids.into_iter().zip(submissions) {
            match self.refusal_of(&submission) {
                Some(refusal) => failed += &reply::failed_entry(id, &refusal.code, refusal.sender_fault),
                None => successful += &reply::successful_entry(id, &self.take(topic_arn, submission)),
            }
        }
        Ok(reply::batch(&successful, &failed))
    }

    fn refusal_of(&self, submission: &Submission) -> Option<EntryRefusal> {
        let mut state = self.lock();
        let refusal = state
            .refusals
            .iter_mut()
            .find(|refusal| refusal.times > 0 && submission.message.contains(&refusal.containing))?;
        refusal.times -= 1;
        Some(refusal.clone())
    }

    fn take(&self, topic_arn: &str, submission: Submission) -> String {
        let at = (self.now)();
        self.keep(&mut self.lock(), topic_arn, submission, at)
    }

    /// Puts a message on record, and tells those who wait for it. Gives its name.
    pub(super) fn keep(&self, state: &mut State, topic_arn: &str, submission: Submission, at: Timestamp) -> String {
        let message_id = ids::message_id(&format!("published {}", state.published.total()));
        state.published.push(Published {
            topic_arn: topic_arn.to_owned(),
            message_id: message_id.clone(),
            message: submission.message,
            subject: submission.subject,
            attributes: submission.attributes,
            at,
        });
        self.total.send_replace(state.published.total());
        message_id
    }
}

/// Up to 80 letters, digits, hyphens and underscores, each once ("PublishBatchRequestEntry").
fn entry_ids<'a>(call: &'a Call, entries: &[String]) -> Result<Vec<&'a str>, Refusal> {
    let ids = entries
        .iter()
        .map(|prefix| call.required(&format!("{prefix}Id")))
        .collect::<Result<Vec<_>, _>>()?;
    if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
        return Err(Refusal::same_entry_ids());
    }
    for id in &ids {
        if id.len() > 80 {
            return Err(Refusal::entry_id("is too long", id));
        }
        if !id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        {
            return Err(Refusal::entry_id("contains an impermissible character", id));
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests;
