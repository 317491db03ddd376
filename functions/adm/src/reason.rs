//! What ADM says about a request that it did not take.
//!
//! `reason` is a code or an English sentence ("Topic Based Messaging", section "ADM error status codes"), so both are known here. The
//! text itself is for the caller, who wrote the request; `Debug` does not print it, and it is dropped when it repeats what is secret.

use std::fmt;

use serde::{Serialize, Serializer};

/// The documented codes and sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// 401.
    AccessTokenExpired,
    /// 400 of a registration: "The given clientSecret is not associated with the security profile …".
    ForeignClientSecret,
    /// 400.
    InvalidConsolidationKey,
    /// 400.
    InvalidData,
    /// 400.
    InvalidExpiration,
    /// 400: our headers are not those of this version of the API.
    InvalidType,
    /// 429.
    MaxRateExceeded,
    /// 413.
    MessageTooLarge,
    /// 400: nobody is subscribed to the topic. The page gives the case and no wording.
    NoActiveSubscriptions,
    /// 400 of a send: "Security profile … is not registered for TopicBasedMessaging."
    NotRegistered,
}

impl Code {
    /// The code that a reason is, or that its sentence stands for. Codes are compared as they are, sentences by what does not vary.
    pub(crate) fn of(reason: &str) -> Option<Self> {
        let sentence = reason.to_ascii_lowercase();
        match reason {
            "AccessTokenExpired" => Some(Self::AccessTokenExpired),
            "InvalidConsolidationKey" => Some(Self::InvalidConsolidationKey),
            "InvalidData" => Some(Self::InvalidData),
            "InvalidExpiration" => Some(Self::InvalidExpiration),
            "InvalidType" => Some(Self::InvalidType),
            "MaxRateExceeded" => Some(Self::MaxRateExceeded),
            "MessageTooLarge" => Some(Self::MessageTooLarge),
            _ if sentence.contains("is not registered for topicbasedmessaging") => Some(Self::NotRegistered),
            _ if sentence.contains("clientsecret is not associated with the security profile") => Some(Self::ForeignClientSecret),
            _ if sentence.contains("no active subscription") => Some(Self::NoActiveSubscriptions),
            _ => None,
        }
    }

    /// The code as it is logged and answered.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessTokenExpired => "AccessTokenExpired",
            Self::ForeignClientSecret => "ForeignClientSecret",
            Self::InvalidConsolidationKey => "InvalidConsolidationKey",
            Self::InvalidData => "InvalidData",
            Self::InvalidExpiration => "InvalidExpiration",
            Self::InvalidType => "InvalidType",
            Self::MaxRateExceeded => "MaxRateExceeded",
            Self::MessageTooLarge => "MessageTooLarge",
            Self::NoActiveSubscriptions => "NoActiveSubscriptions",
            Self::NotRegistered => "NotRegistered",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A reason in ADM's words: 1 to 300 characters, no control character. `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The reason that this text is; nothing when it is empty, or repeats any of `secrets`.
    pub(crate) fn new(text: &str, secrets: &[&str]) -> Option<Self> {
        // What is left out may have stood in the middle of a secret, so it is looked for in what is shown, too.
        let clean: String = text.chars().filter(|character| !character.is_control()).collect();
        if secrets.iter().any(|secret| text.contains(secret) || clean.contains(secret)) {
            return None;
        }
        let shown: String = clean.chars().take(LONGEST_CHARACTERS).collect();
        (!shown.trim().is_empty()).then_some(Self(shown))
    }

    /// The text, for the caller whose request it is about; not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

const LONGEST_CHARACTERS: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_documented_sentences_are_known() {
        let profile = "amzn1.application.0123456789abcdef0123456789abcdef";
        for (reason, code) in [
            ("AccessTokenExpired", Some(Code::AccessTokenExpired)),
            ("InvalidData", Some(Code::InvalidData)),
            ("InvalidConsolidationKey", Some(Code::InvalidConsolidationKey)),
            ("InvalidExpiration", Some(Code::InvalidExpiration)),
            ("InvalidType", Some(Code::InvalidType)),
            ("MaxRateExceeded", Some(Code::MaxRateExceeded)),
            ("MessageTooLarge", Some(Code::MessageTooLarge)),
            (
                &format!("Security profile {profile} is not registered for TopicBasedMessaging."),
                Some(Code::NotRegistered),
            ),
            (
                &format!("The given clientSecret is not associated with the security profile {profile}"),
                Some(Code::ForeignClientSecret),
            ),
            ("The topic has no active subscriptions.", Some(Code::NoActiveSubscriptions)),
            ("Something else", None),
            ("invaliddata", None),
            ("", None),
        ] {
            assert_eq!(Code::of(reason), code, "{reason}");
        }
    }

    #[test]
    fn a_reason_is_cut_cleaned_and_dropped_when_it_tells_a_secret() {
        let text = |text: &str| Reason::new(text, &["hunter2"]).map(|reason| reason.as_str().to_owned());
        assert_eq!(text("a\u{1b}[2J\nb").as_deref(), Some("a[2Jb"));
        assert_eq!(text(&"\u{e9}".repeat(301)), Some("\u{e9}".repeat(300)));
        assert_eq!(text(" "), None);
        assert_eq!(text("the secret is hunter2."), None);
        assert_eq!(text("the secret is hun\n\u{7f}ter2."), None);
        assert_eq!(text(&format!("{}hunter2", "a".repeat(297))), None);
        assert_eq!(format!("{:?}", Reason::new("a", &[])), "Some([redacted])");
    }
}
