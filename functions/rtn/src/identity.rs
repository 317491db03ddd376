//! Who bought, in which app, by which receipt.
//!
//! Promises text that can be part of a key, a path and a terminal line; the two ids that point at a person print as
//! `[redacted]`. The limits are those of "Understanding Real-Time Notifications"
//! (developer.amazon.com/docs/in-app-purchasing/real-time-notifications.html).

use std::fmt;

use reading::Opaque;
use serde::{Serialize, Serializer};

/// The unique identifier of a purchase: 1 to 200 characters, opaque. Amazon's own sample ends in `=:1:11+Sheet2!A1+`.
pub type ReceiptId = Opaque<200>;

/// One Amazon customer within one app: 1 to 128 characters, opaque.
pub type AppUserId = Opaque<128>;

/// The package name of an app: 1 to 255 of `A-Z a-z 0-9 . _ -`.
///
/// Amazon's page only says that it identifies the app. Android's rules for an application id
/// (developer.android.com/build/configure-app-module) are stricter; these letters are as far as one can go without making
/// `rtn#package#receipt` ambiguous or its length unbounded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(String);

impl PackageName {
    /// The name as Amazon writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn new(text: String) -> Option<Self> {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        ((1..=255).contains(&text.len()) && text.bytes().all(letters)).then_some(Self(text))
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PackageName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_name_cannot_blur_a_key() {
        for text in [
            "com.playrix.gardenscapes.amazon",
            "a",
            "com.example.My_App-2",
            &"a".repeat(255),
        ] {
            assert_eq!(
                PackageName::new(text.to_owned()).as_ref().map(PackageName::as_str),
                Some(text)
            );
        }
        for text in [
            "",
            "a#b",
            "com example",
            "com/example",
            "com.exämple",
            "a\n",
            &"a".repeat(256),
        ] {
            assert_eq!(PackageName::new(text.to_owned()), None, "{text:?}");
        }
    }
}
