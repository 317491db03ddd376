//! What was published to the deployment's topic `events`, for whoever wants to follow it.
//!
//! A long poll: answered as soon as there is something after a number, or after a while with nothing. Numbers count from the start
//! of the stack. When the stack ends, whoever waits is told so.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use sandbox::sns_api::Published;
use serde::{Deserialize, Serialize};

use super::EVENTS_TOPIC;
use super::server::Rooms;
use crate::moment::{from_rfc3339, rfc3339};

/// Where to go on.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// What came before this number is not wanted; without it, nothing is, and the answer only says where the end is.
    after: Option<usize>,
}

/// A part of what was published.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Page {
    /// In order.
    pub(crate) events: Vec<Event>,
    /// What to ask for next.
    pub(crate) next: usize,
}

/// One message of the topic.
#[derive(Serialize, Deserialize)]
pub(crate) struct Event {
    /// What SNS calls the message.
    pub(crate) message_id: String,
    /// When it was published.
    #[serde(serialize_with = "rfc3339", deserialize_with = "from_rfc3339")]
    pub(crate) published_at: Timestamp,
    /// Its message attributes.
    pub(crate) attributes: BTreeMap<String, String>,
    /// Its body, as it was published.
    pub(crate) message: String,
}

/// `GET /sandbox/events?after=N`.
pub(super) async fn events(State(rooms): State<Arc<Rooms>>, Query(asked): Query<Asked>) -> Result<Json<Page>, StatusCode> {
    let (_, end) = rooms.api.published_from(usize::MAX);
    let Some(after) = asked.after else {
        return Ok(Json(Page {
            events: Vec::new(),
            next: end,
        }));
    };
    tokio::select! {
        // Nothing new in time is an answer, too.
        _ = tokio::time::timeout(PATIENCE, rooms.api.wait_published(after)) => {}
        () = rooms.end.reached() => return Err(StatusCode::SERVICE_UNAVAILABLE),
    }
    let (published, next) = rooms.api.published_from(after);
    let events = published.into_iter().filter(|message| message.topic_arn == EVENTS_TOPIC);
    Ok(Json(Page {
        events: events.map(Event::from).collect(),
        next: next.max(after),
    }))
}

impl From<Published> for Event {
    fn from(published: Published) -> Self {
        Self {
            message_id: published.message_id,
            published_at: published.at,
            attributes: published.attributes,
            message: published.message,
        }
    }
}

/// The body and the attributes hold receipts, and ids of persons and devices.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message_id = &self.message_id;
        f.debug_struct("Event")
            .field("message_id", message_id)
            .finish_non_exhaustive()
    }
}

/// Less than the clients of the command wait for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
