//! What lies in both queues, and the rules by which it moves.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

use super::{Call, Fault, Received, refusal::Refusal};
use crate::ids;

/// A message as it lies in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// What it is known by.
    pub message_id: String,
    /// What was sent.
    pub body: String,
    /// Name and text of its attributes.
    pub attributes: Vec<(String, String)>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// How often it was received.
    pub receive_count: u32,
    /// When it becomes visible, or became so.
    pub visible_at: Timestamp,
    first_received_at: Option<Timestamp>,
    receipt: Option<Receipt>,
}

/// The newest receipt of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Receipt {
    handle: String,
    at: Timestamp,
}

pub(super) struct State {
    pub(super) visibility_timeout: Duration,
    pub(super) max_receive_count: u32,
    pub(super) messages: Vec<Queued>,
    pub(super) dead: Vec<Queued>,
    sent: usize,
    /// Every receipt handle that was ever given, and the message it was given for.
    handles: HashMap<String, String>,
    pub(super) faults: VecDeque<Fault>,
    pub(super) calls: Vec<Call>,
}

impl State {
    pub(super) fn new(visibility_timeout: Duration, max_receive_count: u32) -> Self {
        Self {
            visibility_timeout,
            max_receive_count,
            messages: Vec::new(),
            dead: Vec::new(),
            sent: 0,
            handles: HashMap::new(),
            faults: VecDeque::new(),
            calls: Vec::new(),
        }
    }

    pub(super) fn send(&mut self, arn: &str, body: &str, attributes: &[(&str, &str)], now: Timestamp) -> String {
        self.sent += 1;
        let message_id = ids::queued_id(&format!("{arn} {now} {}", self.sent));
        let attributes = attributes.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        self.messages.push(Queued {
            message_id: message_id.clone(),
            body: body.to_owned(),
            attributes: attributes.collect(),
            sent_at: now,
            receive_count: 0,
            visible_at: now,
            first_received_at: None,
            receipt: None,
        });
        message_id
    }

    pub(super) fn receive(&mut self, most: usize, now: Timestamp) -> Vec<Received> {
        let spent = |message: &Queued| message.is_visible(now) && message.receive_count >= self.max_receive_count;
        let (mut spent, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.messages).into_iter().partition(spent);
        self.dead.append(&mut spent);
        self.messages = kept;
        let hidden_until = now + self.visibility_timeout;
        let visible = self.messages.iter_mut().filter(|message| message.is_visible(now));
        let received: Vec<Received> = visible.take(most).map(|message| message.receive(now, hidden_until)).collect();
        for message in &received {
            self.handles
                .insert(message.receipt_handle.clone(), message.message_id.clone());
        }
        received
    }

    /// "The receipt handle is associated with a specific instance of receiving a message", and only the newest one deletes.
    pub(super) fn delete(&mut self, handle: &str) {
        let newest = |message: &Queued| message.receipt.as_ref().is_some_and(|receipt| receipt.handle == handle);
        self.messages.retain(|message| !newest(message));
    }

    /// "ChangeMessageVisibility", with any handle that was given for the message: SQS has been seen to take earlier ones. A message
    /// that has become visible again is refused as the section Errors says, though SQS has been seen to take that as well.
    pub(super) fn change_visibility(&mut self, handle: &str, seconds: i64, now: Timestamp) -> Result<(), Refusal> {
        let Some(timeout) = u64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds <= MAX_TIMEOUT.as_secs())
        else {
            return Err(Refusal::timeout_out_of_range(seconds));
        };
        let message_id = self.handles.get(handle).ok_or_else(|| Refusal::not_a_handle(handle))?;
        let message = self.messages.iter_mut().find(|message| message.message_id == *message_id);
        let message = message.ok_or_else(|| Refusal::no_such_message(handle))?;
        let Some(receipt) = message.receipt.as_ref().filter(|_| now < message.visible_at) else {
            return Err(Refusal::not_in_flight());
        };
        let visible_at = now + Duration::from_secs(timeout);
        if visible_at > receipt.at + MAX_TIMEOUT {
            return Err(Refusal::beyond_the_limit(seconds));
        }
        message.visible_at = visible_at;
        Ok(())
    }
}

impl Queued {
    fn is_visible(&self, now: Timestamp) -> bool {
        self.visible_at <= now
    }

    fn receive(&mut self, now: Timestamp, hidden_until: Timestamp) -> Received {
        self.receive_count += 1;
        self.visible_at = hidden_until;
        let first_received_at = *self.first_received_at.get_or_insert(now);
        let handle = ids::opaque("receipt handle", &format!("{} {}", self.message_id, self.receive_count));
        self.receipt = Some(Receipt {
            handle: handle.clone(),
            at: now,
        });
        Received {
            message_id: self.message_id.clone(),
            receipt_handle: handle,
            body: self.body.clone(),
            attributes: self.attributes.clone(),
            receive_count: self.receive_count,
            sent_at: self.sent_at,
            first_received_at,
        }
    }
}

/// "0 to 43200. Maximum: 12 hours", and not longer "from the time that Amazon SQS receives the ReceiveMessage request", which no
/// change begins anew ("Amazon SQS visibility timeout").
const MAX_TIMEOUT: Duration = Duration::from_secs(12 * 60 * 60);
