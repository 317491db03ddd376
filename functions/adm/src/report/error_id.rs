//! Why a subscription failed, in Amazon's words.
//!
//! Source: "Topic Based Messaging", section "Error ID and description": ten ids. Others of the same form are kept as they are.

/// An error id of `onSubscribeError` or `onUnsubscribeError`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorId {
    /// `ALREADY_SUBSCRIBED`: the instance is on the topic.
    AlreadySubscribed,
    /// `INTERNAL_ERROR`
    InternalError,
    /// `INVALID_MANIFEST`
    InvalidManifest,
    /// `INVALID_TOPIC`
    InvalidTopic,
    /// `MAXIMUM_SUBSCRIPTION_EXCEEDED`: one of three limits, and Amazon does not say which.
    MaximumSubscriptionExceeded,
    /// `NOT_REGISTERED_WITH_TBM`
    NotRegisteredWithTbm,
    /// `NOT_SUBSCRIBED`: the instance is not on the topic.
    NotSubscribed,
    /// `SERVICE_NOT_AVAILABLE`
    ServiceNotAvailable,
    /// `TOO_MANY_REQUESTS`
    TooManyRequests,
    /// `UNREGISTERED`: the registration id is not valid, so the instance is on no topic.
    Unregistered,
    /// One that no page lists.
    Undocumented(String),
}

impl ErrorId {
    /// The error of this id; nothing when it is not 1 to 64 of `A-Z` and `_`.
    pub fn new(id: &str) -> Option<Self> {
        let fits = (1..=MAX_BYTES).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let documented = DOCUMENTED.iter().find(|error| error.as_str() == id);
        fits.then(|| documented.cloned().unwrap_or_else(|| Self::Undocumented(id.to_owned())))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AlreadySubscribed => "ALREADY_SUBSCRIBED",
            Self::InternalError => "INTERNAL_ERROR",
            Self::InvalidManifest => "INVALID_MANIFEST",
            Self::InvalidTopic => "INVALID_TOPIC",
            Self::MaximumSubscriptionExceeded => "MAXIMUM_SUBSCRIPTION_EXCEEDED",
            Self::NotRegisteredWithTbm => "NOT_REGISTERED_WITH_TBM",
            Self::NotSubscribed => "NOT_SUBSCRIBED",
            Self::ServiceNotAvailable => "SERVICE_NOT_AVAILABLE",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::Unregistered => "UNREGISTERED",
            Self::Undocumented(id) => id,
        }
    }
}

const DOCUMENTED: [ErrorId; 10] = [
    ErrorId::AlreadySubscribed,
    ErrorId::InternalError,
    ErrorId::InvalidManifest,
    ErrorId::InvalidTopic,
    ErrorId::MaximumSubscriptionExceeded,
    ErrorId::NotRegisteredWithTbm,
    ErrorId::NotSubscribed,
    ErrorId::ServiceNotAvailable,
    ErrorId::TooManyRequests,
    ErrorId::Unregistered,
];
const MAX_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_ids_of_the_page_are_known_and_others_are_kept() {
        for error in DOCUMENTED {
            assert_eq!(ErrorId::new(error.as_str()), Some(error));
        }
        assert_eq!(ErrorId::new("A_NEW_ONE"), Some(ErrorId::Undocumented("A_NEW_ONE".to_owned())));
        assert!(ErrorId::new(&"X".repeat(64)).is_some());
        for text in ["", "lower", "A B", "A1", "A\n", &"X".repeat(65)] {
            assert_eq!(ErrorId::new(text), None, "{text:?}");
        }
    }
}
