//! A push token in its normal form, and its digest.
//!
//! Promises that two spellings of one token are one token: white space around it is dropped, and Apple's hexadecimal digits are in lower
//! case, as SNS gives them back. Tokens of ADM and FCM are opaque and stay as they are
//! (<https://developer.amazon.com/docs/adm/integrate-your-app.html>,
//! <https://firebase.google.com/docs/cloud-messaging/manage-tokens>). A token is as good as an address: `Debug` prints the first digits of its
//! digest, which is all that a log may have.

use std::fmt;

use inbox::Digest;

use crate::Platform;

/// A push token in its normal form.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    digest: Digest,
}

/// Why a text is no token. No variant holds any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// There is nothing.
    #[error("the token is empty")]
    Empty,
    /// A token of Apple is bytes in hexadecimal digits.
    #[error("a token of this platform is an even number of hexadecimal digits")]
    NotHexadecimal,
    /// White space, control characters and letters beyond ASCII are in no token.
    #[error("the token has a character that is not visible ASCII")]
    NotVisible,
    /// Longer than any token.
    #[error("the token has more than {LONGEST_TOKEN} characters")]
    TooLong,
}

/// The longest token that is kept. Those of today have 64 to a few hundred characters, and none of the services promises a length.
pub const LONGEST_TOKEN: usize = 4_096;

impl Token {
    /// Brings a token into its normal form.
    ///
    /// # Errors
    /// [`InvalidToken`]
    pub fn parse(platform: Platform, text: &str) -> Result<Self, InvalidToken> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidToken::Empty);
        }
        if text.len() > LONGEST_TOKEN {
            return Err(InvalidToken::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidToken::NotVisible);
        }
        let text = match platform {
            Platform::Adm | Platform::Gcm => text.to_owned(),
            Platform::Apns | Platform::ApnsSandbox => {
                if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err(InvalidToken::NotHexadecimal);
                }
                text.to_ascii_lowercase()
            }
        };
        let digest = Digest::of(&text);
        Ok(Self { text, digest })
    }

    /// The token itself, for SNS and for nothing else.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its SHA-256: what a claim is found by.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The first eight digits of its digest: what a log may have.
    pub fn short(&self) -> String {
        self.digest.short()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.short())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(platform: Platform, text: &str, expected: Result<&str, InvalidToken>) {
        let token = Token::parse(platform, text);
        assert_eq!(
            token.as_ref().map(Token::as_str).map_err(|error| *error),
            expected,
            "{platform:?}"
        );
    }

    #[test]
    fn a_token_of_apple_is_lower_cased_and_others_are_not() {
        for platform in [Platform::Apns, Platform::ApnsSandbox] {
            check(platform, " 00FCaB \n", Ok("00fcab"));
            check(platform, "00fca", Err(InvalidToken::NotHexadecimal));
            check(platform, "00fcag", Err(InvalidToken::NotHexadecimal));
        }
        check(
            Platform::Adm,
            "\tamzn1.adm-registration.v3.Y29t\n",
            Ok("amzn1.adm-registration.v3.Y29t"),
        );
        check(Platform::Gcm, "dQw4:APA91b-_", Ok("dQw4:APA91b-_"));
    }

    #[test]
    fn what_is_in_no_token_is_refused() {
        for platform in [Platform::Adm, Platform::Apns, Platform::ApnsSandbox, Platform::Gcm] {
            check(platform, " \n", Err(InvalidToken::Empty));
            check(platform, "aa bb", Err(InvalidToken::NotVisible));
            check(platform, "aé", Err(InvalidToken::NotVisible));
            check(platform, &"a".repeat(4_096), Ok(&"a".repeat(4_096)));
            check(platform, &"a".repeat(4_097), Err(InvalidToken::TooLong));
        }
    }

    #[test]
    fn a_token_is_shown_by_its_digest_only() {
        let token = Token::parse(Platform::Adm, "abc").unwrap();
        assert_eq!(format!("{token:?}"), "Token(ba7816bf)");
    }

    proptest! {
        #[test]
        fn the_normal_form_of_a_normal_form_is_itself(text in "\\PC{0,80}|[0-9a-fA-F]{0,80}|[!-~]{0,80}") {
            for platform in [Platform::Adm, Platform::Apns, Platform::ApnsSandbox, Platform::Gcm] {
                if let Ok(token) = Token::parse(platform, &text) {
                    prop_assert_eq!(Token::parse(platform, token.as_str()), Ok(token.clone()));
                    prop_assert_eq!(Token::parse(platform, &format!(" {text}\n")), Ok(token));
                }
            }
        }
    }
}
