//! What was odd about a message that could still be read.
//!
//! Promises a stable code for each oddity. A warning never holds content of the message, and never keeps an event from being
//! handed on.

use std::fmt;

use serde::{Serialize, Serializer};

/// A departure from Amazon's documented form, and thereby what was assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// The beta flag is the text `"true"` or `"false"`.
    BetaFlagAsText,
    /// Neither spelling of the beta flag is there.
    BetaFlagMissing,
    /// `betaProduct` and `betaProductTransaction` contradict each other.
    BetaFlagsDisagree,
    /// An immediate change of plan does not say which receipt it replaces.
    CancelledReceiptMissing,
    /// `relatedReceipts` is a list with something in it.
    RelatedReceiptsAsList,
    /// The timestamp is text.
    TimestampAsText,
    /// Amazon's page did not list this type when this was written.
    TypeUnlisted,
}

impl Warning {
    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BetaFlagAsText => "beta_flag_as_text",
            Self::BetaFlagMissing => "beta_flag_missing",
            Self::BetaFlagsDisagree => "beta_flags_disagree",
            Self::CancelledReceiptMissing => "cancelled_receipt_missing",
            Self::RelatedReceiptsAsList => "related_receipts_as_list",
            Self::TimestampAsText => "timestamp_as_text",
            Self::TypeUnlisted => "type_unlisted",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BetaFlagAsText => "beta flag is text, read as the boolean it spells",
            Self::BetaFlagMissing => "beta flag is missing, read as production",
            Self::BetaFlagsDisagree => "betaProduct and betaProductTransaction disagree, read by the latter",
            Self::CancelledReceiptMissing => "immediate change of plan names no cancelled receipt, the old one stays open",
            Self::RelatedReceiptsAsList => "relatedReceipts is a list with content, kept as an extra field",
            Self::TimestampAsText => "timestamp is text, read as the number it spells",
            Self::TypeUnlisted => "notification type is not documented, kept as it is",
        })
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
