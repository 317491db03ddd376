//! Other receipts that a message speaks of: a map, empty for most types.
//!
//! Promises the cancelled receipt of an immediate change, and to lose nothing else that stands there.

use reading::{Once, Unreadable, optional_text};
use serde_json::Value;

use crate::identity::ReceiptId;
use crate::kind::Kind;
use crate::payload::Payload;
use crate::warning::Warning;

/// The receipt that this one replaces.
///
/// "Receipt Verification for Tiered Subscriptions" (developer.amazon.com/docs/in-app-purchasing/iap-rvs-for-tiered-subs.html)
/// has it name the cancelled receipt of an immediate change, and be an empty list for a deferred one. What the pages do not
/// tell is kept among the extra fields.
pub(crate) fn cancelled_receipt(
    payload: &mut Payload,
    kind: &Kind,
    warnings: &mut Vec<Warning>,
) -> Result<Option<ReceiptId>, Unreadable> {
    let mut unlisted = None;
    let cancelled = match payload.related_receipts.take().map(|Once(value)| value) {
        None => None,
        Some(Value::Array(list)) => {
            if !list.is_empty() {
                warnings.push(Warning::RelatedReceiptsAsList);
                unlisted = Some(Value::Array(list));
            }
            None
        }
        Some(Value::Object(mut map)) => {
            let id = map.remove("cancelledReceiptId");
            unlisted = (!map.is_empty()).then_some(Value::Object(map));
            optional_text("relatedReceipts.cancelledReceiptId", id, ReceiptId::new)?
        }
        Some(_) => return Err(Unreadable::FieldType("relatedReceipts")),
    };
    payload.extra.keep("relatedReceipts", unlisted);
    if cancelled.is_none() && *kind == Kind::SubscriptionModifiedImmediate {
        warnings.push(Warning::CancelledReceiptMissing);
    }
    Ok(cancelled)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use reading::Extra;
    use serde_json::json;

    use super::*;
    use crate::read::read;
    use crate::sample::{SUBSCRIPTION, read_changed, read_with, subscription_fields};

    #[test]
    fn no_related_receipts_can_be_said_in_many_ways() {
        let mut absent = subscription_fields();
        absent.remove("relatedReceipts");
        let said = [
            json!({}),
            json!([]),
            Value::Null,
            json!({"cancelledReceiptId": null}),
            json!({"cancelledReceiptId": ""}),
        ];
        let said = said
            .map(|value| read_with("relatedReceipts", value))
            .into_iter()
            .chain([read(&json!(absent).to_string())]);
        for reading in said.map(|reading| reading.expect("none")) {
            assert_eq!(
                (reading.event.cancelled_receipt_id, reading.event.extra, reading.warnings),
                (None, Extra::default(), vec![])
            );
        }
    }

    #[test]
    fn an_immediate_change_without_the_old_receipt_is_flagged() {
        let reading =
            read_changed(&[("notificationType", json!("SUBSCRIPTION_MODIFIED_IMMEDIATE"))]).expect("the new receipt is there");
        assert_eq!(reading.warnings, [Warning::CancelledReceiptMissing]);
    }

    #[test]
    fn what_else_stands_in_related_receipts_is_kept_as_an_extra_field() {
        let list = read_with("relatedReceipts", json!(["old"])).expect("a list means nothing we know");
        assert_eq!(
            (list.event.cancelled_receipt_id, list.warnings),
            (None, vec![Warning::RelatedReceiptsAsList])
        );
        assert_eq!(
            list.event.extra,
            Extra(BTreeMap::from([("relatedReceipts".to_owned(), json!(["old"]))]))
        );
        let map = read_with(
            "relatedReceipts",
            json!({"cancelledReceiptId": "old", "heldReceiptId": "held"}),
        )
        .expect("a map");
        assert_eq!(
            (map.event.cancelled_receipt_id.as_ref().map(ReceiptId::as_str), map.warnings),
            (Some("old"), vec![])
        );
        assert_eq!(
            map.event.extra,
            Extra(BTreeMap::from([(
                "relatedReceipts".to_owned(),
                json!({"heldReceiptId": "held"})
            )]))
        );
    }

    #[test]
    fn what_is_no_receipt_is_refused() {
        assert_eq!(
            read_with("relatedReceipts", json!("old")),
            Err(Unreadable::FieldType("relatedReceipts"))
        );
        let related = |id: Value| read_with("relatedReceipts", json!({"cancelledReceiptId": id}));
        assert_eq!(
            related(json!(5)),
            Err(Unreadable::FieldType("relatedReceipts.cancelledReceiptId"))
        );
        assert_eq!(
            related(json!("a".repeat(201))),
            Err(Unreadable::FieldValue("relatedReceipts.cancelledReceiptId"))
        );
    }

    #[test]
    fn a_cancelled_receipt_that_is_given_twice_is_refused() {
        for twice in [
            r#"{"cancelledReceiptId":"old","cancelledReceiptId":"other"}"#,
            r#"{"cancelledReceiptId":"old","cancelledReceiptId":"old"}"#,
            r#"{"cancelledReceiptId":"old","cancelledReceiptId":null}"#,
            r#"{"cancelledReceiptId":"old","cancelled\u0052eceiptId":"other"}"#,
        ] {
            let message = SUBSCRIPTION.replace(r#""relatedReceipts":{}"#, &format!(r#""relatedReceipts":{twice}"#));
            let unreadable = read(&message).expect_err(twice);
            assert_eq!((unreadable.reason(), unreadable.field()), ("wrong_shape", None), "{twice}");
        }
    }
}
