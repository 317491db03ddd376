//! What is odd about a request, and sent all the same.

use std::fmt;

use serde::Serialize;

use crate::fault;

/// Something that works, but perhaps not as meant. `Debug` does not show the field: its name is the caller's.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// `UnknownNotificationKey` of a message; `UnknownErrorId` or `LedgerFull` of a report.
    pub name: &'static str,
    /// The field, such as `notification.titel`.
    pub field: String,
    /// What it means, in a sentence.
    pub detail: &'static str,
}

impl Warning {
    /// A warning for a key of a notification that no page lists. It is sent: Amazon may know more keys than its pages.
    pub(crate) fn for_notification_key(key: &str) -> Option<Self> {
        (!NOTIFICATION_KEYS.contains(&key)).then(|| Self {
            name: "UnknownNotificationKey",
            field: fault::path("notification", key),
            detail: "not one of the keys that ADM documents for notifications; it is sent, and devices may ignore it",
        })
    }
}

impl fmt::Debug for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Warning").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The predefined keys of a notification: "ADM Message Types", section "Notification message"
/// (developer.amazon.com/docs/adm/message-types.html), together with `AdmNativeNotification` of Azure Notification Hubs, which
/// lists those that came later.
const NOTIFICATION_KEYS: [&str; 21] = [
    "body",
    "body_loc_args",
    "body_loc_key",
    "channel_id",
    "click_action",
    "color",
    "default_sound",
    "event_time",
    "icon",
    "image",
    "local_only",
    "notification_count",
    "notification_priority",
    "sound",
    "sticky",
    "tag",
    "ticker",
    "title",
    "title_loc_args",
    "title_loc_key",
    "visibility",
];
