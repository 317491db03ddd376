//! An endpoint of SNS, as a listing or `GetEndpointAttributes` shows it.

use std::fmt;

use crate::device::Since;

/// The last part of an endpoint's ARN, which is a UUID: sixteen bytes in place of a hundred letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId([u8; 16]);

/// An ARN whose last part is not a UUID. All that are known are; one that is not must end the listing, since an endpoint that is
/// passed over counts as missing, and what is missing is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ARN is not one of an endpoint, or its last part is not a UUID")]
pub struct NotAnEndpoint;

/// What is known of one endpoint, from where a row stands: whether its user data is the row's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Which.
    pub id: EndpointId,
    /// Whether SNS delivers to it.
    pub is_enabled: bool,
    /// Whether its user data is what the row says.
    pub has_right_user_data: bool,
    /// Since when it is condemned: the first phase of its deletion.
    pub condemned: Option<Since>,
}

impl EndpointId {
    /// The id in `arn:aws:sns:us-east-1:123456789012:endpoint/GCM/App/bdf172d4-f9b4-3b76-bc0b-f20123456789`.
    ///
    /// # Errors
    /// [`NotAnEndpoint`], also for a UUID in capitals: written back it would be another ARN.
    pub fn of_arn(arn: &str) -> Result<Self, NotAnEndpoint> {
        let (before, id) = arn.rsplit_once('/').ok_or(NotAnEndpoint)?;
        if !before.starts_with("arn:") || !before.contains(":endpoint/") {
            return Err(NotAnEndpoint);
        }
        Self::parse(id).ok_or(NotAnEndpoint)
    }

    fn parse(id: &str) -> Option<Self> {
        let is_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
        if id.len() != 36 || id.bytes().enumerate().any(|(at, byte)| is_hyphen(at) != (byte == b'-')) {
            return None;
        }
        let mut digits = id.bytes().filter(|byte| *byte != b'-').map(digit);
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            *byte = digits.next()?? << 4 | digits.next()??;
        }
        Some(Self(bytes))
    }

    /// The bytes of the UUID.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From the bytes of the UUID.
    pub const fn given(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointId({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{EndpointId, NotAnEndpoint};

    const ARN: &str = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/App/bdf172d4-f9b4-3b76-bc0b-f20123456789";

    #[test]
    fn an_id_is_the_uuid_at_the_end_of_the_arn() {
        let id = EndpointId::of_arn(ARN).unwrap();

        assert_eq!(id.to_string(), "bdf172d4-f9b4-3b76-bc0b-f20123456789");
        assert_eq!(id.as_bytes()[..2], [0xbd, 0xf1]);
        assert!(ARN.ends_with(&id.to_string()));
    }

    #[test]
    fn what_would_be_written_back_otherwise_is_no_id() {
        for arn in [
            "",
            "bdf172d4-f9b4-3b76-bc0b-f20123456789",
            "arn:aws:sns:us-east-1:123456789012:app/GCM/bdf172d4-f9b4-3b76-bc0b-f20123456789",
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/App/BDF172D4-f9b4-3b76-bc0b-f20123456789",
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/App/bdf172d4f9b4-3b76-bc0b-f20123456789-",
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/App/bdf172d4-f9b4-3b76-bc0b-f2012345678",
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/App/bdf172d4-f9b4-3b76-bc0b-f2012345678g",
        ] {
            assert_eq!(EndpointId::of_arn(arn), Err(NotAnEndpoint), "{arn}");
        }
    }

    proptest! {
        #[test]
        fn an_id_survives_its_arn(bytes in any::<[u8; 16]>(), text in ".*") {
            let id = EndpointId::given(bytes);
            let arn = format!("arn:aws:sns:us-east-1:123456789012:endpoint/ADM/A/{id}");
            assert_eq!(EndpointId::of_arn(&arn), Ok(id));
            if let Ok(id) = EndpointId::of_arn(&text) {
                assert!(text.ends_with(&id.to_string()));
            }
        }
    }
}
