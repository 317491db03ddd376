//! Subscribing this stack to a topic, which stands for "Add an Endpoint" in the Developer Console, or for `aws sns subscribe`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use clap::ValueEnum;
use sandbox::publisher::{Attempt, Post};
use sandbox::{Pki, Publisher, SignatureVersion, SubscriptionConfirmation};
use serde::{Deserialize, Serialize};

use super::server::Rooms;

/// A function that SNS posts to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Function {
    /// Appstore Real-Time Notifications.
    #[default]
    Rtn,
    /// Dash Replenishment.
    Drs,
}

/// A request to the sandbox for a subscription of this stack to a topic.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Subscribe {
    /// The topic.
    pub(crate) topic_arn: String,
    /// The function whose route is subscribed.
    #[serde(default)]
    pub(crate) function: Function,
}

/// What a subscription through the sandbox came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Subscribed {
    /// The status that the confirmation message was answered with; none if there was no answer.
    pub(crate) status: Option<u16>,
    /// What the function answered.
    pub(crate) answer: String,
}

impl Function {
    /// Its name: its route, its folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rtn => "rtn",
            Self::Drs => "drs",
        }
    }
}

/// SNS sends the confirmation message, whose token it then knows.
pub(super) async fn subscribe(State(rooms): State<Arc<Rooms>>, Json(asked): Json<Subscribe>) -> Json<Subscribed> {
    let pki = Pki::fixed();
    let token = rooms.api.issue_token(&asked.topic_arn);
    let message = SubscriptionConfirmation::new(&asked.topic_arn, &token, (rooms.clock)());
    let envelope = pki.signer().sign(message, SignatureVersion::V1);
    let endpoint = rooms.description.functions.of(asked.function);
    let delivery = Publisher::new(pki.client_tls())
        .deliver(&endpoint.parse().expect("the URL of a bound listener"), &Post::of(&envelope))
        .await;
    let answer = match delivery.attempts.last() {
        Some(Attempt::Answered { body, .. }) => body.clone(),
        Some(Attempt::TimedOut | Attempt::Unreachable(_)) | None => String::new(),
    };
    Json(Subscribed {
        status: delivery.last_status(),
        answer,
    })
}
