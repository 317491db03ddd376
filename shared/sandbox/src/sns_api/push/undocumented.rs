//! What no page of AWS says, and callers have to live with either way.

/// Both answers to two questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undocumented {
    /// CreatePlatformEndpoint without `Enabled` for the token of a disabled endpoint.
    pub create_on_disabled: CreateOnDisabled,
    /// SetEndpointAttributes with a token that another endpoint has.
    pub taken_token: TakenToken,
}

/// What creating an endpoint that exists and is disabled does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CreateOnDisabled {
    /// The call is refused: the endpoint has different attributes.
    Conflicts,
    /// The endpoint's ARN is given, and it stays disabled. "This approach does not always provide a working endpoint. This can
    /// happen, for example, when an app is uninstalled and reinstalled on the same device and the endpoint for it already exists
    /// but is disabled" ("Setting up an Amazon SNS platform endpoint for mobile notifications") sounds like it.
    #[default]
    Succeeds,
}

/// What setting a token that another endpoint has does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakenToken {
    /// Two endpoints have the token from then on.
    Duplicates,
    /// The call is refused in the words of a creation: the other one exists with the same token.
    #[default]
    Refused,
}

/// How answers spell `Enabled`, which is text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// `true` and `false`.
    #[default]
    Lower,
    /// `True` and `False`, as "Why is my push notification endpoint not active?" (AWS re:Post) has it.
    Title,
    /// `TRUE` and `FALSE`.
    Upper,
}

impl Spelling {
    pub(super) fn words(self) -> [&'static str; 2] {
        match self {
            Self::Lower => ["false", "true"],
            Self::Title => ["False", "True"],
            Self::Upper => ["FALSE", "TRUE"],
        }
    }
}
