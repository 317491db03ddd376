//! What stands for a token and for user data.
//!
//! Promises that neither text is in this crate: a token lets anybody address the device, and user data names its owner. Equal hashes are
//! equal texts here; what a log shows is the first eight digits.

use std::fmt;

use ring::digest::{SHA256, digest};

/// The SHA-256 of a token in its normal form: as the registry keeps it, and lower-cased where SNS answers it so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; 32]);

/// The SHA-256 of an endpoint's `CustomUserData`. An endpoint without any has the hash of the empty text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserDataHash([u8; 32]);

impl TokenHash {
    /// Of a token that is in its normal form already.
    pub fn of(normal_form: &str) -> Self {
        Self(sha256(normal_form))
    }

    /// The hash, from the key of a claim.
    pub fn given(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash: what the key of a claim is made of.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight bytes, as the table of the fleet keeps them.
    pub fn short(&self) -> [u8; 8] {
        short(&self.0)
    }
}

impl UserDataHash {
    /// Of the text as it is.
    pub fn of(text: &str) -> Self {
        Self(sha256(text))
    }

    /// The hash, as it is stored.
    pub fn given(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The first eight bytes, as the table of the fleet keeps them.
    pub fn short(&self) -> [u8; 8] {
        short(&self.0)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({})", digits(&self.0))
    }
}

impl fmt::Debug for UserDataHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserDataHash({})", digits(&self.0))
    }
}

fn sha256(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    bytes
}

fn short(hash: &[u8; 32]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    [a, b, c, d, e, f, g, h]
}

fn digits(hash: &[u8; 32]) -> String {
    let [a, b, c, d, ..] = hash;
    format!("{a:02x}{b:02x}{c:02x}{d:02x}")
}

#[cfg(test)]
mod tests {
    use super::{TokenHash, UserDataHash};

    #[test]
    fn a_hash_shows_its_first_eight_digits_and_nothing_of_the_text() {
        assert_eq!(format!("{:?}", TokenHash::of("abc")), "TokenHash(ba7816bf)");
        assert_eq!(format!("{:?}", UserDataHash::of("abc")), "UserDataHash(ba7816bf)");
        assert_eq!(TokenHash::of("abc").short(), [0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea]);
        assert_eq!(TokenHash::given([7; 32]).short(), [7; 8]);
    }
}
