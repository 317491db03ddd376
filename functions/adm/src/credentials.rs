//! The client id and the client secret of a security profile.
//!
//! Promises that neither is ever shown: there is no `Display` and no `Serialize`, `Debug` prints `[redacted]`, errors say what is wrong
//! and not with what, and the memory is overwritten when it is given back. What is overwritten is this copy: the secret also passes
//! through the SDK's answer and its text, through the bodies of two requests and through the buffers of TLS, and none of those is
//! overwritten.

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

/// Credentials, whole and usable.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    client_id: Zeroizing<String>,
    client_secret: Zeroizing<String>,
}

/// Why a text is not credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadCredentials {
    /// A part that no request could carry.
    #[error("{0} must be 1 to 1024 characters without control characters")]
    Malformed(&'static str),
    /// A part is not there, or is no text.
    #[error("{0} is missing, or is not a text")]
    Missing(&'static str),
    /// Not JSON at all.
    #[error("the secret must be a JSON object {{\"client_id\": \"…\", \"client_secret\": \"…\"}}")]
    NotAnObject,
}

impl Credentials {
    /// Reads the JSON of a secret: `{"client_id": "…", "client_secret": "…"}`. Other fields are overlooked: rotation tools keep
    /// their own there.
    ///
    /// # Errors
    /// [`BadCredentials`]
    pub fn from_json(json: &str) -> Result<Self, BadCredentials> {
        let parts: Parts = serde_json::from_str(json).map_err(|_| BadCredentials::NotAnObject)?;
        let part = |name, part| match part {
            Some(Part::Text(text)) => checked(name, text),
            Some(Part::Other(_)) | None => Err(BadCredentials::Missing(name)),
        };
        Ok(Self {
            client_id: part("client_id", parts.client_id)?,
            client_secret: part("client_secret", parts.client_secret)?,
        })
    }

    /// For the form of the token request.
    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// For the form of the token request and the body of the registration.
    pub(crate) fn client_secret(&self) -> &str {
        &self.client_secret
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn checked(name: &'static str, text: Zeroizing<String>) -> Result<Zeroizing<String>, BadCredentials> {
    let fits = (1..=1024).contains(&text.chars().count()) && !text.contains(char::is_control);
    fits.then_some(text).ok_or(BadCredentials::Malformed(name))
}

#[derive(Deserialize)]
struct Parts {
    client_id: Option<Part>,
    client_secret: Option<Part>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    #[serde(deserialize_with = "zeroizing")]
    Text(Zeroizing<String>),
    Other(serde::de::IgnoredAny),
}

fn zeroizing<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(json).map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_are_read_and_others_overlooked() {
        let credentials =
            Credentials::from_json(r#"{"client_id":"amzn1.id","client_secret":"s\u0026/= \u00e9","rotated":1}"#).unwrap();
        assert_eq!(credentials.client_id(), "amzn1.id");
        assert_eq!(credentials.client_secret(), "s&/= \u{e9}");
    }

    #[test]
    fn what_is_wrong_is_told_without_the_text() {
        use BadCredentials::{Malformed, Missing, NotAnObject};
        for (json, expected) in [
            ("", NotAnObject),
            ("[]", NotAnObject),
            ("hunter2", NotAnObject),
            (r#"{"client_id":"hunter2""#, NotAnObject),
            (r#"{"client_secret":"hunter2"}"#, Missing("client_id")),
            (r#"{"client_id":"hunter2"}"#, Missing("client_secret")),
            (r#"{"client_id":"hunter2","client_secret":2}"#, Missing("client_secret")),
            (r#"{"client_id":null,"client_secret":"hunter2"}"#, Missing("client_id")),
            (r#"{"client_id":"","client_secret":"hunter2"}"#, Malformed("client_id")),
            (r#"{"client_id":"a","client_secret":"hunter2\n"}"#, Malformed("client_secret")),
        ] {
            let error = Credentials::from_json(json).unwrap_err();
            assert_eq!(error, expected, "{json}");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn credentials_are_never_printed() {
        let credentials = Credentials::from_json(r#"{"client_id":"amzn1","client_secret":"hunter2"}"#).unwrap();
        assert_eq!(format!("{credentials:?}"), "[redacted]");
    }
}
