//! What a caller can ask for.

/// An action of the API, by its name on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the page of its name in the Amazon SNS API Reference")]
pub enum Action {
    ConfirmSubscription,
    CreatePlatformEndpoint,
    DeleteEndpoint,
    GetEndpointAttributes,
    GetPlatformApplicationAttributes,
    GetSubscriptionAttributes,
    ListEndpointsByPlatformApplication,
    ListPlatformApplications,
    ListSubscriptions,
    ListSubscriptionsByTopic,
    Publish,
    PublishBatch,
    SetEndpointAttributes,
    SetPlatformApplicationAttributes,
    Subscribe,
    Unsubscribe,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::ConfirmSubscription,
        Self::CreatePlatformEndpoint,
        Self::DeleteEndpoint,
        Self::GetEndpointAttributes,
        Self::GetPlatformApplicationAttributes,
        Self::GetSubscriptionAttributes,
        Self::ListEndpointsByPlatformApplication,
        Self::ListPlatformApplications,
        Self::ListSubscriptions,
        Self::ListSubscriptionsByTopic,
        Self::Publish,
        Self::PublishBatch,
        Self::SetEndpointAttributes,
        Self::SetPlatformApplicationAttributes,
        Self::Subscribe,
        Self::Unsubscribe,
    ];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConfirmSubscription => "ConfirmSubscription",
            Self::CreatePlatformEndpoint => "CreatePlatformEndpoint",
            Self::DeleteEndpoint => "DeleteEndpoint",
            Self::GetEndpointAttributes => "GetEndpointAttributes",
            Self::GetPlatformApplicationAttributes => "GetPlatformApplicationAttributes",
            Self::GetSubscriptionAttributes => "GetSubscriptionAttributes",
            Self::ListEndpointsByPlatformApplication => "ListEndpointsByPlatformApplication",
            Self::ListPlatformApplications => "ListPlatformApplications",
            Self::ListSubscriptions => "ListSubscriptions",
            Self::ListSubscriptionsByTopic => "ListSubscriptionsByTopic",
            Self::Publish => "Publish",
            Self::PublishBatch => "PublishBatch",
            Self::SetEndpointAttributes => "SetEndpointAttributes",
            Self::SetPlatformApplicationAttributes => "SetPlatformApplicationAttributes",
            Self::Subscribe => "Subscribe",
            Self::Unsubscribe => "Unsubscribe",
        }
    }

    /// It changes something at SNS, or on a device.
    pub fn is_mutating(self) -> bool {
        match self {
            Self::ConfirmSubscription
            | Self::CreatePlatformEndpoint
            | Self::DeleteEndpoint
            | Self::Publish
            | Self::PublishBatch
            | Self::SetEndpointAttributes
            | Self::SetPlatformApplicationAttributes
            | Self::Subscribe
            | Self::Unsubscribe => true,
            Self::GetEndpointAttributes
            | Self::GetPlatformApplicationAttributes
            | Self::GetSubscriptionAttributes
            | Self::ListEndpointsByPlatformApplication
            | Self::ListPlatformApplications
            | Self::ListSubscriptions
            | Self::ListSubscriptionsByTopic => false,
        }
    }
}
