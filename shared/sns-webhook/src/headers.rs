//! The HTTP headers that SNS sends. None is signed: they may only make a delivery fail, never pass.

use std::fmt;

use http::HeaderMap;

use crate::{PolicyRefusal, Rejection};

/// An SNS header that repeats a signed field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// `x-amz-sns-message-id`
    MessageId,
    /// `x-amz-sns-message-type`
    MessageType,
    /// `x-amz-sns-topic-arn`
    TopicArn,
}

impl Header {
    /// The header's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageId => "x-amz-sns-message-id",
            Self::MessageType => "x-amz-sns-message-type",
            Self::TopicArn => "x-amz-sns-topic-arn",
        }
    }

    /// Refuses a delivery whose header, if present, says something else than the body.
    pub(crate) fn must_equal(self, headers: &HeaderMap, field: &str) -> Result<(), Rejection> {
        if headers
            .get_all(self.name())
            .iter()
            .all(|value| value.as_bytes() == field.as_bytes())
        {
            Ok(())
        } else {
            Err(Rejection::HeaderMismatch(self))
        }
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Refuses a delivery in the raw form: it is the bare message, without envelope and signature.
///
/// Source: Amazon SNS Developer Guide, "Raw message delivery" (`x-amz-sns-rawdelivery: true`).
pub(crate) fn refuse_raw_delivery(headers: &HeaderMap) -> Result<(), PolicyRefusal> {
    let mut values = headers.get_all("x-amz-sns-rawdelivery").iter();
    if values.any(|value| value.as_bytes().eq_ignore_ascii_case(b"true")) {
        Err(PolicyRefusal::RawDelivery)
    } else {
        Ok(())
    }
}
