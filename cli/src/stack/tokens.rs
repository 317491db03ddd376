//! What people do with the app on their devices, for whoever plays with the stack: it is removed, and it comes back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::PUSH_APPLICATION;
use super::server::Rooms;

/// A device, by the token that its app has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    token: String,
    /// Whether the app is there. If not, the push service refuses the token, and SNS disables its endpoint with the next message.
    installed: bool,
}

/// `POST /sandbox/tokens`
pub(super) async fn tokens(State(rooms): State<Arc<Rooms>>, Json(told): Json<Told>) -> StatusCode {
    let push = rooms.api.push();
    match told.installed {
        true => push.reinstall(PUSH_APPLICATION, &told.token),
        false => push.uninstall(PUSH_APPLICATION, &told.token),
    }
    StatusCode::NO_CONTENT
}
