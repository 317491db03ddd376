//! Amazon's sample messages, to the letter, and ways to change one.

use reading::Unreadable;
use serde_json::{Map, Value, json};

use crate::read::{Reading, read};

pub(crate) fn read_with(field: &str, value: Value) -> Result<Reading, Unreadable> {
    read_changed(&[(field, value)])
}

pub(crate) fn read_changed(changes: &[(&str, Value)]) -> Result<Reading, Unreadable> {
    let mut message = subscription_fields();
    message.extend(changes.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
    read(&json!(message).to_string())
}

pub(crate) fn subscription_fields() -> Map<String, Value> {
    serde_json::from_str(SUBSCRIPTION).expect("Amazon's one sample that is JSON")
}

// The messages of "Real-Time Notifications Examples" (developer.amazon.com/docs/in-app-purchasing/rtn-example.html), to the
// letter.
pub(crate) const SUBSCRIPTION: &str = r#"{"appPackageName":"com.example.amazonsdkapivalidator3","notificationType":"SUBSCRIPTION_PURCHASED","appUserId":"io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=","receiptId":"koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11","relatedReceipts":{},"timestamp":1600701569824,"betaProductTransaction":false}"#;
pub(crate) const CONSUMABLE: &str = r#"{"receiptId":"bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+","relatedReceipts": {},"appUserId":"kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=","notificationType":"CONSUMABLE_PURCHASED","appPackageName":"com.playrix.gardenscapes.amazon","timestamp":1588086967189, "betaProductTransaction":false,}"#;
pub(crate) const ENTITLEMENT: &str = r#"{"receiptId":"bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+","relatedReceipts": {},"appUserId":"kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=","notificationType":"ENTITLEMENT_PURCHASED","appPackageName":"com.playrix.gardenscapes.amazon","timestamp":1588086967189, "betaProductTransaction":false,}"#;
// The message of "Receipt Verification for Tiered Subscriptions"
// (developer.amazon.com/docs/in-app-purchasing/iap-rvs-for-tiered-subs.html).
pub(crate) const MODIFIED_IMMEDIATE: &str = r#"{"appPackageName":"com.example.amazonsdkapivalidator3","notificationType":"SUBSCRIPTION_MODIFIED_IMMEDIATE","appUserId":"io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=","receiptId":"R4TWNm8Uspo4Ujio51B5_7xBnRFzr4B2k9Bv48_7mRY=:3:11","relatedReceipts":{"cancelledReceiptId": "IgThFebRSngPTn9JntrLMby52NqMjyMMQnrUFlczwV0=:3:11"},"timestamp":1752584166563,"betaProductTransaction":false}"#;
