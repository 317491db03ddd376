//! What makes a payload odd, each seen on one of the Appstore's own pages unless it says otherwise.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Payload;

/// A payload that a strict reader trips over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// `betaProduct` instead of `betaProductTransaction`, as older payloads call it.
    BetaProduct,
    /// `relatedReceipts` is not there. Not documented; a tolerant reader takes it for none.
    RelatedReceiptsAbsent,
    /// `"relatedReceipts":[]`, as the sample of SUBSCRIPTION_MODIFIED_DEFERRED has it.
    RelatedReceiptsList,
    /// `"relatedReceipts":null`. Not documented; a tolerant reader takes it for none.
    RelatedReceiptsNull,
    /// A receipt id with a `+`, a `!` and a second part, as in the sample of CONSUMABLE_PURCHASED.
    StrangeReceiptId,
    /// One closing bracket too many, as in some of the samples.
    SurplusBracket,
    /// The timestamp in quotes.
    TimestampText,
    /// `false,}` at the end, as in the samples of CONSUMABLE_PURCHASED and ENTITLEMENT_PURCHASED.
    TrailingComma,
    /// A type that no page lists yet.
    UnknownType,
    /// Cut off in the middle: authentic, and past mending.
    Unreadable,
}

impl Quirk {
    /// Every quirk there is.
    pub const ALL: [Self; 10] = [
        Self::BetaProduct,
        Self::RelatedReceiptsAbsent,
        Self::RelatedReceiptsList,
        Self::RelatedReceiptsNull,
        Self::StrangeReceiptId,
        Self::SurplusBracket,
        Self::TimestampText,
        Self::TrailingComma,
        Self::UnknownType,
        Self::Unreadable,
    ];

    /// Its name in file names and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::BetaProduct => "beta-product",
            Self::RelatedReceiptsAbsent => "related-receipts-absent",
            Self::RelatedReceiptsList => "related-receipts-list",
            Self::RelatedReceiptsNull => "related-receipts-null",
            Self::StrangeReceiptId => "strange-receipt-id",
            Self::SurplusBracket => "surplus-bracket",
            Self::TimestampText => "timestamp-text",
            Self::TrailingComma => "trailing-comma",
            Self::UnknownType => "unknown-type",
            Self::Unreadable => "unreadable",
        }
    }

    /// The inner Message with this quirk, of a type that it has been seen on.
    pub fn text(self, seed: &str, at: Timestamp) -> String {
        let notification_type = match self {
            Self::StrangeReceiptId | Self::SurplusBracket | Self::TrailingComma => "CONSUMABLE_PURCHASED",
            _ => "SUBSCRIPTION_RENEWED",
        };
        self.of(Payload::new(notification_type, seed, at))
    }

    /// The text of a payload with this quirk.
    pub fn of(self, payload: Payload) -> String {
        match self {
            Self::BetaProduct => payload.without("betaProductTransaction").with("betaProduct", true).text(),
            Self::RelatedReceiptsAbsent => payload.without("relatedReceipts").text(),
            Self::RelatedReceiptsList => payload.with("relatedReceipts", json!([])).text(),
            Self::RelatedReceiptsNull => payload.with("relatedReceipts", Value::Null).text(),
            Self::StrangeReceiptId => {
                let receipt = format!("{}+Sheet2!A1+", payload.value()["receiptId"].as_str().unwrap_or_default());
                payload.with("receiptId", receipt).text()
            }
            Self::SurplusBracket => format!("{}}}", payload.text()),
            Self::TimestampText => {
                let digits = payload.value()["timestamp"].to_string();
                payload.with("timestamp", digits).text()
            }
            Self::TrailingComma => {
                let text = payload.text();
                format!("{},}}", text.strip_suffix('}').unwrap_or(&text))
            }
            Self::UnknownType => payload.with("notificationType", "SUBSCRIPTION_PAUSED").text(),
            Self::Unreadable => {
                let text = payload.text();
                let middle = text.floor_char_boundary(text.len() / 2);
                text[..middle].to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_quirks_are_not_json() {
        let broken: Vec<&str> = Quirk::ALL
            .into_iter()
            .filter(|quirk| serde_json::from_str::<Value>(&quirk.text("a", Timestamp::UNIX_EPOCH)).is_err())
            .map(Quirk::name)
            .collect();
        assert_eq!(broken, ["surplus-bracket", "trailing-comma", "unreadable"]);
    }

    #[test]
    fn every_quirk_differs_from_the_others() {
        let mut texts: Vec<String> = Quirk::ALL.map(|quirk| quirk.text("a", Timestamp::UNIX_EPOCH)).into();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), Quirk::ALL.len());
    }

    #[test]
    fn a_payload_of_any_type_can_have_a_quirk() {
        let payload = Payload::new("ENTITLEMENT_CANCELLED", "a", Timestamp::UNIX_EPOCH);
        let told = |quirk: Quirk| quirk.of(payload.clone());
        assert_eq!(told(Quirk::TrailingComma), payload.text().replace("false}", "false,}"));
        assert_eq!(told(Quirk::SurplusBracket), format!("{}}}", payload.text()));
        assert_eq!(told(Quirk::TimestampText), payload.text().replace(":0,", ":\"0\","));
        assert!(told(Quirk::StrangeReceiptId).contains(":2:11+Sheet2!A1+\""));
        assert!(payload.text().starts_with(&told(Quirk::Unreadable)));
    }
}
